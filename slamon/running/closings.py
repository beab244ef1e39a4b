"""What the register says of periods: provisional, closed, approved, disputed; with their restatements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from slamon.ledger import Entry

CLOSING = "closing"
RESTATEMENT = "restatement"
APPROVAL = "approval"
DISPUTE = "dispute"
FREEZING = (CLOSING, RESTATEMENT)
KINDS = (*FREEZING, APPROVAL, DISPUTE)


class PeriodState(StrEnum):
    """Where a period of an agreement stands."""

    PROVISIONAL = "provisional"
    CLOSED = "closed"
    APPROVED = "approved"
    DISPUTED = "disputed"


_STATES = {APPROVAL: PeriodState.APPROVED, DISPUTE: PeriodState.DISPUTED}


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed period of an agreement: its entries in order, the closing first."""

    agreement: str
    period: str
    entries: tuple[Entry, ...]

    @property
    def state(self) -> PeriodState:
        """That of the newest entry; a restatement has to be approved anew."""
        return _STATES.get(self.entries[-1].kind, PeriodState.CLOSED)

    @property
    def frozen(self) -> list[Entry]:
        """The closing and its restatements: number 0, 1, ..."""
        return [entry for entry in self.entries if entry.kind in FREEZING]


def closings(entries: Iterable[Entry]) -> dict[tuple[str, str], Closing]:
    """By agreement and period, in the order in which they were closed."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.kind in KINDS:
            found.setdefault((str(entry.agreement), entry.body["period"]), []).append(entry)
    return {key: Closing(*key, tuple(several)) for key, several in found.items()}


def counted(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """By agreement, how many of its closed periods are in each state."""
    found: dict[str, dict[str, int]] = {}
    for closing in closings(entries).values():
        states = found.setdefault(closing.agreement, none_closed())
        states[closing.state.value] += 1
    return found


def none_closed() -> dict[str, int]:
    """Each state of a closed period, without any."""
    return {state.value: 0 for state in PeriodState if state is not PeriodState.PROVISIONAL}


def closing_of(entries: Sequence[Entry], agreement: str, period: str) -> Closing | None:
    """The one of an agreement and period; None: provisional."""
    return closings(entries).get((agreement, period))
