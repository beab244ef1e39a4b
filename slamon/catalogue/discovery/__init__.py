"""Targets that others list, each of which becomes a check."""
