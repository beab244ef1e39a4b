"""A closed period as a report knows it: what was frozen and restated, by whom, what was said, what it would be now."""

from dataclasses import dataclass
from typing import Any

from slamon.accounting import Figure


@dataclass(frozen=True, slots=True)
class Frozen:
    """A closing (number 0) or a restatement, with the figures that it froze and all that is told of each (`told`)."""

    number: int
    author: str
    at: int
    reason: str | None
    known_at: int
    figures: tuple[Figure, ...]
    told: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """An approval or a dispute."""

    approves: bool
    author: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed period of an agreement. `opinion`: the newest word on the newest figures; `now`: what they would be now.

    `unlike`: why the frozen figures cannot be made anew from the ledger, in a sentence; None: they can.
    """

    frozen: tuple[Frozen, ...]
    opinion: Opinion | None
    now: tuple[Figure, ...]
    unlike: str | None

    @property
    def newest(self) -> Frozen:
        """What counts."""
        return self.frozen[-1]

    def changed(self) -> list[tuple[Figure, Figure]]:
        """Frozen figures, and what they would be now, where that is otherwise."""
        there = {(f.service, f.revision): f for f in self.now}
        pairs = [(f, there.get((f.service, f.revision))) for f in self.newest.figures]
        return [(old, new) for old, new in pairs if new is not None and _summed(old) != _summed(new)]


def _summed(figure: Figure) -> tuple[object, ...]:
    return (
        figure.in_service_ms,
        figure.excluded_ms,
        figure.unknown_ms,
        figure.downtime_ms,
        figure.degraded_ms,
        figure.observed_ms,
        figure.target,
        figure.verdict,
        figure.credit,
        tuple((o.start, o.end, o.counted_ms) for o in figure.outages),
    )
