"""Answers as rich tables. Ratios arrive as exact decimal strings and are cut here for display, never rounded up."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

VERDICT_COLOURS = {
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
}


def console() -> Console:
    """Standard output; colours only on a terminal and without NO_COLOR; wide enough for a pipe."""
    return Console(file=sys.stdout, soft_wrap=False, width=None if sys.stdout.isatty() else 200, highlight=False)


def coloured(word: str | None) -> str:
    """The word in its colour, as rich markup."""
    shown = word or "-"
    colour = VERDICT_COLOURS.get(shown)
    return f"[{colour}]{shown}[/]" if colour else shown


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
    """A length of time with milliseconds only where there are any: 1h 02m 03.5s."""
    if milliseconds is None:
        return "-"
    seconds, rest = divmod(milliseconds, 1000)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    tail = f"{seconds}" + (f".{rest:03d}".rstrip("0") if rest else "")
    words = [f"{days}d"] if days else []
    words += [f"{hours}h"] if hours or days else []
    words += [f"{minutes}m"] if minutes or words else []
    return " ".join([*words, f"{tail}s"])


def moment(milliseconds: int | None) -> str:
    """An instant as people read it, in UTC, to the second."""
    if milliseconds is None:
        return "-"
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = (), *, gap: int = 2
) -> Table:
    """A plain table; the columns named in `right` are set flush right. A cell that does not fit is folded, not cut."""
    padding = (0, gap, 0, 0)
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=padding, header_style="bold")
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def figures_table(figures: Sequence[Mapping[str, Any]], at: str) -> Table:
    """One row a figure of a period."""
    rows = [
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
    columns = ["agreement", "service", "period", "target", "available", "verdict", "downtime", "budget\nleft"]
    columns += ["out-\nages", "coverage", "excluded", "reso-\nlution"]
    return table(f"Figures at {at}", columns, rows, right=columns[3:5] + columns[6:], gap=1)


def _period(figure: Mapping[str, Any]) -> str:
    """The period's name, with the number of the revision where it is not the first."""
    name, revision = figure["period"]["name"], figure["revision"]
    return str(name) if revision == 1 else f"{name} rev {revision}"
