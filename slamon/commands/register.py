"""`slamon register`: what people enter. The running system writes it, else this process takes the lock."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from slamon.accounting import Correction
from slamon.catalogue import Catalogue, terms
from slamon.commands import tables
from slamon.commands.control import PATIENCE_S, Control
from slamon.commands.formats import Format
from slamon.commands.places import catalogue, ledger_path
from slamon.ledger import Entry, Ledger, register
from slamon.ledger.register import REVOCATION, corrections
from slamon.running.entering import enter, must_be_agreement
from slamon.shown import instant_text


def entered(
    config: Path, data: Path | None, value: Mapping[str, Any], patience_s: float | None = PATIENCE_S
) -> dict[str, Any]:
    """Put something into the register; gives its numbers and time. UsageError where it makes no sense.

    `patience_s`: of the running system's answer; None: however long it takes.
    """
    loaded = catalogue(config, data)
    path = ledger_path(loaded, data)
    control = Control(path.parent)
    if control.alive():
        return dict(control.send("/api/register", value, patience_s))
    ledger = Ledger.open(path)
    try:
        return enter(loaded, ledger, value, time.time_ns() // 1_000_000).told()
    finally:
        ledger.close(clean=ledger.was_clean)


def add_correction(config: Path, data: Path | None, words: Mapping[str, str | None]) -> int:
    """Enter a correction and tell its number."""
    given = {key: word for key, word in words.items() if word is not None}
    made = entered(config, data, {"what": "correction", **given})
    typer.echo(f"correction {made['entries'][0]} entered at {instant_text(made['entered_ms'])}")
    return 0


def revoke_correction(config: Path, data: Path | None, number: int, author: str, reason: str) -> int:
    """Revoke a correction of the register."""
    value = {"what": "revocation", "entry": number, "author": author, "reason": reason}
    made = entered(config, data, value)
    typer.echo(f"correction {number} revoked at {instant_text(made['entered_ms'])}")
    return 0


def list_corrections(config: Path, data: Path | None, agreement: str | None, output: Format) -> int:
    """Print all corrections, those of the files too, in the order in which they count."""
    loaded = catalogue(config, data)
    if agreement is not None:
        must_be_agreement(loaded, agreement)
    told = [row for row in _told(loaded, ledger_path(loaded, data)) if agreement in (None, row["agreement"])]
    if output is Format.JSON:
        typer.echo(json.dumps({"corrections": told}, indent=1, ensure_ascii=False))
    elif told:
        tables.show(_sheet(told))
    else:
        typer.echo("no correction was entered", err=True)
    return 0


def _told(loaded: Catalogue, path: Path) -> list[dict[str, Any]]:
    entries = register(path)
    revocations = {entry.body["entry"]: entry for entry in entries if entry.kind == REVOCATION}
    rows = [_row(c, c.order[1], revocations.get(c.order[1])) for c in corrections(entries)]
    rows += [_row(c, None, None) for c in terms.corrections(loaded)]
    return sorted(rows, key=lambda row: int(row["entered_ms"]))


def _row(correction: Correction, number: int | None, revocation: Entry | None) -> dict[str, Any]:
    """`number` None: it stands in the catalogue's files."""
    return {
        "id": number,
        "agreement": correction.agreement,
        "kind": correction.kind.value,
        "start_ms": correction.start,
        "end_ms": correction.end,
        "cause": correction.cause.value,
        "reason": correction.reason,
        "ticket": correction.ticket,
        "author": correction.author,
        "entered_ms": correction.entered,
        "revoked_ms": correction.revoked,
        "revoked_by": None if revocation is None else revocation.author,
        "revoked_reason": None if revocation is None else revocation.body["reason"],
    }


def _sheet(told: Sequence[Mapping[str, Any]]) -> tables.Sheet:
    names = ("id", "agreement", "kind", "from", "to", "cause", "reason", "ticket", "author", "entered", "revoked")
    rows = [
        (
            "file" if row["id"] is None else str(row["id"]),
            row["agreement"],
            row["kind"],
            tables.moment(row["start_ms"]),
            tables.moment(row["end_ms"]),
            row["cause"],
            " ".join(row["reason"].split()),
            row["ticket"] or "",
            row["author"],
            tables.moment(row["entered_ms"]),
            _revoked(row),
        )
        for row in told
    ]
    return tables.Sheet(
        "Corrections", tables.columns(*names, keys=("id", "agreement"), free=("reason", "revoked")), rows
    )


def _revoked(row: Mapping[str, Any]) -> str:
    if row["revoked_ms"] is None:
        return ""
    who = "" if row["revoked_by"] is None else f" by {row['revoked_by']}: {' '.join(row['revoked_reason'].split())}"
    return f"{tables.moment(row['revoked_ms'])}{who}"
