"""The observations around an outage: its true length lies between the inner and the outer pair (section 4.9)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slamon.accounting import DegradedRule, Evidence, Figure, Outage, Revision, Run, Verdict
from slamon.figures import Figures

_PIECE = 200
"""How many outages are looked at in one step."""


@dataclass(frozen=True, slots=True)
class _Failing:
    """A failing run, with the good observations of the same check next to it.

    `last`: the last failed one; None where it was folded into a run with later ones.
    """

    run: Run
    end: int
    last: int | None
    good_before: int | None
    good_after: int | None


class Witnesses:
    """The checks that a service's state rests on, asked about the outages of one figure."""

    def __init__(self, figures: Figures, figure: Figure, revision: Revision, now: int) -> None:
        self._figures = figures
        self._figure = figure
        self._revision = revision
        self._now = now
        self._failures = {Verdict.DOWN}
        if revision.rules.degraded is DegradedRule.DOWN:
            self._failures.add(Verdict.DEGRADED)

    def evidence(self, out: list[dict[str, Any] | None]) -> Iterator[None]:
        """Adds the four instants of each outage, in steps; None where no failed observation made it.

        That is so for a correction and for unseen time.
        """
        if not self._figure.outages:
            return
        runs = self._runs()
        for place, outage in enumerate(self._figure.outages, 1):
            out.append(_told(self._around(outage, runs)))
            if place % _PIECE == 0:
                yield

    def _runs(self) -> list[tuple[str, Sequence[Run]]]:
        figure = self._figure
        start = figure.period.start
        part = self._figures.book.part(figure.agreement, figure.service, self._revision.number, self._now, start)
        checks = dict.fromkeys(member.check_id for member, _ in part.account.track.rests_on())
        histories = self._figures.book.histories
        return [(c, [r for r in histories[c].before(self._now).runs() if r.counted]) for c in checks]

    def _around(self, outage: Outage, runs: Sequence[tuple[str, Sequence[Run]]]) -> Evidence | None:
        """The run that began it is the latest to begin of those failing at its start; and so at its end."""
        first = max(self._at(outage.start, runs), key=lambda f: f.run.start, default=None)
        last = min(self._at(outage.end - 1, runs), key=lambda f: f.end, default=None)
        if first is None or last is None:
            return None
        return Evidence(first.good_before, first.run.start, last.last, last.good_after)

    def _at(self, at: int, runs: Sequence[tuple[str, Sequence[Run]]]) -> Iterator[_Failing]:
        for check, seen in runs:
            place = bisect_right(seen, at, key=lambda r: r.start) - 1
            if place < 0 or seen[place].verdict not in self._failures:
                continue
            run = seen[place]
            history = self._figures.book.histories[check]
            end = history.end_of(run, self._now)
            cut = run.last == self._now - 1 and history.newest is not None and history.newest >= self._now
            if at < end:
                yield _Failing(run, end, None if cut else run.last, *self._good(seen, place))

    def _good(self, seen: Sequence[Run], place: int) -> tuple[int | None, int | None]:
        before = (seen[i] for i in range(place - 1, -1, -1))
        after = (seen[i] for i in range(place + 1, len(seen)))
        good_before = next((run.last for run in before if run.verdict not in self._failures), None)
        return good_before, next((run.start for run in after if run.verdict not in self._failures), None)


def _told(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "last_good_before_ms": evidence.last_good_before,
        "first_failed_ms": evidence.first_failed,
        "last_failed_ms": evidence.last_failed,
        "first_good_after_ms": evidence.first_good_after,
    }
