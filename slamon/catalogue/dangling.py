"""References that lead nowhere or back, read from the plain values, so that broken entries count too."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.reader import KeyPath
from slamon.catalogue.times import zone_names

Mistake = tuple[KeyPath, str, str, str]
"""Key path, found, expected, hint."""
SHOWN = 20
SECTIONS = ("customers", "teams", "suppliers", "calendars", "services", "agreements")
Names = Mapping[str, None]
"""Ids in order, quick to look up."""


def dangling(value: Mapping[str, Any]) -> Iterator[Mistake]:
    """Every reference that leads nowhere or in a cycle, and every unknown time zone."""
    names = {section: dict.fromkeys(sorted(_mapping(value, section))) for section in SECTIONS}
    for key, service in _mapping(value, "services").items():
        yield from _service(("services", key), service, names)
    yield from _cycles(_mapping(value, "services"))
    for key, discovery in _mapping(value, "discover").items():
        if isinstance(discovery, dict):
            yield from _known(("discover", key, "team"), discovery.get("team"), names["teams"], "a team")
    for key, agreement in _mapping(value, "agreements").items():
        yield from _agreement(("agreements", key), agreement, names)
    for key, report in _mapping(value, "reports").items():
        yield from _report(("reports", key), report, names)
    yield from _working_days(("closing",), value.get("closing"), names)
    for key, sender in _mapping(_mapping(value, "register"), "senders").items():
        for index, customer in enumerate(_items(sender, "customers")):
            where = ("register", "senders", key, "customers", index)
            yield from _known(where, customer, names["customers"], "a customer")
    for index, correction in enumerate(_items(value, "corrections")):
        if isinstance(correction, dict):
            yield from _known(
                ("corrections", index, "agreement"), correction.get("agreement"), names["agreements"], "an agreement"
            )


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _items(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _known(path: KeyPath, name: object, known: Names, what: str) -> Iterator[Mistake]:
    if isinstance(name, str) and name not in known:
        some = f"one of: {', '.join(islice(known, SHOWN))}{', ...' if len(known) > SHOWN else ''}"
        there = some if known else "of which none is configured"
        yield path, f"{name!r}, which is not configured", f"{what}, {there}", did_you_mean(name, known)


def _service(path: KeyPath, service: Any, names: Mapping[str, Names]) -> Iterator[Mistake]:
    if not isinstance(service, dict):
        return
    yield from _known((*path, "team"), service.get("team"), names["teams"], "a team")
    for index, entry in enumerate(_items(service, "depends_on")):
        where = (*path, "depends_on", index)
        for name in [entry, *_items(entry, "any")]:
            yield from _known(where, name, names["services"], "a service")


def _dependencies(service: Any) -> Iterator[str]:
    for entry in _items(service, "depends_on"):
        yield from (name for name in [entry, *_items(entry, "any")] if isinstance(name, str))


def _cycles(services: Mapping[str, Any]) -> Iterator[Mistake]:
    """The cycles of depends_on, each told as a path: one for every reference that leads back."""
    below = {
        name: tuple(dict.fromkeys(n for n in _dependencies(service) if n in services))
        for name, service in services.items()
    }
    done: set[str] = set()
    for start in below:
        trail: dict[str, Iterator[str]] = {} if start in done else {start: iter(below[start])}
        while trail:
            name = next(reversed(trail))
            follower = next(trail[name], None)
            if follower is None:
                done.add(name)
                del trail[name]
            elif follower in trail:
                names = list(trail)
                cycle = [*names[names.index(follower) :], follower]
                yield ("services", name, "depends_on"), " -> ".join(cycle), "dependencies without a cycle", ""
            elif follower not in done:
                trail[follower] = iter(below[follower])


def _agreement(path: KeyPath, agreement: Any, names: Mapping[str, Names]) -> Iterator[Mistake]:
    if not isinstance(agreement, dict):
        return
    yield from _known((*path, "customer"), agreement.get("customer"), names["customers"], "a customer")
    where, provider = (*path, "provider"), agreement.get("provider")
    if agreement.get("kind") == "uc":
        yield from _known(where, provider, names["suppliers"], "a supplier")
    elif agreement.get("kind") == "ola":
        yield from _known(where, provider, names["teams"], "a team")
    seen: set[str] = set()
    for index, service in enumerate(_items(agreement, "services")):
        where = (*path, "services", index)
        yield from _known(where, service, names["services"], "a service")
        if isinstance(service, str) and service in seen:
            yield where, f"{service!r} a second time", "each service once", ""
        seen.add(str(service))
    yield from _hours_and_zone(path, agreement, names)
    yield from _working_days((*path, "closing"), agreement.get("closing"), names)
    for index, revision in enumerate(_items(agreement, "revisions")):
        if isinstance(revision, dict):
            yield from _hours_and_zone((*path, "revisions", index), revision, names)


def _report(path: KeyPath, report: Any, names: Mapping[str, Names]) -> Iterator[Mistake]:
    if not isinstance(report, dict):
        return
    yield from _known((*path, "customer"), report.get("customer"), names["customers"], "a customer")
    seen: set[str] = set()
    for index, agreement in enumerate(_items(report, "agreements")):
        where = (*path, "agreements", index)
        yield from _known(where, agreement, names["agreements"], "an agreement")
        if str(agreement) in seen:
            yield where, f"{agreement!r} a second time", "each agreement once", ""
        seen.add(str(agreement))
    yield from _working_days(path, report, names)
    yield from _zone(path, report)


def _working_days(path: KeyPath, value: Any, names: Mapping[str, Names]) -> Iterator[Mistake]:
    if isinstance(value, dict):
        yield from _known((*path, "calendar"), value.get("calendar"), names["calendars"], "a calendar")


def _hours_and_zone(path: KeyPath, terms: Mapping[str, Any], names: Mapping[str, Names]) -> Iterator[Mistake]:
    hours = terms.get("service_hours")
    if hours != "24x7":
        yield from _known((*path, "service_hours"), hours, names["calendars"], "24x7 or a calendar")
    yield from _zone(path, terms)


def _zone(path: KeyPath, terms: Mapping[str, Any]) -> Iterator[Mistake]:
    zone = terms.get("timezone")
    if isinstance(zone, str) and zone not in zone_names():
        hint = did_you_mean(zone, sorted(zone_names()))
        yield (*path, "timezone"), f"the unknown time zone {zone!r}", "an IANA zone, for example Europe/Berlin", hint
