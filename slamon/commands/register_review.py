"""`slamon register review`: meetings with customers, and what came of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.places import catalogue
from slamon.commands.register import entered
from slamon.commands.register_desk import desk_of, details, line, listed, one
from slamon.commands.register_minutes import minutes
from slamon.desk import Desk, Review, plain
from slamon.errors import UsageError
from slamon.running.entering import must_be_customer
from slamon.shown import instant_text


def add(config: Path, data: Path | None, file: Path | None, author: str, words: Mapping[str, Any]) -> int:
    """Enter a review, of a file or of the words; what is in both is the words'."""
    told = {} if file is None else minutes(file, catalogue(config, data))
    said = {**told, **{key: word for key, word in words.items() if word}}
    needed = {"customer": "--customer ID", "period": "--period PERIOD", "held": "--held DATE"}
    missing = [word for key, word in needed.items() if key not in said]
    if missing:
        raise UsageError(f"missing: {', '.join(missing)}; or give the minutes with --from FILE")
    made = entered(config, data, {"what": "review", "author": author, **said})
    number, *others = made["entries"]
    actions = others[: len(said.get("actions", ()))]
    typer.echo(f"review {number} entered at {instant_text(made['entered_ms'])}")
    for action, promised in zip(actions, said.get("actions", ()), strict=True):
        typer.echo(f"action {action} due {promised['due']}: {promised['title']}")
    for done in said.get("done", ()):
        typer.echo(f"action {done} done on {said['held']}")
    return 0


def listing(config: Path, data: Path | None, customer: str | None, output: Format) -> int:
    """Print the reviews in the order of entry."""
    loaded, desk = desk_of(config, data)
    if customer is not None:
        must_be_customer(loaded, customer)
    found = [r for r in desk.reviews.values() if customer in (None, r.customer)]
    names = ("id", "customer", "period", "held", "decisions", "actions", "participants")
    rows = [
        (
            str(r.number),
            r.customer,
            r.period,
            r.held.isoformat(),
            str(len(r.decisions)),
            str(len(r.actions)),
            line(", ".join(r.participants)),
        )
        for r in found
    ]
    heads = tables.columns(*names, keys=("id", "customer"), right=("decisions", "actions"), free=("participants",))
    told = [plain.review(r) for r in found]
    return listed("reviews", told, output, tables.Sheet("Reviews", heads, rows), "no review was entered")


def show(config: Path, data: Path | None, number: int, output: Format) -> int:
    """Print a review with its minutes, decisions and actions."""
    _, desk = desk_of(config, data)
    found: Review = one("review", number, desk.reviews)
    if output is Format.JSON:
        return listed("reviews", [plain.review(found)], output, tables.Sheet("", (), ()), "")
    pairs = [
        ("customer", found.customer),
        ("held", found.held.isoformat()),
        ("participants", ", ".join(found.participants)),
        ("reference", found.reference or ""),
        ("entered", f"{instant_text(found.entered)} by {found.author}"),
    ]
    details(f"review {number} of {found.period}", pairs, list(_texts(found, desk)))
    return 0


def _texts(found: Review, desk: Desk) -> list[tuple[str, str]]:
    texts = [("minutes", found.minutes)] if found.minutes else []
    texts += [(f"decision {place}", text) for place, text in enumerate(found.decisions, 1)]
    for number in found.actions:
        action = desk.actions[number]
        texts.append((f"action {number}, {action.state.value}, due {action.due}, {action.owner}", action.title))
    return texts
