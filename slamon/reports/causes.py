"""Why an outage was one: the checks that failed in it, and the services that it began in."""

from collections.abc import Iterator
from dataclasses import dataclass

from slamon.accounting import Span, Verdict
from slamon.accounting.account import degraded_down
from slamon.accounting.confirmation import DOWN
from slamon.accounting.service import ServiceTrack, joined, own_state
from slamon.reports.grounds import Ground


@dataclass(frozen=True, slots=True)
class Failed:
    """A check that failed in an outage: how often, and the first reason."""

    check: str
    reason: str | None
    observations: int


def failed(ground: Ground, start: int, end: int) -> list[Failed]:
    """The checks whose failing runs reach into [start, end), the first to fail first."""
    verdicts = {Verdict.DOWN, Verdict.DEGRADED} if degraded_down(ground.revision) else {Verdict.DOWN}
    found: list[tuple[int, Failed]] = []
    now = ground.figure.at
    for check, view in {member.check_id: view for member, view in ground.part.account.track.rests_on()}.items():
        history = view.history.before(now)
        runs = [
            run
            for run in history.runs()
            if run.counted and run.verdict in verdicts and run.start < end and start < history.end_of(run, now)
        ]
        if runs:
            reason = next((run.reason for run in runs if run.reason), None)
            found.append((runs[0].start, Failed(check, reason, sum(run.count for run in runs))))
    return [told for _, told in sorted(found, key=lambda pair: (pair[0], pair[1].check))]


def roots(ground: Ground, at: int) -> list[str]:
    """The services whose own checks made it down at an instant; itself among them where its own checks did."""
    return list(dict.fromkeys(_roots(ground.part.account.track, at, ground.figure.at)))


def _roots(track: ServiceTrack, at: int, now: int) -> Iterator[str]:
    if _own(track, at, now) == DOWN:
        yield track.terms.id
    for group in track.groups:
        if group and all(needed.steps.at(at) == DOWN for needed in group):
            for needed in group:
                yield from _roots(needed, at, now)


def _own(track: ServiceTrack, at: int, now: int) -> int | None:
    """The state that its own checks make; None without any."""
    counts = [0] * 4
    for member, view in zip(track.terms.members, track.views, strict=True):
        if joined(member, at):
            counts[view.states(at, at + 1, now)[0][-1][1]] += 1
    return own_state(counts, track.terms.needs) if any(counts) else None


def uncounted(ground: Ground) -> list[Span]:
    """The service's outages in the period of which nothing was counted."""
    start, end = ground.span
    counted = ground.figure.outages
    found = [Span(max(s.start, start), min(s.end, end)) for s in ground.part.account.track.outages()]
    return [s for s in found if s.start < s.end and not any(o.start < s.end and s.start < o.end for o in counted)]
