"""A clause is one term of an agreement: what it is called, and what it says, exactly.

The text that is signed, the difference of two texts and the digest of the terms all come from the same clauses, so
none of them can know less than the others.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from slamon.accounting import exact_digits
from slamon.reports.document import Cell, Said


@dataclass(frozen=True, slots=True)
class Clause:
    """`key`: which term it is, the same in every version of the agreement."""

    key: str
    label: Said
    value: Cell


@dataclass(frozen=True, slots=True)
class Chapter:
    """Clauses under a title; `key` is the section's. `notes`: what holds for every agreement alike."""

    key: str
    title: Said
    clauses: tuple[Clause, ...]
    notes: tuple[Said, ...] = ()


Text = tuple[Chapter, ...]
"""A whole agreement."""


def clauses(text: Text) -> Iterator[Clause]:
    """Every clause, in order."""
    return (clause for chapter in text for clause in chapter.clauses)


def digest(text: Text) -> str:
    """SHA-256 over every clause, exactly and in no language: two texts with one digest say the same."""
    told = [[clause.key, exactly(clause.value)] for clause in clauses(text)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def exactly(value: Any) -> Any:
    """A cell as JSON values, with nothing cut."""
    if isinstance(value, Said):
        return {value.key: {name: exactly(cell) for name, cell in value.cells}}
    if is_dataclass(value):
        inner = [exactly(getattr(value, field.name)) for field in fields(value) if field.name not in _SHOWING]
        return inner[0] if len(inner) == 1 else inner
    if isinstance(value, tuple):
        return [exactly(one) for one in value]
    if isinstance(value, Fraction):
        return exact_digits(value)
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


_SHOWING = frozenset({"cut", "digits", "signed"})
"""How a cell is shown is no part of what it says."""
