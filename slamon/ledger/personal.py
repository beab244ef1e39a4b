"""Names and free texts of the register: entries hold digests of them, so that they can be erased and the chain holds.

In the table `register` such a value is `{"@": "<digest>"}`, and an author `@<digest>`: SHA-256 over a random salt and
the text, in hexadecimal digits. `personal` has salt and text, or what is told in the place of an erased one.
"""

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMES = frozenset({"who", "owner", "participants"})
TEXTS = frozenset({"text", "comment", "minutes", "decisions", "title", "reason", "reference"})
ERASED = "[erased]"
MISSING = "[missing]"
ERASURE = "erasure"
AUTHOR = "author"

_SALT_BYTES = 16
_REFERENCE = re.compile(r"@[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A name or text as it is kept. Salt and value None: erased; `pseudonym` is told then."""

    salt: bytes | None
    value: str | None
    pseudonym: str | None

    @property
    def told(self) -> str:
        """What people read."""
        return self.value if self.value is not None else self.pseudonym or MISSING


Known = Mapping[str, Kept]
"""All that is kept, by digest."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A name or text at its place in an entry: which key, and its digest."""

    key: str
    digest: str

    @property
    def is_name(self) -> bool:
        """Whether it names somebody, and is no free text."""
        return self.key == AUTHOR or self.key in NAMES


def digest_of(salt: bytes, text: str) -> str:
    """What stands for a text in its entry."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def put_away(connection: sqlite3.Connection, author: str, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Author and body as they stand in the register; their names and texts are kept apart, in the same transaction."""

    def reference(text: str) -> str:
        salt = secrets.token_bytes(_SALT_BYTES)
        made = digest_of(salt, text)
        connection.execute("insert into personal values (?, ?, ?, null)", (made, salt, text))
        return made

    def held(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [held(inner) for inner in value]
        return {"@": reference(value)} if isinstance(value, str) and value else value

    hidden = {key: held(value) if key in NAMES or key in TEXTS else value for key, value in body.items()}
    return f"@{reference(author)}", hidden


def known(connection: sqlite3.Connection) -> Known:
    """All names and texts; none in a ledger that only an earlier version has written."""
    if connection.execute("select 1 from sqlite_schema where name = 'personal'").fetchone() is None:
        return {}
    return {
        digest: Kept(salt, value, pseudonym)
        for digest, salt, value, pseudonym in connection.execute("select * from personal")
    }


def told(author: str, body: Mapping[str, Any], kept: Known) -> tuple[str, dict[str, Any]]:
    """Author and body as people read them."""

    def read(value: Any) -> Any:
        if isinstance(value, list):
            return [read(inner) for inner in value]
        found = _reference(value)
        return value if found is None else _told(kept, found)

    shown = {key: read(value) if key in NAMES or key in TEXTS else value for key, value in body.items()}
    return (_told(kept, author[1:]) if _REFERENCE.fullmatch(author) else author), shown


def _told(kept: Known, digest: str) -> str:
    return kept[digest].told if digest in kept else MISSING


def places(author: str, body: Mapping[str, Any]) -> Iterator[Placed]:
    """Every name and text of an entry as it stands in the register."""
    if _REFERENCE.fullmatch(author):
        yield Placed(AUTHOR, author[1:])
    for key in body:
        if key in NAMES or key in TEXTS:
            value = body[key]
            for inner in value if isinstance(value, list) else [value]:
                found = _reference(inner)
                if found is not None:
                    yield Placed(key, found)


def _reference(value: Any) -> str | None:
    found = value.get("@") if isinstance(value, dict) and len(value) == 1 else None
    return found if isinstance(found, str) and _DIGEST.fullmatch(found) else None


def wrong(place: Placed, kept: Known, erased: Mapping[str, str]) -> str | None:
    """What is wrong with a name or text of an entry; `erased`: what is told of those that erasures tell of."""
    what = {AUTHOR: "its author"}.get(place.key, f"its {place.key}")
    found = kept.get(place.digest)
    if found is None or (found.value is None and place.digest not in erased):
        return f"{what} is missing, and no erasure tells of it"
    if place.digest in erased:
        if found.value is not None or found.salt is not None:
            return f"{what} was erased, and is there"
        return None if found.pseudonym == erased[place.digest] else f"{what} is not what was put in its place"
    if found.salt is None or found.value is None or digest_of(found.salt, found.value) != place.digest:
        return f"{what} is not what was entered"
    return None
