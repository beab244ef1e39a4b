"""A report as a spreadsheet: a sheet for each section with tables, typed cells, frozen heads, filters, no formula."""

import io
from datetime import UTC, datetime, time
from fractions import Fraction
from typing import Any

from slamon.accounting import cut_down, cut_up, exact_digits
from slamon.reports.document import (
    Cell,
    Count,
    Cut,
    Day,
    Document,
    Duration,
    Instant,
    Nothing,
    Percent,
    Points,
    Table,
)
from slamon.reports.tongue import Tongue, local

_DAY_MS = 86_400_000
_LONGEST = 32_767
"""So many signs a cell holds."""

_NUMBERS = {
    "duration": "[h]:mm:ss.000",
    "instant": "yyyy-mm-dd hh:mm:ss.000",
    "day": "yyyy-mm-dd",
    "count": "#,##0",
}
_LOCAL = {"instant": "dd.mm.yyyy hh:mm:ss.000", "day": "dd.mm.yyyy"}


def made(document: Document, language: str) -> bytes:
    """The file's bytes. Ratios are cut to the digits that are shown, so that no format rounds them up."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    created = datetime.fromtimestamp(document.at / 1000, UTC).replace(tzinfo=None)
    tongue = Tongue(language, document.zone)
    book.set_properties({"title": tongue.text(document.title), "created": created})
    writer = _Writer(book, tongue)
    for table in document.tables():
        writer.table(table)
    book.close()
    return out.getvalue()


class _Writer:
    """Sheets of one workbook."""

    def __init__(self, book: Any, tongue: Tongue) -> None:
        self._book = book
        self._tongue = tongue
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._formats: dict[str, Any] = {}
        self._taken: set[str] = set()

    def table(self, table: Table) -> None:
        """A sheet: the headings in its first row, which stay in sight and filter."""
        sheet = self._book.add_worksheet(self._name(table))
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, self._tongue.word(column.key), self._head)
            sheet.set_column(place, place, self._width(table, place))
        for number, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row):
                self._cell(sheet, number, place, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _name(self, table: Table) -> str:
        """A sheet's name: at most 31 signs, each once, of ours alone."""
        base = table.key[:31]
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = f"{base[:28]}-{number}"
        self._taken.add(name)
        return name

    def _width(self, table: Table, place: int) -> float:
        texts = [self._tongue.word(table.columns[place].key)]
        texts += [self._tongue.text(row[place]) for row in table.rows[:200]]
        return float(min(max(len(text) for text in texts) + 3, 60))

    def _format(self, number: str) -> Any:
        if number not in self._formats:
            self._formats[number] = self._book.add_format({"num_format": number, "valign": "top"})
        return self._formats[number]

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        """Numbers as numbers, dates as dates; everything else is written as a string, whatever it begins with."""
        match cell:
            case Nothing():
                sheet.write_blank(row, column, None, self._format("@"))
            case Duration(ms):
                sheet.write_number(row, column, ms / _DAY_MS, self._format(_NUMBERS["duration"]))
            case Count(n):
                sheet.write_number(row, column, n, self._format(_NUMBERS["count"]))
            case Percent(Fraction() as ratio, cut, digits):
                number, form = _per_cent(ratio, cut, digits)
                sheet.write_number(row, column, number, self._format(form))
            case Points(value, digits):
                points = float(cut_down(value * 100, digits) or 0)
                sheet.write_number(row, column, points, self._format(f"+0.{'0' * digits};-0.{'0' * digits};0"))
            case Instant(ms):
                at = local(ms, self._tongue.zone).replace(tzinfo=None)
                sheet.write_datetime(row, column, at, self._format(self._date("instant")))
            case Day(day):
                sheet.write_datetime(row, column, datetime.combine(day, time()), self._format(self._date("day")))
            case _:
                sheet.write_string(row, column, self._tongue.text(cell)[:_LONGEST], self._format("@"))

    def _date(self, which: str) -> str:
        return _LOCAL[which] if self._tongue.language == "de" else _NUMBERS[which]


def _per_cent(ratio: Fraction, cut: Cut, digits: int) -> tuple[float, str]:
    """The ratio with the digits that are shown, and the format that shows them."""
    if cut is Cut.EXACT:
        text = exact_digits(ratio * 100)
        digits = len(text.partition(".")[2])
    else:
        text = (cut_down if cut is Cut.DOWN else cut_up)(ratio * 100, digits) or "0"
    shown = Fraction(text) / 100
    return float(shown), "0%" if not digits else f"0.{'0' * digits}%"
