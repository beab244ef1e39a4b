"""Half a year of the demo company as its service manager sees it: facts, register, and the moment of the example."""

from slamon.demo.half_year.entering import write_register
from slamon.demo.half_year.facts import CATALOGUE, write_facts
from slamon.demo.half_year.said import everything
from slamon.demo.half_year.story import NOW

AT = NOW.isoformat()
"""The moment of the example, as commands take it with --at."""

__all__ = ["AT", "CATALOGUE", "everything", "write_facts", "write_register"]
