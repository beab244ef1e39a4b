"""Other terms laid over a catalogue: what figures would be, had this been agreed.

Every value is read by the catalogue's own models, so that what is allowed here is what is allowed there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from slamon.catalogue.agreements import Agreement, Correction, RevisedTerms, Rules
from slamon.catalogue.checks import Defaults
from slamon.catalogue.dangling import dangling
from slamon.catalogue.explain import problem_of
from slamon.catalogue.meaning import mistakes
from slamon.catalogue.models import Catalogue, Service
from slamon.catalogue.problems import Place, Problem, did_you_mean
from slamon.catalogue.reader import scalar
from slamon.errors import UsageError

TERMS = ("target", "service_hours")
RULES = tuple(Rules.model_fields)
CHECKS = ("confirm", "flapping")
OTHERS = ("needs", "exclude", "corrections")
KEYS = (*TERMS, *CHECKS, *RULES, *OTHERS)
"""What may be otherwise. `needs.SERVICE` is of one service; `exclude` is a span; `corrections` can only be `none`."""

_NOWHERE = Path()
_LAST = "2199-12-31T23:59:59Z"
_EXAMPLES = {
    "target": "target=99.9%",
    "service_hours": "service_hours=24x7",
    "confirm": "confirm=1",
    "flapping": "flapping=0",
    "unknown": "unknown=down",
    "degraded": "degraded=down",
    "maintenance": "maintenance=up",
    "min_outage": "min_outage=5m",
    "min_coverage": "min_coverage=90%",
    "notice": "notice=2d",
    "maintenance_max": "maintenance_max=8h",
    "needs": "needs=any",
    "exclude": "exclude=2026-10-05T08:00:00Z/2026-10-05T09:00:00Z",
    "corrections": "corrections=none",
}


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is to be otherwise, key by key, parsed. `needs` by service, that of "" for every service asked about."""

    words: tuple[str, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    checks: Mapping[str, int] = field(default_factory=dict)
    needs: Mapping[str, str | int] = field(default_factory=dict)
    excluded: tuple[tuple[str, str], ...] = ()
    corrected: bool = True


def parse(settings: Iterable[str]) -> Overlay:
    """`KEY=VALUE` each; UsageError that names the key, what was found and what is possible."""
    terms: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    checks: dict[str, int] = {}
    needs: dict[str, str | int] = {}
    excluded: list[tuple[str, str]] = []
    corrected = True
    words = tuple(setting.strip() for setting in settings)
    seen: set[str] = set()
    for word in words:
        key, value = _split(word)
        if key in seen and key != "exclude":
            raise UsageError(f"{word}: found {key} a second time, expected each key once")
        seen.add(key)
        plain = key.removeprefix("rules.")
        if key in TERMS:
            terms |= _read(RevisedTerms, key, value, word, {"valid_from": "2026-01-01"})
        elif plain in RULES:
            rules |= _read(Rules, plain, value, word)
        elif key in CHECKS:
            checks |= _read(Defaults, key, value, word)
        elif key == "exclude":
            excluded.append(_span(value, word))
        elif key == "corrections":
            _only_none(value, word)
            corrected = False
        else:
            needs[key.partition(".")[2]] = _read(Service, "needs", value, word)["needs"]
    return Overlay(words, terms, rules, checks, needs, tuple(excluded), corrected)


def _split(word: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    key, value = key.strip(), value.strip()
    known = f"one of: {', '.join(KEYS)}"
    if not sign or not key:
        raise UsageError(f"{_short(word)!r}: expected KEY=VALUE, for example target=99.9%; KEY is {known}")
    first, dot, rest = key.partition(".")
    if key in KEYS or (first == "needs" and rest) or (first == "rules" and rest in RULES):
        if not value:
            raise UsageError(f"{key}=: found nothing, expected a value, for example {_example(key)}")
        return key, value
    hint = did_you_mean(rest if first == "rules" and dot else key, KEYS)
    raise UsageError(f"found the unknown key {_short(key)!r}, expected {known}" + (f"; {hint}" if hint else ""))


def _short(word: str) -> str:
    return word if len(word) <= 60 else word[:57] + "..."


def _example(key: str) -> str:
    first = key.partition(".")[0]
    return _EXAMPLES[key.removeprefix("rules.") if first == "rules" else first]


def _read(
    model: type[BaseModel], key: str, value: str, word: str, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The key's value as the model reads it."""
    written = {**(more or {}), key: scalar(value)}
    return {key: getattr(_validated(model, written, word), key)}


def _validated(model: type[BaseModel], written: dict[str, Any], word: str) -> Any:
    try:
        return model.model_validate(written)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        found = problem_of(dict(detail), written, _nowhere, _nowhere, root=model)
        raise UsageError(f"{_short(word)}: {_told(found)}") from None


def _nowhere(_path: object) -> Place:
    return Place(_NOWHERE)


def _told(problem: Problem) -> str:
    return f"found {problem.found}, expected {problem.expected}" + (f"; {problem.hint}" if problem.hint else "")


def _span(value: str, word: str) -> tuple[str, str]:
    start, sign, end = value.partition("/")
    if not sign:
        raise UsageError(f"{_short(word)}: found no end, expected START/END, for example {_EXAMPLES['exclude']}")
    _validated(Correction, _exclusion("", start, end), word)
    return start, end


def _exclusion(agreement: str, start: str, end: str) -> dict[str, Any]:
    """An exclusion as a correction that was entered last."""
    said = {"author": "what if", "reason": "left out by what-if", "entered": _LAST}
    return {"agreement": agreement, "kind": "exclude", "start": start.strip(), "end": end.strip(), **said}


def _only_none(value: str, word: str) -> None:
    if value != "none":
        raise UsageError(f"{_short(word)}: found {_short(value)!r}, expected none: corrections=none leaves out all")


# -- laying it over


def overlaid(catalogue: Catalogue, overlay: Overlay, services: Collection[str]) -> Catalogue:
    """The catalogue with those terms in every agreement and revision, for every check, and what services need.

    `services`: whom a `needs` without a service is for. UsageError where the terms make no sense in this catalogue.
    """
    _known_hours(catalogue, overlay)
    changed = {key: _service(service, overlay) for key, service in catalogue.services.items()}
    for key, needs in _needs(catalogue, overlay, services).items():
        changed[key] = changed[key].model_copy(update={"needs": needs})
    made = catalogue.with_services(changed, catalogue.discovered)
    corrections = list(catalogue.corrections) if overlay.corrected else []
    for start, end in overlay.excluded:
        corrections += [Correction.model_validate(_exclusion(key, start, end)) for key in catalogue.agreements]
    agreements = {key: _agreement(agreement, overlay) for key, agreement in catalogue.agreements.items()}
    made = made.model_copy(update={"agreements": agreements, "corrections": tuple(corrections)})
    wrong = next(iter(mistakes(made)), None)
    if wrong is not None:
        path, found, expected, hint = wrong
        raise UsageError(f"{', '.join(overlay.words)}: {_told(Problem(Place(_NOWHERE), path, found, expected, hint))}")
    return made


def _known_hours(catalogue: Catalogue, overlay: Overlay) -> None:
    if "service_hours" not in overlay.terms:
        return
    written = {
        "calendars": dict.fromkeys(catalogue.calendars),
        "agreements": {"": {"service_hours": overlay.terms["service_hours"]}},
    }
    for path, found, expected, hint in dangling(written):
        problem = Problem(Place(_NOWHERE), path, found, expected, hint)
        raise UsageError(f"service_hours={overlay.terms['service_hours']}: {_told(problem)}")


def _needs(catalogue: Catalogue, overlay: Overlay, services: Collection[str]) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    if "" in overlay.needs:
        found |= {key: overlay.needs[""] for key in services if catalogue.services[key].checks}
    for key, needs in overlay.needs.items():
        if key and key not in catalogue.services:
            hint = did_you_mean(key, catalogue.services)
            there = f"needs.{key}: there is no service {key!r}; there are: {', '.join(catalogue.services)}"
            raise UsageError(there + (f"; {hint}" if hint else ""))
        if key:
            found[key] = needs
    return found


def _service(service: Service, overlay: Overlay) -> Service:
    if not overlay.checks:
        return service
    return service.with_checks(
        {name: settings.model_copy(update=overlay.checks) for name, settings in service.settings.items()}
    )


def _agreement(agreement: Agreement, overlay: Overlay) -> Agreement:
    """The terms replaced, also where a revision had said otherwise."""
    revisions = []
    for revised in agreement.revisions:
        changes = {key: value for key, value in overlay.terms.items() if key in revised.model_fields_set}
        if revised.rules is not None:
            own = {key: value for key, value in overlay.rules.items() if key in revised.rules.model_fields_set}
            changes["rules"] = revised.rules.model_copy(update=own)
        revisions.append(revised.model_copy(update=changes))
    rules = agreement.rules.model_copy(update=overlay.rules)
    return agreement.model_copy(update={**overlay.terms, "rules": rules, "revisions": tuple(revisions)})
