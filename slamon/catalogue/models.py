"""What is offered, to whom, under which agreement, checked how: the catalogue's nouns.

Keys are those of the configuration; `config/slamon.yml` shows them in use.
"""

import hashlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, SerializeAsAny, WithJsonSchema, create_model, model_validator
from pydantic.fields import FieldInfo

from slamon.catalogue.addresses import Email, Url
from slamon.catalogue.agreements import Agreement, Correction
from slamon.catalogue.base import Identifier, Model, Name, Options, Whole, mistaken
from slamon.catalogue.calendars import Calendar
from slamon.catalogue.discovery.models import Discovery
from slamon.catalogue.discovery.sources import Found
from slamon.catalogue.instance import Alertmanager, Metrics, Storage, Web
from slamon.catalogue.kinds import ROWS
from slamon.catalogue.quantities import InstantMs, PositiveMs
from slamon.catalogue.registering import Approval, Registering
from slamon.catalogue.reporting import Closing, ScheduledReport
from slamon.catalogue.secret import DIGESTS

PROBE_KINDS: dict[str, type[Options]] = {kind: row.options for kind, row in ROWS.items()}
"""The probe kinds there are, each with its options; `add_kind` adds another."""


class CustomerKind(StrEnum):
    """Whose customer it is."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Customer(Model):
    """Whom an agreement is with."""

    name: Name
    """As people read it."""
    kind: CustomerKind
    """In the house, or outside of it."""
    address: Name | None = None
    """Where it has its seat, on one line; stands in agreements."""


class Organisation(Model):
    """Who we are: the provider of service level agreements, the customer of suppliers."""

    name: Name
    """As people read it."""
    address: Name | None = None
    """Where it has its seat, on one line; stands in agreements."""
    email: Email | None = None
    """Where it is reached about agreements."""


class Supplier(Model):
    """Whom we buy from: the provider of underpinning contracts (`kind: uc`)."""

    name: Name
    """As people read it."""
    address: Name | None = None
    """Where it has its seat, on one line; stands in agreements."""
    email: Email | None = None
    """Where it is reached about agreements."""


class Team(Model):
    """Who looks after a service."""

    name: Name
    """As people read it."""
    email: Email | None = None
    """Where the team is reached."""


class Defaults(Model):
    """What holds for a check that does not say otherwise."""

    interval: PositiveMs = 30_000
    """How often a check is probed."""
    timeout: PositiveMs = 10_000
    """The most that one probe may take, name resolution to last byte."""
    confirm: Whole = Field(default=2, ge=1, le=100)
    """So many failed probes in succession confirm an outage; 1 to 100."""
    flapping: Whole = Field(default=3, ge=0, le=100)
    """So many unconfirmed failures (blips) close together count after all; 0: never; up to 100."""
    retry_interval: PositiveMs | None = None
    """How soon an unconfirmed failure is probed again; default: a quarter of the interval, at least 1s; never more
    than the interval.
    """
    stale_after: PositiveMs | None = None
    """How long one observation speaks for what follows; default: twice the interval plus the timeout; never less than
    the interval.
    """


def _key(options: type[Options], meaning: str) -> tuple[Any, FieldInfo]:
    """A kind's key in a check: its options, or nothing."""
    return options | None, FieldInfo(default=None, description=f"{meaning}; exactly one probe kind a check.")


class _Chosen(Model):
    """One probe kind of those there are."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        there = [kind for kind in PROBE_KINDS if getattr(self, kind) is not None]
        if len(there) != 1:
            raise mistaken(" and ".join(there) or "no probe kind", f"exactly one of: {', '.join(PROBE_KINDS)}")
        return self

    @property
    def kind(self) -> str:
        """The kind that was chosen."""
        return next(kind for kind in PROBE_KINDS if getattr(self, kind) is not None)

    @property
    def options(self) -> Options:
        """What was said of it."""
        found: Options = getattr(self, self.kind)
        return found


if TYPE_CHECKING:
    ProbeChoice = _Chosen
else:
    ProbeChoice = create_model(
        "ProbeChoice", __base__=_Chosen, **{kind: _key(row.options, row.meaning) for kind, row in ROWS.items()}
    )


class CheckSettings(ProbeChoice):
    """A check as written: one probe kind, and how often."""

    interval: PositiveMs | None = None
    """How often it is probed; default: that of `defaults`."""
    timeout: PositiveMs | None = None
    """The most that one probe may take; default: that of `defaults`."""
    confirm: Whole | None = Field(default=None, ge=1, le=100)
    """So many failed probes in succession confirm an outage; default: that of `defaults`."""
    flapping: Whole | None = Field(default=None, ge=0, le=100)
    """So many unconfirmed failures close together count after all; default: that of `defaults`."""
    retry_interval: PositiveMs | None = None
    """How soon an unconfirmed failure is probed again; default: that of `defaults`."""
    stale_after: PositiveMs | None = None
    """How long one observation speaks for what follows; default: that of `defaults`."""
    since: InstantMs | None = None
    """From when on it is one of its service; default: from the load that brings it."""
    until: InstantMs | None = None
    """Until when it is one of its service; after `since`; default: until the load that takes it out."""

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise mistaken("an end that is not after since", "a later time", "until")
        return self

    @model_validator(mode="after")
    def _has_a_meaning(self) -> Self:
        for key in sorted(self.options.settles & self.model_fields_set):
            raise mistaken(f"{key} on a check of the kind {self.kind}", f"a check of this kind without {key}", key)
        return self


def _digest(model: Model) -> str:
    written = model.model_dump_json(by_alias=True, context={DIGESTS: True})
    return hashlib.sha256(written.encode()).hexdigest()


class CheckModel(Model):
    """A check with everything settled: what the prober and the accounting are given. Durations in ms."""

    id: str
    service: str
    name: str
    kind: str
    options: SerializeAsAny[Options]
    interval_ms: int
    timeout_ms: int
    retry_interval_ms: int
    stale_after_ms: int
    confirm: int
    flapping: int
    since: int | None
    until: int | None

    @property
    def target(self) -> str:
        """The probed address, without credentials."""
        return self.options.target

    @property
    def probed(self) -> bool:
        """Whether slamon asks; else others report in."""
        return self.options.probed

    def fingerprint(self) -> str:
        """A digest of the check's definition, the same in every process; secrets enter as digests."""
        return _digest(self)


def settle(service: str, name: str, settings: CheckSettings, defaults: Defaults) -> CheckModel:
    """Fill in what a check leaves to the defaults (ACCOUNTING.md 1.2 and 2.3)."""
    interval = settings.interval or defaults.interval
    timeout = settings.timeout or defaults.timeout
    stale = settings.stale_after or defaults.stale_after or 2 * interval + timeout
    retry = settings.retry_interval or defaults.retry_interval or max(1000, interval // 4)
    check = CheckModel(
        id=f"{service}/{name}",
        service=service,
        name=name,
        kind=settings.kind,
        options=settings.options,
        interval_ms=interval,
        timeout_ms=timeout,
        retry_interval_ms=min(retry, interval),
        stale_after_ms=max(stale, interval),
        confirm=settings.confirm if settings.confirm is not None else defaults.confirm,
        flapping=settings.flapping if settings.flapping is not None else defaults.flapping,
        since=settings.since,
        until=settings.until,
    )
    return check.model_copy(update=dict(settings.options.settled()))


def _depends(value: object) -> object:
    """A service's id, or `{any: [...]}`."""
    if isinstance(value, dict):
        if set(value) == {"any"} and isinstance(value["any"], list) and value["any"]:
            return tuple(str(item) for item in value["any"])
        raise ValueError("a service's id or {any: [ids]}")
    return (value,)


Group = Annotated[
    tuple[str, ...],
    BeforeValidator(_depends),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "required": ["any"],
                    "additionalProperties": False,
                    "properties": {"any": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
                },
            ]
        }
    ),
]


def _needs(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if not whole and value not in ("all", "any"):
        raise ValueError("all, any, or a number of checks from 1")
    return value


Needs = Annotated[
    Literal["all", "any"] | int,
    BeforeValidator(_needs),
    WithJsonSchema({"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}], "default": "all"}),
]


class Service(Model):
    """What a customer uses: checks, how many of them it needs, and other services it stands on."""

    name: Name | None = None
    """As people read it; default: its id."""
    team: str | None = None
    """The id of the team that looks after it."""
    runbook: Url | None = None
    """The page that tells what to do when it is down."""
    needs: Needs = "all"
    """How many of its checks must be up: `all`, `any` (one), or a number."""
    settings: dict[Identifier, CheckSettings] = Field(default_factory=dict, alias="checks")
    """Its checks by name."""
    depends_on: tuple[Group, ...] = ()
    """Services it stands on: down with any of them; of `{any: [...]}` one is enough."""
    _checks: dict[str, CheckModel] = PrivateAttr(default_factory=dict)
    _id: str = PrivateAttr(default="")

    @property
    def id(self) -> str:
        """The service's id."""
        return self._id

    @property
    def checks(self) -> Mapping[str, CheckModel]:
        """Its checks by name, settled."""
        return self._checks

    @property
    def title(self) -> str:
        """Its name, or its id."""
        return self.name or self._id

    def with_checks(self, more: Mapping[str, CheckSettings]) -> "Service":
        """The same with further checks, not settled yet."""
        copy = self.model_copy(update={"settings": {**self.settings, **more}})
        copy._checks = {}
        return copy

    def settled(self, service_id: str, defaults: Defaults) -> None:
        """Called once by the catalogue."""
        self._id = service_id
        self._checks.update({n: settle(service_id, n, check, defaults) for n, check in self.settings.items()})


class ReferenceTarget(ProbeChoice):
    """An address that is up when our own network is."""

    @model_validator(mode="after")
    def _is_asked(self) -> Self:
        if not self.options.probed:
            raise mistaken(f"the kind {self.kind}, which is not probed", "a kind that asks, for example tcp", self.kind)
        return self


class Reference(Model):
    """When our own network is at fault: so many of these targets fail (ACCOUNTING.md 5)."""

    targets: tuple[ReferenceTarget, ...] = Field(min_length=1)
    """Addresses that are up when our own network is."""
    quorum: Whole = Field(default=1, ge=1)
    """While so many of them fail the fault is ours; at most the number of targets."""
    interval: PositiveMs = 10_000
    """How often each is probed."""
    timeout: PositiveMs = 5_000
    """The most that one probe may take."""
    stale_after: PositiveMs | None = None
    """How far the fault of a failed probe reaches; default: twice the interval plus the timeout."""

    @cached_property
    def checks(self) -> tuple[CheckModel, ...]:
        """The targets as checks `reference/0`, `reference/1`, ..."""
        defaults = Defaults(
            interval=f"{self.interval}ms",  # type: ignore[arg-type]  # a duration as written
            timeout=f"{self.timeout}ms",  # type: ignore[arg-type]
            stale_after=f"{self.stale_after}ms" if self.stale_after else None,  # type: ignore[arg-type]
        )
        return tuple(
            settle("reference", str(i), CheckSettings.model_validate({target.kind: target.options}), defaults)
            for i, target in enumerate(self.targets)
        )


class Catalogue(Model):
    """The whole configuration, valid and settled."""

    slamon: Literal[1]
    """The version of this format."""
    defaults: Defaults = Field(default_factory=Defaults)
    """What holds for a check that does not say otherwise."""
    organisation: Organisation | None = None
    """Who we are; stands in agreements as the provider."""
    customers: dict[Identifier, Customer] = Field(default_factory=dict)
    """Whom agreements are with, by id."""
    teams: dict[Identifier, Team] = Field(default_factory=dict)
    """Who looks after services, by id."""
    suppliers: dict[Identifier, Supplier] = Field(default_factory=dict)
    """Whom we buy from, by id."""
    calendars: dict[Identifier, Calendar] = Field(default_factory=dict)
    """Service hours, by id."""
    services: dict[Identifier, Service] = Field(default_factory=dict)
    """What customers use, by id."""
    agreements: dict[Identifier, Agreement] = Field(default_factory=dict)
    """What was agreed with customers, by id."""
    discover: dict[Identifier, Discovery] = Field(default_factory=dict)
    """Targets that others list, each of which becomes a check, by id of the source."""
    corrections: tuple[Correction, ...] = ()
    """What was agreed afterwards about stretches of time."""
    reference: Reference | None = None
    """How a fault of our own network is told apart; default: not at all."""
    storage: Storage = Field(default_factory=Storage)
    """Where facts are kept, and how long."""
    web: Web = Field(default_factory=Web)
    """Where slamon listens."""
    metrics: Metrics = Field(default_factory=Metrics)
    """What the exposition carries."""
    alertmanager: Alertmanager | None = None
    """The Alertmanager that planned maintenance is told to; default: nobody."""
    reports: dict[Identifier, ScheduledReport] = Field(default_factory=dict)
    """Reports that are made and delivered by themselves when a period is over, by id."""
    closing: Closing | None = None
    """When the periods of agreements are closed without anybody's doing; default: never."""
    registering: Registering = Field(default_factory=Registering, alias="register")
    """How people enter corrections and the like."""
    _warnings: list[str] = PrivateAttr(default_factory=list)
    _files: list[Path] = PrivateAttr(default_factory=list)
    _watched: list[Path] = PrivateAttr(default_factory=list)
    _troubles: list[str] = PrivateAttr(default_factory=list)
    _found: dict[str, Found] = PrivateAttr(default_factory=dict)
    _discovered: frozenset[str] = PrivateAttr(default=frozenset())

    def with_services(self, services: Mapping[str, Service], new: Collection[str]) -> "Catalogue":
        """The same with these services; `new` are those that discovery made."""
        copy = self.model_copy(update={"services": dict(services)})
        copy._discovered = frozenset(new)
        for cached in ("checks", "probed", "customers_of", "fingerprint"):
            copy.__dict__.pop(cached, None)
        for service_id, service in copy.services.items():
            if not service.checks:
                service.settled(service_id, copy.defaults)
        return copy

    @model_validator(mode="after")
    def _settle(self) -> Self:
        for service_id, service in self.services.items():
            service.settled(service_id, self.defaults)
        return self

    def approval(self, agreement: str) -> Approval:
        """What a correction of an agreement needs that is entered now."""
        return self.agreements[agreement].approval or self.registering.approval

    @property
    def warnings(self) -> list[str]:
        """What is configured and used by nothing, one sentence each."""
        return self._warnings

    @property
    def files(self) -> list[Path]:
        """The files it was read from, secrets' files not among them."""
        return self._files

    @property
    def watched(self) -> list[Path]:
        """Every file whose change may change the catalogue: its own, and those of secrets, keys and bodies."""
        return self._watched

    @property
    def troubles(self) -> list[str]:
        """What is wrong with sources of discovery, one sentence each."""
        return self._troubles

    @property
    def found(self) -> dict[str, Found]:
        """What the sources of discovery said, by their ids."""
        return self._found

    @property
    def discovered(self) -> frozenset[str]:
        """The services that discovery made."""
        return self._discovered

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything that is configured; secrets enter as digests."""
        return _digest(self)

    @cached_property
    def customers_of(self) -> Mapping[str, tuple[str, ...]]:
        """The customers whom each service is owed to, in the order of the agreements; only services with one."""
        found: dict[str, dict[str, None]] = {}
        for agreement in self.agreements.values():
            for service in agreement.services:
                found.setdefault(service, {})[agreement.customer] = None
        return {service: tuple(customers) for service, customers in found.items()}

    @cached_property
    def checks(self) -> Mapping[str, CheckModel]:
        """Every service's checks by id `service/check`."""
        return {check.id: check for service in self.services.values() for check in service.checks.values()}

    @cached_property
    def probed(self) -> tuple[CheckModel, ...]:
        """What is asked again and again: every check that is not reported, and the reference targets."""
        references = self.reference.checks if self.reference is not None else ()
        return (*(check for check in self.checks.values() if check.probed), *references)


def add_kind(kind: str, options: type[Options], meaning: str) -> None:
    """Let checks be of one more kind: its key, the model of its options, and what it does, in a line."""
    annotation, field = _key(options, meaning)
    field.annotation = annotation
    PROBE_KINDS[kind] = options
    choices: tuple[type[Model], ...] = (ProbeChoice, CheckSettings, ReferenceTarget)
    for model in choices:
        model.__pydantic_fields__[kind] = field
    holders: tuple[type[Model], ...] = (Reference, Service, Catalogue)
    for model in choices + holders:
        model.model_rebuild(force=True)
