"""A book that is told facts one after the other says what a book made anew from the same facts says."""

import os
import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from slamon.accounting import (
    AgreementTerms,
    Blind,
    Book,
    Calendar,
    Cause,
    CheckHistory,
    CheckTerms,
    Correction,
    CorrectionKind,
    DegradedRule,
    FaultTracker,
    LatencyTerms,
    MaintenanceRule,
    Membership,
    Observation,
    OneOff,
    PeriodKind,
    QuarterCounts,
    ReferenceTerms,
    Revision,
    Rules,
    ServiceTerms,
    UnknownRule,
    Verdict,
    period_of,
)

START = 1_790_000_000_000
SEEDS = int(os.environ.get("SLAMON_FUZZ_SEEDS", "6"))
THRESHOLD_US = 300_000
REFERENCE = ReferenceTerms(10_000, 25_000, 1)
MARGIN_MS = 5_000


def random_rules(rng: random.Random) -> Rules:
    return Rules(
        unknown=rng.choice(list(UnknownRule)),
        degraded=rng.choice(list(DegradedRule)),
        maintenance=rng.choice(list(MaintenanceRule)),
        min_outage_ms=rng.choice((0, 0, 60_000, 240_000)),
        maintenance_max_ms=rng.choice((None, 300_000)),
    )


def random_revision(rng: random.Random, number: int, valid_from: int | None, valid_until: int | None) -> Revision:
    begin = START + rng.randrange(0, 3_600_000)
    hours = Calendar("buero", tuple(((rng.randrange(0, 700), rng.randrange(701, 1441)),) for _ in range(7)))
    return Revision(
        number,
        Fraction(rng.choice((9, 99, 999)), rng.choice((1000, 1001))),
        rng.choice(list(PeriodKind)),
        rng.choice(("UTC", "Europe/Berlin", "Asia/Kolkata")),
        valid_from,
        valid_until,
        rng.choice((None, hours)),
        (OneOff(begin, begin + rng.randrange(1, 900_000)),),
        random_rules(rng),
        LatencyTerms(THRESHOLD_US, Fraction(95, 100)),
    )


@dataclass
class World:
    """A small monitor with a life of its own: everything that can happen to facts happens to it."""

    rng: random.Random
    now: int = START
    checks: dict[str, CheckTerms] = field(default_factory=dict)
    services: dict[str, ServiceTerms] = field(default_factory=dict)
    agreements: list[AgreementTerms] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    others: list[Blind] = field(default_factory=list)
    come_back: bool = True  # whether a removed check may be seen again
    removed: dict[str, list[int]] = field(default_factory=dict)
    mood: dict[str, Verdict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng = self.rng
        for i in range(rng.randrange(1, 4)):
            names = [f"s{i}/c{j}" for j in range(rng.randrange(0 if i else 1, 3))]
            for name in names:
                interval = rng.choice((10_000, 20_000))
                self.checks[name] = CheckTerms(name, interval, rng.choice((1, 2, 3)), rng.choice((0, 2, 3)), MARGIN_MS)
            members = tuple(
                Membership(n, rng.choice((None, None, START + 600_000)), rng.choice((None, None, START + 3_000_000)))
                for n in names
            )
            before = list(self.services)
            groups = tuple((name,) for name in before if rng.random() < 0.4)
            if len(before) == 2 and rng.random() < 0.3:
                groups = (tuple(before),)
            needs = rng.choice((None, 1)) if names else None
            self.services[f"s{i}"] = ServiceTerms(f"s{i}", needs, members, groups)
        turn = START + rng.randrange(0, 3_600_000)
        revisions = (random_revision(rng, 1, None, turn), random_revision(rng, 2, turn, None))
        self.agreements = [AgreementTerms("a", "k", tuple(self.services), revisions)]
        self.tracker = FaultTracker(REFERENCE, ["reference/0"])
        self.histories = {c: CheckHistory(c, latency=QuarterCounts([THRESHOLD_US])) for c in self.checks}
        self.book = self.made_anew()

    def blinds(self) -> list[Blind]:
        return [*self.tracker.faults(), *self.others]

    def made_anew(self) -> Book:
        return Book(
            self.checks, self.services, self.agreements, self.corrections, self.histories, self.blinds(),
            faults=self.tracker,
        )  # fmt: skip

    # -- what may happen

    def observe(self, check: str) -> None:
        rng, terms = self.rng, self.checks[check]
        if check in self.removed and not self.come_back:
            return
        if rng.random() < 0.12:
            self.mood[check] = rng.choice((Verdict.UP, Verdict.UP, Verdict.DOWN, Verdict.DEGRADED))
        verdict = self.mood.get(check, Verdict.UP) if rng.random() > 0.05 else Verdict.DOWN
        at = self.now - rng.randrange(1, MARGIN_MS)
        seen = Observation(check, at, verdict, terms.interval_ms, 2 * terms.interval_ms + 5_000, rng.randrange(600_000))
        since = self.histories[check].append(seen)
        if since is not None:
            self.book.touched(check, since)

    def probe_reference(self) -> None:
        verdict = Verdict.DOWN if self.rng.random() < 0.06 else Verdict.UP
        if self.tracker.add(Observation("reference/0", self.now - 1, verdict, 10_000, 25_000)) is not None:
            self.book.set_blinds(self.blinds())

    def suspend(self) -> None:
        before, self.now = self.now, self.now + self.rng.randrange(1, 300_000)
        self.others.append(Blind(before, self.now, Cause.SUSPENDED))
        self.book.set_blinds(self.blinds())

    def correct(self) -> None:
        start = self.now - self.rng.randrange(0, 3_600_000)
        kind = self.rng.choice(list(CorrectionKind))
        end = start + self.rng.randrange(1, 3_600_000)
        self.corrections.append(Correction("a", kind, start, end, self.now, order=(0, len(self.corrections))))
        self.book.set_corrections(self.corrections)

    def remove(self, check: str) -> None:
        self.removed.setdefault(check, []).append(self.now)
        since = self.histories[check].end(self.now)
        if since is not None:
            self.book.touched(check, since)

    def restart(self) -> None:
        """What was folded comes back from the ledger, the rest from its journal."""
        for name, history in self.histories.items():
            runs = history.folded()
            ends = self.removed.get(name, ())
            self.histories[name] = CheckHistory(name, runs, history.tail, self.blinds(), history.latency, ends)
        self.book = self.made_anew()

    def step(self) -> None:
        rng = self.rng
        self.now += rng.randrange(100, 8_000)
        if rng.random() < 0.004:
            self.now += rng.randrange(0, 400_000)
        for check in self.checks:
            if rng.random() < 0.4:
                self.observe(check)
        self.probe_reference()
        chance = rng.random()
        if chance < 0.004:
            self.suspend()
        elif chance < 0.008:
            self.correct()
        elif chance < 0.012 and self.checks:
            self.remove(rng.choice(list(self.checks)))
        elif chance < 0.02:
            for history in self.histories.values():
                history.fold(self.now - 120_000)
        elif chance < 0.022:
            self.book = self.made_anew()
        elif chance < 0.024:
            self.restart()
        elif chance < 0.028:
            self.book.forget("a")
        elif chance < 0.3:
            self.book.refresh(self.now)

    def answers(self, book: Book) -> list[Any]:
        out: list[Any] = []
        for service in self.services:
            out.append((service, book.service_state(service, self.now), book.service_outages(service, self.now)))
            revision = self.agreements[0].revisions[0]
            period = period_of(revision.period, revision.zone, self.now)
            out += book.figures("a", service, period, self.now)
            out.append(book.current("a", service, self.now))
            out.append(book.previous("a", service, self.now))
            out.append(book.windows("a", service, self.now))
            out.append(book.thresholds("a", service, self.now))
        return out


@pytest.mark.parametrize("seed", range(SEEDS))
def test_told_piece_by_piece_is_told_in_one_go(seed: int) -> None:
    world = World(random.Random(seed))
    for i in range(700):
        world.step()
        if i % 35 == 34:
            assert world.answers(world.book) == world.answers(world.made_anew()), i


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_settled_is_not_changed_by_what_is_observed(seed: int) -> None:
    world = World(random.Random(seed), come_back=False)
    settled: dict[str, tuple[int, Any]] = {}
    for _ in range(900):
        world.step()
        before = len(world.corrections)
        world.book.refresh(world.now)
        for service in world.services:
            at, accounted = settled.get(service, (START, None))
            if accounted is not None and accounted[0] == before:
                assert world.book.accounted("a", service, START - 1000, at) == accounted[1]
            until = world.book.settled("a", service)
            assert until is not None
            settled[service] = (until, (before, world.book.accounted("a", service, START - 1000, until)))
