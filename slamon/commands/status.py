"""`slamon status`: what the running system sees now."""

import json
import time
from pathlib import Path
from typing import Any

import typer
from rich.console import Group
from rich.live import Live
from rich.table import Table

from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.places import data_folder
from slamon.errors import UsageError

WATCH_SECONDS = 2.0


def _ask(data: Path) -> Any:
    control = Control(data)
    if not control.alive():
        raise UsageError(f"no slamon is running on {data}: start one with `slamon run`, or name its folder with --data")
    return control.get("/api/status")


def _services(answer: dict[str, Any]) -> Table:
    rows = [
        [
            service["service"],
            tables.coloured(service["state"]),
            f"{check['check']} ({check['kind']})",
            tables.coloured(check["state"]),
            "-" if check["duration_ms"] is None else f"{check['duration_ms']} ms",
            tables.moment(check["last_ms"]),
            check["message"] or "",
        ]
        for service in answer["services"]
        for check in (service["checks"] or [_NO_CHECK])
    ]
    columns = ["service", "state", "check", "seen", "took", "last probe", "found"]
    return tables.table(f"Services at {answer['at']}", columns, rows, right=["took"])


_NO_CHECK: dict[str, Any] = {
    "check": "-",
    "kind": "depends on others",
    "state": None,
    "duration_ms": None,
    "last_ms": None,
    "message": None,
}


def _view(answer: dict[str, Any]) -> Group:
    parts: list[Any] = [_services(answer), "", tables.figures_table(answer["agreements"], answer["at"])]
    if answer["local_fault"]:
        parts.insert(0, "[bold yellow]The monitor's own network is at fault: every check is unknown.[/]")
    if not answer["storing"]:
        parts.insert(0, f"[bold red]The ledger cannot store: {answer['storing_error']}[/]")
    return Group(*parts)


def status(config: Path, data: Path | None, *, watch: bool, output: str) -> int:
    """Show it once, or anew every two seconds. 1 when a service is down."""
    folder = data_folder(config, data)
    answer = _ask(folder)
    if output == "json":
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
    elif watch:
        _watch(folder, answer)
    else:
        tables.console().print(_view(answer))
    return int(any(service["state"] == "down" for service in answer["services"]))


def _watch(folder: Path, answer: dict[str, Any]) -> None:
    with Live(_view(answer), console=tables.console(), screen=True, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(WATCH_SECONDS)
                live.update(_view(_ask(folder)), refresh=True)
        except KeyboardInterrupt:
            return
