"""What all kinds of entries share: texts and their bounds, what an entry may name, and how a mistake is told."""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from slamon.catalogue import Catalogue
from slamon.catalogue.base import Name, Whole
from slamon.catalogue.problems import did_you_mean
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.ledger.register import Guard
from slamon.shown import instant_text

LONGEST_TEXT = 20_000
_AHEAD_MS = 14 * 3_600_000
_LISTED = 50

Reason = Annotated[str, Field(min_length=1, max_length=4000)]
Number = Annotated[Whole, Field(ge=1)]


def _lines(value: str) -> str:
    """Lines of text: as they are but for their ends; blanks around them say nothing."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    found = next((c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t"), None)
    if found is not None:
        raise ValueError(f"a text without control characters; there is {found!r}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"a text of at most {LONGEST_TEXT} characters; there are {len(text)}")
    return text


def _said(value: str) -> str:
    if not value:
        raise ValueError(f"a text of 1 to {LONGEST_TEXT} characters")
    return value


Words = Annotated[str, AfterValidator(_lines)]
"""Perhaps several lines, perhaps nothing."""

Text = Annotated[Words, AfterValidator(_said)]
"""Perhaps several lines, and never nothing."""


def _name_or_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Named = Annotated[Name | None, BeforeValidator(_name_or_none)]
"""A name, or nobody's."""


@dataclass(frozen=True, slots=True)
class Ground:
    """On what an entry is checked.

    `ledger`: its file; `now`: when it is entered (ms); `running`: slamon probes; `entries`: those that are there.
    """

    catalogue: Catalogue
    ledger: Path
    now: int
    running: bool = False
    entries: Callable[[], Sequence[Entry]] = tuple


@dataclass(frozen=True, slots=True)
class Prepared:
    """Entries that are well by themselves. `guard`: what is asked of those that are there, when they are stored.

    `more`: what is told besides; the guard may fill it.
    """

    entries: list[Entry]
    guard: Guard | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entered:
    """What was stored, and when (ms). `more`: what else is to be told, as JSON values."""

    entries: tuple[Entry, ...]
    at: int
    more: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As JSON values."""
        return {"entries": [entry.id for entry in self.entries], "entered_ms": self.at, **self.more}


def explained(error: ValidationError) -> str:
    """What is wrong, key by key."""
    told = []
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"])
        message = detail["msg"].removeprefix("Value error, ")
        found = detail.get("input")
        said = f" (found {found!r:.60})" if isinstance(found, str | int) else ""
        told.append(f"{key}: {message}{said}")
    return "; ".join(told)


def must_be_agreement(catalogue: Catalogue, name: str) -> None:
    """UsageError with the agreements that there are."""
    _must_be("agreement", name, catalogue.agreements)


def must_be_customer(catalogue: Catalogue, name: str) -> None:
    """UsageError with the customers that there are."""
    _must_be("customer", name, catalogue.customers)


def must_be_service(catalogue: Catalogue, name: str) -> None:
    """UsageError with the services that there are."""
    _must_be("service", name, catalogue.services)


def must_be_team(catalogue: Catalogue, name: str) -> None:
    """UsageError with the teams that there are."""
    _must_be("team", name, catalogue.teams)


def _must_be(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        there = ", ".join(list(known)[:_LISTED]) or "none"
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        hint = did_you_mean(name, known)
        raise UsageError(f"there is no {what} {name!r:.60}; there are: {there}{more}{'; ' if hint else ''}{hint}")


def must_not_be_ahead(what: str, at: int, now: int) -> None:
    """UsageError for an instant (ms) that is still to come."""
    if at > now:
        raise UsageError(f"{what}: {instant_text(at)} is in the future, it is {instant_text(now)} now")


def must_not_be_a_day_ahead(what: str, day: date, now: int) -> None:
    """UsageError for a day that has begun nowhere on earth."""
    newest = datetime.fromtimestamp((now + _AHEAD_MS) / 1000, UTC).date()
    if day > newest:
        raise UsageError(f"{what}: {day} is in the future, it is {instant_text(now)} now")


def unknown_number(what: str, number: int, known: Collection[int]) -> UsageError:
    """There is no such entry; which ones there are."""
    there = ", ".join(str(one) for one in sorted(known)[-_LISTED:]) or "none"
    more = "the newest of them: " if len(known) > _LISTED else ""
    return UsageError(f"there is no {what} {number} in the register; there are: {more}{there}")
