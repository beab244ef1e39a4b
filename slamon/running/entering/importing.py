"""Many complaints or scores at once: every bad row is told in one go, and what is there is not entered again."""

import base64
import json
import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from slamon.catalogue import Catalogue
from slamon.catalogue.base import Model, Name, Truth
from slamon.catalogue.times import zone_names
from slamon.desk.folding import COMPLAINT, SATISFACTION
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.running.entering import complaints, satisfaction
from slamon.running.entering.ground import Ground, Number, Prepared, explained
from slamon.running.entering.rows import complaint_of, score_of

MOST_ROWS = 10_000
MOST_TOLD = 50
_MOST_UNPACKED = 64 * 1024 * 1024

COMPLAINTS = "complaint_import"
SCORES = "satisfaction_import"


def _zone(value: str) -> str:
    if value not in zone_names():
        raise ValueError("a time zone's name, for example Europe/Berlin")
    return value


class Importing(Model):
    """Rows, each with the line of the file where it stands, or its place in a list.

    `packed`: the rows as JSON, one a line, by zlib and base64: taking apart megabytes of JSON at once holds the loop.
    `timezone`: of times without an offset; `customers`: whose rows are taken, default: everybody's.
    """

    what: Literal["complaint_import", "satisfaction_import"]
    author: Name
    rows: Annotated[tuple[tuple[Number, dict[str, Any]], ...], Field(max_length=MOST_ROWS)] = ()
    packed: str | None = None
    where: Literal["line", "row"] = "line"
    skip_bad: Truth = False
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    customers: list[str] | None = None


class BadRowsError(UsageError):
    """Nothing was entered; `problems`: what is wrong, row by row."""

    def __init__(self, problems: Sequence[str], rows: int) -> None:
        self.problems = list(problems)
        told = "\n".join(f"  {problem}" for problem in self.problems[:MOST_TOLD])
        more = f"\n  and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        super().__init__(f"{len(problems)} of {rows} rows are wrong, nothing was entered:\n{told}{more}")


@dataclass(frozen=True, slots=True)
class _Kind:
    """`same`: what two entries share that are one and the same."""

    kind: str
    read: Callable[[Ground, Mapping[str, Any], Importing], Entry]
    same: Callable[[Entry], Hashable]


@dataclass(slots=True)
class _Sorted:
    """Rows that are new, those that are there already, and those that are wrong."""

    fresh: list[tuple[int, Entry]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def importing(ground: Ground, value: Any) -> Prepared:
    """All rows, or none; with `skip_bad` those that are well."""
    said = Importing.model_validate(value)
    kind = _KINDS[said.what]
    found = _Sorted()
    rows = said.rows if said.packed is None else tuple(_unpacked(said.packed))
    if not 0 < len(rows) <= MOST_ROWS:
        raise UsageError(f"{len(rows)} rows: expected 1 to {MOST_ROWS} at once")
    for place, row in rows:
        try:
            found.fresh.append((place, kind.read(ground, row, said)))
        except ValidationError as error:
            found.wrong.append(f"{said.where} {place}: {explained(error)}")
        except UsageError as error:
            found.wrong.append(f"{said.where} {place}: {error}")
    if found.wrong and (not said.skip_bad or not found.fresh):
        raise BadRowsError(found.wrong, len(rows))
    duplicates: list[dict[str, Any]] = []

    def guard(there: Sequence[Entry]) -> list[Entry]:
        known = [entry for entry in there if entry.kind == kind.kind]
        return list(_new(found.fresh, known, kind, duplicates))

    more = {"duplicates": duplicates, "skipped": found.wrong}
    return Prepared([entry for _, entry in found.fresh], guard, more)


def packed(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> str:
    """Rows for `Importing.packed`."""
    lines = "\n".join(json.dumps(row) for row in rows)
    return base64.b64encode(zlib.compress(lines.encode())).decode()


def _unpacked(text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    unpacking = zlib.decompressobj()
    try:
        lines = unpacking.decompress(base64.b64decode(text, validate=True), _MOST_UNPACKED)
        if not unpacking.eof:
            raise ValueError("cut off, or too long")
        for line in lines.split(b"\n"):
            place, row = json.loads(line)
            if not isinstance(place, int) or not isinstance(row, dict):
                raise ValueError("no row")
            yield place, row
    except (ValueError, TypeError, zlib.error, RecursionError):
        raise UsageError("the packed rows cannot be read: import them with this version's slamon") from None


def _new(
    rows: Iterable[tuple[int, Entry]], known: Sequence[Entry], kind: _Kind, duplicates: list[dict[str, Any]]
) -> Iterable[Entry]:
    """Rows that are not there: by their reference, or as often as they stand there more than before."""
    references: dict[str, int | None] = {e.body["reference"]: e.id for e in known if e.body["reference"]}
    numbers = {kind.same(entry): entry.id for entry in reversed(known)}
    left = Counter(kind.same(entry) for entry in known)
    for place, entry in rows:
        reference, same = entry.body["reference"], kind.same(entry)
        if reference is not None and reference in references:
            duplicates.append({"row": place, "of": references[reference], "by": "reference"})
        elif left[same] > 0:
            left[same] -= kind.kind == SATISFACTION  # two who say nothing else may well have the same score
            duplicates.append({"row": place, "of": numbers.get(same), "by": "content"})
        else:
            left[same] += kind.kind == COMPLAINT
            if reference is not None:
                references[reference] = None
            yield entry


def _complaint(ground: Ground, row: Mapping[str, Any], said: Importing) -> Entry:
    words = complaint_of(ground.catalogue, row, said.timezone)
    _must_be_theirs(words, said.customers)
    whole = {"what": COMPLAINT, "author": said.author, **words}
    return complaints.complaint(ground, whole).entries[0]


def _score(ground: Ground, row: Mapping[str, Any], said: Importing) -> Entry:
    words = score_of(ground.catalogue, row, said.timezone)
    _must_be_theirs(words, said.customers)
    whole = {"what": SATISFACTION, "author": said.author, **words}
    return satisfaction.score(ground, whole).entries[0]


def _must_be_theirs(words: Mapping[str, Any], customers: Sequence[str] | None) -> None:
    if customers is not None and words.get("customer") not in customers:
        raise UsageError(f"customer: this sender tells of {', '.join(customers)} only")


def _same_complaint(entry: Entry) -> Hashable:
    return (entry.body["customer"], entry.service, entry.body["felt_from_ms"], " ".join(entry.body["text"].split()))


def _same_score(entry: Entry) -> Hashable:
    body = entry.body
    return (body["customer"], entry.service, body["scale"], body["score"], body["asked"], body["who"], body["comment"])


_KINDS = {
    COMPLAINTS: _Kind(COMPLAINT, _complaint, _same_complaint),
    SCORES: _Kind(SATISFACTION, _score, _same_score),
}


def sender_rows(catalogue: Catalogue, sender: str, value: object) -> dict[str, Any]:
    """What a configured sender posted, one object or a list, as it is entered."""
    rows = value if isinstance(value, list) else [value]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise UsageError('expected a complaint as an object, or a list of them: {"customer": ..., "text": ...}')
    named = catalogue.registering.senders[sender].customers
    return {
        "what": COMPLAINTS,
        "author": sender,
        "rows": [[place, {"channel": "mail", **row}] for place, row in enumerate(rows, 1)],
        "where": "row",
        **({} if not named else {"customers": list(named)}),
    }
