"""When the monitor's own network was at fault, told from the probes of the reference targets (section 5).

A failed probe covers the time from `stale_after` before it to `stale_after` after it, cut at the good probes of the
same target on either side. While at least `quorum` targets are covered, the fault is ours.
"""

from collections.abc import Iterable, Mapping, Sequence

from slamon.accounting.blinds import NEVER
from slamon.accounting.facts import Blind, Cause, Observation, Span, Verdict
from slamon.accounting.spans import clipped, covered_by
from slamon.accounting.terms import ReferenceTerms

_MANY = 64


class _Target:
    """What one reference target's failures cover; the last span may still be cut."""

    __slots__ = ("last_at", "last_good", "spans")

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.last_at = self.last_good = -NEVER

    def tell(self, observation: Observation, reach: int) -> bool:
        """One more probe; gives whether it changed what is covered. One that is not after the newest is passed over."""
        at = observation.at
        if at <= self.last_at:
            return False
        if observation.verdict is Verdict.DOWN:
            self._failed(at, reach)
            return True
        return self._good(at)

    def set_back(self, now: int) -> None:
        """The clock was set back: forgets what is dated after `now`."""
        self.last_at, self.last_good = min(self.last_at, now), min(self.last_good, now)
        self.spans = clipped(self.spans, -NEVER, now)

    def _good(self, at: int) -> bool:
        self.last_at = self.last_good = at
        if not self.spans or self.spans[-1].end <= at:
            return False
        self.spans[-1] = Span(self.spans[-1].start, at)
        return True

    def _failed(self, at: int, reach: int) -> None:
        self.last_at = at
        start, end = max(at - reach, self.last_good), at + reach
        if self.spans and start <= self.spans[-1].end and self.last_good < self.spans[-1].end:
            self.spans[-1] = Span(self.spans[-1].start, end)
        else:
            self.spans.append(Span(start, end))


def _first_difference(left: Sequence[Span], right: Sequence[Span]) -> int | None:
    for a, b in zip(left, right, strict=False):
        if a != b:
            return min(a.start, b.start) if a.start != b.start else min(a.end, b.end)
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[len(shorter)].start if len(longer) > len(shorter) else None


class FaultTracker:
    """The local faults so far, told one reference observation after the other. The last one's end may lie ahead."""

    def __init__(self, terms: ReferenceTerms, targets: Iterable[str]) -> None:
        self.terms = terms
        self._targets = {target: _Target() for target in targets}
        self._before: list[Span] = []
        self._faults: list[Span] = []

    def add(self, observation: Observation) -> int | None:
        """One more probe; gives the first instant from which faults are others than before, None when none are.

        An observation that is not after its target's newest one is passed over.
        """
        target = self._targets.setdefault(observation.check, _Target())
        return self._recount() if target.tell(observation, self.terms.stale_after_ms) else None

    def set_back(self, now: int) -> int | None:
        """The clock was set back: forgets what is dated after `now`; gives what `add` gives."""
        for target in self._targets.values():
            target.set_back(now)
        return self._recount()

    def _recount(self) -> int | None:
        before = self._faults
        self._faults = covered_by([t.spans for t in self._targets.values()], self.terms.quorum)
        since = _first_difference(before, self._faults)
        self._forget()
        return since

    def _forget(self) -> None:
        """Sets the faults apart that nothing can change any more, once there are many."""
        if len(self._faults) < _MANY:
            return
        settled = min(target.last_good for target in self._targets.values())
        kept = [f for f in self._faults if f.end > settled]
        if len(kept) == len(self._faults):
            return
        self._before += self._faults[: len(self._faults) - len(kept)]
        self._faults = kept
        first = kept[0].start if kept else settled
        for target in self._targets.values():
            target.spans = [s for s in target.spans if s.end > min(first, settled)]

    def faults(self) -> list[Blind]:
        """All local faults, in order."""
        return [Blind(s.start, s.end, Cause.LOCAL_FAULT) for s in (*self._before, *self._faults)]

    def settled(self, now: int) -> int:
        """The instant before which no coming probe can change what was a fault."""
        reach = now - 2 * self.terms.stale_after_ms
        return min((max(t.last_at, reach) for t in self._targets.values()), default=now)


def local_faults(observations: Mapping[str, Iterable[Observation]], terms: ReferenceTerms, now: int) -> list[Blind]:
    """The local faults that the probes of the reference targets, by target and in order, tell at `now`.

    The last one's end may lie after `now`.
    """
    targets = [_Target() for _ in observations]
    for target, seen in zip(targets, observations.values(), strict=True):
        for observation in seen:
            if observation.at < now:
                target.tell(observation, terms.stale_after_ms)
    spans = covered_by([t.spans for t in targets], terms.quorum)
    return [Blind(s.start, s.end, Cause.LOCAL_FAULT) for s in spans]
