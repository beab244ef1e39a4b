"""One service's account under one revision: a step function with running sums (sections 4.1 to 4.9 of ACCOUNTING.md).

The plan says what each moment is beforehand, the service's track what was seen; merged they give every moment a class.
A span's sums are two look-ups and a subtraction. What is settled is kept, the rest is worked out anew by each refresh.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from slamon.accounting.confirmation import DEGRADED, DOWN, UNKNOWN, UP
from slamon.accounting.figure import Outage, Sums
from slamon.accounting.outages import SHORT_DOWN, SHORT_UNKNOWN, OutageLog, Shortener
from slamon.accounting.plan import Moment, Plan
from slamon.accounting.service import ServiceTrack
from slamon.accounting.steps import Change
from slamon.accounting.terms import DegradedRule, Revision, UnknownRule

_PIECE = 1_000
"""How many of a service's changes are settled in one step."""

Flags = tuple[int, int, int, int, int, int]
"""Whether a class is in service, excluded, unknown, downtime, degraded, observed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A class of moments: what it counts for, what it is to an outage, and whether no outage can go on through it."""

    flags: Flags
    kind: int
    clean: bool


def _accounted(moment: Moment, code: int) -> int:
    """Corrections first, then the short outages (rules 2 and 5)."""
    if moment in (Moment.SAID_UP, Moment.OUT_UP):
        return UP
    if moment in (Moment.SAID_DOWN, Moment.OUT_DOWN):
        return DOWN
    return {SHORT_DOWN: UP, SHORT_UNKNOWN: UNKNOWN}.get(code, code)


def _row(moment: Moment, code: int, unknown_down: bool) -> Row:
    after = _accounted(moment, code)
    failed = after == DOWN or (after == UNKNOWN and unknown_down and code != SHORT_UNKNOWN)
    kind = DOWN if failed else UNKNOWN if after == UNKNOWN else UP
    seen = code not in (UNKNOWN, SHORT_UNKNOWN)
    flags: Flags = (1, 0, int(after == UNKNOWN), int(failed), int(after == DEGRADED), int(seen))
    if moment in (Moment.OUT, Moment.OUT_UP, Moment.OUT_DOWN):
        flags = (0, 0, 0, 0, 0, 0)
    elif moment is Moment.EXCLUDED:
        flags = (1, 1, 0, 0, 0, 0)
    return Row(flags, kind, kind == UP and code in (UP, DEGRADED))


@lru_cache(maxsize=2)
def _table(unknown_down: bool) -> tuple[tuple[Row, ...], ...]:
    """The class of each moment and state; equal ones are one object."""
    rows: dict[Row, Row] = {}
    made = [[_row(moment, code, unknown_down) for code in range(SHORT_UNKNOWN + 1)] for moment in Moment]
    return tuple(tuple(rows.setdefault(row, row) for row in line) for line in made)


_NOTHING: Flags = (0, 0, 0, 0, 0, 0)
_BEFORE = Row(_NOTHING, UP, False)


class Account:
    """What a service's time under a revision counts as, from the plan's origin up to the newest refresh."""

    def __init__(self, revision: Revision, plan: Plan, track: ServiceTrack) -> None:
        """`plan` of the same revision; `track` under its reading of degraded observations."""
        rules = revision.rules
        self.revision = revision
        self.plan = plan
        self.track = track
        self.now = plan.origin
        self.generation = 0
        """Grows with every rewind."""
        self._unknown_down = rules.unknown is UnknownRule.DOWN
        self._table = _table(self._unknown_down)
        self._reset()

    def _reset(self) -> None:
        self.frontier = self.plan.origin
        self._times = [self.plan.origin]
        self._rows = [_BEFORE]
        self._sums: list[Flags] = [_NOTHING]
        self._kept = 1
        self._log = OutageLog()
        self._short = Shortener(self.revision.rules.min_outage_ms, self._unknown_down)

    # -- keeping up

    def refresh(self, now: int) -> bool:
        """Brings the account up to `now`, after its track; gives False when there is more to settle (call again)."""
        if now < self.frontier:
            self.rewind(now)
        self._roll_back()
        self.plan.reach(now)
        settled = min(self.track.frontier, now)
        if settled > self.frontier and not self._settle(settled):
            return False
        changes = self.track.steps.between(self.frontier, now) if self.frontier < now else []
        if changes:
            if self._short.min_ms:
                changes, _, _ = self._short.mark(changes, now)
            self._tell(changes, self.frontier, now)
        self._log.stop(now, self._upto(now)[3])
        self.now = now
        return True

    def _settle(self, settled: int) -> bool:
        """Keeps what is settled, a piece of it at most; gives whether that was all."""
        times = self.track.steps.times
        begin = bisect_right(times, self.frontier)
        piece = _PIECE
        while True:
            end = min(settled, times[begin + piece]) if begin + piece < len(times) else settled
            changes = self.track.steps.between(self.frontier, end)
            short, long = None, False
            if self._short.min_ms:
                changes, short, long = self._short.mark(changes, end)
            if short is None or short > self.frontier or end == settled:
                break
            piece *= 2
        upto = end if short is None else short
        if upto > self.frontier:
            self._tell(changes, self.frontier, upto)
            self._short.long = long
            self.frontier = upto
            self._kept = len(self._times)
            self._log.keep()
        return end == settled

    def _tell(self, changes: Sequence[Change], start: int, end: int) -> None:
        """Merges the service's changes with the plan over [start, end)."""
        steps, table = self.plan.past, self._table
        place = bisect_right(steps.times, start)
        line = table[steps.codes[place - 1]]
        turn = steps.times[place] if place < len(steps.times) else end
        for i, (at, code) in enumerate(changes):
            if at >= end:
                break
            until = min(changes[i + 1][0], end) if i + 1 < len(changes) else end
            row = line[code]
            if row is not self._rows[-1]:
                self._step(at, row)
            while turn < until:
                at = turn
                line = table[steps.codes[place]]
                place += 1
                turn = steps.times[place] if place < len(steps.times) else end
                row = line[code]
                if row is not self._rows[-1]:
                    self._step(at, row)
            if turn == until and until < end:
                line = table[steps.codes[place]]
                place += 1
                turn = steps.times[place] if place < len(steps.times) else end

    def _step(self, at: int, row: Row) -> None:
        sums = self._upto_last(at)
        before = self._rows[-1]
        if self._times[-1] == at:
            self._rows[-1] = row
        else:
            self._times.append(at)
            self._rows.append(row)
            self._sums.append(sums)
        if row.kind != before.kind:
            self._log.tell(at, row.kind, sums[3])

    def _roll_back(self) -> None:
        kept = self._kept
        del self._times[kept:], self._rows[kept:], self._sums[kept:]
        if self.frontier == self.plan.origin:
            self._rows[0] = _BEFORE
        self._log.roll_back()

    def rewind(self, since: int) -> None:
        """What was settled from `since` on no longer is; goes back to a moment through which no outage goes on."""
        self.generation += 1
        if since >= self.frontier:
            return
        self._roll_back()
        place = bisect_left(self._times, since) - 1
        at = since
        while place >= 0 and not self._rows[place].clean:
            at = self._times[place]
            place -= 1
        if place < 0:
            self._reset()
            return
        del self._times[place + 1 :], self._rows[place + 1 :], self._sums[place + 1 :]
        self._log.cut(at)
        self._short.long = False
        self.frontier = at
        self._kept = len(self._times)

    # -- asking

    def _upto_last(self, at: int) -> Flags:
        """The sums up to `at`, which is not before the last step."""
        d = at - self._times[-1]
        a, b, c, e, f, g = self._sums[-1]
        q, r, s, t, u, v = self._rows[-1].flags
        return (a + q * d, b + r * d, c + s * d, e + t * d, f + u * d, g + v * d)

    def _upto(self, at: int) -> Flags:
        i = bisect_right(self._times, at) - 1
        if i < 0:
            return _NOTHING
        d = at - self._times[i]
        a, b, c, e, f, g = self._sums[i]
        q, r, s, t, u, v = self._rows[i].flags
        return (a + q * d, b + r * d, c + s * d, e + t * d, f + u * d, g + v * d)

    def sums(self, start: int, end: int) -> Sums:
        """The sums of [start, end), clipped to the newest refresh; not before the plan's origin."""
        end = min(end, self.now)
        if start >= end:
            return Sums()
        a, b, c, e, f, g = self._upto(start)
        q, r, s, t, u, v = self._upto(end)
        unknown = s - c
        left = unknown if self.revision.rules.unknown is UnknownRule.EXCLUDE else 0
        return Sums(q - a, r - b, unknown, t - e, u - f, v - g, left)

    def measured_at(self, at: int) -> tuple[bool, int]:
        """Whether an instant is measured time, and up to when that stays so: the next change, or the newest refresh."""
        i = bisect_right(self._times, at) - 1
        if i < 0:
            return False, at
        flags = self._rows[i].flags
        return flags[0] > flags[1], self._times[i + 1] if i + 1 < len(self._times) else self.now

    def downtime(self, start: int, end: int) -> int:
        """The downtime of [start, end) in ms."""
        return self._upto(min(end, self.now))[3] - self._upto(min(start, self.now))[3]

    def outages(self, start: int, end: int) -> list[Outage]:
        """The outages clipped to [start, end), of which some was counted (rule 9)."""
        end = min(end, self.now)
        found = self._log.found
        low = bisect_right(found, start, key=lambda o: o[1])
        high = bisect_left(found, end, lo=low, key=lambda o: o[0])
        out: list[Outage] = []
        for begun, ended, counted in found[low:high]:
            if begun < start or ended > end:
                begun, ended = self._within(max(begun, start), min(ended, end))
                counted = self.downtime(begun, ended)
            if counted:
                out.append(Outage(begun, ended, counted, ended == self.now))
        return out

    def _within(self, start: int, end: int) -> tuple[int, int]:
        """From the first down moment of [start, end) to the last, at whose edges it may be unknown."""
        first = bisect_right(self._times, start) - 1
        last = bisect_left(self._times, end) - 1
        while first < last and self._rows[first].kind != DOWN:
            first += 1
        while last > first and self._rows[last].kind != DOWN:
            last -= 1
        after = self._times[last + 1] if last + 1 < len(self._times) else end
        return max(start, self._times[first]), min(end, after)

    def classes(self, start: int, end: int) -> list[tuple[int, Flags]]:
        """What the moments of [start, end) count for, change by change."""
        i = max(bisect_right(self._times, start) - 1, 0)
        out = [(start, self._rows[i].flags)]
        while i + 1 < len(self._times) and self._times[i + 1] < end:
            i += 1
            out.append((self._times[i], self._rows[i].flags))
        return out


def degraded_down(revision: Revision) -> bool:
    """Whether degraded observations count as down ones."""
    return revision.rules.degraded is DegradedRule.DOWN
