"""All terms of an agreement, which slamon writes beside an SLO as an annotation, read again.

Anybody may have written the file: what does not load as a catalogue is named and left out.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slamon.catalogue import CatalogueErrors, load_value
from slamon.imports.draft import Draft

ANNOTATION = "slamon/terms"
SECTIONS = ("customers", "teams", "suppliers", "calendars")
_MAX_BYTES = 256 * 1024
_CHECK = {"c": {"tcp": {"address": "127.0.0.1:1"}}}


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement as it stands in a catalogue, and the entries that it names, by section."""

    id: str
    agreement: dict[str, Any]
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def terms_of(annotations: Mapping[str, Any], leave: Callable[[str], None]) -> Terms | None:
    """What the annotation says; None where there is none, or none that loads, which is then named."""
    text = annotations.get(ANNOTATION)
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > _MAX_BYTES:
        leave(f"annotations.{ANNOTATION}: expected a text of at most {_MAX_BYTES} bytes")
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        leave(f"annotations.{ANNOTATION}: it is no JSON")
        return None
    found = _terms(told)
    if found is None:
        leave(f"annotations.{ANNOTATION}: expected an object with agreement, terms and the entries that they name")
        return None
    _without_checks(found.agreement, leave)
    return found if _loads(found, leave) else None


def _terms(told: Any) -> Terms | None:
    if not isinstance(told, dict) or not isinstance(told.get("terms"), dict):
        return None
    sections = {name: told.get(name, {}) for name in SECTIONS}
    services = told["terms"].get("services")
    whole = all(isinstance(entries, dict) for entries in sections.values()) and isinstance(services, list)
    if not whole or not all(isinstance(name, str) for name in (told.get("agreement"), *services)):
        return None
    return Terms(told["agreement"], told["terms"], sections)


def _without_checks(agreement: dict[str, Any], leave: Callable[[str], None]) -> None:
    """Checks are no part of OpenSLO, so none can be named."""
    revisions = agreement.get("revisions")
    for stage in (agreement, *(revisions if isinstance(revisions, list) else ())):
        latency = stage.get("latency") if isinstance(stage, dict) else None
        if isinstance(latency, dict) and latency.pop("checks", None) is not None:
            leave("latency.checks: checks are no part of OpenSLO; all of the services' count")


def _loads(found: Terms, leave: Callable[[str], None]) -> bool:
    """Whether a catalogue with it would be valid."""
    services = {name: {"checks": _CHECK} for name in found.agreement["services"]}
    value = {"slamon": 1, **found.entries, "services": services, "agreements": {found.id: found.agreement}}
    try:
        load_value(value)
    except (CatalogueErrors, RecursionError) as error:
        first = error.problems[0] if isinstance(error, CatalogueErrors) else error
        leave(f"annotations.{ANNOTATION}: {str(first).removeprefix('<values>:1:1: ')}")
        return False
    return True


def put(draft: Draft, terms: Terms, service: str) -> dict[str, Any]:
    """The agreement's entry in the draft, bound to one service more; its entries beside it, the first one of an id."""
    for section, entries in terms.entries.items():
        for key, entry in entries.items():
            draft.more.setdefault(section, {}).setdefault(key, entry)
    agreements = draft.more.setdefault("agreements", {})
    entry = agreements.setdefault(terms.id, {**terms.agreement, "services": []})
    if service not in entry["services"]:
        entry["services"].append(service)
    found: dict[str, Any] = entry
    return found
