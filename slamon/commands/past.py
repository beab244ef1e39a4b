"""Past observations as one commit: runs that join those of the ledger and never touch them."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slamon.accounting import (
    QUARTER_MS,
    Blind,
    BlindSpans,
    Cause,
    CheckHistory,
    FaultTracker,
    Observation,
    QuarterCounts,
    Run,
    Stint,
    Verdict,
)
from slamon.catalogue import Catalogue, terms
from slamon.errors import UsageError
from slamon.figures import Figures, thresholds_of
from slamon.ledger import Batch, Mark, Stored
from slamon.ledger.quarters import whole_quarters
from slamon.running.opening import facts_of
from slamon.shown import instant_text

IMPORT = "import"
"""The kind of marks of imported facts."""

Seen = Mapping[str, Sequence[Observation]]
_NEVER = 1 << 62


class Past:
    """What a file told, beside what the ledger holds from its first observation on."""

    def __init__(
        self,
        catalogue: Catalogue,
        path: Path,
        stored: Stored,
        observations: Seen,
        now: int,
        *,
        goes_on: bool = False,
    ) -> None:
        """`path`: the ledger's file; `observations`: by check in order of time, of reference targets too, not empty.

        `goes_on`: the ledger's newest commit was of the same past, so that nothing lies between the two but a gap.
        """
        references = [check.id for check in catalogue.reference.checks] if catalogue.reference is not None else []
        self._catalogue = catalogue
        self._path = path
        self._stored = stored
        self._now = now
        self._references = references
        self._probes = {check: seen for check, seen in observations.items() if check in references}
        self._seen = {check: seen for check, seen in observations.items() if check not in references}
        self._first = min(seen[0].at for seen in observations.values())
        self._last = max(seen[-1].at for seen in observations.values())
        self._stopped = [] if goes_on else self._stop()
        self._faults = self._local_faults()
        figures = Figures(catalogue, facts_of(stored))
        self._known = [*figures.all_blinds(), *self._stopped]

    def _stop(self) -> list[Blind]:
        """Nobody looked between the ledger's last commit and what the file saw first after it."""
        watermark = self._stored.watermark
        if watermark is None or self._last < watermark:
            return []
        first = min(o.at for seen in (*self._seen.values(), *self._probes.values()) for o in seen if o.at >= watermark)
        return [Blind(watermark, first, Cause.STOPPED)] if watermark < first else []

    def _local_faults(self) -> list[Blind]:
        agreed = terms.reference_terms(self._catalogue)
        if agreed is None or not self._probes:
            return []
        tracker = FaultTracker(agreed, self._references)
        for probe in sorted((o for seen in self._probes.values() for o in seen), key=lambda o: o.at):
            tracker.add(probe)
        return [replace(fault, end=min(fault.end, self._now)) for fault in tracker.faults()]

    # -- what would be stored

    def batch(self, words: str) -> Batch:
        """Everything as one commit; UsageError where it would overlap what is stored. `words`: where it came from."""
        self._refuse_blind()
        batch = Batch(marks=[Mark(IMPORT, self._first, self._last + 1, self._now, words)])
        for check, seen in self._seen.items():
            self._put(batch, check, seen)
        for blind in (*self._stopped, *self._faults):
            batch.put_blind(blind)
        if self._stored.watermark is not None and self._last >= self._stored.watermark:
            reach = max(seen[-1].at + seen[-1].interval_ms for seen in (*self._seen.values(), *self._probes.values()))
            batch.watermark = min(reach, self._now)
        return batch

    def _put(self, batch: Batch, check: str, seen: Sequence[Observation]) -> None:
        latency = self._latency(check, seen)
        there = CheckHistory(
            check, self._stored.runs.get(check, ()), self._stored.tails.get(check, ()), self._known, latency
        )
        batch.put_runs(_closed(there, seen))
        runs = [_placed(run, there.runs()) for run in CheckHistory(check, (), seen, self._faults).runs()]
        batch.put_runs(_bridged(there.runs(), runs, BlindSpans([*self._known, *self._faults])))
        batch.put_runs(runs)
        self._time(latency, seen)
        batch.quarters |= {(check, quarter): histogram for quarter, histogram in latency.changed().items()}
        stints = self._stints(check, seen[0].at)
        if stints is not None:
            batch.stints[check] = stints

    def _time(self, latency: QuarterCounts, seen: Sequence[Observation]) -> None:
        blinds = BlindSpans(self._faults)
        for o in seen:
            if o.duration_us is not None and o.verdict is not Verdict.DOWN and not o.retry and not blinds.covers(o.at):
                latency.add(o.at, o.duration_us)

    def _latency(self, check: str, seen: Sequence[Observation]) -> QuarterCounts:
        tail = self._stored.tails.get(check, ())
        first = min(o.at for o in (seen[0], *tail[:1]))
        last = max(o.at for o in (seen[-1], *tail[-1:]))
        quarters = whole_quarters(self._path, check, first - first % QUARTER_MS, last + 1)
        return QuarterCounts(thresholds_of(self._catalogue), quarters)

    def _stints(self, check: str, first: int) -> tuple[Stint, ...] | None:
        """The check belonged to its service from the first observation on; None where the ledger says so already."""
        known = tuple(self._stored.stints.get(check, ()))
        model = self._catalogue.checks[check]
        if not known:
            return (Stint(model.service, first, None, terms.check_terms(model)),)
        if known[0].since is None or known[0].since <= first:
            return None
        return (replace(known[0], since=first), *known[1:])

    # -- what stands in the way

    def _refuse_blind(self) -> None:
        """Raises UsageError where the ledger says of a moment that nobody could see, or a fault would reach into it."""
        for blind in self._stored.blinds:
            for seen in self._seen.values():
                place = bisect_right(seen, blind.start - 1, key=lambda o: o.at)
                if place < len(seen) and seen[place].at < blind.end:
                    raise _overlap(
                        f"{seen[place].check} at {instant_text(seen[place].at)}",
                        f"a time of which the ledger says {blind.cause.value}",
                        blind.start,
                        blind.end,
                    )
        for fault in self._faults:
            for run in _within(self._stored, fault.start, fault.end):
                raise _overlap(f"a local fault at {instant_text(fault.start)}", run.check, run.start, run.last)


def _within(stored: Stored, start: int, end: int) -> Iterator[Run]:
    return (run for runs in stored.runs.values() for run in runs if run.start < end and start <= run.last)


def _closed(there: CheckHistory, seen: Sequence[Observation]) -> list[Run]:
    """Where the file goes on after what is stored, the newest run ends there; gives the runs to store anew."""
    newest = there.newest
    after = next((o.at for o in seen if newest is not None and o.at > newest), None)
    if after is None:
        return []
    there.end(after)
    return [*there.fold(_NEVER), there.runs()[-1]]


def _placed(run: Run, stored: Sequence[Run]) -> Run:
    """An imported run between stored ones: it vouches no further than the next; UsageError where they overlap."""
    place = bisect_right(stored, run.start, key=lambda r: r.start)
    if place:
        before = stored[place - 1]
        end = before.last + 1 if before.end is None else before.end
        if run.start < end:
            raise _overlap(f"{run.check} at {instant_text(run.start)}", "observations", before.start, end)
    if place == len(stored):
        return run
    after = stored[place]
    if run.last >= after.start:
        end = after.last + 1 if after.end is None else after.end
        raise _overlap(f"{run.check} at {instant_text(run.last)}", "observations", after.start, end)
    vouched = run.end
    if vouched is None:
        vouched = after.start if after.start - run.last <= run.stale_after_ms else run.last + run.interval_ms
    return replace(run, end=min(vouched, after.start))


def _bridged(stored: Sequence[Run], imported: Sequence[Run], blinds: BlindSpans) -> Iterator[Run]:
    """Stored runs that vouched for one interval only: up to a successor that the file brings in time (section 1.2)."""
    done = -1
    for run in imported:
        place = bisect_right(stored, run.start, key=lambda r: r.start) - 1
        if place <= done:
            continue
        done, before = place, stored[place]
        alone = before.end == before.last + before.interval_ms
        if alone and before.counted and run.start <= before.last + before.stale_after_ms:
            yield replace(
                before, end=max(before.last + before.interval_ms, min(run.start, blinds.next_start(before.last)))
            )


def _overlap(what: str, over: str, start: int, end: int) -> UsageError:
    return UsageError(
        f"{what} would overlap facts that are there: {over} from {instant_text(start)} to {instant_text(end)}. "
        "Nothing was imported; leave these lines out"
    )
