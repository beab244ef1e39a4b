"""From a check's runs to what it is accounted as: confirmation, blips, flapping (section 2 of ACCOUNTING.md).

All of it is a function of the runs around a moment, so that any stretch can be worked out on its own: a window of runs
reaches back over the group of failures that a moment may lie in, and over ten intervals for flapping.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from slamon.accounting.facts import Run, Span, State, Verdict
from slamon.accounting.history import CheckHistory
from slamon.accounting.steps import Change
from slamon.accounting.terms import CheckTerms

UP, DEGRADED, UNKNOWN, DOWN = range(4)
"""States as numbers, from best to worst (section 3.2)."""

STATES = (State.UP, State.DEGRADED, State.UNKNOWN, State.DOWN)
_CODES = ({Verdict.UP: UP, Verdict.DEGRADED: DEGRADED, Verdict.DOWN: DOWN},
          {Verdict.UP: UP, Verdict.DEGRADED: DOWN, Verdict.DOWN: DOWN})  # fmt: skip


@dataclass(slots=True)
class _Stretch:
    """Runs of one code that touch."""

    start: int
    end: int
    code: int
    count: int


def _start(run: Run) -> int:
    return run.start


def _reach(terms: CheckTerms) -> int:
    """Within what time of each other blips are flapping."""
    return 10 * terms.interval_ms if terms.flapping else 0


class CheckView:
    """One check under one reading of degraded observations; asked for the states of any stretch of time."""

    __slots__ = ("_codes", "history", "terms")

    def __init__(self, history: CheckHistory, terms: CheckTerms, degraded_down: bool) -> None:
        self.history = history
        self.terms = terms
        self._codes = _CODES[degraded_down]

    def states(self, since: int, until: int, now: int) -> tuple[list[Change], list[Span]]:
        """What the check is accounted as in [since, until), and the blips that begin in it, as known at `now`."""
        history = self.history.before(now)
        steady = self._steady(history, since, now)
        if steady is not None:
            return [(since, steady)], []
        stretches = self._stretches(history, since, until, now)
        forgiven = self._judge(stretches)
        blips = [Span(s.start, s.end) for s in forgiven if since <= s.start < until]
        return _changes(stretches, since, until), blips

    def settled(self, now: int) -> int:
        """The instant before which no coming observation can change what the check is accounted as."""
        history = self.history.before(now)
        newest = history.newest
        margin = now - self.terms.timeout_ms
        if newest is None:
            return margin
        if history.ended:
            return now
        base = margin
        if history.interval_ms < history.stale_after_ms and margin <= newest + history.stale_after_ms:
            base = newest  # whether it vouches for more than its interval depends on its successor
        base = max(base, newest)
        reach = _reach(self.terms)
        if self._steady(history, newest - reach, now) is not None:
            return base
        stretches = self._stretches(history, base, now, now)
        group = self._open_group(stretches)
        if group and group[0].start < base:
            stretches = self._stretches(history, group[0].start, now, now)
            group = self._open_group(stretches)
        first = min(base, group[0].start) if group else base
        earlier = stretches[: len(stretches) - len(group)]
        young = [s.start for s in self._judge(earlier) if s.start > first - reach] if reach else []
        return min([first, *young])

    def changed_since(self, since: int) -> int:
        """From when on classes may have changed when the facts have changed from `since` on."""
        runs = self.history.runs()
        low = self._back(runs, since)
        return min(since, runs[low].start) - _reach(self.terms) if runs else since

    # -- windows of runs

    def _steady(self, history: CheckHistory, since: int, now: int) -> int | None:
        """The code that holds all over [since, now), where that is plain."""
        begun = history.steady_since(now)
        if begun is None or begun > since or history.verdict is None:
            return None
        code = self._codes[history.verdict]
        return code if code != DOWN or self.terms.confirm <= 1 else None

    def _back(self, runs: Sequence[Run], since: int) -> int:
        """The first run to look at for what holds from `since` on."""
        low = max(bisect_right(runs, since, key=_start) - 1, 0)
        if not runs:
            return 0
        horizon = runs[low].start - _reach(self.terms)
        if _reach(self.terms):
            low = max(bisect_right(runs, horizon, hi=low + 1, key=_start) - 1, 0)
        failures = 0
        while low > 0:
            run = runs[low]
            if run.counted:
                failures += run.count
                if self._codes[run.verdict] != DOWN or failures >= self.terms.confirm:
                    break
            low -= 1
        return low

    def _ahead(self, runs: Sequence[Run], low: int, until: int) -> int:
        """After the last run to look at for what holds before `until`."""
        high = bisect_left(runs, until + _reach(self.terms), lo=low, key=_start)
        while high < len(runs):
            run = runs[high]
            high += 1
            if run.counted and self._codes[run.verdict] != DOWN:
                break
        return high

    def _stretches(self, history: CheckHistory, since: int, until: int, now: int) -> list[_Stretch]:
        closed, newest = history.closed, history.open_run()
        low = self._back(closed, since)
        high = len(closed) if until >= now else self._ahead(closed, low, until)
        runs = list(closed[low:high])
        if newest is not None and high == len(closed):
            runs.append(newest)
        out: list[_Stretch] = []
        for run in runs:
            if not run.counted:
                continue
            end = history.end_of(run, now)
            code = self._codes[run.verdict]
            if out and out[-1].end == run.start and out[-1].code == code:
                out[-1].end = end
                out[-1].count += run.count
            else:
                out.append(_Stretch(run.start, end, code, run.count))
        return out

    # -- judging

    def _judge(self, stretches: Sequence[_Stretch]) -> list[_Stretch]:
        """Gives the blips (section 2.1) and accounts each as what touches it."""
        blips: list[int] = []
        group: list[int] = []
        failures = 0
        for i, stretch in enumerate(stretches):
            if stretch.code == DOWN:
                group.append(i)
                failures += stretch.count
            elif group:
                if failures < self.terms.confirm:
                    blips += group
                group, failures = [], 0
        if failures < self.terms.confirm:
            blips += group
        forgiven = self._without_flapping(stretches, blips)
        for i in forgiven:
            stretches[i].code = _beside(stretches, i)
        return [stretches[i] for i in forgiven]

    def _without_flapping(self, stretches: Sequence[_Stretch], blips: Sequence[int]) -> list[int]:
        many, reach = self.terms.flapping, _reach(self.terms)
        if not many or len(blips) < many:
            return list(blips)
        flapping: set[int] = set()
        for i in range(len(blips) - many + 1):
            if stretches[blips[i + many - 1]].start - stretches[blips[i]].start < reach:
                flapping.update(blips[i : i + many])
        return [i for i in blips if i not in flapping]

    def _open_group(self, stretches: Sequence[_Stretch]) -> list[_Stretch]:
        """The failures at the end that one more could confirm."""
        group: list[_Stretch] = []
        for stretch in reversed(stretches):
            if stretch.code != DOWN:
                break
            group.insert(0, stretch)
        return group if sum(s.count for s in group) < self.terms.confirm else []


def _beside(stretches: Sequence[_Stretch], i: int) -> int:
    """What a blip is accounted as: what contradicts it on either side."""
    codes = set()
    if i > 0 and stretches[i - 1].end == stretches[i].start:
        codes.add(stretches[i - 1].code)
    if i + 1 < len(stretches) and stretches[i + 1].start == stretches[i].end:
        codes.add(stretches[i + 1].code)
    return DEGRADED if DEGRADED in codes else UP if UP in codes else UNKNOWN


def _changes(stretches: Sequence[_Stretch], since: int, until: int) -> list[Change]:
    """The stretches within [since, until), with unknown between them."""
    out: list[Change] = []

    def change(at: int, code: int) -> None:
        if not out or out[-1][1] != code:
            out.append((at, code))

    cursor = since
    for stretch in stretches:
        if stretch.end <= cursor:
            continue
        if stretch.start >= until:
            break
        if stretch.start > cursor:
            change(cursor, UNKNOWN)
            cursor = stretch.start
        change(cursor, stretch.code)
        cursor = stretch.end
    if cursor < until:
        change(cursor, UNKNOWN)
    return out
