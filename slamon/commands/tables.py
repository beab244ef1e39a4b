"""Answers for people: tables, colours, and how ratios, lengths of time and instants are written.

Ratios arrive as exact decimal strings and are cut here for display, never rounded up. Strangers' words are plain text,
never markup.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

Cell = str | Text

_PIPED = 100_000
"""Columns of a pipe or a file: nothing has to fit."""

_READABLE = 24
"""Columns that free text needs at least, else the rows become paragraphs."""

_STYLES = {
    "breached": "bold red",
    "at_risk": "yellow",
    "insufficient_data": "yellow",
    "no_data": "dim",
    "not_in_service": "dim",
    "on_track": "green",
    "met": "green",
    "up": "green",
    "degraded": "yellow",
    "down": "bold red",
    "unknown": "dim",
    "not run": "yellow",
}


def console() -> Console:
    """Standard output; colours only on a terminal and without NO_COLOR, or with FORCE_COLOR; endless in a pipe."""
    width = None if sys.stdout.isatty() else _PIPED
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def show(*parts: RenderableType) -> None:
    """Print an answer's parts one below the other, without blanks at the ends of lines."""
    out = console()
    with out.capture() as captured:
        out.print(*parts, sep="\n")
    sys.stdout.write("\n".join(line.rstrip(" ") for line in captured.get().split("\n")))
    sys.stdout.flush()


# -- tables


@dataclass(frozen=True, slots=True)
class Column:
    """A heading. `right`: its cells are flush right; `key`: says what a row is about; `free`: text that may wrap."""

    name: str
    right: bool = False
    key: bool = False
    free: bool = False

    @property
    def label(self) -> str:
        """The heading on one line."""
        return self.name.replace("-\n", "").replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under headings: a table where it fits, else each row as a paragraph. No cell is ever cut or broken up."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    gap: int = 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield Text(self.title, style="bold")
        widths = [self._least(place) for place in range(len(self.columns))]
        if sum(widths) + self.gap * (len(widths) - 1) <= options.max_width:
            yield self._table(widths)
        else:
            for row in self.rows:
                yield from self._paragraph(row, options.max_width)

    def _least(self, place: int) -> int:
        """So wide a column must be for no cell to be cut, and its free text to be readable."""
        column = self.columns[place]
        widest = max((cell_len(str(row[place])) for row in self.rows), default=0)
        if column.free:
            widest = min(widest, _READABLE)
        return max(widest, *(cell_len(line) for line in column.name.split("\n")))

    def _table(self, widths: Sequence[int]) -> Table:
        padding = (0, self.gap, 0, 0)
        made = Table(box=None, pad_edge=False, padding=padding, header_style="dim")
        for column, width in zip(self.columns, widths, strict=True):
            justify: JustifyMethod = "right" if column.right else "left"
            made.add_column(column.name, justify=justify, overflow="fold", min_width=width, no_wrap=not column.free)
        for row in self.rows:
            made.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
        return made

    def _paragraph(self, row: Sequence[Cell], width: int) -> Iterator[Text]:
        """The row's keys, then its other cells with their headings, as many on a line as fit."""
        pairs = list(zip(self.columns, row, strict=True))
        yield Text("  ").join(Text(str(cell), style="bold") for column, cell in pairs if column.key and len(cell))
        line = Text()
        for column, cell in pairs:
            if column.key or not len(cell):
                continue
            pair = Text.assemble((column.label, "dim"), " ", cell)
            if line and len(line) + 3 + len(pair) > width:
                yield line
                line = Text()
            line.append("   " if line else "  ").append_text(pair)
        if line:
            yield line


def columns(*names: str, keys: Sequence[str] = (), right: Sequence[str] = (), free: Sequence[str] = ()) -> list[Column]:
    """Headings in their order; `right` and the like name some of them."""
    return [Column(name, name in right, name in keys, name in free) for name in names]


# -- words


def coloured(word: str | None) -> Text:
    """The word in its colour."""
    return Text(word or "-", style=_STYLES.get(word or "", ""))


def percent(ratio: str | None, digits: int = 3) -> str:
    """A ratio given as a decimal string, in per cent, cut toward minus infinity."""
    if ratio is None or ratio == "infinite" or ratio == "-infinite":
        return {"infinite": "∞", "-infinite": "-∞"}.get(ratio or "", "-")
    negative, digits_only = ratio.startswith("-"), ratio.lstrip("-")
    whole, _, part = digits_only.partition(".")
    part = (part + "0" * (digits + 2))[: max(len(part), digits + 2)]
    scaled, rest = int(whole + part[: digits + 2]), part[digits + 2 :].strip("0")
    if negative:
        scaled = -(scaled + (1 if rest else 0))
    sign, number = ("-" if scaled < 0 else ""), abs(scaled)
    return f"{sign}{number // 10**digits}.{number % 10**digits:0{digits}d} %"


def duration(milliseconds: int | None) -> str:
    """A length of time, exact, without zeros at its ends: 30m, 1h 2m 3.5s, 2d 0h 5m."""
    if milliseconds is None:
        return "-"
    seconds, rest = divmod(milliseconds, 1000)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    tail = f"{seconds}" + (f".{rest:03d}".rstrip("0") if rest else "")
    words = [f"{days}d", f"{hours}h", f"{minutes}m", f"{tail}s"]
    while len(words) > 1 and words[0][:-1] == "0":
        del words[0]
    while len(words) > 1 and words[-1][:-1] == "0":
        del words[-1]
    return " ".join(words)


def age(milliseconds: int) -> str:
    """Roughly how long ago, in whole units: 3s, 5m, 2h 10m, 4d 3h."""
    seconds = max(milliseconds, 0) // 1000
    if seconds < 60:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h {minutes}m"
    return f"{hours // 24}d {hours % 24}h"


def moment(milliseconds: int | None) -> str:
    """An instant as people read it, in UTC, to the second."""
    if milliseconds is None:
        return "-"
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


# -- figures


def figures_sheet(figures: Sequence[Mapping[str, Any]], at: str) -> Sheet:
    """One row a figure of a period."""
    rows: list[list[Cell]] = [
        [
            figure["agreement"],
            figure["service"],
            _period(figure),
            figure["target_text"],
            percent(figure["availability"]),
            coloured(figure["verdict"]),
            duration(figure["downtime_ms"]),
            percent(figure["budget_remaining"], 1),
            str(figure["outage_count"]),
            percent(figure["coverage"], 2),
            duration(figure["excluded_ms"]),
            duration(figure["resolution_ms"]),
        ]
        for figure in figures
    ]
    keys, numbers = ("agreement", "service", "period"), ("budget\nleft", "out-\nages", "coverage", "excluded")
    heads = columns(
        *(*keys, "target", "available", "verdict", "downtime", *numbers, "reso-\nlution"),
        keys=keys,
        right=("target", "available", "downtime", *numbers, "reso-\nlution"),
    )
    return Sheet(f"Figures at {at}", heads, rows, gap=1)


def _period(figure: Mapping[str, Any]) -> str:
    """The period's name, with the number of the revision where it is not the first."""
    name, revision = figure["period"]["name"], figure["revision"]
    return str(name) if revision == 1 else f"{name} rev {revision}"
