"""`slamon register reconcile`: complaints of the register laid beside the facts of the ledger."""

import csv
import io
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from slamon.accounting import parse_period
from slamon.accounting.zones import DAY_MS
from slamon.catalogue import Catalogue
from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.quantities import duration_ms
from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.formats import FiguresFormat
from slamon.commands.places import catalogue, ledger_path
from slamon.desk import Complaint, Desk
from slamon.desk.days import zone_of
from slamon.desk.reconciling import Leeway, Quality, Reconciled, Reconciling, quality
from slamon.desk.telling import FINDINGS, csv_rows, quality_json, reasons, reconciled_json
from slamon.errors import UsageError
from slamon.ledger import register
from slamon.running.stored import figures_of

_BACK_MS = 31 * DAY_MS
"""So much more is read before the oldest complaint: what began earlier is whole then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which complaints, and the leeway, as written."""

    customer: str | None
    service: str | None
    period: str | None
    before: str
    after: str
    felt: str


def reconcile(config: Path, data: Path | None, asked: Asked, language: str, output: FiguresFormat) -> int:
    """Print the complaints meant, beside what was measured; 0."""
    loaded = catalogue(config, data)
    path = ledger_path(loaded, data)
    leeway = _leeway(asked)
    _must_be(asked.customer, loaded.customers, "customer")
    _must_be(asked.service, loaded.services, "service")
    now = time.time_ns() // 1_000_000
    wanted = [c for c in Desk.of(register(path)).complaints.values() if _meant(loaded, c, asked)]
    made = _made(loaded, path, wanted, now, leeway)
    if output is FiguresFormat.JSON:
        told = {"at_ms": now, "complaints": [reconciled_json(one, language) for one in made]}
        typer.echo(json.dumps({**told, "quality": quality_json(_quality(made))}, indent=1, ensure_ascii=False))
    elif output is FiguresFormat.CSV:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(csv_rows(made, language))
        typer.echo(text.getvalue(), nl=False)
    elif made:
        tables.show(_sheet(made, language), "", _quality_sheet(_quality(made)))
    else:
        typer.echo("no complaint was entered that is meant", err=True)
    return 0


def _made(loaded: Catalogue, path: Path, wanted: Sequence[Complaint], now: int, leeway: Leeway) -> list[Reconciled]:
    if not wanted:
        return []
    since = min(complaint.felt_from for complaint in wanted) - leeway.before_ms - _BACK_MS
    figures, _ = figures_of(loaded, path, None, now, running=Control(path.parent).alive(), since=since)
    return list(Reconciling(figures, now, leeway).all(wanted))


def _meant(loaded: Catalogue, complaint: Complaint, asked: Asked) -> bool:
    if asked.customer not in (None, complaint.customer) or asked.service not in (None, complaint.service):
        return False
    if asked.period is None:
        return True
    try:
        period = parse_period(asked.period, zone_of(loaded, complaint.customer))
    except ValueError as error:
        raise UsageError(str(error)) from None
    return period.start <= complaint.felt_from < period.end


def _must_be(name: str | None, known: Iterable[str], what: str) -> None:
    ids = list(known)
    if name is not None and name not in ids:
        hint = did_you_mean(name, ids)
        raise UsageError(f"there is no {what} {name!r}; there are: {', '.join(ids)}{'; ' if hint else ''}{hint}")


def _leeway(asked: Asked) -> Leeway:
    return Leeway(*(_duration(f"--{word}", getattr(asked, word)) for word in ("before", "after", "felt")))


def _duration(word: str, written: str) -> int:
    try:
        return duration_ms(written)
    except ValueError:
        raise UsageError(f"{word} {written!r}: expected a duration, as 90s, 10m or 1h") from None


def _quality(made: Sequence[Reconciled]) -> list[Quality]:
    felt = [one.complaint.felt_from for one in made]
    return quality(made, min(felt), max(felt) + 1) if felt else []


def _sheet(made: Sequence[Reconciled], language: str) -> tables.Sheet:
    names = ("id", "customer", "service", "felt from", "to", "state", "finding", "because")
    rows = [
        (
            str(one.complaint.number),
            one.complaint.customer,
            one.complaint.service,
            tables.moment(one.felt.start),
            tables.moment(one.felt.end),
            one.complaint.state.value,
            FINDINGS[language][one.finding] + ("" if one.settled else " *"),
            "; ".join(reasons(one, language)),
        )
        for one in made
    ]
    heads = tables.columns(*names, keys=("id", "customer", "service"), free=("because",))
    title = "Complaints beside what was measured"
    return tables.Sheet(title + ("" if all(one.settled for one in made) else " (* may still change)"), heads, rows)


def _quality_sheet(found: Sequence[Quality]) -> tables.Sheet:
    numbers = ("complaints", "unseen", "share")
    heads = tables.columns("customer", "service", *numbers, keys=("customer", "service"), right=numbers)
    told = quality_json(found)
    rows = [
        (
            row["customer"],
            row["service"],
            str(row["complaints"]),
            str(row["unseen"]),
            tables.percent(row["unseen_ratio"], 1),
        )
        for row in told
    ]
    return tables.Sheet("Not seen by ourselves", heads, rows)
