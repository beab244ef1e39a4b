"""What every moment of a revision is before anything is observed: hours, maintenance and corrections merged.

A plan has two sides: what holds of a moment once it is past, and what holds of it while it is still to come
(`up` and `down` hold only before "now").
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum

from slamon.accounting.calendar import in_service, maintained, validity
from slamon.accounting.facts import Span
from slamon.accounting.periods import period_of
from slamon.accounting.steps import BEGINNING, Steps
from slamon.accounting.terms import Correction, CorrectionKind, MaintenanceRule, Revision
from slamon.accounting.zones import DAY_MS

_AHEAD_MS = 400 * DAY_MS


class Moment(IntEnum):
    """What a moment is by plan and correction."""

    OUT = 0
    OUT_UP = 1
    OUT_DOWN = 2
    MEASURED = 3
    EXCLUDED = 4
    SAID_UP = 5
    SAID_DOWN = 6


def in_force(corrections: Iterable[Correction], agreement: str) -> tuple[Correction, ...]:
    """An agreement's corrections that were not revoked, the last entered last."""
    mine = [c for c in corrections if c.agreement == agreement and c.revoked is None and c.start < c.end]
    return tuple(sorted(mine, key=lambda c: (c.entered, c.order)))


def known_before(corrections: Iterable[Correction], at: int) -> tuple[Correction, ...]:
    """The corrections as they were known at an instant: those entered before it, not revoked by later entries."""
    return tuple(
        replace(c, revoked=None) if c.revoked is not None and c.revoked >= at else c
        for c in corrections
        if c.entered < at
    )


def said(corrections: Sequence[Correction]) -> Steps:
    """Which correction holds when: its place in `corrections` (the later one wins) plus 1, else 0."""
    steps = Steps(0)
    edges = sorted({c.start for c in corrections} | {c.end for c in corrections})
    for at in edges:
        steps.add(at, max((i for i, c in enumerate(corrections, 1) if c.start <= at < c.end), default=0))
    return steps


def _moment(base: Moment, kind: CorrectionKind | None) -> Moment:
    if kind is None:
        return base
    if base in (Moment.OUT, Moment.OUT_UP, Moment.OUT_DOWN):
        return {CorrectionKind.UP: Moment.OUT_UP, CorrectionKind.DOWN: Moment.OUT_DOWN}.get(kind, Moment.OUT)
    return {CorrectionKind.UP: Moment.SAID_UP, CorrectionKind.DOWN: Moment.SAID_DOWN}.get(kind, Moment.EXCLUDED)


def merged(base: Steps, low: int, corrections: Sequence[Correction], over: Steps) -> Iterable[tuple[int, Moment]]:
    """The steps of `base` from `low` on, corrected by `over` (made by `said` of the same corrections)."""
    if not corrections:
        yield low, Moment(base.at(low))
        yield from ((t, _MOMENTS[code]) for t, code in zip(base.times, base.codes, strict=True) if t > low)
        return
    edges = {t for t in base.times if t > low} | {t for t in over.times if t > low} | {low}
    for at in sorted(edges):
        place = over.at(at)
        yield at, _moment(Moment(base.at(at)), corrections[place - 1].kind if place else None)


_MOMENTS = tuple(Moment)


class Plan:
    """A revision's moments from `origin` (a period's start) on, worked out as far as anybody asked."""

    def __init__(self, revision: Revision, corrections: Sequence[Correction], origin: int) -> None:
        """`corrections`: those in force, see `in_force`. The period that holds `origin` is taken whole."""
        self.revision = revision
        self.corrections = tuple(corrections)
        self.origin = self.until = period_of(revision.period, revision.zone, origin).start
        self.past = Steps(Moment.OUT)
        self.coming = Steps(Moment.OUT)
        self._measured = [0]
        self._measured_coming = [0]
        self._said_past = said(self.corrections)
        self._excluding = tuple(c for c in self.corrections if c.kind is CorrectionKind.EXCLUDE)
        self._said_coming = said(self._excluding)
        self._before()

    def _before(self) -> None:
        for at, moment in merged(Steps(Moment.OUT), BEGINNING, self.corrections, self._said_past):
            if at < self.origin:
                self._step(self.past, self._measured, at, moment)

    @staticmethod
    def _step(steps: Steps, measured: list[int], at: int, moment: Moment) -> None:
        steps.add(at, moment)
        for i in range(max(len(measured), 1), len(steps.times)):
            weight = Moment.MEASURED <= steps.codes[i - 1] != Moment.EXCLUDED
            measured.append(measured[-1] + (steps.times[i] - steps.times[i - 1] if weight else 0))
        del measured[len(steps.times) :]

    def _chunk(self, end: int, serving: Sequence[Span], kept: Sequence[Span]) -> None:
        """Appends [until, end), in which `serving` is in service and `kept` of it in maintenance that counts."""
        as_up = self.revision.rules.maintenance is MaintenanceRule.UP
        held = Moment.SAID_UP if as_up else Moment.EXCLUDED
        edges = {self.until} | {t for span in (*serving, *kept) for t in (span.start, span.end) if t < end}
        base = Steps(Moment.OUT)
        i = j = 0
        for at in sorted(edges):
            while i < len(serving) and serving[i].end <= at:
                i += 1
            while j < len(kept) and kept[j].end <= at:
                j += 1
            inside = i < len(serving) and serving[i].start <= at
            covered = j < len(kept) and kept[j].start <= at
            base.add(at, held if covered else Moment.MEASURED if inside else Moment.OUT)
        for steps, measured, corrections, over in (
            (self.past, self._measured, self.corrections, self._said_past),
            (self.coming, self._measured_coming, self._excluding, self._said_coming),
        ):
            for at, moment in merged(base, self.until, corrections, over):
                if at < end:
                    self._step(steps, measured, at, moment)
        self.until = end

    def reach(self, until: int) -> None:
        """Works the plan out to at least `until`, by whole periods."""
        while self.until < until:
            rest = validity(self.revision, self.until, until + _AHEAD_MS)
            if rest is None:
                self._chunk(until + _AHEAD_MS, (), ())
                return
            period = period_of(self.revision.period, self.revision.zone, rest.start)
            if period.start > self.until:
                self._chunk(period.start, (), ())
            else:
                serving = in_service(self.revision, period.start, period.end)
                self._chunk(period.end, serving, maintained(self.revision, period, serving))

    def measured(self, start: int, end: int, now: int) -> int:
        """Measured ms of [start, end), as known at `now`: what is past as it was, the rest as it is planned."""
        self.reach(end)
        total = 0
        if start < min(end, now):
            total += self._upto(self.past, self._measured, min(end, now)) - self._upto(self.past, self._measured, start)
        if max(start, now) < end:
            coming = self._upto(self.coming, self._measured_coming, end)
            total += coming - self._upto(self.coming, self._measured_coming, max(start, now))
        return total

    @staticmethod
    def _upto(steps: Steps, measured: Sequence[int], at: int) -> int:
        i = bisect_right(steps.times, at) - 1
        weight = Moment.MEASURED <= steps.codes[i] != Moment.EXCLUDED
        return measured[i] + (at - steps.times[i] if weight else 0)

    def greatest(self, start: int, end: int, length: int) -> int:
        """The greatest measured time, as planned, that a window of `length` ms holds within [start, end)."""
        self.reach(end)
        if end - start <= length:
            return self._between(start, end)
        edges = [start, end, *(t for t in self.coming.times if start < t < end)]
        begins = {t for t in edges if t + length <= end} | {t - length for t in edges if t - length >= start}
        return max(self._between(t, t + length) for t in begins)

    def _between(self, start: int, end: int) -> int:
        upto, measured = self._upto, self._measured_coming
        return upto(self.coming, measured, end) - upto(self.coming, measured, start)
