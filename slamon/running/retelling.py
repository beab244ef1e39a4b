"""What was stored, told again in the order of time: the figures, counts and samples of past moments."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from slamon.accounting import BUCKETS_US, QUARTER_MS, BlindSpans, CheckHistory, Histogram, Run, Verdict
from slamon.catalogue import Catalogue
from slamon.figures import Facts, Figures
from slamon.ledger import Batch, Stored, Tally
from slamon.running.opening import bounds_of, stints_at
from slamon.running.sampling import Newest, Sampling
from slamon.running.tallies import Tallies
from slamon.running.totals import Totals


@dataclass(slots=True)
class _Check:
    """One check's runs, how many of them were told, and its counts without the newest of these."""

    runs: list[Run]
    quarters: list[tuple[int, Histogram]]
    before: Tally
    told: int = 0
    counted: int = 0


def known_before(run: Run, at: int) -> Run:
    """A run begun before an instant, as it was known then: its observations are taken as evenly spread."""
    if run.last < at:
        return replace(run, end=None)
    spread, gaps = run.last - run.start, run.count - 1
    seen = (at - 1 - run.start) * gaps // spread
    return replace(run, last=run.start + seen * spread // gaps, end=None, count=seen + 1)


class Retelling:
    """Facts of a ledger, told up to moments that are asked for in order of time.

    The catalogue, the corrections and the time at which checks joined are those of today; of what runs hold no
    durations but those of quarter hours that are over. Counters begin at 0 with the first fact that is stored.
    """

    def __init__(self, catalogue: Catalogue, stored: Stored, until: int) -> None:
        """`until`: no later moment will be asked for."""
        stints = stored.stints | {c: list(s) for c, s in stints_at(stored.stints, catalogue, until).items()}
        self.figures = Figures(
            catalogue,
            Facts(
                blinds=stored.blinds,
                quarters=stored.quarters,
                settled=stored.settled,
                stints=stints,
                corrections=stored.corrections,
            ),
        )
        blinds = BlindSpans(stored.blinds)
        self._tallies = Tallies(bounds_of(catalogue), {}, ())
        self._checks = {
            check: _Check(
                _runs(check, stored, blinds),
                sorted(stored.quarters.get(check, {}).items()),
                before=self._tallies.of(check),
            )
            for check in self.figures.histories
        }
        self._totals = Totals({}, {}, stored.since or 0)

    def at(self, now: int) -> Sampling:
        """What the exposition showed at `now` (ms), which is later than any moment asked for before."""
        for check, told in self._checks.items():
            self._tell(check, told, now)
        book = self.figures.book
        book.refresh(now)
        batch = Batch()
        for _ in self._totals.advance(book, now, batch, now):
            pass
        self._totals.committed(batch)
        return Sampling(self.figures, self._tallies, self._totals, Newest(), now)

    def _tell(self, check: str, told: _Check, now: int) -> None:
        history, changed = self.figures.histories[check], None
        for run in self._news(told, now):
            since = history.grow(run)
            changed = since if changed is None else changed
        if changed is not None and check in self.figures.book.checks:
            self.figures.book.touched(check, changed)
        newest = history.open_run()
        if newest is not None:
            self._tallies.committed[check] = self._counted(told, newest, now)

    @staticmethod
    def _news(told: _Check, now: int) -> Iterator[Run]:
        """The newest run that was told, as it ended, those that followed, and the one that goes on."""
        place = max(told.told - 1, 0)
        while place < len(told.runs) and told.runs[place].start < now:
            run = told.runs[place]
            place += 1
            if place < len(told.runs) and told.runs[place].start < now:
                _count(told.before, run)
                yield run
            else:
                yield known_before(run, now)
        told.told = max(told.told, place)

    def _counted(self, told: _Check, newest: Run, now: int) -> Tally:
        """All that was counted: runs that are over, the newest one so far, quarter hours that are over."""
        while told.counted < len(told.quarters) and told.quarters[told.counted][0] + QUARTER_MS <= now:
            told.before = told.before.plus(_timed(told.quarters[told.counted][1]))
            told.counted += 1
        tally = replace(told.before, reasons=dict(told.before.reasons))
        _count(tally, newest)
        return tally


def _timed(histogram: Histogram) -> Tally:
    """Nothing but the durations of a quarter hour."""
    durations = [0] * (len(BUCKETS_US) + 1)
    for index, count in histogram.buckets.items():
        durations[index] = count
    return Tally(bounds_us=BUCKETS_US, durations=durations, sum_us=histogram.sum_us)


def _runs(check: str, stored: Stored, blinds: BlindSpans) -> list[Run]:
    """Everything as runs: those stored, and what is in the journal yet."""
    tail = stored.tails.get(check, ())
    stints = stored.stints.get(check, ())
    ends = [stint.until for stint in stints if stint.until is not None]
    whole = CheckHistory(check, stored.runs.get(check, ()), tail, blinds, ends=ends)
    return list(whole.runs())


def _count(tally: Tally, run: Run) -> None:
    if tally.since is None:
        tally.since = run.start
    tally.observations += run.count
    tally.degraded += run.count if run.verdict is Verdict.DEGRADED else 0
    if run.verdict is Verdict.DOWN:
        tally.failures += run.count
        reason = run.reason or "other"
        tally.reasons[reason] = tally.reasons.get(reason, 0) + run.count


def moments(start: int, end: int, every: int) -> Iterator[int]:
    """The multiples of `every` in [start, end], so that exports of one ledger meet."""
    return iter(range(-(-start // every) * every, end + 1, every))


def first_fact(stored: Stored) -> int | None:
    """When the first observation that is stored began."""
    runs = (runs[0].start for runs in stored.runs.values() if runs)
    tails = (tail[0].at for tail in stored.tails.values() if tail)
    return min((*runs, *tails), default=None)
