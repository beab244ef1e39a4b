"""The stretches in which nobody can be blamed, joined to one list for all checks (section 5)."""

from bisect import bisect_right
from collections.abc import Iterable

from slamon.accounting.facts import Blind, Span
from slamon.accounting.spans import joined

NEVER = 1 << 62
"""After every instant."""


class BlindSpans:
    """Blind stretches joined, to be asked by bisection. Not changed once made; shared by all histories."""

    __slots__ = ("ends", "starts")

    def __init__(self, blinds: Iterable[Blind] = ()) -> None:
        spans = joined(Span(b.start, b.end) for b in blinds)
        self.starts = [s.start for s in spans]
        self.ends = [s.end for s in spans]

    def covers(self, at: int) -> bool:
        """Whether an observation begun then is not accounted."""
        i = bisect_right(self.starts, at)
        return i > 0 and at < self.ends[i - 1]

    def next_start(self, at: int) -> int:
        """When, after `at`, the next stretch begins."""
        i = bisect_right(self.starts, at)
        return self.starts[i] if i < len(self.starts) else NEVER

    def first_difference(self, other: "BlindSpans") -> int | None:
        """The first instant that one covers and the other does not; None when they are the same."""
        mine = [edge for pair in zip(self.starts, self.ends, strict=True) for edge in pair]
        theirs = [edge for pair in zip(other.starts, other.ends, strict=True) for edge in pair]
        for left, right in zip(mine, theirs, strict=False):
            if left != right:
                return min(left, right)
        rest = mine[len(theirs) :] or theirs[len(mine) :]
        return rest[0] if rest else None
