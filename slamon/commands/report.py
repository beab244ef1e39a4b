"""`slamon report`: documents of the figures, one an agreement, in as many formats as are asked for."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from slamon.accounting import Period, parse_period, period_of, previous_period
from slamon.accounting.terms import PeriodKind
from slamon.catalogue import Catalogue
from slamon.commands.control import Control
from slamon.commands.places import catalogue, ledger_path
from slamon.delivery.making import Making
from slamon.errors import UsageError
from slamon.reports.document import Document
from slamon.reports.forms import ReportFormat
from slamon.reports.printing import Order, print_all
from slamon.shown import instant, instant_text


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as the words of the command say it. None: all; the last whole month; now."""

    agreement: str | None = None
    customer: str | None = None
    period: str | None = None
    at: str | None = None
    as_of: str | None = None
    language: str = "en"
    formats: tuple[ReportFormat, ...] = (ReportFormat.HTML,)


def report(config: Path, data: Path | None, wanted: Wanted, output: Path) -> int:
    """Write the files and print their names. UsageError where the question makes no sense or nothing can be told."""
    loaded = catalogue(config, data)
    asked = _asked(loaded, wanted)
    now = time.time_ns() // 1_000_000
    as_of = None if wanted.as_of is None else instant(wanted.as_of, now)
    at = (now if as_of is None else as_of) if wanted.at is None else instant(wanted.at, now)
    periods = {agreement: _period(loaded, agreement, wanted.period, at) for agreement in asked}
    path = ledger_path(loaded, data)

    def making() -> Making:
        return Making(loaded, path, periods, at, running=Control(path.parent).alive(), as_of=as_of)

    order = Order(wanted.language, wanted.formats, output)
    with _bar(len(asked)) as bar:
        found = _documents(making, bar, alone=len(asked) == 1)
        made = list(_told(print_all(found, order, len(asked))))
    if not made:
        raise UsageError("no report: no agreement that was asked for has a figure in this period")
    return 0


def _bar(length: int) -> Any:
    """On a terminal, where there are several."""
    out = typer.get_text_stream("stderr")
    return typer.progressbar(length=length, label="Reports", file=out, hidden=length < 2 or not out.isatty())


def _told(written: Iterable[Sequence[Path]]) -> Iterator[Path]:
    for paths in written:
        for path in paths:
            typer.echo(path)
            yield path


# -- what is asked for


def _asked(loaded: Catalogue, wanted: Wanted) -> Sequence[str]:
    """The agreements, in the catalogue's order."""
    if wanted.agreement is not None and wanted.agreement not in loaded.agreements:
        raise UsageError(f"there is no agreement {_cut(wanted.agreement)!r}; there are: {', '.join(loaded.agreements)}")
    if wanted.customer is not None and wanted.customer not in loaded.customers:
        raise UsageError(f"there is no customer {_cut(wanted.customer)!r}; there are: {', '.join(loaded.customers)}")
    found = [
        name
        for name, agreement in loaded.agreements.items()
        if wanted.agreement in (None, name) and wanted.customer in (None, agreement.customer)
    ]
    if not found:
        whose = f"of the customer {wanted.customer}" if wanted.customer else "in the catalogue"
        raise UsageError(f"there is no agreement {whose}" + (f" named {wanted.agreement}" if wanted.agreement else ""))
    return found


def _cut(words: str) -> str:
    return words if len(words) <= 60 else words[:57] + "..."


def _period(loaded: Catalogue, agreement: str, name: str | None, at: int) -> Period:
    """The period in the agreement's zone; None: the last whole month."""
    zone = loaded.agreements[agreement].timezone
    if name is None:
        return previous_period(period_of(PeriodKind.MONTH, zone, at), zone)
    try:
        found = parse_period(name, zone)
    except ValueError as error:
        raise UsageError(f"--period: {error}") from None
    if found.start >= at:
        raise UsageError(
            f"--period {name}: it has not begun; it begins at {instant_text(found.start)} and it is {instant_text(at)}"
        )
    return found


def _documents(making: Callable[[], Making], bar: Any, *, alone: bool) -> Iterator[Document]:
    """One for each agreement; where there is nothing to tell of one among several, that is said."""

    def left_out(agreement: str, error: UsageError) -> None:
        if alone:
            raise error
        typer.echo(f"no report on {agreement}: {error}", err=True)
        bar.update(1)

    for _, found in making().documents(left_out):
        yield found
        bar.update(1)
