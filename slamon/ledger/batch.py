"""What goes into the ledger in one commit, and what comes out of it.

Everything but the observations is absolute (a row replaces the one of the same key), so a batch that could not be
committed is merged into the next one. Instants are ms (UTC), probe durations us.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from slamon.accounting import Blind, Correction, Histogram, Observation, Run, SettledCounts, Stint, Verdict
from slamon.ledger.register import Entry

MOST_ARRIVALS = 1000
"""So many arrivals are kept of a check."""


@dataclass(slots=True)
class Tally:
    """One check's counts since `since`.

    `durations`: how many of those that were not down, by bucket of `bounds_us` (one more, not cumulative).
    """

    since: int | None = None
    observations: int = 0
    degraded: int = 0
    failures: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    bounds_us: tuple[int, ...] = ()
    durations: list[int] = field(default_factory=list)
    sum_us: int = 0

    def add(self, observation: Observation) -> None:
        """Counts one more observation."""
        self.observations += 1
        if self.since is None:
            self.since = observation.at
        if observation.verdict is Verdict.DOWN:
            self.failures += 1
            reason = observation.reason or "other"
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
            return
        self.degraded += observation.verdict is Verdict.DEGRADED
        if self.bounds_us and observation.duration_us is not None:
            self.durations[bisect_left(self.bounds_us, observation.duration_us)] += 1
            self.sum_us += observation.duration_us

    def measured_by(self, bounds_us: tuple[int, ...]) -> "Tally":
        """The same under other bucket bounds. A count goes to the least new bound that surely holds it."""
        if bounds_us == self.bounds_us:
            return self
        durations = [0] * (len(bounds_us) + 1) if bounds_us else []
        for upper, count in zip((*self.bounds_us, None), self.durations, strict=False):
            if durations:
                durations[len(bounds_us) if upper is None else bisect_left(bounds_us, upper)] += count
        sum_us = self.sum_us if bounds_us else 0
        return replace(self, bounds_us=bounds_us, durations=durations, sum_us=sum_us, reasons=dict(self.reasons))

    def plus(self, other: "Tally") -> "Tally":
        """Both counts as one, under this one's bounds."""
        same = other.measured_by(self.bounds_us)
        reasons = dict(self.reasons)
        for reason, count in other.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
        return Tally(
            other.since if self.since is None else self.since,
            self.observations + other.observations,
            self.degraded + other.degraded,
            self.failures + other.failures,
            reasons,
            self.bounds_us,
            [a + b for a, b in zip(self.durations, same.durations, strict=True)],
            self.sum_us + same.sum_us,
        )


@dataclass(frozen=True, slots=True)
class AccountedTotals:
    """In-service ms by class from `since` to `until`, as they were accounted first: never corrected."""

    since: int
    until: int
    up: int = 0
    down: int = 0
    unknown: int = 0
    excluded: int = 0


@dataclass(frozen=True, slots=True)
class OutageTotal:
    """Confirmed outages of a service begun in [since, until)."""

    since: int
    until: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Facts of [start, end) that this system did not observe: `kind` import or demo."""

    kind: str
    start: int
    end: int
    entered: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was reported of a check. `what`: start, or a verdict; `label`: by which the sender knows it.

    `words`: what came with it, kept of the newest one alone.
    """

    check: str
    at: int
    what: str
    reason: str | None = None
    duration_us: int | None = None
    label: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """Journal rows that end before `before` are in runs now; `carried`: of them, what is not folded yet.

    It comes with the tallies of every check that has changed: only rows that are counted go.
    """

    before: int
    carried: tuple[Observation, ...]


def _both(earlier: Fold | None, later: Fold | None) -> Fold | None:
    """As one; what only the earlier one carried stays carried."""
    if earlier is None or later is None:
        return later or earlier
    kept = tuple(o for o in earlier.carried if o.at >= later.before)
    return Fold(later.before, (*later.carried, *kept))


@dataclass(slots=True)
class Batch:
    """One commit. `watermark`: every observation begun before it is in this batch or an earlier one.

    `set_back`: the clock was set back to it; journal and runs after it go, `aside` has them. `tallies` count all that
    is committed, and of this batch what is in runs only; not what is in `observations`. `arrivals_of`: the checks of
    which all earlier arrivals go.
    """

    watermark: int | None = None
    observations: list[Observation] = field(default_factory=list)
    fold: Fold | None = None
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)
    aside: list[Run] = field(default_factory=list)
    set_back: int | None = None
    blinds: dict[tuple[int, str], Blind] = field(default_factory=dict)
    quarters: dict[tuple[str, int], Histogram] = field(default_factory=dict)
    stints: dict[str, tuple[Stint, ...]] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    accounted: dict[tuple[str, str], AccountedTotals] = field(default_factory=dict)
    outages: dict[str, OutageTotal] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    unmarked: list[Mark] = field(default_factory=list)
    """Marks that are no more: others take their place."""
    arrivals: list[Arrival] = field(default_factory=list)
    arrivals_of: set[str] = field(default_factory=set)

    def put_runs(self, runs: Iterable[Run]) -> None:
        """Runs that are new, or replace the stored one of the same start."""
        self.runs.update(((run.check, run.start), run) for run in runs)

    def put_blind(self, blind: Blind) -> None:
        """A blind stretch that is new, or replaces the stored one of the same start and cause."""
        self.blinds[blind.start, blind.cause.value] = blind

    def before(self, later: "Batch") -> "Batch":
        """This batch, which could not be committed, and a later one as one."""
        earlier = self if later.set_back is None else self._set_back(later.set_back)
        set_backs = [batch.set_back for batch in (earlier, later) if batch.set_back is not None]
        return Batch(
            watermark=earlier.watermark if later.watermark is None else later.watermark,
            observations=earlier.observations + later.observations,
            fold=_both(earlier.fold, later.fold),
            runs=earlier.runs | later.runs,
            aside=earlier.aside + later.aside,
            set_back=min(set_backs, default=None),
            blinds=earlier.blinds | later.blinds,
            quarters=earlier.quarters | later.quarters,
            stints=earlier.stints | later.stints,
            tallies=earlier.tallies | later.tallies,
            accounted=earlier.accounted | later.accounted,
            outages=earlier.outages | later.outages,
            marks=earlier.marks + later.marks,
            unmarked=earlier.unmarked + later.unmarked,
            arrivals=[a for a in earlier.arrivals if a.check not in later.arrivals_of] + later.arrivals,
            arrivals_of=earlier.arrivals_of | later.arrivals_of,
        )

    def _set_back(self, to: int) -> "Batch":
        """What is left of it after the clock was set back: what is later was put aside, nothing is blind beyond."""
        return replace(
            self,
            observations=[o for o in self.observations if o.at <= to],
            runs={key: run for key, run in self.runs.items() if run.start <= to},
            blinds={key: replace(b, end=min(b.end, to)) for key, b in self.blinds.items() if b.start < to},
            fold=None,
            arrivals=[a for a in self.arrivals if a.at <= to],
        )


@dataclass(slots=True)
class Stored:
    """What the ledger holds, from `since` on (None: everything); each check's newest run in any case.

    `watermark` None: nothing was ever committed. `clean`: the last stop was. `uncounted`: observations of the journal
    that are not in `tallies`.
    """

    since: int | None = None
    watermark: int | None = None
    clean: bool = True
    runs: dict[str, list[Run]] = field(default_factory=dict)
    tails: dict[str, list[Observation]] = field(default_factory=dict)
    blinds: list[Blind] = field(default_factory=list)
    quarters: dict[str, dict[int, Histogram]] = field(default_factory=dict)
    settled: dict[str, SettledCounts] = field(default_factory=dict)
    stints: dict[str, list[Stint]] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    uncounted: list[Observation] = field(default_factory=list)
    accounted: dict[tuple[str, str], AccountedTotals] = field(default_factory=dict)
    outages: dict[str, OutageTotal] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    register: Sequence[Entry] = ()
    marks: list[Mark] = field(default_factory=list)
    arrivals: dict[str, list[Arrival]] = field(default_factory=dict)
