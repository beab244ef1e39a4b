"""Outages: the longest stretches of down time, those parted only by unknown time taken as one (section 4, rule 5)."""

from collections.abc import Sequence

from slamon.accounting.confirmation import DOWN, UNKNOWN, UP
from slamon.accounting.steps import Change

SHORT_DOWN = 4
"""Down in an outage that is too short to count: accounted as up."""
SHORT_UNKNOWN = 5
"""Unknown that would count as down, in an outage that is too short to count: accounted as up, and still unknown."""

_SHORT = {DOWN: SHORT_DOWN, UNKNOWN: SHORT_UNKNOWN}


class Shortener:
    """Marks the outages shorter than `min_ms`, told a service's states piece by piece.

    `long`: whether the outage that goes on at the beginning of the next piece is known to be long enough.
    """

    __slots__ = ("_unknown_down", "long", "min_ms")

    def __init__(self, min_ms: int, unknown_down: bool) -> None:
        self.min_ms = min_ms
        self._unknown_down = unknown_down
        self.long = unknown_down  # what nobody saw from the beginning of time on is long

    def mark(self, changes: Sequence[Change], end: int) -> tuple[list[Change], int | None, bool]:
        """The changes up to `end` with short outages marked.

        Then the start of an outage that goes on at `end` and is still too short, and whether a long one goes on there.
        """
        out = list(changes)
        opened: int | None = None
        start = last = 0
        long = self.long
        going = self.long
        for i, (at, code) in enumerate(changes):
            if self._fails(code):
                if not going:
                    going, long, start, opened = True, False, at, i
                last = changes[i + 1][0] if i + 1 < len(changes) else end
                long = long or last - start >= self.min_ms
            elif code != UNKNOWN and going:
                if not long and opened is not None:
                    self._shorten(out, opened, i)
                going = False
        if going and not long and opened is not None:
            self._shorten(out, opened, len(out))
            return out, start, False
        return out, None, going

    def _fails(self, code: int) -> bool:
        return code == DOWN or (self._unknown_down and code == UNKNOWN)

    def _shorten(self, out: list[Change], begin: int, end: int) -> None:
        for i in range(begin, end):
            at, code = out[i]
            if self._fails(code):
                out[i] = (at, _SHORT[code])


class OutageLog:
    """Outages told change by change; each (start, end, downtime in it). Those without downtime are left out.

    What is told as `UP` ends an outage, `UNKNOWN` does not, `DOWN` begins one or goes on with it.
    """

    __slots__ = ("_down", "_end", "_kept", "_last", "_start", "found")

    def __init__(self) -> None:
        self.found: list[tuple[int, int, int]] = []
        self._start: int | None = None
        self._end: int | None = None
        self._down = self._last = 0
        self._kept: tuple[int, int | None, int | None, int, int] = (0, None, None, 0, 0)

    def tell(self, at: int, kind: int, downtime: int) -> None:
        """From `at` on it is `kind`; `downtime`: the running sum up to `at`."""
        if kind == DOWN:
            if self._start is None:
                self._start, self._down = at, downtime
            self._end = None
            return
        if self._start is not None:
            if self._end is None:
                self._end, self._last = at, downtime
            if kind == UP:
                self._close()

    def _close(self) -> None:
        if self._start is not None and self._end is not None and self._last > self._down:
            self.found.append((self._start, self._end, self._last - self._down))
        self._start = self._end = None

    def stop(self, at: int, downtime: int) -> None:
        """Ends the telling at `at` for the time being: an outage that goes on is listed as far as it is known."""
        if self._start is not None:
            if self._end is None:
                self._end, self._last = at, downtime
            self._close()

    @property
    def going(self) -> tuple[int, int | None] | None:
        """The outage that is not ended: its start, and its end so far unless it is down right now."""
        return None if self._start is None else (self._start, self._end)

    def kept_count(self) -> int:
        """How many outages had begun when `keep` was last asked for."""
        return self._kept[0] + (self._kept[1] is not None)

    def keep(self) -> None:
        """What was told so far stays told."""
        self._kept = (len(self.found), self._start, self._end, self._down, self._last)

    def roll_back(self) -> None:
        """Forgets what was told since `keep`."""
        count, self._start, self._end, self._down, self._last = self._kept
        del self.found[count:]

    def cut(self, at: int) -> None:
        """Forgets what was told from `at` on, a moment at which no outage goes on."""
        while self.found and self.found[-1][0] >= at:
            self.found.pop()
        self._start = self._end = None
        self.keep()
