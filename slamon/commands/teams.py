"""`slamon teams`: the team lead's view, in the terminal or as documents."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from prometheus_client.parser import text_string_to_metric_families
from rich.text import Text

from slamon.accounting import PeriodKind, parse_period
from slamon.catalogue import Catalogue
from slamon.catalogue.problems import did_you_mean
from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.review import cut, known_since, named_period
from slamon.desk import Desk
from slamon.desk.days import zone_of
from slamon.errors import UsageError
from slamon.export import names
from slamon.ledger import register
from slamon.reports.document import Document, Paragraph, Table
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.printing import Order, print_one
from slamon.reports.review.house import Lateness, felt_within, house
from slamon.reports.review.teams import teams
from slamon.reports.tongue import Tongue
from slamon.shown import instant

_BACK_MS = 32 * 86_400_000
"""So much more is read before the period and its complaints: what began earlier is whole then."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `team` None: all; `period` None: the last whole month; `formats` empty: a table here."""

    team: str | None = None
    period: str | None = None
    at: str | None = None
    language: str = "en"
    formats: tuple[ReportFormat, ...] = ()


def view(config: Path, data: Path | None, wanted: Wanted, output: Path) -> int:
    """Print the view, or write it and print the files' names; UsageError where the question makes no sense."""
    loaded = catalogue(config, data)
    if wanted.team is not None:
        _must_be_team(loaded, wanted.team)
    document = _made(loaded, data, wanted)
    files = tuple(form for form in wanted.formats if form is not ReportFormat.JSON)
    if ReportFormat.JSON in wanted.formats:
        typer.echo(maker(ReportFormat.JSON)(document, wanted.language).decode(), nl=False)
    for path in print_one(document, Order(wanted.language, files, output)) if files else ():
        typer.echo(path)
    if not wanted.formats:
        tables.show(*_sheets(document, Tongue(wanted.language, document.zone)))
    return 0


def _must_be_team(loaded: Catalogue, team: str) -> None:
    if team not in loaded.teams:
        hint = did_you_mean(team, loaded.teams)
        known = ", ".join(loaded.teams) or "none"
        raise UsageError(f"there is no team {cut(team)!r}; there are: {known}{'; ' if hint else ''}{hint}")


def _made(loaded: Catalogue, data: Path | None, wanted: Wanted) -> Document:
    now = time.time_ns() // 1_000_000
    at = now if wanted.at is None else instant(wanted.at, now)
    period = named_period(wanted.period, zone_of(loaded, None), at, PeriodKind.MONTH)
    path = ledger_path(loaded, data)
    desk = Desk.of(entry for entry in register(path) if entry.entered <= at)
    starts = [parse_period(period.name, one.timezone).start for one in loaded.agreements.values()]
    felt = [complaint.felt_from for complaint in felt_within(desk, period)]
    figures, at = known_since(loaded, data, min([period.start, *starts, *felt]) - _BACK_MS, at)
    late = _lateness(Control(path.parent))
    return teams(house(figures, period.name, at, desk, wanted.team, late))


def _lateness(control: Control) -> Lateness | None:
    """What a running slamon says of its own probes; None where none runs."""
    if not control.alive():
        return None
    family = names.LATENESS.name
    within: list[tuple[float, int]] = []
    probes = 0
    for found in text_string_to_metric_families(str(control.get("/metrics"))):
        for sample in found.samples if found.name == family else ():
            if sample.name == f"{family}_bucket":
                within.append((float(sample.labels["le"]), int(sample.value)))
            elif sample.name == f"{family}_count":
                probes = int(sample.value)
    return Lateness(probes, tuple(within))


# -- in the terminal


def _sheets(document: Document, tongue: Tongue) -> Iterator[tables.Sheet | Text | str]:
    yield f"{_plain(tongue.text(document.title))}: {_plain(tongue.text(document.subtitle))}"
    for section in document.sections:
        yield Text(f"\n{_plain(tongue.text(section.title))}", style="bold")
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield _plain(tongue.text(block.said))
            elif isinstance(block, Table):
                yield _sheet(block, tongue)


def _sheet(table: Table, tongue: Tongue) -> tables.Sheet:
    columns = [
        tables.Column(tongue.word(c.key), right=c.right, key=place == 0, free=c.wide)
        for place, c in enumerate(table.columns)
    ]
    rows = [[_plain(tongue.text(cell)) for cell in row] for row in table.rows]
    return tables.Sheet("" if table.title is None else _plain(tongue.text(table.title)), columns, rows)


def _plain(words: str) -> str:
    return words.replace("\u00a0", " ")
