"""Figures as every consumer is given them: one form for the API, the commands and the tests.

A figure has the keys of the worked cases (`tests/vectors`), in their format, and more besides. Times are whole
milliseconds, ratios decimal strings cut after 12 digits or None where there is no figure.
"""

from slamon.shown.answers import answer, answer_steps
from slamon.shown.figure import figure_json
from slamon.shown.moments import future, instant, instant_text, parsed_instant
from slamon.shown.notified import put_notices, services_of
from slamon.shown.rows import csv_rows, csv_text

__all__ = [
    "answer",
    "answer_steps",
    "csv_rows",
    "csv_text",
    "figure_json",
    "future",
    "instant",
    "instant_text",
    "parsed_instant",
    "put_notices",
    "services_of",
]
