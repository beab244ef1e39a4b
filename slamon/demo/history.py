"""Invented facts: runs, blind stretches and durations, the same for the same seed and moment.

Pure: `Inventor` takes the moments and gives facts; `slamon.demo.backfill` stores them.
"""

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from slamon.accounting.facts import Blind, Run, Verdict
from slamon.accounting.latency import QUARTER_MS, Histogram
from slamon.catalogue import CheckModel
from slamon.demo.catalogue import ZONE
from slamon.demo.incidents import SIX_WEEKS, SLOW_MS, Incident, Story
from slamon.probes.outcome import Reason

DAY_MS = 86_400_000
SEED = 20
_SHAPE = ((0.7, 0.25), (0.9, 0.35), (1.1, 0.22), (1.6, 0.13), (3.0, 0.05))
"""Durations of one quarter hour: multiples of the usual one, and the share of each."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One verdict over [start, end) in ms."""

    start: int
    end: int
    verdict: Verdict
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CheckPast:
    """What was seen of one check: its runs in order of time, its durations by quarter hour, its counts."""

    check: str
    runs: tuple[Run, ...]
    latency: dict[int, Histogram]
    failures: dict[str, int]

    def count(self, verdict: Verdict | None = None) -> int:
        """How many observations, of a verdict or of all."""
        return sum(run.count for run in self.runs if verdict in (None, run.verdict))


class Inventor:
    """Invents the past from the midnight `began` up to `until` (ms); `thresholds_us`: the agreed ones."""

    def __init__(
        self,
        began: datetime,
        until: int,
        thresholds_us: Iterable[int] = (),
        *,
        story: Story = SIX_WEEKS,
        seed: int = SEED,
    ) -> None:
        self._began = began
        self.since = _ms(began)
        self.until = until
        self._thresholds = tuple(thresholds_us)
        self._story = story
        self._seed = seed
        self.blinds = tuple(self._blinds())

    def _blinds(self) -> Iterator[Blind]:
        for unseen in self._story.unseen:
            start = self._moment(unseen.day, unseen.clock)
            if start + unseen.seconds * 1000 < self.until:
                yield Blind(start, start + unseen.seconds * 1000, unseen.cause)

    def _moment(self, day: int, clock: str) -> int:
        moment = datetime.combine(self._began.date() + timedelta(days=day), time.fromisoformat(clock), ZONE)
        return _ms(moment)

    def check(self, check: CheckModel) -> CheckPast:
        """The past of one check."""
        dice = random.Random(f"{self._seed} {check.id}")
        stretches = list(self._stretches(check, dice))
        phase = dice.randrange(check.interval_ms)
        *settled, newest = _runs(check, stretches, self.blinds, phase)
        runs = (*settled, replace(newest, end=None))
        latency = self._latency(check, runs, dice)
        runs = tuple(replace(run, reason=None) if run.verdict is Verdict.UP else run for run in runs)
        failures = Counter[str]()
        for run in runs:
            if run.verdict is Verdict.DOWN and run.reason:
                failures[run.reason] += run.count
        return CheckPast(check.id, runs, latency, dict(failures))

    def _stretches(self, check: CheckModel, dice: random.Random) -> Iterator[Stretch]:
        """The whole past without a hole, equal verdicts joined."""
        usual = self._usual(check)
        at = self.since
        for special in sorted(self._special(check, dice), key=lambda stretch: stretch.start):
            start, end = max(special.start, at), min(special.end, self.until)
            if start < end:
                yield from _between(usual, at, start)
                yield Stretch(start, end, special.verdict, special.reason)
                at = end
        yield from _between(usual, at, self.until)

    def _usual(self, check: CheckModel) -> list[Stretch]:
        checks, days = self._story.warned
        if check.id not in checks:
            return [Stretch(self.since, self.until, Verdict.UP)]
        turn = self.until - days * DAY_MS
        return [
            Stretch(self.since, turn, Verdict.UP),
            Stretch(turn, self.until, Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING.value),
        ]

    def _special(self, check: CheckModel, dice: random.Random) -> Iterator[Stretch]:
        for incident in self._story.incidents:
            if check.id in incident.checks:
                yield self._happened(incident, dice)
        for _ in range(self._story.blips_per_check):
            at = dice.randrange(self.since, self.until - DAY_MS // 24)
            yield Stretch(at, at + check.interval_ms, Verdict.DOWN, Reason.TIMEOUT.value)

    def _happened(self, incident: Incident, dice: random.Random) -> Stretch:
        start = self._moment(incident.day, incident.clock) + dice.randrange(20_000)
        length = int(incident.seconds * 1000 * dice.uniform(0.95, 1.0))
        return Stretch(start, start + length, incident.verdict, incident.reason.value)

    def _latency(self, check: CheckModel, runs: Sequence[Run], dice: random.Random) -> dict[int, Histogram]:
        cells: dict[int, Histogram] = {}
        usual = self._story.usual_ms.get(check.id, 20.0)
        for run in runs:
            if run.verdict is Verdict.DOWN:
                continue
            slow = run.reason == Reason.SLOW.value
            for quarter, count in _by_quarter(run):
                base = SLOW_MS if slow else usual * _daytime(quarter) * dice.uniform(0.9, 1.15)
                self._fill(cells.setdefault(quarter, Histogram()), base, count)
        return cells

    def _fill(self, cell: Histogram, base_ms: float, count: int) -> None:
        left = count
        for factor, share in _SHAPE:
            times = min(left, math.ceil(count * share))
            if times:
                cell.merge(_repeated(int(base_ms * factor * 1000), times, self._thresholds))
                left -= times


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _between(usual: Sequence[Stretch], start: int, end: int) -> Iterator[Stretch]:
    for stretch in usual:
        first, last = max(start, stretch.start), min(end, stretch.end)
        if first < last:
            yield Stretch(first, last, stretch.verdict, stretch.reason)


def _runs(check: CheckModel, stretches: Sequence[Stretch], blinds: Sequence[Blind], phase: int) -> Iterator[Run]:
    """Stretches as observations on the check's beat would show them: none begun in a blind stretch."""
    starts = [stretch.start for stretch in stretches]
    borders = sorted({*starts, stretches[-1].end, *(b.start for b in blinds), *(b.end for b in blinds)})
    for left, right in pairwise(borders):
        if any(blind.start <= left < blind.end for blind in blinds):
            continue
        stretch = stretches[bisect_right(starts, left) - 1]
        first = left + (phase - left) % check.interval_ms
        if first >= right:
            continue
        count = (right - 1 - first) // check.interval_ms + 1
        last = first + (count - 1) * check.interval_ms
        end = last + check.interval_ms
        end = min([end, *(blind.start for blind in blinds if blind.start > last)])
        yield Run(
            check.id, first, last, end, stretch.verdict, count, check.interval_ms, check.stale_after_ms, stretch.reason
        )


def _by_quarter(run: Run) -> Iterator[tuple[int, int]]:
    """How many of a run's observations were begun in each quarter hour."""
    at = run.start
    while at <= run.last:
        quarter = at - at % QUARTER_MS
        ends = min(quarter + QUARTER_MS - 1, run.last)
        count = (ends - at) // run.interval_ms + 1
        yield quarter, count
        at += count * run.interval_ms


def _daytime(at: int) -> float:
    """Busier, so slower, in the early afternoon (UTC)."""
    return 1.0 + 0.35 * math.sin((at % DAY_MS) / DAY_MS * 2 * math.pi - 2.0)


def _repeated(duration_us: int, times: int, thresholds: Iterable[int]) -> Histogram:
    one = Histogram()
    one.add(duration_us, thresholds)
    return Histogram(
        buckets=dict.fromkeys(one.buckets, times),
        good={threshold: good * times for threshold, good in one.good.items()},
        total=times,
        sum_us=duration_us * times,
    )
