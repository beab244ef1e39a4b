"""Erasing names and texts of the register: what is found, what is told in its place, and no trace in the file.

The entries stay, and so does their chain; an entry of its own tells what was erased, never what it was.
"""

import json
import re
import sqlite3
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slamon.errors import UsageError
from slamon.ledger import personal
from slamon.ledger.register import Entry, append, rows

SCRUB = "scrub"
_PSEUDONYM = re.compile(r"Person ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Held:
    """A name or text of an entry. `whole`: it is the name that is looked for, not a text or name that contains it.

    `digest` None: an earlier version wrote it into the chain itself, where it cannot be erased.
    """

    entry: int
    key: str
    value: str
    whole: bool
    digest: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of whom names are to be erased, or of which entry the texts. `texts`: also those that contain the name."""

    person: str | None = None
    entry: int | None = None
    texts: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What holds the name. `instead`: what is told for it from then on; `silences`: as whom they silenced alerts.

    `frozen`: closings and restatements whose frozen content has the name for good.
    """

    held: tuple[Held, ...]
    instead: str
    silences: tuple[str, ...] = ()
    frozen: tuple[int, ...] = ()

    def erased(self, wanted: Wanted) -> dict[str, str]:
        """By digest, what is told in the place of all that goes."""
        every = wanted.texts or wanted.person is None
        return {
            held.digest: self.instead if held.whole else personal.ERASED
            for held in self.held
            if held.digest is not None and (held.whole or every)
        }


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done. `scrubbed` False: rests stay in the file until the next start."""

    entry: Entry
    finding: Finding
    scrubbed: bool


def same(name: str) -> str:
    """A name as it is compared: case, blanks and ways of writing a letter make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def contains(text: str, name: str) -> bool:
    """Whether a text has the name in it, not only as a part of longer words."""
    return re.search(rf"(?<!\w){re.escape(same(name))}(?!\w)", same(text)) is not None


def holding(connection: sqlite3.Connection, person: str) -> list[Held]:
    """Where a name stands: as a name, and in texts and names that contain it."""
    meant = same(person)
    kept = personal.known(connection)
    found = []
    for number, _, _, author, _, _, body, _ in rows(connection):
        said = json.loads(body)
        for key, value, digest in _values(author, said, kept):
            text = same(value)
            whole = text == meant and (key == personal.AUTHOR or key in personal.NAMES)
            if whole or contains(value, person):
                found.append(Held(number, key, value, whole, digest))
    return found


def texts_of(connection: sqlite3.Connection, entry: int) -> list[Held]:
    """The free texts of an entry that are there, without the names in it."""
    kept = personal.known(connection)
    return [
        Held(number, key, value, False, digest)
        for number, _, _, author, _, _, body, _ in rows(connection)
        if number == entry
        for key, value, digest in _values(author, json.loads(body), kept)
        if key in personal.TEXTS
    ]


def _values(author: str, body: Mapping[str, Any], kept: personal.Known) -> list[tuple[str, str, str | None]]:
    """Key, value and digest of all names and texts that are there; without a digest those of an earlier version."""
    placed = list(personal.places(author, body))
    found: list[tuple[str, str, str | None]] = [
        (place.key, value, place.digest)
        for place in placed
        if (value := kept[place.digest].value if place.digest in kept else None) is not None
    ]
    if all(place.key != personal.AUTHOR for place in placed):
        found.append((personal.AUTHOR, author, None))
    for key in body.keys() & (personal.NAMES | personal.TEXTS):
        said = body[key]
        found += [(key, inner, None) for inner in (said if isinstance(said, list) else [said]) if _plain(inner)]
    return found


def _plain(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def pseudonym(connection: sqlite3.Connection) -> str:
    """One that nobody has."""
    told = {kept.pseudonym for kept in personal.known(connection).values()}
    numbers = [int(found[1]) for one in told if one is not None and (found := _PSEUDONYM.fullmatch(one))]
    return f"Person {max(numbers, default=0) + 1}"


def frozen_with(connection: sqlite3.Connection, person: str) -> list[int]:
    """The closings and restatements whose frozen content has the name: corrections of the catalogue's files do so."""
    found: list[int] = []
    if not _is_there(connection, "frozen"):
        return found
    for number, content in connection.execute("select entry, content from frozen order by entry"):
        try:
            text = zlib.decompress(content).decode()
        except (zlib.error, UnicodeDecodeError):
            continue  # `slamon verify` names it
        if contains(text, person):
            found.append(number)
    return found


def silences_of(connection: sqlite3.Connection, person: str) -> list[str]:
    """As whom the person silenced alerts."""
    if not _is_there(connection, "notice"):
        return []
    return [
        author
        for (author,) in connection.execute("select distinct author from notice where author != ''")
        if same(author) == same(person)
    ]


def _is_there(connection: sqlite3.Connection, table: str) -> bool:
    """An earlier version wrote no such table."""
    return connection.execute("select 1 from sqlite_schema where name = ?", (table,)).fetchone() is not None


def found(connection: sqlite3.Connection, wanted: Wanted) -> Finding:
    """What there is of it. UsageError where there is nothing."""
    if wanted.person is None:
        held = texts_of(connection, wanted.entry or 0)
        if not held:
            raise UsageError(f"entry {wanted.entry} has no text that could be erased")
        return Finding(tuple(held), personal.ERASED)
    finding = Finding(
        tuple(holding(connection, wanted.person)),
        pseudonym(connection),
        tuple(silences_of(connection, wanted.person)),
        tuple(frozen_with(connection, wanted.person)),
    )
    if not finding.held and not finding.silences:
        raise UsageError(f"nothing in the register names {wanted.person!r:.60}: give the name as it was entered")
    return finding


def erase(connection: sqlite3.Connection, wanted: Wanted, author: str, reason: str, now: int) -> tuple[Entry, Finding]:
    """Erases inside the caller's transaction, and enters that it was done. The file is to be scrubbed after it."""
    finding = found(connection, wanted)
    erased = finding.erased(wanted)
    if not erased and not finding.silences:
        raise UsageError(_nothing(finding, wanted))
    for digest, told in erased.items():
        connection.execute(
            "update personal set salt = null, value = null, pseudonym = ? where digest = ?", (told, digest)
        )
    for name in finding.silences:
        connection.execute("update notice set author = ? where author = ?", (finding.instead, name))
    entries = sorted({held.entry for held in finding.held if held.digest in erased})
    body = {"entries": entries, "erased": erased, "reason": reason}
    (made,) = append(connection, [Entry(personal.ERASURE, author, body)], now)
    connection.execute("replace into fact values (?, 1)", (SCRUB,))
    return made, finding


def _nothing(finding: Finding, wanted: Wanted) -> str:
    places = ", ".join(str(number) for number in sorted({held.entry for held in finding.held}))
    if all(held.digest is None for held in finding.held):
        return f"entries {places} were written by an earlier version into the chain itself: nothing can be erased there"
    return f"only texts of entries {places} contain {wanted.person!r:.60}: --texts erases them"


def scrub(connection: sqlite3.Connection) -> bool:
    """Write the file anew, without the rests of what was in it, and empty its log; False while readers hold the log.

    What was not scrubbed is scrubbed at the next start.
    """
    connection.execute("vacuum")
    if connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
        return False
    connection.execute("delete from fact where name = ?", (SCRUB,))
    return True


def owes_scrubbing(connection: sqlite3.Connection) -> bool:
    """Whether something was erased, and its rests may still be in the file."""
    row = connection.execute("select value from fact where name = ?", (SCRUB,)).fetchone()
    return row is not None and bool(row[0])
