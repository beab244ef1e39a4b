"""What would have seen what a customer felt and nobody measured: proposals for the catalogue.

A proposal rests on the words of the complaint, on how long it was felt, and on which checks there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from slamon.catalogue import Catalogue, CheckModel
from slamon.desk.things import Complaint


class Remedy(StrEnum):
    """What to change."""

    CHECK = "check"
    SHORTER_INTERVAL = "shorter_interval"
    DEPENDENCY_CHECK = "dependency_check"
    LATENCY_OBJECTIVE = "latency_objective"
    SECOND_SITE = "second_site"


class Topic(StrEnum):
    """What a complaint is about, by its words."""

    LOGIN = "login"
    PURCHASE = "purchase"
    CERTIFICATE = "certificate"
    NAME = "name"
    JOB = "job"
    NETWORK = "network"
    MAIL = "mail"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal for a service. `kinds`: any of these kinds of checks would do. `because`: what the words told.

    `check` and `interval_ms`: which check to make how often.
    """

    remedy: Remedy
    service: str
    kinds: tuple[str, ...] = ()
    because: Topic | None = None
    check: str | None = None
    interval_ms: int | None = None


_TOPICS: tuple[tuple[Topic, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        Topic.LOGIN,
        ("journey",),
        ("login", "log in", "logged in", "logon", "sign in", "signed in", "anmeld", "angemeldet", "einlogg",
         "eingeloggt", "passwor", "kennwort", "authenti", "einwahl"),
    ),
    (
        Topic.PURCHASE,
        ("journey",),
        ("bestell", "warenkorb", "kasse", "bezahl", "zahlung", "formular", "absenden", "checkout", "check out", "cart",
         "basket", "order", "payment", "pay ", "submit"),
    ),
    (Topic.CERTIFICATE, ("tls",), ("zertifikat", "certificate", "nicht sicher", "unsicher", "not secure", "ssl")),
    (Topic.NAME, ("dns",), ("dns", "server nicht gefunden", "host not found", "name not resolved", "namensauflösung")),
    (
        Topic.JOB,
        ("heartbeat",),
        ("nachtlauf", "nächtlich", "rechnungslauf", "batch", "nightly", "job", "export", "import", "sicherung",
         "backup"),
    ),
    (Topic.NETWORK, ("icmp",), ("vpn", "ping", "leitung", "netzwerk", "network", "packet loss", "paketverlust")),
    (Topic.MAIL, ("tls", "tcp"), ("e mail", "email", "mail", "smtp", "imap", "postfach", "mailbox")),
    (
        Topic.SLOW,
        (),
        ("langsam", "lahm", "träge", "zäh", "hängt", "dauert", "ladezeit", "wartezeit", "ewig", "slow", "lag", "takes",
         "took", "timeout", "time out", "timed out"),
    ),
)  # fmt: skip
"""What words, by how they begin, say of a complaint in German and in English, and which kinds of checks see that."""

_SHALLOW = frozenset({"tcp", "icmp", "tls", "dns", "ssh"})
"""Kinds that see that something answers, not that it works."""

_LONGEST_READ = 4000
_LEAST_INTERVAL_MS = 1000


def topics(text: str) -> list[Topic]:
    """What a complaint is about; only its beginning is read."""
    letters = (c if c.isalnum() else " " for c in text[:_LONGEST_READ].casefold())
    words = f" {' '.join(''.join(letters).split())} "
    return [topic for topic, _, stems in _TOPICS if any(f" {stem}" in words for stem in stems)]


def proposals(catalogue: Catalogue, complaint: Complaint, *, latency_agreed: bool) -> tuple[Proposal, ...]:
    """At least one, the likeliest first; the service must be one of the catalogue."""
    service = complaint.service
    checks = list(catalogue.services[service].checks.values())
    found = [*_by_words(service, checks, complaint.text, latency_agreed), *_by_length(service, checks, complaint)]
    return tuple(found or _deeper(service, checks))


def _by_words(service: str, checks: list[CheckModel], text: str, latency_agreed: bool) -> Iterator[Proposal]:
    there = {check.kind for check in checks}
    told = topics(text)
    for topic, kinds, _ in _TOPICS:
        if topic not in told:
            continue
        if topic is Topic.SLOW:
            if not latency_agreed:
                yield Proposal(Remedy.LATENCY_OBJECTIVE, service, because=topic)
        elif not there & set(kinds):
            yield Proposal(Remedy.CHECK, service, kinds, topic)


def _by_length(service: str, checks: list[CheckModel], complaint: Complaint) -> Iterator[Proposal]:
    """A failure that is shorter than `confirm` probes in a row may pass between them."""
    probed = [check for check in checks if check.probed]
    if complaint.felt_to is None or not probed:
        return
    felt = complaint.felt_to - complaint.felt_from
    closest = min(probed, key=lambda check: check.interval_ms * check.confirm)
    if 0 < felt < closest.interval_ms * closest.confirm:
        often = felt // closest.confirm // 1000 * 1000
        if _LEAST_INTERVAL_MS <= often < closest.interval_ms:
            yield Proposal(Remedy.SHORTER_INTERVAL, service, check=closest.name, interval_ms=often)


def unwatched(catalogue: Catalogue, complaint: Complaint) -> tuple[Proposal, ...]:
    """Of a time in which nobody looked: the service and what it stands on, as far as nothing was there to look then."""
    service = catalogue.services.get(complaint.service)
    if service is None:
        return ()
    needed = dict.fromkeys(name for group in service.depends_on for name in group)
    found = []
    for name in (service.id, *needed):
        one = catalogue.services[name]
        if not one.depends_on and not any(_there(check, complaint.felt_from) for check in one.checks.values()):
            found.append(Proposal(Remedy.CHECK if name == service.id else Remedy.DEPENDENCY_CHECK, name))
    return tuple(found)


def _there(check: CheckModel, at: int) -> bool:
    return (check.since is None or check.since <= at) and (check.until is None or at < check.until)


def _deeper(service: str, checks: list[CheckModel]) -> list[Proposal]:
    """Where nothing else is told: a check that uses the service as customers do, else the same from where they are."""
    there = {check.kind for check in checks}
    if not there or there <= _SHALLOW:
        return [Proposal(Remedy.CHECK, service, ("http", "journey"))]
    if "journey" not in there and "http" in there:
        return [Proposal(Remedy.CHECK, service, ("journey",))]
    return [Proposal(Remedy.SECOND_SITE, service)]
