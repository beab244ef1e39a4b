"""The demo: a small company on loopback, six weeks of its past, faults that happen on cue."""
