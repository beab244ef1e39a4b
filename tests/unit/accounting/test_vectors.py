"""The worked cases, exact to the millisecond and the 12th digit: told in one go, and told piece by piece."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from adapter import Case, load, names
from slamon.accounting import (
    Book,
    CheckHistory,
    Figure,
    Observation,
    QuarterCounts,
    parse_period,
    ratio_text,
    whole_ms,
)

TIMES = ("in_service", "excluded", "measured", "unknown", "known", "downtime", "degraded")
TOLD_WINDOWS = ("5m", "1h", "6h", "1d", "3d", "7d", "30d")


def told(book: Book, figure: Figure, now: int) -> dict[str, Any]:
    """A figure with the keys of the vectors' `expected`."""
    windows = book.windows(figure.agreement, figure.service, now)
    out: dict[str, Any] = {
        "agreement": figure.agreement,
        "service": figure.service,
        "revision": figure.revision,
        "period": {"name": figure.period.name, "start_ms": figure.period.start, "end_ms": figure.period.end},
        **{f"{name}_ms": getattr(figure, f"{name}_ms") for name in TIMES},
        "availability": ratio_text(figure.availability),
        "coverage": ratio_text(figure.coverage),
        "budget_ms": whole_ms(figure.budget_ms),
        "verdict": figure.verdict,
        "credit": ratio_text(figure.credit),
        "outages": [
            {"start_ms": o.start, "end_ms": o.end, "counted_ms": o.counted_ms, "open": o.open} for o in figure.outages
        ],
        "outage_count": figure.outage_count,
        "mtrs_ms": whole_ms(figure.mtrs_ms),
        "mtbf_ms": whole_ms(figure.mtbf_ms),
        "longest_ms": figure.longest_ms,
        "windows": {name: ratio_text(windows[name].availability) for name in TOLD_WINDOWS},
        "burn_rates": {name: ratio_text(windows[name].burn_rate) for name in TOLD_WINDOWS},
    }
    if figure.latency is not None:
        out["latency"] = {"good": figure.latency.good, "total": figure.latency.total}
    return out


def figures(case: Case, book: Book, now: int) -> Iterator[Figure]:
    for terms in case.agreements:
        period = parse_period(case.period, terms.revisions[0].zone)
        for revision in book.within(terms.id, period):
            for service in terms.services:
                yield book.figure(terms.id, service, revision.number, period, now)


def answers(case: Case, book: Book, now: int) -> list[dict[str, Any]]:
    return [told(book, figure, now) for figure in figures(case, book, now)]


def in_one_go(case: Case, now: int) -> Book:
    case = replace(case, now=now)
    histories = {check: CheckHistory(check) for check in case.checks}
    for observation in case.seen():
        histories[observation.check].append(observation)
    return Book(case.checks, case.services, case.agreements, case.corrections, histories, case.blinds())


class Running:
    """A running system: facts come in order, the book is refreshed and asked at any moment."""

    def __init__(self, case: Case, seed: str) -> None:
        self.case = case
        self.random = random.Random(seed)
        self.tracker = case.tracker()
        thresholds = {r.latency.threshold_us for a in case.agreements for r in a.revisions if r.latency is not None}
        self.histories = {c: CheckHistory(c, latency=QuarterCounts(thresholds)) for c in case.checks}
        self.book = Book(case.checks, case.services, case.agreements, (), self.histories, faults=self.tracker)
        self.entered = 0

    def tell(self, observation: Observation) -> None:
        if observation.check in self.histories:
            since = self.histories[observation.check].append(observation)
            assert since is not None
            self.book.touched(observation.check, since)
        elif self.tracker is not None and self.tracker.add(observation) is not None:
            self.book.set_blinds(self.tracker.faults())

    def sometimes(self, now: int) -> None:
        """What may happen between two observations."""
        chance = self.random.random()
        if chance < 0.05:
            self.book.refresh(now)
        elif chance < 0.06:
            for _ in figures(self.case, self.book, now):
                pass
        elif chance < 0.065:
            for history in self.histories.values():
                history.fold(now - self.random.choice((300_000, 3_600_000)))
        elif chance < 0.0655:
            self.again()
        elif chance < 0.067 and self.entered < len(self.case.corrections):
            self.entered += 1
            self.book.set_corrections(self.case.corrections[: self.entered])

    def again(self) -> None:
        """A reload: a new book from the same histories."""
        case = self.case
        blinds = [] if self.tracker is None else self.tracker.faults()
        corrections = case.corrections[: self.entered]
        self.book = Book(
            case.checks, case.services, case.agreements, corrections, self.histories, blinds, faults=self.tracker
        )

    def replay(self) -> Book:
        for observation in self.case.observations:
            if observation.at >= self.case.now:
                break
            self.sometimes(observation.at)
            self.tell(observation)
        self.book.set_corrections(self.case.corrections)
        self.book.refresh(self.case.now)
        return self.book


@pytest.mark.parametrize("name", names())
def test_a_vector_told_in_one_go(name: str) -> None:
    case = load(name)
    assert answers(case, in_one_go(case, case.now), case.now) == case.expected


@pytest.mark.parametrize("name", names())
def test_a_vector_told_piece_by_piece_with_questions_in_between(name: str) -> None:
    case = load(name)
    assert answers(case, Running(case, name).replay(), case.now) == case.expected
