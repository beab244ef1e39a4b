"""Agreements as documents: every term as a clause, from which text, difference and digest are made alike."""
