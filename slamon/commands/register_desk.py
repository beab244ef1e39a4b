"""What the commands of complaints, satisfaction, reviews and actions share."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import typer

from slamon.catalogue import Catalogue
from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.register import entered
from slamon.desk import Desk
from slamon.errors import UsageError
from slamon.ledger import register
from slamon.running.entering.ground import LONGEST_TEXT, unknown_number
from slamon.shown import instant_text


def desk_of(config: Path, data: Path | None) -> tuple[Catalogue, Desk]:
    """The catalogue, and what was entered so far."""
    loaded = catalogue(config, data)
    return loaded, Desk.of(register(ledger_path(loaded, data)))


def enter(config: Path, data: Path | None, what: str, words: Mapping[str, Any], told: str) -> int:
    """Put the words that were given into the register; `told`: of what number comes after it, and what was done."""
    given = {key: word for key, word in words.items() if word is not None}
    made = entered(config, data, {"what": what, **given})
    typer.echo(f"{told.format(made['entries'][0])} at {instant_text(made['entered_ms'])}")
    return 0


def text_of(word: str | None) -> str | None:
    """The text that is given, or the one on standard input where the word is `-`."""
    if word != "-":
        return word
    try:
        return sys.stdin.read(LONGEST_TEXT + 1)
    except UnicodeDecodeError:
        raise UsageError("the text on standard input cannot be read: give it in UTF-8") from None


def listed(name: str, rows: Sequence[Mapping[str, Any]], output: Format, sheet: tables.Sheet, nothing: str) -> int:
    """Print rows as JSON under a name, or as a sheet."""
    if output is Format.JSON:
        typer.echo(json.dumps({name: rows}, indent=1, ensure_ascii=False))
    elif rows:
        tables.show(sheet)
    else:
        typer.echo(nothing, err=True)
    return 0


def one(what: str, number: int, known: Mapping[int, Any]) -> Any:
    """The thing of a number; UsageError with the numbers that there are."""
    return known[number] if number in known else _no(what, number, known)


def _no(what: str, number: int, known: Mapping[int, Any]) -> NoReturn:
    raise unknown_number(what, number, known)


def line(text: str) -> str:
    """Lines as one."""
    return " ".join(text.split())


def details(title: str, pairs: Sequence[tuple[str, str]], texts: Sequence[tuple[str, str]]) -> None:
    """Print one thing: a line a word of it, then its texts as they are, moved in."""
    width = max(len(name) for name, _ in pairs)
    lines = [title, *(f"  {name.ljust(width)}  {value}" for name, value in pairs if value)]
    for head, text in texts:
        lines += ["", f"  {head}", *(f"    {row}".rstrip() for row in text.splitlines())]
    typer.echo("\n".join(lines))
