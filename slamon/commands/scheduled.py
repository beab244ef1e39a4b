"""`slamon report --scheduled` and `--dry-run`: a run of a scheduled report by hand, and what is due when."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from slamon.accounting import parse_period, period_of, previous_period
from slamon.catalogue import Catalogue
from slamon.catalogue.reporting import ScheduledReport
from slamon.commands import tables
from slamon.commands.control import Control
from slamon.commands.places import catalogue, ledger_path
from slamon.delivery.made import must_be_there, run_id
from slamon.delivery.run import Run, carry_out
from slamon.errors import UsageError
from slamon.ledger import Ledger
from slamon.ledger.deliveries import Delivered, deliveries
from slamon.running.due import MOST, Due, report_rule
from slamon.running.reporting import Runs
from slamon.shown import instant_text


def deliver(config: Path, data: Path | None, name: str, period: str | None) -> int:
    """Make and deliver a run now, in the running system where there is one; 3 where an end failed."""
    loaded = catalogue(config, data)
    model = must_be_there(loaded, name)
    chosen = _period(model, period)
    control = Control(ledger_path(loaded, data).parent)
    if control.alive():
        failures = dict(control.post("/api/reports", report=name, period=chosen)["failures"])
    else:
        failures = _here(loaded, ledger_path(loaded, data), name, chosen)
    for target, why in failures.items():
        typer.echo(f"{name} {chosen}, {target}: {'delivered' if why is None else f'not delivered: {why}'}")
    return 3 if any(why is not None for why in failures.values()) else 0


def _period(model: ScheduledReport, period: str | None) -> str:
    """The one that is asked for, of the report's kind and over; None: the last whole one."""
    now = _now()
    if period is None:
        return previous_period(period_of(model.period, model.timezone, now), model.timezone).name
    try:
        found = parse_period(period, model.timezone)
    except ValueError as error:
        raise UsageError(f"--period: {error}") from None
    if found.kind is not model.period:
        raise UsageError(f"--period {period}: the report covers a {model.period.value}, name one of those")
    if found.end > now:
        raise UsageError(f"--period {period}: it is not over; it ends at {instant_text(found.end)}")
    return period


def _now() -> int:
    return time.time_ns() // 1_000_000


def _here(loaded: Catalogue, path: Path, name: str, period: str) -> dict[str, str | None]:
    """In this process, which holds the ledger meanwhile."""
    since, noted = deliveries(path)
    runs = Runs(loaded, since, noted)
    ledger = Ledger.open(path)
    failures: dict[str, str | None] = {}
    now = _now()
    due = next((due for due in runs.rules[name].due(0, now) if due.period == period), Due(period, now))

    def tell(target: str, failure: str | None, remark: str) -> None:
        failures[target] = failure
        ledger.deliver([runs.note(name, due, target, _now(), failure, remark)]).result()
        if remark:
            typer.echo(f"{name} {period}, {target}: {remark}", err=True)

    known_as = run_id(name, period, runs.since[name], now)
    try:
        carry_out(loaded, path, Run(name, period, runs.ends[name], known_as, now, running=False), tell)
    finally:
        ledger.close(clean=ledger.was_clean)
    return failures


def dry_run(config: Path, data: Path | None, name: str | None) -> int:
    """Print what is due when, and how the newest runs stand; nothing is made."""
    loaded = catalogue(config, data)
    if name is not None:
        must_be_there(loaded, name)
    chosen = list(loaded.reports) if name is None else [name]
    if not chosen:
        typer.echo("no report is scheduled: name some under reports in the catalogue", err=True)
        return 0
    since, noted = deliveries(ledger_path(loaded, data))
    rows = [row for one in chosen for row in _rows(loaded, one, since.get(f"report {one}"), noted)]
    names = ("report", "period", "due", "to", "state", "tries", "said")
    columns = tables.columns(*names, keys=("report", "period"), right=("tries",), free=("said",))
    tables.show(tables.Sheet("Scheduled reports", columns, rows))
    return 0


def _rows(loaded: Catalogue, name: str, since: int | None, noted: Sequence[Delivered]) -> Iterator[tuple[str, ...]]:
    model, now = loaded.reports[name], _now()
    rule = report_rule(loaded, model)
    known = {(d.period, d.target): d for d in noted if d.report == name}
    coming = rule.next(now)
    dues = {d.period: Due(d.period, d.due) for d in noted if d.report == name}
    dues |= {due.period: due for due in (() if since is None else rule.due(since, now))}
    newest = sorted(dues.values(), key=lambda due: due.at)[-MOST:]
    for due in [*newest, *([] if coming is None else [coming])]:
        for target in model.to.ends:
            found = known.get((due.period, target))
            yield (name, due.period, tables.moment(due.at), target, *_state(found, due, now, model.retry_for))


def _state(found: Delivered | None, due: Due, now: int, retry_for: int) -> tuple[str, str, str]:
    """How an end stands, how often it was tried, and what was said."""
    if found is None:
        return ("due" if due.at <= now else "coming", "", "")
    if found.delivered is not None:
        return (f"delivered {tables.moment(found.delivered)}", str(found.tries), found.words)
    given_up = now - found.first > retry_for
    return ("given up" if given_up else "failed, tried again", str(found.tries), found.words)
