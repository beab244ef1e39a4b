"""Coming over: the configurations of other monitors as drafts of a catalogue."""
