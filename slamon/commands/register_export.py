"""`slamon register export`: what people entered, for other programs."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from slamon.commands.places import catalogue, ledger_path
from slamon.commands.register import told_corrections
from slamon.commands.register_table import FORMULA
from slamon.desk import Desk, plain
from slamon.errors import UsageError
from slamon.ledger import register
from slamon.shown import instant_text

_NAMES = {
    "complaint": "complaints",
    "satisfaction": "satisfaction",
    "review": "reviews",
    "action": "actions",
    "correction": "corrections",
}
_INSTANTS = "_ms"


def export(config: Path, data: Path | None, kinds: Sequence[str], output: str) -> int:
    """Print the things of the kinds that are meant, each kind in the order of entry."""
    loaded = catalogue(config, data)
    path = ledger_path(loaded, data)
    desk = Desk.of(register(path))
    rows: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
        "complaint": lambda: [plain.complaint(c) for c in desk.complaints.values()],
        "satisfaction": lambda: [plain.satisfaction(s) for s in desk.satisfaction.values()],
        "review": lambda: [plain.review(r) for r in desk.reviews.values()],
        "action": lambda: [plain.action(a) for a in desk.actions.values()],
        "correction": lambda: told_corrections(loaded, path),
    }
    if output == "csv":
        if len(kinds) != 1:
            raise UsageError("a table is of one kind: add --kind complaint, or take --format json")
        typer.echo(as_csv(rows[kinds[0]]()), nl=False)
    elif output == "json":
        typer.echo(json.dumps({_NAMES[kind]: rows[kind]() for kind in kinds}, indent=1, ensure_ascii=False))
    else:
        for kind in kinds:
            for row in rows[kind]():
                typer.echo(json.dumps({"kind": kind, **row}, ensure_ascii=False))
    return 0


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table: times as ISO-8601, lists one below the other. No cell is read as a formula."""
    made = io.StringIO()
    if rows:
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow([key.removesuffix(_INSTANTS) for key in rows[0]])
        writer.writerows([_safe(_cell(key, value)) for key, value in row.items()] for row in rows)
    return made.getvalue()


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key.endswith(_INSTANTS):
        return instant_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(_cell("", inner) for inner in value)
    if isinstance(value, dict):
        return " ".join(_cell(inner_key, inner) for inner_key, inner in value.items() if inner not in (None, ""))
    return str(value)


def _safe(cell: str) -> str:
    """Numbers too begin with a minus, but none here does."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
