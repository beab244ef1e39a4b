"""One check's facts: observations folded to runs, under the stretches in which nobody could see.

Sections 1 and 5 of ACCOUNTING.md. An observation vouches up to the check's next one (be that one accounted or not) when
it comes within `stale_after`, else for one interval; never into a blind stretch. What was seen of late is kept as
observations, since a blind stretch may still be found to reach back; `fold` turns what is older into runs for good.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import replace

from slamon.accounting.blinds import NEVER, BlindSpans
from slamon.accounting.facts import Blind, Observation, Run, Verdict
from slamon.accounting.latency import QUARTER_MS, QuarterCounts


def _start(run: Run) -> int:
    return run.start


def _at(observation: Observation) -> int:
    return observation.at


class CheckHistory:
    """One check's facts, in order of time. Mutable, pure.

    `runs`: what was folded before (their blind stretches already applied), `tail`: the observations after them.
    `blinds` may later change only from the first observation of the tail on.
    """

    check_id: str
    latency: QuarterCounts
    aside: list[Run]
    shape: int
    _runs: list[Run]
    _seed: Run | None
    _seam: int
    _tail: list[Observation]
    _blinds: BlindSpans
    _caps: list[int]
    # the newest run; _start is NEVER while there is none
    _start: int
    _last: int
    _verdict: Verdict
    _count: int
    _interval: int
    _stale: int
    _reason: str | None
    _counted: bool
    _clear_until: int

    __slots__ = (
        "_blinds",
        "_caps",
        "_clear_until",
        "_count",
        "_counted",
        "_interval",
        "_last",
        "_reason",
        "_runs",
        "_seam",
        "_seed",
        "_stale",
        "_start",
        "_tail",
        "_verdict",
        "aside",
        "check_id",
        "latency",
        "shape",
    )

    def __init__(
        self,
        check_id: str,
        runs: Iterable[Run] = (),
        tail: Iterable[Observation] = (),
        blinds: Iterable[Blind] | BlindSpans = (),
        latency: QuarterCounts | None = None,
        ends: Iterable[int] = (),
    ) -> None:
        """`ends`: when the check was removed, be it that it came back later (see `end`)."""
        self.check_id = check_id
        self.latency = QuarterCounts() if latency is None else latency
        self.aside = []
        self.shape = 0
        self._runs = list(runs)
        self._seed = self._runs.pop() if self._runs else None
        self._seam = len(self._runs)
        self._tail = list(tail)
        self._blinds = blinds if isinstance(blinds, BlindSpans) else BlindSpans(blinds)
        self._caps = sorted(ends)
        if self._seed is not None and self._seed.end is not None and self._seed.end not in self._caps:
            insort(self._caps, self._seed.end)
        self._rebuild()

    # -- asking

    @property
    def newest(self) -> int | None:
        """When the newest observation began, accounted or not."""
        return None if self._start == NEVER else self._last

    @property
    def stale_after_ms(self) -> int:
        """That of the newest observation; 0 without one."""
        return self._stale

    @property
    def interval_ms(self) -> int:
        """That of the newest observation; 0 without one."""
        return self._interval

    @property
    def ended(self) -> bool:
        """Whether the check was removed and not seen since."""
        return bool(self._caps) and self._start != NEVER and self._caps[-1] > self._last

    @property
    def tail(self) -> Sequence[Observation]:
        """The observations that are not folded yet."""
        return self._tail

    @property
    def closed(self) -> Sequence[Run]:
        """The runs but the newest one. Not to be changed."""
        return self._runs

    @property
    def verdict(self) -> Verdict | None:
        """That of the newest run."""
        return None if self._start == NEVER else self._verdict

    def open_run(self) -> Run | None:
        """The newest run; its `end` is None unless the check was removed."""
        if self._start == NEVER:
            return None
        return Run(
            self.check_id,
            self._start,
            self._last,
            self._vouched(self._caps[-1]) if self.ended else None,
            self._verdict,
            self._count,
            self._interval,
            self._stale,
            self._reason,
            self._counted,
        )

    def runs(self) -> Sequence[Run]:
        """All runs, the newest one with what is known of its end."""
        newest = self.open_run()
        return self._runs if newest is None else [*self._runs, newest]

    def steady_since(self, now: int) -> int | None:
        """Since when the newest run holds; None when it does not hold up to `now` or is not accounted."""
        if not self._counted or not self._last < now <= self._clear_until or now - self._last > self._stale:
            return None
        return None if self._start == NEVER else self._start

    def end_of(self, run: Run, now: int) -> int:
        """Where a run ceases to vouch as known at `now`."""
        if run.end is not None:
            return min(run.end, now)
        end = now if now - run.last <= run.stale_after_ms else run.last + run.interval_ms
        return min(end, now, self._blinds.next_start(run.last))

    def before(self, now: int) -> "CheckHistory":
        """The same facts without what was observed at or after `now`; itself, where there is nothing of the kind."""
        if self._start == NEVER or self._last < now:
            return self
        keep = bisect_left(self._tail, now, key=_at)
        runs = self.folded()
        if keep == 0:
            runs = [self._cut(run, now) for run in runs if run.start < now]
        return CheckHistory(self.check_id, runs, self._tail[:keep], self._blinds, self.latency)

    def folded(self) -> list[Run]:
        """The runs of what was folded for good, as they are stored."""
        return [*self._runs[: self._seam], *([] if self._seed is None else [self._seed])]

    @staticmethod
    def _cut(run: Run, now: int) -> Run:
        """A folded run up to `now`; how many of its observations came later is not known any more."""
        return run if run.last < now else replace(run, last=now - 1, end=None)

    def counts(self, quarter_start: int, threshold_us: int) -> tuple[int, int]:
        """See `latency.LatencyCounts`: the folded observations and those of the tail."""
        good, total = self.latency.counts(quarter_start, threshold_us)
        for i in range(bisect_left(self._tail, quarter_start, key=_at), len(self._tail)):
            observation = self._tail[i]
            if observation.at >= quarter_start + QUARTER_MS:
                break
            duration = self._weighed(observation)
            if duration is not None:
                total += 1
                good += duration <= threshold_us
        return good, total

    def first(self) -> int | None:
        """See `latency.LatencyCounts`."""
        folded = self.latency.first()
        return self._tail[0].at // QUARTER_MS * QUARTER_MS if folded is None and self._tail else folded

    def _weighed(self, observation: Observation) -> int | None:
        """The duration to count for latency; None for an observation that does not count."""
        if observation.retry or observation.verdict is Verdict.DOWN or self._blinds.covers(observation.at):
            return None
        return observation.duration_us

    # -- telling

    def append(self, observation: Observation) -> int | None:
        """Adds the newest observation; gives the first instant whose facts changed, None when it was rejected."""
        at = observation.at
        last = self._last
        if at <= last:
            return None
        self._tail.append(observation)
        if (
            observation.verdict is self._verdict
            and at < self._clear_until
            and at - last <= self._stale
            and self._counted
        ):
            self._last = at
            self._count += 1
            self._interval = observation.interval_ms
            self._stale = observation.stale_after_ms
            return last
        return self._turn(observation)

    def grow(self, run: Run) -> int | None:
        """Puts a stored run: one after all others, or the newest one as far as it went meanwhile.

        For facts that are told again, run by run; the tail is empty then. The newest run is put with what is known of
        its end before the next one is. Gives the first instant whose facts changed, None where none did.
        """
        if run == self._seed:
            return None
        was, last = self._start, self._last
        if self._seed is not None and run.start != self._seed.start:
            self._runs.append(self._seed)
        self._seed, self._seam = run, len(self._runs)
        self.shape += 1
        self._open(run)
        return run.start if was == NEVER else last

    def _turn(self, observation: Observation) -> int:
        """An observation that may end the newest run."""
        at, last, was = observation.at, self._last, self._start
        counted = not self._blinds.covers(at)
        same = counted is self._counted and observation.verdict is self._verdict
        if was != NEVER and same and self._vouched(at) == at:
            self._count += 1
        else:
            self.shape += 1
            self._close(at)
            self._start, self._count, self._reason = at, 1, observation.reason
            self._verdict, self._counted = observation.verdict, counted
        self._last = at
        self._interval, self._stale = observation.interval_ms, observation.stale_after_ms
        self._clear_until = self._clear(at)
        return at if was == NEVER else last

    def _clear(self, at: int) -> int:
        """How far an observation at `at` may vouch at most: to the next blind stretch or the check's removal."""
        i = bisect_right(self._caps, at)
        return min(self._blinds.next_start(at), self._caps[i] if i < len(self._caps) else NEVER)

    def _vouched(self, at: int) -> int:
        """Where the newest observation ceases to vouch when the next thing known of the check is at `at`."""
        end = at if at - self._last <= self._stale else self._last + self._interval
        return min(end, self._clear(self._last))

    def _close(self, at: int) -> None:
        newest = self.open_run()
        if newest is not None:
            self._runs.append(replace(newest, end=self._vouched(at)))

    def _open(self, run: Run | None) -> None:
        """Makes `run` the newest one."""
        self._start = NEVER if run is None else run.start
        self._last = -NEVER if run is None else run.last
        self._verdict = Verdict.UP if run is None else run.verdict
        self._count = 0 if run is None else run.count
        self._interval = 0 if run is None else run.interval_ms
        self._stale = 0 if run is None else run.stale_after_ms
        self._reason = None if run is None else run.reason
        self._counted = True if run is None else run.counted
        self._clear_until = -NEVER if run is None else self._clear(run.last)

    def _rebuild(self) -> None:
        """Folds the tail again on what was folded for good."""
        tail = self._tail
        del self._runs[self._seam :]
        self.shape += 1
        self._open(self._seed)
        self._tail = []
        for observation in tail:
            self.append(observation)

    def set_blinds(self, blinds: Iterable[Blind] | BlindSpans, since: int | None = None) -> int | None:
        """Puts other blind stretches; gives the first instant whose facts may have changed, None when none did.

        `since`: where they first differ from those before, when that is known.
        """
        spans = blinds if isinstance(blinds, BlindSpans) else BlindSpans(blinds)
        if since is None:
            since = self._blinds.first_difference(spans)
        self._blinds = spans
        if since is None or self._start == NEVER:
            return None
        if since <= self._last:
            self._rebuild()
        else:
            self._clear_until = self._clear(self._last)
        return since

    def end(self, at: int) -> int | None:
        """The check was removed: its newest observation vouches no further than `at`."""
        if self._start == NEVER or self.ended:
            return None
        self._caps.append(max(at, self._last + 1))
        self._clear_until = self._clear(self._last)
        self.shape += 1
        return self._last

    def set_aside(self, now: int) -> int | None:
        """The clock was set back: what is dated after `now` is kept in `aside` and not accounted.

        Gives the first instant whose facts changed, None when nothing lay there.
        """
        if self._start == NEVER or self._last <= now:
            return None
        earlier = self.before(now + 1)
        late = [run for run in self.folded() if run.start > now]
        late += CheckHistory(self.check_id, (), self._tail[len(earlier.tail) :]).runs()
        self.aside += [replace(run, counted=False, end=run.last + run.interval_ms) for run in late]
        self._runs = list(earlier.closed[: earlier._seam])
        self._seed, self._seam, self._tail = earlier._seed, earlier._seam, list(earlier.tail)
        self._caps = [cap for cap in self._caps if cap <= now]
        self._rebuild()
        return now if self._start == NEVER else self._last

    def fold(self, before: int) -> list[Run]:
        """Makes runs for good of what was observed before `before`; the newest observation of a live check stays.

        Gives the runs to store: each is new, or replaces the stored one of the same start. Their latency goes to
        `latency`. Work: what is folded.
        """
        keep = bisect_left(self._tail, before, key=_at)
        keep = min(keep, len(self._tail) - (0 if self.ended else 1))
        if keep <= 0:
            return []
        last = self._tail[keep - 1].at
        place = bisect_right(self._runs, last, lo=self._seam, key=_start)
        if self._start <= last:
            run = self.open_run()
        else:
            place -= 1
            run = self._runs[place]
        assert run is not None
        seed = self._up_to(run, keep, self._seed if place == self._seam else None)
        stored = [*self._runs[self._seam : place], seed]
        for observation in self._tail[:keep]:
            duration = self._weighed(observation)
            if duration is not None:
                self.latency.add(observation.at, duration)
        self._seam, self._seed = place, seed
        del self._tail[:keep]
        return stored

    def _up_to(self, run: Run, keep: int, seed: Run | None) -> Run:
        """What `run` is up to the newest of the `keep` observations; `seed`: what may have been folded of it before."""
        newest = self._tail[keep - 1]
        count = keep - bisect_left(self._tail, run.start, hi=keep, key=_at)
        if seed is not None and seed.start == run.start:
            count += seed.count
        if run.last == newest.at:
            return replace(run, count=count)
        return replace(
            run,
            last=newest.at,
            end=self._tail[keep].at,
            count=count,
            interval_ms=newest.interval_ms,
            stale_after_ms=newest.stale_after_ms,
        )
