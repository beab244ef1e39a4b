"""`slamon register action`: what was promised, by whom and until when."""

import time
from datetime import date
from pathlib import Path

from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.register_desk import desk_of, listed
from slamon.desk import Action, ActionState, plain
from slamon.desk.days import day_of
from slamon.errors import UsageError
from slamon.running.entering import must_be_team


def expectation(word: str | None, agreement: str | None, service: str | None) -> dict[str, str | None] | None:
    """`availability=99.95%`, of an agreement and perhaps a service of it."""
    if word is None:
        if agreement is not None:
            raise UsageError("--agreement says whose figure is to be better: add --expect availability=99.95%")
        return None
    figure, equals, value = word.partition("=")
    if not equals or not value.strip():
        raise UsageError(f"--expect: found {word!r:.60}, expected a figure and a value, for example outages=1")
    if agreement is None:
        raise UsageError("--expect needs the agreement whose figure is meant: add --agreement ID")
    said = {"figure": figure.strip(), "agreement": agreement, "service": service, "value": value.strip()}
    return {key: word for key, word in said.items() if word is not None}


def listing(
    config: Path, data: Path | None, *, only_open: bool, only_overdue: bool, team: str | None, output: Format
) -> int:
    """Print the actions that are meant, in the order of entry."""
    loaded, desk = desk_of(config, data)
    if team is not None:
        must_be_team(loaded, team)
    now = time.time_ns() // 1_000_000
    today = {a.number: day_of(loaded, a.customer, now) for a in desk.actions.values()}
    found = [
        a
        for a in desk.actions.values()
        if team in (None, a.team)
        and (not only_open or a.state is ActionState.OPEN)
        and (not only_overdue or a.overdue(today[a.number]))
    ]
    names = ("id", "due", "state", "owner", "team", "customer", "service", "of", "title")
    rows = [
        (
            str(a.number),
            a.due.isoformat(),
            _state(a, today[a.number]),
            a.owner,
            a.team or "",
            a.customer or "",
            a.service or "",
            "" if a.origin is None else str(a.origin),
            a.title,
        )
        for a in found
    ]
    heads = tables.columns(*names, keys=("id",), free=("title",))
    told = [{**plain.action(a), "overdue": a.overdue(today[a.number])} for a in found]
    return listed("actions", told, output, tables.Sheet("Actions", heads, rows), "no such action")


def _state(action: Action, today: date) -> str:
    if action.state is ActionState.OPEN:
        return "overdue" if action.overdue(today) else "open"
    return f"{action.state.value} {action.ended}"
