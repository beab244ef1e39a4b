"""A small writer of facts: what the running system does with observations, without probes, clock and loop."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace

from slamon.accounting import Blind, BlindSpans, CheckHistory, Histogram, Observation, Run, Verdict
from slamon.errors import LedgerError
from slamon.ledger import Batch, Fold, Ledger, Stored, Tally

INTERVAL_MS = 1_000
STALE_MS = 3_000
BOUNDS_US = (1_000, 10_000, 100_000)
_EVER = 1 << 62


class Keeper:
    """Facts in memory and what of them is not stored yet. `tallies` count what is committed."""

    def __init__(self, stored: Stored | None = None) -> None:
        stored = stored or Stored()
        self.blinds = list(stored.blinds)
        self.histories = {
            check: CheckHistory(check, stored.runs.get(check, ()), stored.tails.get(check, ()), self.blinds)
            for check in stored.runs.keys() | stored.tails.keys()
        }
        self.tallies = deepcopy(stored.tallies)
        self.batch = Batch()
        self._failed: Batch | None = None
        self._count(stored.uncounted)

    def observe(self, observation: Observation) -> None:
        """One more observation, in order of time."""
        if self.history(observation.check).append(observation) is not None:
            self.batch.observations.append(observation)

    def history(self, check: str) -> CheckHistory:
        """That of a check, new where there is none."""
        return self.histories.setdefault(check, CheckHistory(check, (), (), self.blinds))

    def blind(self, blind: Blind) -> None:
        """A stretch that begins after everything that was folded."""
        self.blinds = [b for b in self.blinds if (b.start, b.cause) != (blind.start, blind.cause)] + [blind]
        spans = BlindSpans(self.blinds)
        for history in self.histories.values():
            history.set_blinds(spans)
        self.batch.put_blind(blind)

    def fold(self, before: int) -> None:
        """What was observed before `before` goes from the journal into runs."""
        for check, history in self.histories.items():
            self.batch.put_runs(history.fold(before))
            self.batch.quarters.update(
                ((check, start), deepcopy(histogram)) for start, histogram in history.latency.changed().items()
            )
        if self.batch.set_back is not None:
            before = _EVER  # the journal is written anew
        self.batch.fold = Fold(before, self._tails(before))
        self.batch.tallies = deepcopy(self.tallies)

    def set_back(self, now: int) -> None:
        """The clock was set back to `now`."""
        earlier = self.batch
        self.batch = Batch(set_back=now, tallies=deepcopy(self.tallies))
        self.blinds = [replace(b, end=min(b.end, now)) for b in self.blinds if b.start < now]
        spans = BlindSpans(self.blinds)
        for history in self.histories.values():
            history.set_aside(now)
            history.set_blinds(spans)
            self.batch.aside += history.aside
            self.batch.put_runs(replace(run, end=None) for run in history.folded()[-1:])
            history.aside.clear()
        self.batch.fold = Fold(_EVER, self._tails(_EVER))
        self.batch = earlier.before(self.batch)

    def commit(self, ledger: Ledger, watermark: int) -> bool:
        """Store what is not stored yet; gives whether that went well."""
        self.batch.watermark = watermark
        batch = self.batch if self._failed is None else self._failed.before(self.batch)
        self.batch = Batch()
        try:
            ledger.commit(batch).result()
        except LedgerError:
            self._failed = batch
            return False
        self._failed = None
        self._count(batch.observations)
        return True

    def _tails(self, before: int) -> tuple[Observation, ...]:
        return tuple(o for history in self.histories.values() for o in history.tail if o.at < before)

    def _count(self, observations: Iterable[Observation]) -> None:
        for observation in observations:
            fresh = Tally(bounds_us=BOUNDS_US, durations=[0] * (len(BOUNDS_US) + 1))
            self.tallies.setdefault(observation.check, fresh).add(observation)


def feed(keeper: Keeper, turn: int, checks: int = 40) -> int:
    """One turn of observations, every fifth with a fold; gives the instant after it."""
    begin = 1_000_000 + turn * INTERVAL_MS
    for number in range(checks):
        down = (turn // 3 + number) % 7 == 0
        verdict, reason = (Verdict.DOWN, "refused") if down else (Verdict.UP, None)
        duration = None if down else 1_000 + number * 10 + turn
        check = f"service/check-{number}"
        keeper.observe(Observation(check, begin + number, verdict, INTERVAL_MS, STALE_MS, duration, reason))
    if turn % 5 == 4:
        keeper.fold(begin - 8_000)
    return begin + INTERVAL_MS


def all_runs(stored: Stored) -> dict[str, list[Run]]:
    """What is known of every check: its runs, and the journal replayed on them."""
    checks = stored.runs.keys() | stored.tails.keys()
    return {
        check: list(CheckHistory(check, stored.runs.get(check, ()), stored.tails.get(check, ()), stored.blinds).runs())
        for check in checks
    }


def counted(stored: Stored) -> dict[str, Tally]:
    """Every check's tally with the observations that are only in the journal."""
    return Keeper(Stored(tallies=stored.tallies, uncounted=stored.uncounted)).tallies


def comparable(stored: Stored) -> dict[str, object]:
    """Everything of it that does not depend on which commit brought it."""
    return {
        "watermark": stored.watermark,
        "runs": all_runs(stored),
        "tails": stored.tails,
        "blinds": stored.blinds,
        "quarters": stored.quarters,
        "stints": stored.stints,
        "tallies": counted(stored),
        "accounted": stored.accounted,
        "outages": stored.outages,
        "marks": stored.marks,
    }


def histogram(*durations_us: int) -> Histogram:
    """A histogram of these durations with one exact threshold."""
    out = Histogram()
    for duration in durations_us:
        out.add(duration, (20_000,))
    return out
