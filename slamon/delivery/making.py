"""Reports of the ledger as it lies there: periods, figures, documents. Used by the command and by what is scheduled."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from slamon.accounting import Period
from slamon.catalogue import Catalogue
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.reports.document import Document
from slamon.reports.grounds import Grounds, grounds, trend_start
from slamon.reports.writing import document
from slamon.running.stored import figures_of
from slamon.shown import instant_text

Periods = Mapping[str, Period]
"""By agreement, the period that is reported on."""


def ledger_figures(loaded: Catalogue, path: Path, periods: Periods, at: int, *, running: bool) -> tuple[Figures, int]:
    """Figures as known at a moment (ms) and that moment: while slamon is `running`, its last commit at the latest."""
    span = f"{instant_text(_since(loaded, periods))}/{instant_text(at + 1)}"
    figures, watermark = figures_of(loaded, path, span, at, running=running)
    if running and watermark is not None and watermark < at:
        at = watermark
        figures, _ = figures_of(loaded, path, span, at, running=True)
    return figures, at


def _since(loaded: Catalogue, periods: Periods) -> int:
    """From when on facts are needed: the first period of each trend."""
    starts = [
        trend_start(period, loaded.agreements[name].period, loaded.agreements[name].timezone)
        for name, period in periods.items()
    ]
    return max(min(starts), 0)


def documents(
    figures: Figures, periods: Periods, at: int, left_out: Callable[[str, UsageError], None]
) -> Iterator[tuple[Grounds, Document]]:
    """One for each agreement; `left_out` is told of one of which there is nothing to tell, and why."""
    for agreement, period in periods.items():
        try:
            found = grounds(figures, agreement, period.name, at)
            if found is None:
                raise UsageError(f"the agreement {agreement} was not in force in {period.name}")
        except UsageError as error:
            left_out(agreement, error)
        else:
            yield found, document(found)
