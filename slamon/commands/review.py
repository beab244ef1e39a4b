"""`slamon review`: the pack of a customer's meeting, its agenda, and the form for its minutes."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from slamon.accounting import Period, PeriodKind, parse_period, period_of, previous_period
from slamon.catalogue import Catalogue
from slamon.catalogue.problems import did_you_mean
from slamon.commands.control import Control
from slamon.commands.places import catalogue, ledger_path
from slamon.desk import Desk
from slamon.errors import SlamonError, UsageError
from slamon.figures import Figures
from slamon.ledger import Entry, frozen, register
from slamon.reports.files import folder, write
from slamon.reports.forms import ReportFormat
from slamon.reports.printing import Order, print_one
from slamon.reports.review.material import (
    Closed,
    Frozen,
    Material,
    agreements_of,
    desk_since,
    material,
    mine,
    since,
    why_missing,
)
from slamon.reports.review.minutes import form, form_name
from slamon.reports.review.writing import agenda_page, minutes_page, pack
from slamon.reports.tongue import Tongue
from slamon.running.closings import Closing, closings
from slamon.running.stored import known_figures
from slamon.shown import instant, instant_text


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as the words of the command say it. `period` None: the last whole quarter; `at` None: now."""

    customer: str
    period: str | None = None
    at: str | None = None
    language: str = "en"
    formats: tuple[ReportFormat, ...] = (ReportFormat.HTML,)
    ahead: int = 90
    length: int = 60


def review(config: Path, data: Path | None, wanted: Wanted, output: Path) -> int:
    """Write the files and print their names. UsageError where the question makes no sense or nothing can be told."""
    loaded = catalogue(config, data)
    found = _material(loaded, data, wanted)
    order = Order(wanted.language, wanted.formats, output)
    for document in (pack(found), agenda_page(found, wanted.length), minutes_page(found)):
        for path in print_one(document, order):
            typer.echo(path)
    _put_form(found, wanted, folder(output) / form_name(found))
    return 0


def _put_form(found: Material, wanted: Wanted, path: Path) -> None:
    """What somebody may have filled in is never overwritten; an empty one of the other language is."""
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        there = None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; name another --output DIR") from None
    content = form(found, wanted.language)
    if there != content:
        if there in (None, *(form(found, language) for language in ("en", "de"))):
            write(path, content)
        else:
            typer.echo(f"{path} was there already and is kept: move it away for an empty form", err=True)
    typer.echo(path)


# -- what is asked for


def _material(loaded: Catalogue, data: Path | None, wanted: Wanted) -> Material:
    customer = wanted.customer
    must_be_customer(loaded, customer)
    names = agreements_of(loaded, customer)
    if not names:
        raise UsageError(f"the customer {customer} has no agreement: there is nothing to review")
    now = time.time_ns() // 1_000_000
    at = now if wanted.at is None else instant(wanted.at, now)
    zone = loaded.agreements[names[0]].timezone
    period = named_period(wanted.period, zone, at, PeriodKind.QUARTER)
    begin = min(
        since(loaded.agreements[name].timezone, loaded.agreements[name].period, _parsed(period.name, name, loaded))
        for name in names
    )
    path = ledger_path(loaded, data)
    entries = [entry for entry in register(path) if entry.entered <= at]
    desk = Desk.of(entries)
    begin = min(begin, desk_since(mine(desk, loaded, customer), period, at))
    figures, at = known_since(loaded, data, begin, at)
    _must_be_told(figures, names, period.name, at)
    closed = tuple(closed_of(path, entries, names, loaded))
    return material(figures, customer, period.name, at, desk, closed, wanted.ahead)


def _parsed(period: str, agreement: str, loaded: Catalogue) -> Period:
    return parse_period(period, loaded.agreements[agreement].timezone)


def must_be_customer(loaded: Catalogue, name: str) -> None:
    """UsageError with the customers that there are, and the one that may be meant."""
    if name not in loaded.customers:
        hint = did_you_mean(name, loaded.customers)
        known = ", ".join(loaded.customers) or "none"
        raise UsageError(f"there is no customer {cut(name)!r}; there are: {known}{'; ' if hint else ''}{hint}")


def cut(words: str) -> str:
    """So much of a wrong word is repeated."""
    return words if len(words) <= 60 else words[:57] + "..."


def named_period(name: str | None, zone: str, at: int, kind: PeriodKind) -> Period:
    """The period of that name; None: the last whole one of a kind. UsageError for one that has not begun."""
    if name is None:
        return previous_period(period_of(kind, zone, at), zone)
    try:
        found = parse_period(name, zone)
    except ValueError as error:
        raise UsageError(f"--period: {error}") from None
    if found.start >= at:
        raise UsageError(
            f"--period {name}: it has not begun; it begins at {instant_text(found.start)} and it is {instant_text(at)}"
        )
    return found


def known_since(loaded: Catalogue, data: Path | None, begin: int, at: int) -> tuple[Figures, int]:
    """Figures of the ledger from `begin` (ms) on, as known at a moment: now, or the running system's last commit."""
    path = ledger_path(loaded, data)
    alive = Control(path.parent).alive()
    span = f"{instant_text(max(begin, 0))}/{instant_text(at + 1)}"
    return known_figures(loaded, path, span, at, running=alive)


def _must_be_told(figures: Figures, names: Sequence[str], period: str, at: int) -> None:
    """UsageError where nothing can be told of any agreement, with why of each."""
    whys = {name: why_missing(figures, name, period, at) for name in names}
    if all(why is not None for why in whys.values()):
        english = Tongue("en", "UTC")
        told = " ".join(f"{name}: {english.text(why)}" for name, why in whys.items() if why is not None)
        raise UsageError(f"no agreement of the customer has a figure in {period}. {told}")


# -- closed periods


def closed_of(path: Path, entries: Iterable[Entry], agreements: Iterable[str], loaded: Catalogue) -> Iterator[Closed]:
    """The closings of agreements with what they froze."""
    wanted = set(agreements)
    for closing in closings(entries).values():
        if closing.agreement in wanted:
            period = parse_period(closing.period, loaded.agreements[closing.agreement].timezone)
            kept = tuple(_frozen(path, number, entry) for number, entry in enumerate(closing.frozen))
            yield Closed(closing.agreement, period, closing.state.value, kept, _said(closing))


def _said(closing: Closing) -> str:
    return str(closing.entries[-1].body.get("text") or "")


def _frozen(path: Path, number: int, entry: Entry) -> Frozen:
    text = frozen(path, entry)
    if text is None:
        raise SlamonError(f"what entry {entry.id} froze was changed by hand, or is gone: restore a backup")
    figures = tuple(dict(figure) for figure in json.loads(text)["figures"])
    return Frozen(number, entry.author, entry.entered, str(entry.body.get("reason") or ""), figures)
