"""Jobs that report in: a report, and one that stays away, become deliveries. See `slamon.accounting.heartbeats`."""

import asyncio
import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from slamon.accounting import Blind, Cause, Run, Verdict
from slamon.accounting.heartbeats import FOREVER_MS, LATE, Reported, Schedule, Step, Unseen, next_step, unseen_of
from slamon.catalogue import Catalogue, CheckModel
from slamon.catalogue.kinds.heartbeat import HeartbeatOptions
from slamon.clock import Clock
from slamon.figures import Figures
from slamon.ledger import Arrival
from slamon.prober import Delivery
from slamon.probes import Outcome, Reason
from slamon.running.arrived import START, Arrived
from slamon.running.chunks import TURN_S

MOST_WORDS = 10_000
_SAME_INSTANT = 50


@dataclass(frozen=True, slots=True)
class Report:
    """What a job says. `code`: how it ended, None where it starts. `duration_ms`: where it says so itself."""

    code: int | None
    duration_ms: int | None = None
    words: str = ""

    @property
    def verdict(self) -> Verdict:
        """Of its end."""
        return Verdict.DOWN if self.code else Verdict.UP


@dataclass(slots=True)
class _Job:
    """A job and what comes of it next; `seen`: the facts that this was worked out from."""

    check: str
    digest: str
    schedule: Schedule
    step: Step | None = None
    seen: object = None


class Heartbeats:
    """Every heartbeat of the catalogue. `figures` is replaced by a reload."""

    def __init__(self, figures: Figures, arrived: Arrived, clock: Clock, record: Callable[[Delivery], bool]) -> None:
        """`record`: takes an observation; False where it is rejected."""
        self.figures = figures
        self._arrived = arrived
        self._clock = clock
        self._record = record
        self._jobs: dict[str, _Job] = {}
        self._by_digest: dict[str, _Job] = {}
        self._swept_to = clock.now()
        self._blinds: object = None
        self._unseen: Sequence[Unseen] = ()
        self.watch(figures)

    def watch(self, figures: Figures) -> None:
        """Take up the jobs of these figures' catalogue."""
        self.figures = figures
        self._jobs = {check.id: _job(check, check.options) for check in _heartbeats(figures.catalogue)}
        self._by_digest = {job.digest: job for job in self._jobs.values()}

    # -- reports

    async def report(self, digest: str, report: Report, look: Callable[[], None]) -> bool:
        """A job reports now; False: no job has a token of this SHA-256. Two reports have an instant each.

        `look` compares the clocks.
        """
        look()
        for _ in range(_SAME_INSTANT):
            job = self._by_digest.get(digest)
            if job is None or self._is_later(job.check):
                break
            await asyncio.sleep(0.001)
            look()
        if job is None or not hmac.compare_digest(job.digest, digest):
            return False
        now = self._clock.now()
        self._advance(job, now - 1)
        if report.code is None:
            self._start(job, now, report)
        else:
            self._end(job, now, report, report.verdict)
        return True

    def _is_later(self, check: str) -> bool:
        newest, arrival = self.figures.histories[check].newest, self._arrived.newest(check)
        return self._clock.now() > max(newest or 0, 0 if arrival is None else arrival.at)

    def _start(self, job: _Job, now: int, report: Report) -> None:
        """The job runs. What was said of it so far holds for its run, where that is limited."""
        self._arrived.put(Arrival(job.check, now, START, words=report.words))
        newest, limit = self._newest(job.check), job.schedule.max_runtime_ms
        if limit is None or newest is None or newest.verdict is not Verdict.UP:
            return
        if now <= newest.last + newest.stale_after_ms:
            outcome = Outcome(Verdict.UP, None, message="the job has started")
            self._record(Delivery(job.check, now, True, outcome, limit, limit))

    def _end(self, job: _Job, now: int, report: Report, verdict: Verdict) -> None:
        started = self._arrived.started(job.check)
        duration = report.duration_ms
        if duration is None and started is not None and not self._stepped(started):
            duration = now - started
        micros = None if duration is None else duration * 1000
        reason = Reason.JOB_FAILED if verdict is Verdict.DOWN else None
        vouches = FOREVER_MS if verdict is Verdict.DOWN else job.schedule.deadline(now) - now
        self._arrived.put(Arrival(job.check, now, verdict.value, reason and reason.value, micros, words=report.words))
        message = "" if reason is None else _failure(report)
        self._record(Delivery(job.check, now, False, Outcome(verdict, micros, reason, message), vouches, vouches))

    def _stepped(self, since: int) -> bool:
        """Whether the clock was stepped since: the difference of two readings is no duration then."""
        return any(b.cause is Cause.CLOCK_STEP and b.end > since for b in self.figures.blinds)

    # -- what stays away

    def sweep_steps(self, now: int) -> Iterator[None]:
        """Make the observations that are due up to `now` because no report came, job by job."""
        for job in list(self._jobs.values()):
            if self._jobs.get(job.check) is job:
                self._advance(job, now)
            yield
        self._swept_to = max(self._swept_to, now)

    def swept_to(self, now: int) -> int:
        """The same at once, as far as that takes no time to speak of; the instant up to which all are made."""
        end = time.perf_counter() + TURN_S
        for number, _ in enumerate(self.sweep_steps(now)):
            if number % 32 == 0 and time.perf_counter() > end:
                break
        return self._swept_to

    def _advance(self, job: _Job, now: int) -> None:
        while (step := self._next(job)) is not None and step.at <= now:
            if not self._record(_delivery(job, step, self._newest(job.check))):
                break

    def _next(self, job: _Job) -> Step | None:
        """What comes next if nothing is reported; worked out anew when its facts have changed."""
        stints = self.figures.stints.get(job.check, ())
        started = self._arrived.started(job.check)
        seen = (self.figures.histories[job.check].newest, self.figures.book.blinds, started, len(stints))
        if job.seen != seen:
            ended = self._arrived.ended(job.check)
            told = Reported(self._newest(job.check), None if ended is None else ended.at, started)
            job.step = next_step(job.schedule, told, self._unseen_of(job.check))
            job.seen = seen
        return job.step

    def _unseen_of(self, check: str) -> Sequence[Unseen]:
        """The time in which slamon could not be told of a job; for most jobs the same."""
        if self._blinds is not self.figures.book.blinds:
            self._blinds = self.figures.book.blinds
            self._unseen = unseen_of(self.figures.all_blinds())
        absences = self._absences(check)
        return unseen_of([*self.figures.all_blinds(), *absences]) if absences else self._unseen

    def _absences(self, check: str) -> Sequence[Blind]:
        """When the check was in no catalogue: nobody could report."""
        stints = self.figures.stints.get(check, ())
        return [
            Blind(before.until, after.since, Cause.STOPPED)
            for before, after in pairwise(stints)
            if before.until is not None and after.since is not None and before.until < after.since
        ]

    def _newest(self, check: str) -> Run | None:
        return self.figures.histories[check].open_run()

    def set_back(self, now: int, before: dict[str, Run]) -> None:
        """The clock was set back. `before`: the newest runs of jobs as they were, of which the newest went aside.

        A report that went aside counts as one at the step: how long ago it came is not known any more.
        """
        for check, run in before.items():
            if run.verdict is Verdict.UP:
                vouches = self._jobs[check].schedule.deadline(now) - now
            else:
                vouches = FOREVER_MS
            step = Step(now, run.verdict, run.reason, vouches, again=True)
            self._record(_delivery(self._jobs[check], step, run))

    def newest_runs(self) -> dict[str, Run]:
        """Of each job that was ever observed."""
        found = {check: self._newest(check) for check in self._jobs}
        return {check: run for check, run in found.items() if run is not None and self._arrived.ended(check)}

    # -- telling

    def told(self, check: str) -> dict[str, Any] | None:
        """What is known of a job's reports, for `/api/status`; None for what is no job."""
        job = self._jobs.get(check)
        if job is None:
            return None
        newest, ended = self._arrived.newest(check), self._arrived.ended(check)
        step = self._next(job)
        running = self._arrived.started(check)
        late = step is not None and not step.again and step.reason == LATE
        return {
            "last_ms": None if ended is None else ended.at,
            "last": None if ended is None else ended.what,
            "started_ms": running,
            "due_ms": step.at - job.schedule.grace_ms if late and step is not None else None,
            "down_from_ms": None if step is None or step.again else step.at,
            "words": "" if newest is None else newest.words,
        }


def _heartbeats(catalogue: Catalogue) -> list[CheckModel]:
    return [check for check in catalogue.checks.values() if isinstance(check.options, HeartbeatOptions)]


def _job(check: CheckModel, options: object) -> _Job:
    assert isinstance(options, HeartbeatOptions)
    return _Job(check.id, options.digest, options.schedule())


def _delivery(job: _Job, step: Step, newest: Run | None) -> Delivery:
    reason = None if step.reason is None else Reason(step.reason)
    outcome = Outcome(step.verdict, None, reason, _sentence(job, step, newest))
    return Delivery(job.check, step.at, True, outcome, step.vouches_ms, step.vouches_ms)


def _sentence(job: _Job, step: Step, newest: Run | None) -> str:
    if step.again:
        since = "" if newest is None else f" since {_moment(newest.start)}"
        return "" if step.verdict is Verdict.UP else f"still so after slamon could not see: {step.reason}{since}"
    if step.reason == LATE:
        return f"no report came: it was due at {_moment(step.at - job.schedule.grace_ms)}"
    limit = (job.schedule.max_runtime_ms or 0) / 1000
    return f"the job runs longer than {limit:g} s"


def _failure(report: Report) -> str:
    return "the job reported a failure" if report.code == 1 else f"the job ended with {report.code}"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
