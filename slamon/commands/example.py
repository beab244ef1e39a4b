"""`slamon demo --example`: half a year of the demo company's desk, its register, and the documents made of it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import typer

from slamon.commands import agreement, report, review
from slamon.demo.half_year import AT, CATALOGUE, everything, write_facts, write_register
from slamon.reports.forms import PaperFormat, ReportFormat

_CUSTOMER = "haendler"
_HOUSE = "vertrieb"
_QUARTER = "2026-Q3"
_MONTHS = ("2026-07", "2026-09", "2026-10")
"""One that was missed, one that was restated, one that is not closed."""
_REPORTS = (*((_CUSTOMER, month) for month in _MONTHS), (_HOUSE, _MONTHS[-1]))


def example(folder: Path) -> int:
    """Write catalogue, ledger and documents, and print their names. UsageError where a catalogue is there."""
    typer.echo("Half a year is invented; this takes a minute.", err=True)
    catalogue = write_facts(folder)
    ledger = folder / catalogue.storage.path
    with _bar() as bar:
        write_register(catalogue, ledger, lambda: bar.update(1))
    typer.echo(folder / CATALOGUE)
    typer.echo(ledger)
    for write in _documents(folder / CATALOGUE, ledger.parent, folder / "documents"):
        write()
    _tell(folder)
    return 0


def _bar() -> Any:
    out = typer.get_text_stream("stderr")
    return typer.progressbar(length=len(everything()), label="Register", file=out, hidden=not out.isatty())


def _documents(config: Path, data: Path, folder: Path) -> Iterator[Callable[[], object]]:
    """Reports of both customers, the pack of a review in both languages, the agreements' texts."""
    forms = (ReportFormat.PDF, ReportFormat.HTML, ReportFormat.XLSX)
    for customer, month in _REPORTS:
        wanted = report.Wanted(customer=customer, period=month, at=AT, language="de", formats=forms)
        yield partial(report.report, config, data, wanted, folder)
    for language in ("en", "de"):  # of the two forms for the minutes the second one stays
        asked = review.Wanted(_CUSTOMER, _QUARTER, AT, language, forms[:2])
        yield partial(review.review, config, data, asked, folder)
    papers = agreement.Wanted(None, _CUSTOMER, None, "de", (PaperFormat.PDF, PaperFormat.HTML))
    yield partial(agreement.render, config, papers, folder)


def _tell(folder: Path) -> None:
    typer.echo(f"Look around:  cd {folder}; slamon register reconcile; slamon close list; slamon verify", err=True)
