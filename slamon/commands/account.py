"""`slamon account`: exact figures of a replayed file, of the running system, or of the ledger as it lies there."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer

from slamon.accounting import parse_period
from slamon.catalogue import Catalogue
from slamon.commands import account_tables, reading, tables
from slamon.commands.control import Control
from slamon.commands.formats import FiguresFormat
from slamon.commands.places import catalogue, data_folder, ledger_path
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.ledger import Mark, marks
from slamon.ledger.notices import notices
from slamon.replay import replayed
from slamon.running.opening import horizon
from slamon.running.stored import figures_of
from slamon.shown import (
    answer,
    csv_text,
    future,
    instant,
    instant_text,
    parsed_instant,
    put_notices,
    services_of,
)

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, as the words of the command say it. None: all of them; the running period; now."""

    agreement: str | None = None
    service: str | None = None
    period: str | None = None
    at: str | None = None
    as_of: str | None = None


def account(
    config: Path, data: Path | None, question: Question, observations: Path | None, output: FiguresFormat
) -> int:
    """Print the figures. 0, whatever they are; UsageError where the question makes no sense."""
    now = time.time_ns() // 1_000_000
    _there_is(question.period)
    if question.at is None:
        question = replace(question, at=question.as_of)
    imported: list[Mark] = []
    if observations is not None:
        at = now if question.at is None else parsed_instant(question.at)
        found = _replay(catalogue(config, data), observations, question, at, now)
    else:
        found = _known(config, data, question, None if question.at is None else instant(question.at, now), now)
        imported = marks(ledger_path(catalogue(config, data), data))
    _print(found, imported, output)
    return 0


def _there_is(period: str | None) -> None:
    if period is not None:
        try:
            parse_period(period, "UTC")
        except ValueError as error:
            raise UsageError(f"--period: {error}") from None


def _answered(figures: Figures, question: Question, at: int) -> Answer:
    if question.as_of is not None:
        figures.as_of(parsed_instant(question.as_of))
    return answer(figures, at, agreement=question.agreement, service=question.service, period=question.period)


# -- where the figures come from


def _replay(loaded: Catalogue, path: Path, question: Question, at: int, now: int) -> Answer:
    """Figures of a file. Its observations may be of a time to come (a worked example): then so may be `at`."""
    seen = reading.observations(path, loaded, at)
    if at > now and seen.latest is not None and seen.latest <= now:
        raise future(at, now)
    return _answered(replayed(loaded, seen), question, at)


def _known(config: Path, data: Path | None, question: Question, at: int | None, now: int) -> Answer:
    """The running system knows best what is now; what was before lies in the ledger."""
    control = Control(data_folder(config, data))
    alive = control.alive()
    if alive and at is None and not _long_ago(config, question.period, now):
        return _ask(control, question, None)
    loaded = catalogue(config, data)
    path = ledger_path(loaded, data)
    figures, watermark = figures_of(loaded, path, question.period, now if at is None else at, running=alive)
    if alive and at is not None and (watermark is None or watermark < at):
        return _ask(control, question, at)  # the newest is not in the ledger yet
    found = _answered(figures, question, now if at is None else at)
    put_notices(found, notices(path, services_of(found), found["at_ms"] + 1))
    return found


def _long_ago(config: Path, period: str | None, now: int) -> bool:
    """Whether a period began before what the running system has in memory."""
    return period is not None and parse_period(period, "UTC").start < horizon(catalogue(config), now) + 86_400_000


def _ask(control: Control, question: Question, at: int | None) -> Answer:
    found = control.get(
        "/api/figures",
        agreement=question.agreement,
        service=question.service,
        period=question.period,
        at=None if at is None else instant_text(at),
        as_of=question.as_of,
    )
    return dict(found)


# -- how they are printed


def _print(found: Answer, imported: Sequence[Mark], output: FiguresFormat) -> None:
    if not found["figures"]:
        typer.echo("no figure: no agreement was in force for what was asked", err=True)
    if output is FiguresFormat.JSON:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
    elif output is FiguresFormat.CSV:
        typer.echo(csv_text(found), nl=False)
    elif found["figures"]:
        tables.show(*account_tables.account(found, imported))
