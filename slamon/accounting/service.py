"""From checks to a service: its state as a function of time (section 3 of ACCOUNTING.md)."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from slamon.accounting.blinds import NEVER
from slamon.accounting.confirmation import DEGRADED, DOWN, UNKNOWN, UP, CheckView
from slamon.accounting.facts import Span
from slamon.accounting.outages import OutageLog
from slamon.accounting.steps import BEGINNING, Change, SpanLog, Steps
from slamon.accounting.terms import Membership, ServiceTerms

ABSENT = 4
"""The code of a check while it is none of the service's."""

_KINDS = (UP, UP, UNKNOWN, DOWN)
"""What a state is to an outage."""

_PIECE = 400
"""How many runs of a check are accounted in one step."""


def own_state(counts: Sequence[int], needs: int | None) -> int:
    """The state with so many checks up, degraded, unknown and down (rule 1)."""
    up, degraded, unknown, down = counts[:4]
    n = up + degraded + unknown + down
    k = n if needs is None else min(needs, n)
    if n == 0:
        return UNKNOWN
    if up >= k:
        return UP
    if up + degraded >= k:
        return DEGRADED
    return UNKNOWN if up + degraded + unknown >= k else DOWN


def joined(member: Membership, at: int) -> bool:
    """Whether the check is one of its service's at an instant."""
    return (member.since is None or member.since <= at) and (member.until is None or at < member.until)


def _within(changes: Sequence[Change], member: Membership) -> list[Change]:
    """A check's changes, absent before it joined and after it left."""
    since = BEGINNING if member.since is None else member.since
    until = NEVER if member.until is None else member.until
    start = changes[0][0]
    out: list[Change] = [] if since <= start else [(start, ABSENT)]
    for i, (at, code) in enumerate(changes):
        end = changes[i + 1][0] if i + 1 < len(changes) else NEVER
        low = max(at, since)
        if low < min(end, until):
            out.append((low, code))
    if not out or until < NEVER:
        out.append((max(until, start), ABSENT))
    return out


class ServiceTrack:
    """A service's state under one reading of degraded observations, from the beginning up to the newest refresh.

    `steps` before `frontier` cannot change by any coming observation; what follows is worked out anew by each refresh.
    """

    def __init__(
        self, terms: ServiceTerms, views: Mapping[str, CheckView], groups: Sequence[Sequence["ServiceTrack"]]
    ) -> None:
        """`views`: of its members at least; `groups`: what it depends on, as in its terms."""
        self.terms = terms
        self.views = [views[m.check_id] for m in terms.members]
        self.groups = [tuple(group) for group in groups]
        self.steps = Steps(UNKNOWN)
        self.blips = SpanLog()
        self.frontier = BEGINNING
        self.now: int | None = None
        """The moment of the newest refresh, None after a rewind."""
        self._kept = (1, 0)
        self._log = OutageLog()
        self._begins: int = NEVER
        bounded = any(m.since is not None or m.until is not None for m in terms.members)
        self._plain = len(self.views) == 1 and not self.groups and not bounded and terms.needs in (None, 1)

    @property
    def begins(self) -> int:
        """When the first run that it rests on began; NEVER while there is none."""
        if self._begins == NEVER:
            starts = [runs[0].start for view in self.views if (runs := view.history.runs())]
            self._begins = min([*starts, *(t.begins for group in self.groups for t in group)], default=NEVER)
        return self._begins

    # -- keeping up

    def refresh(self, now: int, blind_settled: int) -> bool:
        """Brings the steps up to `now`; gives False when there is more to settle first (call again).

        The tracks that it depends on come first. `blind_settled`: before it no blind stretch can come up any more.
        """
        if now < self.frontier:
            self.rewind(now)
        self._roll_back()
        settled = max(self.frontier, min(self._settled(now), blind_settled, now))
        if settled > self.frontier:
            piece = self._piece(settled)
            self._extend(self.frontier, piece, now)
            self.frontier = piece
            self._kept = (len(self.steps.times), len(self.blips))
            self._log.keep()
            if piece < settled:
                return False
        if self.frontier < now:
            self._extend(self.frontier, now, now)
        self.now = now
        return True

    def rewind(self, since: int) -> None:
        """What was settled from `since` on no longer is."""
        self.now = None
        if since < self.frontier:
            self._roll_back()
            self.steps.cut(since)
            self.blips.cut(since)
            self.frontier = since
            self._kept = (len(self.steps.times), len(self.blips))
            self._retell()

    def _retell(self) -> None:
        """Tells the outages again from the last moment on at which the service was seen not to be down."""
        times, codes = self.steps.times, self.steps.codes
        i = len(codes) - 1
        while i > 0 and codes[i] not in (UP, DEGRADED):
            i -= 1
        self._log.cut(times[i])
        for at, code in zip(times[i:], codes[i:], strict=True):
            self._log.tell(at, _KINDS[code], at)
        self._log.keep()

    def _roll_back(self) -> None:
        steps, blips = self._kept
        del self.steps.times[steps:], self.steps.codes[steps:]
        self.blips.keep(blips)
        self._log.roll_back()

    def _settled(self, now: int) -> int:
        bounds = [track.frontier for group in self.groups for track in group]
        for member, view in zip(self.terms.members, self.views, strict=True):
            margin = now - view.terms.timeout_ms
            newest = view.history.newest
            gone = member.until is not None and member.until <= margin
            if not gone or (newest is not None and newest + view.history.stale_after_ms >= margin):
                bounds.append(view.settled(now))
        return min(bounds, default=now)

    def _piece(self, settled: int) -> int:
        """Up to where to settle in one step."""
        for view in self.views:
            runs = view.history.closed
            place = bisect_right(runs, self.frontier, key=lambda r: r.start) + _PIECE
            if place < len(runs):
                settled = min(settled, runs[place].start)
        for group in self.groups:
            for track in group:
                times = track.steps.times
                place = bisect_right(times, self.frontier) + _PIECE
                if place < len(times):
                    settled = min(settled, times[place])
        return settled

    def _extend(self, start: int, end: int, now: int) -> None:
        blips: list[Span] = []
        streams: list[list[Change]] = []
        for member, view in zip(self.terms.members, self.views, strict=True):
            changes, found = view.states(start, end, now)
            blips += [b for b in found if joined(member, b.start)]
            streams.append(changes if self._plain else _within(changes, member))
        for blip in sorted(blips):
            self.blips.add(blip.start, blip.end)
        steps, log = self.steps, self._log
        for at, code in streams[0] if self._plain else self._combined(streams, start, end):
            if code != steps.codes[-1]:
                steps.add(at, code)
                log.tell(at, _KINDS[code], at)

    def _combined(self, streams: Sequence[Sequence[Change]], start: int, end: int) -> list[Change]:
        others = [track.steps.between(start, end) for group in self.groups for track in group]
        states = [stream[0][1] for stream in (*streams, *others)]
        events = sorted(
            (at, place, code) for place, stream in enumerate((*streams, *others)) for at, code in stream[1:] if at < end
        )
        out = [(start, self._state(states))]
        i = 0
        while i < len(events):
            at = events[i][0]
            while i < len(events) and events[i][0] == at:
                states[events[i][1]] = events[i][2]
                i += 1
            out.append((at, self._state(states)))
        return out

    def _state(self, states: Sequence[int]) -> int:
        """The worst of its own and what it depends on (rules 1 and 2)."""
        n = len(self.views)
        worst = UP
        if n:
            counts = [0] * 5
            for code in states[:n]:
                counts[code] += 1
            worst = own_state(counts, self.terms.needs)
        elif not self.groups:
            return UNKNOWN
        for group in self.groups:
            worst = max(worst, min(states[n : n + len(group)]))
            n += len(group)
        return worst

    # -- asking

    def outages(self) -> list[Span]:
        """The outages up to the newest refresh, the last one maybe going on."""
        found = [Span(start, end) for start, end, _ in self._log.found]
        if self._log.going is not None and self.now is not None:
            start, end = self._log.going
            found.append(Span(start, self.now if end is None else end))
        return found

    def outage_count(self) -> int:
        """How many outages have begun before `frontier`; never falls but by a rewind."""
        return self._log.kept_count()

    def rests_on(self) -> list[tuple[Membership, CheckView]]:
        """The checks that its state rests on: its own and those of what it depends on, each once."""
        found: dict[tuple[str, int | None, int | None], tuple[Membership, CheckView]] = {}
        for member, view in zip(self.terms.members, self.views, strict=True):
            found[(member.check_id, member.since, member.until)] = (member, view)
        for group in self.groups:
            for track in group:
                for member, view in track.rests_on():
                    found[(member.check_id, member.since, member.until)] = (member, view)
        return list(found.values())

    def tracks(self) -> list["ServiceTrack"]:
        """This one and all that it depends on, each once."""
        found = {id(self): self}
        for group in self.groups:
            for track in group:
                found.update((id(t), t) for t in track.tracks())
        return list(found.values())

    def blips_within(self, start: int, end: int) -> tuple[int, int]:
        """How many blips its checks had in [start, end), and their time in it, in ms."""
        found = [track.blips.within(start, end) for track in self.tracks()]
        return sum(count for count, _ in found), sum(length for _, length in found)
