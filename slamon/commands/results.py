"""`slamon register satisfaction figures` and `slamon register action measured`: what came of it, in figures."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import typer

from slamon.accounting import cut_down, exact_digits, parse_period, ratio_text
from slamon.accounting.zones import DAY_MS, date_at
from slamon.catalogue import Catalogue
from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.formats import Format
from slamon.commands.places import ledger_path
from slamon.commands.register_desk import desk_of, line, listed
from slamon.desk import Action, Desk, Improvement, Satisfaction
from slamon.desk.days import zone_of
from slamon.desk.improving import Improved, Lengths, Measured, improved
from slamon.desk.results import OUTCOMES, improved_json, mood_json
from slamon.desk.satisfaction import Csat, Interval, Mood, Nps, moods, of_customers
from slamon.errors import UsageError
from slamon.running.entering import must_be_customer
from slamon.running.stored import figures_of

_RATIOS = (Improvement.AVAILABILITY, Improvement.LATENCY)


def satisfaction(config: Path, data: Path | None, customer: str | None, period: str | None, output: Format) -> int:
    """Print figures by customer and service, then by customer; 0."""
    loaded, desk = desk_of(config, data)
    if customer is not None:
        must_be_customer(loaded, customer)
    told = [s for s in desk.satisfaction.values() if customer in (None, s.customer) and _asked(loaded, s, period)]
    days = [s.asked for s in told] or [date.min]
    by_service = moods(told, min(days), max(days))
    whole = of_customers(told, min(days), max(days))
    if output is Format.JSON:
        value = {"by_service": [mood_json(m) for m in by_service], "by_customer": [mood_json(m) for m in whole]}
        typer.echo(json.dumps({"satisfaction": value}, indent=1, ensure_ascii=False))
        return 0
    rows = [row for mood in by_service for row in _rows(mood, mood.service or "-")]
    rows += [row for mood in whole for row in _rows(mood, "all scores")]
    return listed("satisfaction", [mood_json(m) for m in whole], output, _moods_sheet(rows), "no score was entered")


def _asked(loaded: Catalogue, one: Satisfaction, period: str | None) -> bool:
    """Whether it was asked on a day of the period in the customer's zone."""
    if period is None:
        return True
    zone = zone_of(loaded, one.customer)
    try:
        found = parse_period(period, zone)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return date_at(zone, found.start) <= one.asked <= date_at(zone, found.end - 1)


def _rows(mood: Mood, about: str) -> Iterator[tuple[str, ...]]:
    if (told := mood.csat) is not None:
        yield (mood.customer, about, "csat", *_shown(told, tables.percent(ratio_text(told.ratio), 1), told.interval))
    if (nps := mood.nps) is not None:
        yield (mood.customer, about, "nps", *_shown(nps, cut_down(nps.score * 100, 0) or "", nps.interval))


def _shown(told: Csat | Nps, figure: str, interval: Interval) -> tuple[str, ...]:
    """Count, figure, interval of hundredths, and whether there are few."""
    return str(told.count), figure, f"{100 * interval.low:.1f} to {100 * interval.high:.1f}", "few" if told.few else ""


def _moods_sheet(rows: Sequence[Sequence[str]]) -> tables.Sheet:
    names = ("customer", "service", "scale", "scores", "figure", "95 % interval", "")
    heads = tables.columns(*names, keys=("customer", "service"), right=("scores", "figure", "95 % interval"))
    return tables.Sheet("Satisfaction", heads, rows)


def measured(config: Path, data: Path | None, customer: str | None, output: Format) -> int:
    """Print every action that names what it is to better, with its figure before and after; 0."""
    loaded, desk = desk_of(config, data)
    if customer is not None:
        must_be_customer(loaded, customer)
    wanted = [a for a in desk.actions.values() if a.expected is not None and customer in (None, a.customer)]
    made = _improved(loaded, ledger_path(loaded, data), desk, wanted)
    return listed("actions", [improved_json(one) for one in made], output, _sheet(made), "no action names a figure")


def _improved(loaded: Catalogue, path: Path, desk: Desk, wanted: Sequence[Action]) -> list[Improved]:
    if not wanted:
        return []
    now = time.time_ns() // 1_000_000
    since = min(action.entered for action in wanted) - Lengths().most_ms - 31 * DAY_MS
    figures, _ = figures_of(loaded, path, None, now, running=Control(path.parent).alive(), since=since)
    told = (improved(figures, action, desk.complaints.values(), now) for action in wanted)
    return [one for one in told if one is not None]


def _sheet(made: Sequence[Improved]) -> tables.Sheet:
    names = ("id", "figure", "agreement", "service", "expected", "before", "after", "coverage", "outcome", "title")
    rows = [
        (
            str(one.action.number),
            one.expected.figure.value,
            one.expected.agreement,
            one.expected.service,
            _value(one.expected.figure, one.expected.value),
            _of(one, one.before),
            _of(one, one.after),
            _coverage(one),
            OUTCOMES["en"][one.outcome] + _when(one),
            line(one.action.title),
        )
        for one in made
    ]
    right = ("expected", "before", "after", "coverage")
    return tables.Sheet(
        "What actions brought (counted things: a month)",
        tables.columns(*names, keys=("id",), right=right, free=("title",)),
        rows,
    )


def _of(one: Improved, told: Measured | None) -> str:
    return "-" if told is None or told.value is None else _value(one.expected.figure, told.value)


def _value(figure: Improvement, value: Fraction) -> str:
    if figure in _RATIOS:
        return tables.percent(ratio_text(value))
    return (
        tables.duration(-(-value.numerator // value.denominator)) if figure is Improvement.DOWNTIME else _number(value)
    )


def _number(value: Fraction) -> str:
    return exact_digits(value) if value.denominator == 1 else cut_down(value, 2) or ""


def _coverage(one: Improved) -> str:
    told = [measured_ for measured_ in (one.before, one.after) if measured_ is not None]
    return " / ".join(tables.percent(ratio_text(measured_.coverage), 1) for measured_ in told)


def _when(one: Improved) -> str:
    return "" if one.possible_from is None else f", from {tables.moment(one.possible_from)} on"
