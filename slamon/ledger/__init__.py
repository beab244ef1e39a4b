"""Facts on disk: runs, the newest observations, blind stretches, totals. SQLite, one writer."""

from slamon.ledger.batch import MOST_ARRIVALS, AccountedTotals, Arrival, Batch, Fold, Mark, OutageTotal, Stored, Tally
from slamon.ledger.reading import Durations
from slamon.ledger.shared import backup, marks, read_only
from slamon.ledger.store import Ledger

__all__ = [
    "MOST_ARRIVALS",
    "AccountedTotals",
    "Arrival",
    "Batch",
    "Durations",
    "Fold",
    "Ledger",
    "Mark",
    "OutageTotal",
    "Stored",
    "Tally",
    "backup",
    "marks",
    "read_only",
]
