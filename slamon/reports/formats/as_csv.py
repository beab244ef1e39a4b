"""A report as CSV: one line a cell, so that all tables stand in one file and each value has its type."""

import csv
import io

from slamon.reports.document import Document
from slamon.reports.tongue import Tongue
from slamon.reports.values import value

HEADER = ("agreement", "period", "table", "row", "column", "type", "value", "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def made(document: Document, language: str) -> bytes:
    """The bytes: UTF-8, comma, LF. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    tongue = Tongue(language, document.zone)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(HEADER)
    period = "" if document.period is None else document.period.name
    for table in document.tables():
        for number, row in enumerate(table.rows, 1):
            for column, cell in zip(table.columns, row, strict=True):
                kind, exact = value(cell, tongue)
                told = "" if exact is None else str(exact)
                place = (document.agreement or document.what, period, table.key, number)
                words = (tamed(told, kind), tamed(tongue.text(cell), kind))
                lines.writerow((*place, column.key.removeprefix("column."), kind, *words))
    return out.getvalue().encode()


def tamed(words: str, kind: str) -> str:
    """Text that no spreadsheet computes. Numbers of ours are left alone."""
    return f"'{words}" if kind == "text" and words.startswith(_FORMULA) else words
