"""`slamon status`: what the running system sees now."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.formats import Format
from slamon.commands.places import data_folder
from slamon.commands.told import sentence
from slamon.errors import SlamonError, UsageError

WATCH_SECONDS = 2.0
Shown = Mapping[str, Any]

_URGENT = ("down", "unknown", "degraded", "up")


def status(config: Path, data: Path | None, *, watch: bool, output: Format) -> int:
    """Show it once, or anew every two seconds. 1 when a service is down; UsageError where nothing runs."""
    if watch and (output is not Format.TABLE or not sys.stdout.isatty()):
        raise UsageError("--watch shows a table on a terminal: for other programs repeat `slamon status --format json`")
    folder = data_folder(config, data)
    answer = _ask(folder)
    if watch:
        answer = _watch(folder, answer)
    elif output is Format.JSON:
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
    else:
        tables.show(*_view(answer))
    return int(any(service["state"] == "down" for service in answer["services"]))


def _ask(data: Path) -> Shown:
    control = Control(data)
    if not control.alive():
        raise UsageError(f"no slamon is running on {data}: start one with `slamon run`, or name its folder with --data")
    answer: Shown = control.get("/api/status")
    return answer


def _watch(folder: Path, answer: Shown) -> Shown:
    """Until Ctrl-C; gives the newest answer. What is wrong stands on top: the terminal's end is the table's end."""
    with Live(console=tables.console(), screen=True, auto_refresh=False) as live:
        try:
            live.update(_urgent_first(answer), refresh=True)
            while True:
                time.sleep(WATCH_SECONDS)
                try:
                    answer = _ask(folder)
                    live.update(_urgent_first(answer), refresh=True)
                except SlamonError as error:
                    told = Text(f"{error}. As it was:", style="bold red")
                    live.update(Group(told, "", _urgent_first(answer)), refresh=True)
        except KeyboardInterrupt:
            return answer


def _urgent_first(answer: Shown) -> Group:
    services = sorted(answer["services"], key=lambda service: _URGENT.index(service["state"]))
    return Group(*_view({**answer, "services": services}))


# -- what is shown


def _view(answer: Shown) -> Iterator[RenderableType]:
    warned = list(_trouble(answer))
    yield from warned
    if warned:
        yield ""
    yield _services(answer)
    if answer["agreements"]:
        yield ""
        yield tables.figures_sheet(answer["agreements"], answer["at"])
    remarks = list(_remarks(answer))
    if remarks:
        yield ""
        yield from remarks


def _trouble(answer: Shown) -> Iterator[Text]:
    if not answer["storing"]:
        words = f"The ledger cannot store: {answer['storing_error']}. Figures go on from memory."
        yield Text(words, style="bold red")
    if answer["local_fault"]:
        yield Text("The monitor's own network is at fault: every check is unknown.", style="bold yellow")


def _remarks(answer: Shown) -> Iterator[Text]:
    for mark in answer["marks"]:
        span = f"from {tables.moment(mark['start_ms'])} to {tables.moment(mark['end_ms'])}"
        if mark["kind"] == "demo":
            yield Text(f"demo: what the ledger says {span} was invented, not observed", style="yellow")
        else:
            yield Text(f"imported: {span}, {mark['words']}", style="dim")
    for warning in answer["warnings"]:
        yield Text(f"warning: {warning}", style="yellow")


_HEADS = tables.columns(
    *("service", "state", "for", "check", "seen", "took", "last probe", "found"),
    keys=("service", "check"),
    right=("took", "last probe"),
    free=("found",),
)
_NO_CHECK = {"check": "-", "kind": "depends on others", "state": None, "duration_ms": None, "last_ms": None}


def _services(answer: Shown) -> tables.Sheet:
    """One row a check, with its service."""
    now = answer["at_ms"]
    rows: list[list[tables.Cell]] = [
        [service["service"], tables.coloured(service["state"]), _for(service, now), *_check(check, now)]
        for service in answer["services"]
        for check in service["checks"] or [_NO_CHECK]
    ]
    return tables.Sheet(f"Services at {answer['at']}", _HEADS, rows)


def _for(service: Shown, now: int) -> str:
    since = service["since_ms"]
    return "-" if since is None else tables.age(now - since)


def _check(check: Shown, now: int) -> list[tables.Cell]:
    took, report = check["duration_ms"], check.get("report")
    last = check["last_ms"] if report is None else report["last_ms"]
    return [
        f"{check['check']} ({check['kind']})",
        tables.coloured(check["state"]),
        "-" if took is None else f"{took} ms",
        "-" if last is None else f"{tables.age(now - last)} ago",
        sentence(check) if report is not None else check.get("message") or "",
    ]
