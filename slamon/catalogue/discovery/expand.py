"""From target lists to checks: relabelled, put into the template, validated one by one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from slamon.catalogue.base import identifier
from slamon.catalogue.checks import CheckSettings
from slamon.catalogue.discovery.models import Discovery
from slamon.catalogue.discovery.relabel import relabelled
from slamon.catalogue.discovery.sources import Found
from slamon.catalogue.discovery.template import NoCheck, filled, filled_all, has_label, made_id
from slamon.catalogue.explain import problem_of
from slamon.catalogue.models import Service
from slamon.catalogue.problems import Place, Problem

Mistake = tuple[tuple[str | int, ...], str, str, str]
_ABOUT_KEYS = ("extra_forbidden", "missing")
_NO_LABELS = ("ca_file", "certificate", "key", "body_file", "folder")
_NOWHERE = Place(Path())
_CHECK = ("services", "s", "checks", "c")
_WRITTEN = "the catalogue itself has a check of this id"


def may_fill(discoveries: Mapping[str, Discovery], service: str) -> bool:
    """Whether discovery may put checks into a service that is written in the catalogue."""
    return any(has_label(discovery.service) or discovery.service == service for discovery in discoveries.values())


@dataclass(slots=True)
class Expanded:
    """Checks by service and id, and the services that are new."""

    checks: dict[str, dict[str, CheckSettings]] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    _digests: dict[tuple[str, str], str] = field(default_factory=dict)

    def put(self, service: str, check: str, settings: CheckSettings, digest: str) -> bool:
        """Take a check in; NoCheck where another one has its id. False where it is there already."""
        first = self._digests.setdefault((service, check), digest)
        if first != digest:
            raise NoCheck(f"another target is {service}/{check} already: service and check_id do not tell them apart")
        new = check not in self.checks.setdefault(service, {})
        self.checks[service][check] = settings
        return new


def expand(
    into: Expanded, source: str, discovery: Discovery, found: Found, written: Mapping[str, Service], place: Place
) -> None:
    """Make checks of what a source found; what makes none is named in `found.rejected`."""
    for group in found.groups:
        for labels in group.each():
            kept = relabelled({"job": source, **labels}, discovery.relabel)
            if kept is None:
                continue
            kept.setdefault("instance", kept.get("__address__", ""))
            try:
                found.checks += _made(into, discovery, kept, written, place)
            except NoCheck as error:
                found.rejected.append(f"{labels['__address__']}: {error}")


def _made(
    into: Expanded, discovery: Discovery, labels: Mapping[str, str], written: Mapping[str, Service], place: Place
) -> bool:
    service = made_id(filled(discovery.service, labels))
    check = made_id(filled(discovery.check_id, labels))
    if service in written and check in written[service].settings:
        raise NoCheck(f"{service}/{check}: {_WRITTEN}")
    value = filled_all(discovery.check, labels)
    settings = _settings(value, place)
    digest = json.dumps(value, sort_keys=True, default=str)
    if service not in written and service not in into.services:
        into.services[service] = _service(discovery, labels, service)
    return into.put(service, check, settings, digest)


def _settings(value: Any, place: Place) -> CheckSettings:
    try:
        return CheckSettings.model_validate(value)
    except ValidationError as error:
        problem = next(_problems(error, value, place))
        raise NoCheck(f"check.{problem.key_path}: found {problem.found}, expected {problem.expected}") from None


def _problems(error: ValidationError, value: Any, place: Place = _NOWHERE) -> Iterator[Problem]:
    """What is wrong with a check, told as of any other check."""
    around = {"services": {"s": {"checks": {"c": value}}}}
    for detail in error.errors(include_url=False):
        found = problem_of({**detail, "loc": (*_CHECK, *detail["loc"])}, around, lambda _: place, lambda _: place)
        yield replace(found, path=found.path[len(_CHECK) :])


def _service(discovery: Discovery, labels: Mapping[str, str], service: str) -> Service:
    if service == "reference":
        raise NoCheck("a service called reference: that is what reference targets are called")
    name = None if discovery.service_name is None else filled(discovery.service_name, labels)
    try:
        return Service.model_validate({"name": name, "team": discovery.team, "needs": discovery.needs})
    except ValidationError:
        raise NoCheck("a service_name that is not 1 to 200 printable characters") from None


def template_mistakes(discovery: Discovery) -> Iterator[Mistake]:
    """What is wrong with a template whatever the labels are."""
    yield from _placed(discovery.check, ())
    for key in ("service", "check_id"):
        text = getattr(discovery, key)
        if not has_label(text):
            try:
                identifier(text)
            except ValueError as error:
                yield (key,), repr(text[:40]), str(error), ""
    if not has_label(discovery.check_id):
        expected = "a {label} in it: each target is a check of its own"
        yield ("check_id",), repr(discovery.check_id[:40]), expected, ""
    yield from _misshapen(discovery.check)


def _placed(value: Any, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    """Labels where no stranger may write: files of ours, programs."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _placed(inner, (*path, key))
    elif has_label(value) and (path[-1] in _NO_LABELS or path == ("exec", "command", 0)):
        yield ("check", *path), "a label", "a file or program that the catalogue names: no target chooses it", ""


def _misshapen(template: dict[str, Any]) -> Iterator[Mistake]:
    """Mistakes that stand in the template itself: keys, and values without labels."""
    try:
        CheckSettings.model_validate(template)
    except ValidationError as error:
        for detail, problem in zip(error.errors(include_url=False), _problems(error, template), strict=True):
            if _of_template(dict(detail)):
                yield ("check", *problem.path), problem.found, problem.expected, problem.hint


def _of_template(detail: dict[str, Any]) -> bool:
    if detail["type"] in _ABOUT_KEYS:
        return True
    value = detail.get("input")
    if isinstance(value, (dict, list)):
        return not _labelled(value)
    return not has_label(value)


def _labelled(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_labelled(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_labelled(inner) for inner in value)
    return has_label(value)
