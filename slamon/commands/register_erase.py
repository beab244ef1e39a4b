"""`slamon register erase`: what holds a name, and that it is gone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from slamon.catalogue import Catalogue
from slamon.commands import tables
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.register import entered
from slamon.commands.register_desk import line
from slamon.errors import UsageError
from slamon.ledger import erasable, register
from slamon.ledger.erasing import Finding, Held, Wanted, same
from slamon.ledger.personal import ERASED
from slamon.shown import instant_text

_SHOWN = 70


def erase(
    config: Path,
    data: Path | None,
    *,
    author: str,
    reason: str,
    person: str | None,
    texts: bool,
    entry: int | None,
    dry_run: bool,
) -> int:
    """Erase, or only show what would go."""
    if (person is None) == (entry is None):
        raise UsageError("name a person with --person NAME, or an entry whose texts go with --entry ID")
    if entry is not None and texts:
        raise UsageError("--texts belongs to --person: all texts of --entry go anyway")
    loaded = catalogue(config, data)
    if dry_run:
        return _shown(loaded, ledger_path(loaded, data), Wanted(person, entry, texts))
    given = {"person": person, "entry": entry, "texts": texts, "author": author, "reason": reason}
    value = {"what": "erasure", **{key: word for key, word in given.items() if word is not None}}
    made = entered(config, data, value, None)
    for told in (*_done(made), *_files(loaded, person)):
        typer.echo(told)
    return 0


def _done(made: Mapping[str, Any]) -> Iterator[str]:
    number, at = made["entries"][0], instant_text(made["entered_ms"])
    what = []
    if made["names"] or made["silences"]:
        what.append(f"{_count(made['names'], 'name')} {_are(made['names'])} {made['instead']} now")
    if made["texts"]:
        what.append(f"{_count(made['texts'], 'text')} erased")
    of = _entries(made["of_entries"])
    yield f"erased at {at}, entry {number}: {', '.join(what)}{f'; of {of}' if made['of_entries'] else ''}"
    if made["silences"]:
        yield "the author of silences that the ledger knows is told so too"
    if made["left"]:
        yield f"texts of {_entries(made['left'])} contain the name and stay: --texts erases them"
    yield from _beyond(made["chained"], made["frozen"])
    if not made["scrubbed"]:
        yield "rests stay in the file until slamon starts anew: somebody reads it, or the disk is full"


def _beyond(chained: list[int], frozen: list[int]) -> Iterator[str]:
    if chained:
        yield f"an earlier version wrote it into the chain itself, where it stays: in {_entries(chained)}"
    if frozen:
        yield f"what {_entries(frozen)} froze names it, in a correction of the files: it stays there"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _entries(found: list[int]) -> str:
    return f"{'entry' if len(found) == 1 else 'entries'} {', '.join(str(number) for number in found)}"


def _files(loaded: Catalogue, person: str | None) -> Iterator[str]:
    """The catalogue's files are the user's own."""
    if person is not None and any(same(c.author) == same(person) for c in loaded.corrections):
        yield "corrections in the catalogue's files name the author so: change them there"


def _shown(loaded: Catalogue, path: Path, wanted: Wanted) -> int:
    finding = erasable(path, wanted)
    kinds = {entry.id: entry.kind for entry in register(path)}
    rows = [
        (str(held.entry), kinds[held.entry], held.key, _coming(held, finding, wanted), _short(held.value))
        for held in finding.held
    ]
    if rows:
        names = ("entry", "kind", "where", "becomes", "now")
        heads = tables.columns(*names, keys=("entry", "kind"), free=("now",))
        tables.show(tables.Sheet("What holds it", heads, rows))
    if finding.silences:
        typer.echo(f"silences by {', '.join(finding.silences)}: the author becomes {finding.instead}")
    for told in (*_beyond([], list(finding.frozen)), *_files(loaded, wanted.person)):
        typer.echo(told)
    typer.echo("nothing was erased")
    return 0


def _coming(held: Held, finding: Finding, wanted: Wanted) -> str:
    if held.digest is None:
        return "stays: of an earlier version"
    if held.whole:
        return finding.instead
    return ERASED if wanted.texts or wanted.person is None else "stays without --texts"


def _short(text: str) -> str:
    told = line(text)
    return told if len(told) <= _SHOWN else f"{told[: _SHOWN - 1]}…"
