"""The accounting core: facts and terms in, exact figures out. Pure: no clock, no I/O, standard library only."""
