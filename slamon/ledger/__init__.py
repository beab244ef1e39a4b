"""Facts on disk: runs, the newest observations, blind stretches, totals. SQLite, one writer."""

from slamon.ledger.batch import MOST_ARRIVALS, AccountedTotals, Arrival, Batch, Fold, Mark, OutageTotal, Stored, Tally
from slamon.ledger.reading import Durations
from slamon.ledger.register import Broken, Entry
from slamon.ledger.shared import backup, broken, erasable, frozen, marks, read_only, register, watermark
from slamon.ledger.store import Ledger

__all__ = [
    "MOST_ARRIVALS",
    "AccountedTotals",
    "Arrival",
    "Batch",
    "Broken",
    "Durations",
    "Entry",
    "Fold",
    "Ledger",
    "Mark",
    "OutageTotal",
    "Stored",
    "Tally",
    "backup",
    "broken",
    "erasable",
    "frozen",
    "marks",
    "read_only",
    "register",
    "watermark",
]
