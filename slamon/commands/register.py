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
from slamon.ledger import Ledger, register
from slamon.ledger.register import CORRECTION_APPROVAL, CorrectionState, Standing, standings
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
    number = made["entries"][0]
    loaded = catalogue(config, data)
    found = standings(register(ledger_path(loaded, data)))[number]
    waits = "; it counts once another person approves it" if found.needs_approval else ""
    typer.echo(f"correction {number} entered at {instant_text(made['entered_ms'])}{waits}")
    return 0


def decide(config: Path, data: Path | None, what: str, number: int, author: str, text: str | None) -> int:
    """Approve or reject a correction that waits for it."""
    value = {"what": what, "entry": number, "author": author, **({} if text is None else {"text": text})}
    made = entered(config, data, value)
    word = "approved" if what == CORRECTION_APPROVAL else "rejected"
    typer.echo(f"correction {number} {word} at {instant_text(made['entered_ms'])}")
    return 0


def revoke_correction(config: Path, data: Path | None, number: int, author: str, reason: str) -> int:
    """Revoke a correction of the register."""
    value = {"what": "revocation", "entry": number, "author": author, "reason": reason}
    made = entered(config, data, value)
    typer.echo(f"correction {number} revoked at {instant_text(made['entered_ms'])}")
    return 0


def list_corrections(
    config: Path, data: Path | None, agreement: str | None, state: CorrectionState | None, output: Format
) -> int:
    """Print all corrections, those of the files too, in the order in which they count; what waits comes last."""
    loaded = catalogue(config, data)
    if agreement is not None:
        must_be_agreement(loaded, agreement)
    told = [
        row
        for row in told_corrections(loaded, ledger_path(loaded, data))
        if agreement in (None, row["agreement"]) and state in (None, row["state"])
    ]
    if output is Format.JSON:
        typer.echo(json.dumps({"corrections": told}, indent=1, ensure_ascii=False))
    elif told:
        tables.show(_sheet(told))
    else:
        typer.echo("no correction was entered" if state is None else f"no correction is {state.value}", err=True)
    return 0


def told_corrections(loaded: Catalogue, path: Path) -> list[dict[str, Any]]:
    """All corrections as JSON values, in the order in which they count."""
    rows = [_registered(standing) for standing in standings(register(path)).values()]
    rows += [_row(c, None, _NO_ENTRIES) for c in terms.corrections(loaded)]
    return sorted(rows, key=lambda row: (row["counts_from_ms"] is None, row["counts_from_ms"] or row["entered_ms"]))


def _registered(standing: Standing) -> dict[str, Any]:
    counted, revoked, decided = standing.counted, standing.revoked, standing.decided
    told = {
        "state": standing.state.value,
        "counts_from_ms": None if counted is None else counted.entered,
        "revoked_by": None if revoked is None else revoked.author,
        "revoked_reason": None if revoked is None else revoked.body["reason"],
        "needs_approval": standing.needs_approval,
        "decided_ms": None if decided is None else decided.entered,
        "decided_by": None if decided is None else decided.author,
        "decided_text": None if decided is None else decided.body["text"],
    }
    return _row(standing.correction(standing.entry.entered), standing.entry.id, told)


_NO_ENTRIES = {
    "revoked_by": None,
    "revoked_reason": None,
    "needs_approval": False,
    "decided_ms": None,
    "decided_by": None,
    "decided_text": None,
}


def _row(correction: Correction, number: int | None, told: Mapping[str, Any]) -> dict[str, Any]:
    """`number` None: it stands in the catalogue's files."""
    revoked = correction.revoked is not None
    state = CorrectionState.REVOKED if revoked else CorrectionState.IN_FORCE
    return {
        "id": number,
        "agreement": correction.agreement,
        "state": state.value,
        "kind": correction.kind.value,
        "start_ms": correction.start,
        "end_ms": correction.end,
        "cause": correction.cause.value,
        "reason": correction.reason,
        "ticket": correction.ticket,
        "author": correction.author,
        "entered_ms": correction.entered,
        "counts_from_ms": correction.entered,
        "revoked_ms": correction.revoked,
        **told,
    }


def _sheet(told: Sequence[Mapping[str, Any]]) -> tables.Sheet:
    names = ("id", "agreement", "state", "kind", "from", "to", "cause", "reason", "ticket", "author", "entered")
    rows = [
        (
            "file" if row["id"] is None else str(row["id"]),
            row["agreement"],
            row["state"].replace("_", " "),
            row["kind"],
            tables.moment(row["start_ms"]),
            tables.moment(row["end_ms"]),
            row["cause"],
            " ".join(row["reason"].split()),
            row["ticket"] or "",
            row["author"],
            tables.moment(row["entered_ms"]),
            _said(row["decided_ms"], row["decided_by"], row["decided_text"]),
            _said(row["revoked_ms"], row["revoked_by"], row["revoked_reason"]),
        )
        for row in told
    ]
    free = ("reason", "decided", "revoked")
    columns = tables.columns(*names, "decided", "revoked", keys=("id", "agreement"), free=free)
    return tables.Sheet("Corrections", columns, rows)


def _said(at: int | None, who: str | None, text: str | None) -> str:
    """When, by whom and why; nothing where it did not happen."""
    if at is None:
        return ""
    told = tables.moment(at) + ("" if who is None else f" by {who}")
    return f"{told}: {' '.join(text.split())}" if text else told
