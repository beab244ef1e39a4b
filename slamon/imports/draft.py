"""A catalogue in the making: every check validated, what was left behind named beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from slamon.catalogue.checks import PROBE_KINDS, CheckSettings
from slamon.catalogue.explain import problem_of
from slamon.catalogue.problems import Place
from slamon.catalogue.secret import Secret
from slamon.imports.given import said

_OTHER = re.compile(r"[^a-z0-9_]+")
_LONGEST_ID = 60
REFERENCE = re.compile(r"\$\{(env|file):")
_CHECK = ("services", "s", "checks", "c")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A secret of the other program: it is written to a file of its own, or asked for from the environment."""

    name: str
    text: str


class Referring(str):
    """A text with references (`${env:...}`, `${file:...}`) that we have written: it may stand where secrets may."""

    __slots__ = ()


@dataclass(slots=True)
class DraftCheck:
    """A check to be written. `broken`: why it can only be written as a comment."""

    id: str
    settings: dict[str, Any] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    broken: str | None = None
    source: str = ""
    """What it was called where it came from: history is found by it."""

    def leave(self, what: str) -> None:
        """Something was not carried over."""
        self.left.append(what)

    def remark(self, what: str) -> None:
        """Something to know; nothing is lost."""
        self.remarks.append(what)

    def break_(self, why: str) -> None:
        """No check can be made of it."""
        self.broken = self.broken or why

    def file(self, name: object, folder: Path, key: str) -> str | None:
        """A file that the other program names, as seen from there; None and a word where it is not here."""
        if not isinstance(name, str) or not name:
            return None
        path = (folder / name).resolve()
        if not path.is_file():
            self.leave(f"{key}: {said(name)}: there is no such file here")
            return None
        return str(path)

    def validate(self) -> None:
        """Whether it would load; else it is broken."""
        if self.broken is not None:
            return
        unknown = [key for key in self.settings if isinstance(self.settings[key], dict) and key not in PROBE_KINDS]
        if unknown:
            self.break_(f"this version has no probe kind {unknown[0]}")
            return
        if _would_refer(self.settings):
            self.break_("a text in it would be read as a reference to a secret")
            return
        value = _revealed(self.settings)
        try:
            CheckSettings.model_validate(value)
        except ValidationError as error:
            detail: dict[str, Any] = {**error.errors(include_url=False)[0]}
            around = {"services": {"s": {"checks": {"c": value}}}}
            found = problem_of(
                detail | {"loc": (*_CHECK, *detail["loc"])}, around, lambda _: _NOWHERE, lambda _: _NOWHERE
            )
            path = found.key_path.removeprefix("services.s.checks.c").lstrip(".")
            self.break_(f"{path}: found {found.found}, expected {found.expected}")


_NOWHERE = Place(Path())


def _would_refer(value: Any) -> bool:
    """Whether a text of the other program looks like a reference of ours."""
    if isinstance(value, dict):
        return any(_would_refer(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_would_refer(inner) for inner in value)
    return type(value) is str and REFERENCE.search(value) is not None


def _revealed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _revealed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_revealed(inner) for inner in value]
    if isinstance(value, Hidden):
        return Secret(value.text)
    return Secret(value) if isinstance(value, Referring) else value


@dataclass(slots=True)
class DraftService:
    """A service to be written."""

    id: str
    name: str
    needs: str | int | None = None
    checks: dict[str, DraftCheck] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def check(self, name: str, source: str = "") -> DraftCheck:
        """A new check; its id is made of the name."""
        made = DraftCheck(unique(made_id(name), self.checks), source=source or name)
        self.checks[made.id] = made
        return made


@dataclass(slots=True)
class Draft:
    """A catalogue to be written, and what was left behind of the file as a whole."""

    services: dict[str, DraftService] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    """Other sections, such as customers and agreements, as they stand in a catalogue."""
    left: list[str] = field(default_factory=list)
    left_of: dict[str, list[str]] = field(default_factory=dict)
    """What was left behind of entries of `more`, by their ids."""
    _by_name: dict[str, DraftService] = field(default_factory=dict)

    def service(self, name: str) -> DraftService:
        """The service of this name, made when it is met first; its id is made of the name."""
        found = self._by_name.get(name)
        if found is None:
            found = DraftService(unique(made_id(name), self.services), name)
            if found.id == "reference":
                found.id = unique("reference-service", self.services)
            self._by_name[name] = self.services[found.id] = found
        return found

    def leave(self, what: str) -> None:
        """Something of the file as a whole was not carried over."""
        self.left.append(what)

    @property
    def checks(self) -> Iterator[tuple[DraftService, DraftCheck]]:
        """Every check with its service."""
        return ((service, check) for service in self.services.values() for check in service.checks.values())

    def finish(self) -> "Draft":
        """Validate every check."""
        for _, check in self.checks:
            check.validate()
        return self

    @property
    def count_left(self) -> int:
        """How many things were left behind."""
        return (
            len(self.left)
            + sum(len(service.left) for service in self.services.values())
            + sum(len(check.left) + (check.broken is not None) for _, check in self.checks)
            + sum(len(left) for left in self.left_of.values())
        )


def made_id(name: str) -> str:
    """A readable id of a name."""
    plain = name.lower().translate(_GERMAN)
    return _OTHER.sub("-", plain).strip("-_")[:_LONGEST_ID].strip("-_") or "unnamed"


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "à": "a", "ç": "c"})


def unique(wanted: str, taken: Any) -> str:
    """The id, with a number behind it where it is taken."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found
