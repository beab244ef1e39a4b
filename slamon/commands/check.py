"""`slamon check` and `slamon export schema`."""

import json
from pathlib import Path

import typer

from slamon.catalogue import Catalogue, CatalogueErrors, json_schema
from slamon.commands import tables
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.probe import exit_code, found, sheet
from slamon.commands.waiting import counting


def check(config: Path, data: Path | None, *, connect: bool) -> int:
    """Validate; with `connect` probe everything once too. 1 when something is wrong or down; 3 when not probed."""
    try:
        loaded = catalogue(config)
    except CatalogueErrors as errors:
        for problem in errors.problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"{len(errors.problems)} mistake(s) in {config}", err=True)
        return 1
    for warning in (*loaded.warnings, *loaded.troubles):
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(_summary(loaded))
    return _connect(loaded, ledger_path(loaded, data).parent) if connect else 0


def _summary(loaded: Catalogue) -> str:
    checks = sum(len(service.checks) for service in loaded.services.values())
    return f"valid: {len(loaded.services)} services, {checks} checks, {len(loaded.agreements)} agreements"


def _connect(loaded: Catalogue, data: Path) -> int:
    checks = list(loaded.checks.values())
    with counting("probing", sum(check.probed for check in checks)) as done:
        pairs = found(checks, data, done)
    tables.show(sheet("Each check once", pairs))
    return exit_code(pairs)


def schema() -> int:
    """Print the JSON Schema."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
