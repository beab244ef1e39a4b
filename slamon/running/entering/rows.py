"""Complaints and scores as others write them down: rows of a table, objects that a mail gateway posts.

Names of customers and services may stand for their ids, times may be those of a wall clock, words may be German.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from slamon.catalogue import Catalogue
from slamon.catalogue.quantities import whole_number
from slamon.desk import Channel
from slamon.errors import UsageError
from slamon.running.entering.ground import must_be_customer, must_be_service

Row = Mapping[str, Any]

COMPLAINT_KEYS = {
    "customer": ("kunde",),
    "service": ("dienst",),
    "felt_from": ("from", "von", "beginn", "start", "begin"),
    "felt_to": ("to", "bis", "ende", "end"),
    "received": ("eingegangen", "eingang", "date", "datum"),
    "subject": ("betreff",),
    "text": ("beschreibung", "description", "body"),
    "channel": ("kanal",),
    "who": ("person", "name", "melder"),
    "reference": ("referenz", "ticket", "id"),
}
"""Keys of a complaint, with the other names that a table's head may have for them."""

SCORE_KEYS = {
    "customer": ("kunde",),
    "service": ("dienst",),
    "scale": ("skala",),
    "score": ("note", "punkte", "bewertung"),
    "asked": ("date", "datum", "am"),
    "who": ("person", "name"),
    "comment": ("kommentar", "text", "bemerkung"),
    "reference": ("referenz", "id"),
}
"""The same of a score."""

_CHANNELS = {
    "telefon": Channel.PHONE,
    "e-mail": Channel.MAIL,
    "email": Channel.MAIL,
    "besprechung": Channel.MEETING,
    "termin": Channel.MEETING,
    "sonstiges": Channel.OTHER,
}
_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_WALL = re.compile(
    r"(?:([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]|([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}),? )"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
)


def complaint_of(catalogue: Catalogue, row: Row, zone: str | None) -> dict[str, Any]:
    """A row as a complaint is entered. Felt from when it was received, where nobody said; UsageError."""
    said = _given(row, COMPLAINT_KEYS)
    received = said.pop("received", None)
    said.setdefault("felt_from", received)
    subject = said.pop("subject", None)
    if isinstance(subject, str):
        text = said.get("text")
        said["text"] = f"{subject}\n\n{text}" if isinstance(text, str) else subject
    for key in ("felt_from", "felt_to"):
        if isinstance(said.get(key), str):
            said[key] = _instant(said[key], zone)
    if isinstance(said.get("channel"), str):
        word = said["channel"].strip().casefold()
        said["channel"] = _CHANNELS.get(word, word)
    _ids(catalogue, said)
    return {key: value for key, value in said.items() if value is not None}


def score_of(catalogue: Catalogue, row: Row, _zone: str | None) -> dict[str, Any]:
    """A row as a score is entered; UsageError."""
    said = _given(row, SCORE_KEYS)
    if isinstance(said.get("asked"), str) and (found := _DAY.fullmatch(said["asked"].strip())):
        day, month, year = found.groups()
        said["asked"] = f"{year}-{month:0>2}-{day:0>2}"
    if isinstance(said.get("score"), str):
        number = whole_number(said["score"].strip())
        said["score"] = said["score"] if number is None else number
    if isinstance(said.get("scale"), str):
        said["scale"] = said["scale"].strip().casefold()
    _ids(catalogue, said)
    return said


def _given(row: Row, known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What is there, by the names that are ours; blanks say nothing."""
    unknown = next((key for key in row if key not in known), None)
    if unknown is not None:
        raise UsageError(f"unknown key {unknown!r:.60}: expected {', '.join(known)}")
    return {key: value for key, value in row.items() if value is not None and value != ""}


def _ids(catalogue: Catalogue, said: dict[str, Any]) -> None:
    checks: tuple[tuple[str, Mapping[str, str], Callable[[Catalogue, str], None]], ...] = (
        ("customer", {key: c.name for key, c in catalogue.customers.items()}, must_be_customer),
        ("service", {key: s.title for key, s in catalogue.services.items()}, must_be_service),
    )
    for key, names, must_be in checks:
        if isinstance(said.get(key), str):
            said[key] = _id(said[key].strip(), names)
            must_be(catalogue, said[key])


def _id(word: str, names: Mapping[str, str]) -> str:
    """The id that is meant: the word itself, or the only one with this name."""
    if word in names:
        return word
    found = [key for key, name in names.items() if name.casefold() == word.casefold()]
    return found[0] if len(found) == 1 else word


def _instant(text: str, zone: str | None) -> str:
    """A wall clock's time as one with its offset; what is something else stays as it is."""
    found = _WALL.fullmatch(text.strip())
    if found is None:
        return text.strip()
    if zone is None:
        raise UsageError(
            f"the time {text.strip()!r:.40} has no offset: say in which zone it is, --timezone Europe/Berlin"
        )
    year, month, day, other_day, other_month, other_year, hour, minute, second = found.groups()
    numbers = (year or other_year, month or other_month, day or other_day, hour, minute, second or "0")
    try:
        wall = datetime.strptime(" ".join(numbers), "%Y %m %d %H %M %S").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise UsageError(f"the time {text.strip()!r:.40} does not exist") from None
    if wall.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise UsageError(f"the time {text.strip()!r:.40} does not exist in {zone}: clocks were put forward")
    return wall.isoformat()
