"""The register: append-only entries, each chained to the one before by its digest.

Names and texts are kept apart from it (`slamon.ledger.personal`): whoever reads entries gets them as people read them.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from slamon.accounting import Correction, CorrectionCause, CorrectionKind
from slamon.ledger import personal

CORRECTION = "correction"
REVOCATION = "revocation"
CORRECTION_APPROVAL = "correction_approval"
CORRECTION_REJECTION = "correction_rejection"
DECISIONS = (CORRECTION_APPROVAL, CORRECTION_REJECTION)
NEEDS_APPROVAL = "needs_approval"
"""In a correction's body, true: it counts once another person has approved it."""

_COUNT = "register"
_ALL = "select id, kind, entered, author, agreement, service, body, digest from register"


class CorrectionState(StrEnum):
    """Where a correction of the register stands."""

    IN_FORCE = "in_force"
    PENDING = "pending"
    REJECTED = "rejected"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `body`: JSON values, whatever the kind says. `id`, `entered` (ms) and `digest` are given at entry.

    `content`: what belongs to it and is long, compressed by zlib; it is not read back with the others. Its SHA-256 is
    in the body then.
    """

    kind: str
    author: str
    body: Mapping[str, Any] = field(default_factory=dict)
    agreement: str | None = None
    service: str | None = None
    id: int = 0
    entered: int = 0
    digest: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the register is not as it was written: the entry's number, and what is wrong."""

    id: int
    why: str


Guard = Callable[[Sequence[Entry]], Sequence[Entry] | None]
"""Looks at the entries that are there, and raises where the new ones may not be added.

It may give those that are to be added instead; None: all of them are.
"""


def canonical(value: object) -> str:
    """The one way in which a JSON value is written for a digest."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def digest(before: str, value: object) -> str:
    """The next link of a chain: SHA-256 over the link before and the value."""
    return hashlib.sha256(f"{before}\n{canonical(value)}".encode()).hexdigest()


def _link(before: str, row: Sequence[Any]) -> str:
    """`row`: id, kind, entered, author, agreement, service, body as they stand in the table."""
    return digest(before, list(row[:7]))


def append(connection: sqlite3.Connection, entries: Iterable[Entry], now: int) -> list[Entry]:
    """Adds entries at the end, inside the caller's transaction; gives them as they were entered at `now` (ms)."""
    last, before = connection.execute("select id, digest from register order by id desc limit 1").fetchone() or (0, "")
    made = []
    for number, entry in enumerate(entries, last + 1):
        author, body = personal.put_away(connection, entry.author, entry.body)
        row = (number, entry.kind, now, author, entry.agreement, entry.service, canonical(body))
        before = _link(before, row)
        connection.execute("insert into register values (?, ?, ?, ?, ?, ?, ?, ?)", (*row, before))
        if entry.content is not None:
            connection.execute("insert into frozen values (?, ?)", (number, entry.content))
        made.append(replace(entry, id=number, entered=now, digest=before))
    connection.execute("replace into fact values (?, ?)", (_COUNT, last + len(made)))
    return made


def as_read(entry: Entry) -> Entry:
    """An entry that was just made, as `read_entries` gives it from then on."""
    return replace(entry, body=json.loads(canonical(entry.body)), content=None)


def read_entries(connection: sqlite3.Connection) -> list[Entry]:
    """All entries in order; none in a ledger that only an earlier version has written."""
    kept = personal.known(connection)
    found = []
    for number, kind, entered, author, agreement, service, body, made in rows(connection):
        who, said = personal.told(author, json.loads(body), kept)
        found.append(Entry(kind, who, said, agreement, service, number, entered, made))
    return found


def rows(connection: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """id, kind, entered, author, agreement, service, body, digest of all entries in order, as they stand there."""
    if connection.execute("select 1 from pragma_table_info('register') where name = 'digest'").fetchone() is not None:
        yield from connection.execute(f"{_ALL} order by id")


def content_of(connection: sqlite3.Connection, entry: Entry) -> str | None:
    """An entry's content; None where it is gone, or not what its body says."""
    row = connection.execute("select content from frozen where entry = ?", (entry.id,)).fetchone()
    try:
        text = zlib.decompress(row[0]) if row is not None else b""
    except (zlib.error, TypeError):
        return None
    return text.decode() if sha256(text) == entry.body.get("content_sha256") else None


def sha256(text: bytes) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(text).hexdigest()


def first_broken(connection: sqlite3.Connection) -> Broken | None:
    """Follows the chain from its beginning; None where every entry is as it was written and none is missing."""
    before, due = "", 1
    kept, erased = personal.known(connection), erasures(connection)
    for row in rows(connection):
        if row[0] != due:
            return Broken(due, "it is missing")
        if _link(before, row) != row[7]:
            return Broken(due, "it is not what was entered")
        for place in personal.places(row[3], json.loads(row[6])):
            why = personal.wrong(place, kept, erased)
            if why is not None:
                return Broken(due, why)
        before, due = row[7], due + 1
    told = connection.execute("select value from fact where name = ?", (_COUNT,)).fetchone()
    count = 0 if told is None else told[0]
    if due <= count:
        return Broken(due, f"it is missing, as are all up to {count}" if due < count else "it is missing")
    return Broken(count + 1, "it was not entered by slamon") if due - 1 > count else None


def erasures(connection: sqlite3.Connection) -> dict[str, str]:
    """By digest, what is told in the place of the names and texts that erasures tell of."""
    found: dict[str, str] = {}
    for row in rows(connection):
        if row[1] == personal.ERASURE:
            found |= _instead(row[6])
    return found


def _instead(body: str) -> dict[str, str]:
    """Of an erasure's body; nothing of one that was changed by hand and cannot be read."""
    try:
        return {str(digest): str(told) for digest, told in json.loads(body)["erased"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


@dataclass(frozen=True, slots=True)
class Standing:
    """A correction and what became of it. `decided`: its approval or rejection; None where none is needed, or yet."""

    entry: Entry
    decided: Entry | None = None
    revoked: Entry | None = None

    @property
    def needs_approval(self) -> bool:
        """As it was when it was entered: what the catalogue says later changes nothing."""
        return bool(self.entry.body.get(NEEDS_APPROVAL))

    @property
    def state(self) -> CorrectionState:
        """Whether it counts."""
        if self.revoked is not None:
            return CorrectionState.REVOKED
        if not self.needs_approval:
            return CorrectionState.IN_FORCE
        if self.decided is None:
            return CorrectionState.PENDING
        approved = self.decided.kind == CORRECTION_APPROVAL
        return CorrectionState.IN_FORCE if approved else CorrectionState.REJECTED

    @property
    def counted(self) -> Entry | None:
        """The entry by which it came into force: itself, or its approval; None: it never did."""
        if not self.needs_approval:
            return self.entry
        return self.decided if self.decided is not None and self.decided.kind == CORRECTION_APPROVAL else None

    def correction(self, since: int) -> Correction:
        """As it is accounted from `since` on (ms)."""
        body = self.entry.body
        assert self.entry.agreement is not None
        return Correction(
            self.entry.agreement,
            CorrectionKind(body["kind"]),
            body["start_ms"],
            body["end_ms"],
            since,
            self.entry.author,
            body["reason"],
            CorrectionCause(body["cause"]),
            body["ticket"],
            None if self.revoked is None else self.revoked.entered,
            order=(0, self.entry.id),
        )


def standings(entries: Iterable[Entry]) -> dict[int, Standing]:
    """Every correction by its number. The first decision holds, and one that was revoked is not decided on."""
    found: dict[int, Standing] = {}
    for entry in entries:
        if entry.kind == CORRECTION:
            found[entry.id] = Standing(entry)
        elif entry.kind in (*DECISIONS, REVOCATION):
            meant = found[entry.body["entry"]]
            if entry.kind == REVOCATION:
                found[meant.entry.id] = replace(meant, revoked=entry)
            elif meant.state is CorrectionState.PENDING:
                found[meant.entry.id] = replace(meant, decided=entry)
    return found


def corrections(entries: Iterable[Entry]) -> list[Correction]:
    """The corrections that count or did so, the revoked ones with the time of it.

    One that needed approval counts from that on: `entered` is the time of the approval.
    """
    return [
        standing.correction(standing.counted.entered)
        for standing in standings(entries).values()
        if standing.counted is not None
    ]
