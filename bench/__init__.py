"""Repeatable measurements of the whole system beside its peers: `python -m bench`."""
