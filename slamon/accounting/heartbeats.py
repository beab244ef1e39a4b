"""What a job's reports say until the next one, and what follows when that stays away (ACCOUNTING.md, 1.5).

A report vouches until the next one is due plus its grace; at that moment, without one, the job is down. A blind stretch
(section 5) cuts what was said before it; at its end the newest report goes on to say what it said. A blind stretch in
the time in which a report was expected may have swallowed it: nobody is blamed then, the job is unknown until it
reports or is late again, counted from the end of that stretch.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slamon.accounting.cron import Cron
from slamon.accounting.facts import Blind, Cause, Run, Verdict

FOREVER_MS = 100 * 366 * 86_400_000
"""How long a failure vouches: until the next report."""

LATE = "late"
TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job reports: so long after the last time (`every_ms`), or by `cron` in `zone`. All durations in ms."""

    grace_ms: int
    every_ms: int | None = None
    cron: Cron | None = None
    zone: str = "UTC"
    max_runtime_ms: int | None = None

    def due(self, at: int) -> int:
        """When the next report is due after one at `at`."""
        if self.cron is not None:
            return self.cron.after(at, self.zone)
        assert self.every_ms is not None
        return at + self.every_ms

    def deadline(self, at: int) -> int:
        """Until when a report at `at` vouches."""
        return self.due(at) + self.grace_ms

    def expected_from(self, deadline: int) -> int:
        """From when on the report was expected whose deadline this is: a job on an interval may be early as well."""
        return deadline - (self.grace_ms if self.cron is not None else 2 * self.grace_ms)

    def longest_ms(self) -> int:
        """The longest time between two due moments."""
        return self.cron.longest_gap_ms() if self.cron is not None else self.every_ms or 0


@dataclass(frozen=True, slots=True)
class Reported:
    """A job's newest observation, when it last reported an end, and since when it runs (None: it does not)."""

    newest: Run | None
    ended: int | None
    started: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """An observation that is to be made at `at`, without a report: it vouches for `vouches_ms`.

    `reason`: late or too_long; that of the newest observation where that is made anew after a blind stretch.
    """

    at: int
    verdict: Verdict
    reason: str | None
    vouches_ms: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Unseen:
    """Blind stretches joined; `stepped_ms`: so much of it is a step of the clock, `only_step`: all of it."""

    start: int
    end: int
    stepped_ms: int
    only_step: bool


def unseen_of(blinds: Iterable[Blind]) -> list[Unseen]:
    """Blind stretches joined, in order of time."""
    out: list[Unseen] = []
    for blind in sorted(blinds, key=lambda b: b.start):
        step = blind.cause is Cause.CLOCK_STEP
        length = blind.end - blind.start if step else 0
        if out and blind.start <= out[-1].end:
            last = out[-1]
            end = max(last.end, blind.end)
            out[-1] = Unseen(last.start, end, last.stepped_ms + length, last.only_step and step)
        else:
            out.append(Unseen(blind.start, blind.end, length, step))
    return out


def _end(span: Unseen) -> int:
    return span.end


def next_step(schedule: Schedule, job: Reported, unseen: Sequence[Unseen]) -> Step | None:
    """The next observation to be made if no report comes; None: none, however long it takes."""
    if job.newest is None:
        return _of_first_run(schedule, job, unseen)
    if job.ended is None and job.newest.reason not in (LATE, TOO_LONG):
        return None  # what is known of the check is of the time when it was of another kind
    void = _void(job.newest, unseen)
    if void is not None:
        return Step(_late_again(schedule, void, unseen), Verdict.DOWN, LATE, FOREVER_MS)
    again = _again(schedule, job.newest, unseen)
    if again is not None or job.newest.verdict is Verdict.DOWN:
        return again
    return _missed(schedule, job, job.newest, unseen)


def _of_first_run(schedule: Schedule, job: Reported, unseen: Sequence[Unseen]) -> Step | None:
    """A job that has only ever started: it may run too long, and that is all that can be said."""
    if job.started is None or schedule.max_runtime_ms is None:
        return None
    deadline = job.started + schedule.max_runtime_ms
    if _swallowed(unseen, job.started, deadline, but_steps=True) is not None:
        return None
    return Step(deadline, Verdict.DOWN, TOO_LONG, FOREVER_MS)


def _void(newest: Run, unseen: Sequence[Unseen]) -> int | None:
    """Where a failure that we made lies in a blind stretch found later: its end. Nobody reported that failure."""
    if newest.verdict is not Verdict.DOWN or newest.reason not in (LATE, TOO_LONG):
        return None
    place = bisect_right(unseen, newest.last, key=_end)
    return unseen[place].end if place < len(unseen) and unseen[place].start < newest.last else None


def _again(schedule: Schedule, newest: Run, unseen: Sequence[Unseen]) -> Step | None:
    """After the first blind stretch since the newest observation: the same once more, where it still vouches then."""
    until = newest.last + newest.stale_after_ms
    place = bisect_right(unseen, newest.last, key=_end)
    cut = unseen[place] if place < len(unseen) else None
    if cut is None or cut.start >= until:
        return None
    if schedule.cron is None:
        until += cut.stepped_ms  # the clock went on by itself, the job's time did not
    if cut.end >= until:
        return None
    vouches = FOREVER_MS if newest.verdict is Verdict.DOWN else until - cut.end
    return Step(cut.end, newest.verdict, newest.reason, vouches, again=True)


def _missed(schedule: Schedule, job: Reported, newest: Run, unseen: Sequence[Unseen]) -> Step:
    """The failure that is due when no report comes."""
    deadline = newest.last + newest.stale_after_ms
    since, reason = max(job.ended or 0, schedule.expected_from(deadline)), LATE
    if job.started is not None and schedule.max_runtime_ms is not None:
        since, reason = job.started, TOO_LONG
        if newest.last < job.started:  # it was unknown then: nothing vouched for the run
            deadline = job.started + schedule.max_runtime_ms
    timed = schedule.cron is None or reason is TOO_LONG
    swallowed = _swallowed(unseen, since, deadline, but_steps=timed)
    if swallowed is not None:
        deadline, reason = _late_again(schedule, swallowed, unseen), LATE
    return Step(deadline, Verdict.DOWN, reason, FOREVER_MS)


def _late_again(schedule: Schedule, seen_from: int, unseen: Sequence[Unseen]) -> int:
    """When a job whose report may have been swallowed before `seen_from` is late for certain."""
    while True:
        deadline = schedule.deadline(seen_from - 1)
        since = max(seen_from, schedule.expected_from(deadline))
        swallowed = _swallowed(unseen, since, deadline, but_steps=schedule.cron is None)
        if swallowed is None:
            return deadline
        seen_from = swallowed


def _swallowed(unseen: Sequence[Unseen], since: int, until: int, *, but_steps: bool) -> int | None:
    """The end of the last blind stretch in [since, until): a report may have come in it. `but_steps`: see `Unseen`."""
    ends = []
    for place in range(bisect_right(unseen, since, key=_end), len(unseen)):
        if unseen[place].start >= until:
            break
        if not (but_steps and unseen[place].only_step):
            ends.append(unseen[place].end)
    return max(ends, default=None)
