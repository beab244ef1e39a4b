"""The accounting against its naive twin: over the worked cases, and over random catalogues and histories.

`HYPOTHESIS_PROFILE=long` draws many more cases, other ones each time.
"""

from fractions import Fraction
from typing import Any

import adapter
import pytest
import twin
from hypothesis import given
from slamon.accounting import (
    Blind,
    Book,
    CheckHistory,
    Figure,
    Infinite,
    Ratio,
    WindowFigure,
    local_faults,
    parse_period,
)
from twin_cases import ZONES, Case, cases, effort, many
from twin_facts import World

SUMS = ("in_service", "excluded", "measured", "unknown", "known", "downtime", "degraded")
WINDOW_SUMS = ("in_service", "measured", "unknown", "known", "downtime", "observed")
pytestmark = pytest.mark.timeout(0 if many() else 600)


def world(case: adapter.Case | Case, blinds: tuple[Blind, ...] = ()) -> World:
    return World(
        checks=case.checks,
        services=case.services,
        agreements=case.agreements,
        corrections=case.corrections,
        observations=case.observations,
        now=case.now,
        references=case.references,
        blinds=blinds,
    )


def as_in_vectors(entry: dict[str, Any]) -> dict[str, Any]:
    """Without what the vectors do not tell: two windows, and the figures under `more`."""
    told = {key: value for key, value in entry.items() if key != "more"}
    for key in ("windows", "burn_rates"):
        told[key] = {name: value for name, value in told[key].items() if name not in ("30m", "2h")}
    return told


@pytest.mark.parametrize("name", adapter.names())
def test_the_twin_gives_the_worked_answers(name: str) -> None:
    case = adapter.load(name)
    assert [as_in_vectors(entry) for entry in twin.simulate(world(case), case.period)] == case.expected


def blinds_of(case: Case, now: int) -> list[Blind]:
    """The blind stretches given, and the local faults that the reference probes tell at `now`."""
    by_target: dict[str, list[Any]] = {}
    for o in case.observations:
        if o.check.startswith("reference/") and o.at < now:
            by_target.setdefault(o.check, []).append(o)
    faults = [] if case.references is None else local_faults(by_target, case.references, now)
    return [*case.blinds, *faults]


def book_of(case: Case) -> Book:
    blinds = blinds_of(case, case.now)
    seen = {name: [o for o in case.observations if o.check == name] for name in case.checks}
    histories = {name: CheckHistory(name, tail=seen[name], blinds=blinds) for name in case.checks}
    return Book(case.checks, case.services, case.agreements, case.corrections, histories, blinds)


def plain(ratio: Ratio | None) -> Fraction | str | None:
    return ratio.value if isinstance(ratio, Infinite) else ratio


def rolling(figure: WindowFigure) -> dict[str, Any]:
    sums: dict[str, Any] = {name: Fraction(getattr(figure, f"{name}_ms"), 1000) for name in WINDOW_SUMS}
    return sums | {"availability": figure.availability, "burn_rate": plain(figure.burn_rate)}


def as_the_twin(figure: Figure, windows: dict[str, WindowFigure]) -> dict[str, Any]:
    period, n = figure.period, figure.outage_count
    entry: dict[str, Any] = {f"{name}_ms": getattr(figure, f"{name}_ms") for name in SUMS}
    entry |= {
        "agreement": figure.agreement,
        "service": figure.service,
        "revision": figure.revision,
        "period": {"name": period.name, "start_ms": period.start, "end_ms": period.end},
        "availability": twin.digits(figure.availability),
        "coverage": twin.digits(figure.coverage),
        "budget_ms": int(figure.budget_ms),
        "verdict": figure.verdict.value,
        "credit": twin.digits(figure.credit),
        "outages": [
            {"start_ms": o.start, "end_ms": o.end, "counted_ms": o.counted_ms, "open": o.open} for o in figure.outages
        ],
        "outage_count": n,
        "mtrs_ms": None if figure.mtrs_ms is None else int(figure.mtrs_ms),
        "mtbf_ms": None if figure.mtbf_ms is None else int(figure.mtbf_ms),
        "longest_ms": figure.longest_ms,
        "windows": {name: twin.digits(w.availability) for name, w in windows.items()},
        "burn_rates": {name: twin.digits(plain(w.burn_rate)) for name, w in windows.items()},
        "more": {
            "observed_ms": figure.observed_ms,
            "measured_full_ms": figure.measured_full_ms,
            "allowance_ms": figure.allowance_ms,
            "budget_ms": figure.budget_ms,
            "budget_remaining": plain(figure.budget_remaining),
            "windows": {name: rolling(w) for name, w in windows.items()},
        },
    }
    if figure.latency is not None:
        entry["latency"] = {"good": figure.latency.good, "total": figure.latency.total}
    return entry


def figures_of(case: Case, book: Book) -> list[dict[str, Any]]:
    entries = []
    for terms in case.agreements:
        period = parse_period(case.period, terms.revisions[0].zone)
        for revision in book.within(terms.id, period):
            for service in terms.services:
                figure = book.figure(terms.id, service, revision.number, period, case.now)
                entries.append(as_the_twin(figure, book.windows(terms.id, service, case.now)))
    return entries


def twin_figures(case: Case) -> list[dict[str, Any]]:
    entries = twin.simulate(world(case, case.blinds), case.period)
    kept = (*WINDOW_SUMS, "availability", "burn_rate")
    for entry in entries:
        windows = entry["more"]["windows"]
        entry["more"]["windows"] = {name: {key: w[key] for key in kept} for name, w in windows.items()}
    return entries


def differences(book: Any, naive: Any, path: str = "") -> list[str]:
    """Where two answers differ, one line each."""
    if isinstance(book, dict) and isinstance(naive, dict):
        keys = sorted(set(book) | set(naive))
        return [line for key in keys for line in differences(book.get(key), naive.get(key), f"{path}/{key}")]
    if isinstance(book, list) and isinstance(naive, list) and len(book) == len(naive):
        pairs = enumerate(zip(book, naive, strict=True))
        return [line for n, (b, s) in pairs for line in differences(b, s, f"{path}/{n}")]
    return [] if book == naive else [f"{path}: the book says {book}, the twin {naive}"]


@pytest.mark.parametrize("group", range(4))
def test_random_histories_account_alike(group: int) -> None:
    @effort(30, 2000)
    @given(cases(ZONES[group::4]))
    def compare(case: Case) -> None:
        book = book_of(case)
        book.refresh(case.now)
        assert not differences(figures_of(case, book), twin_figures(case))

    compare()
