"""What is offered, to whom, under which agreement, checked how: the catalogue's nouns.

Keys are those of the configuration; `config/slamon.yml` shows them in use.
"""

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema, model_validator

from slamon.catalogue.addresses import Url
from slamon.catalogue.agreements import Agreement, Correction
from slamon.catalogue.base import Identifier, Model, Name, Options, Whole, mistaken
from slamon.catalogue.calendars import Calendar
from slamon.catalogue.checks import (
    PROBE_KINDS,
    CheckModel,
    CheckSettings,
    Defaults,
    ProbeChoice,
    digest,
    kind_key,
    settle,
)
from slamon.catalogue.discovery.models import Discovery
from slamon.catalogue.discovery.sources import Found
from slamon.catalogue.instance import Alertmanager, Metrics, Storage, Web
from slamon.catalogue.parties import Customer, Organisation, Supplier, Team
from slamon.catalogue.quantities import PositiveMs
from slamon.catalogue.registering import Approval, Registering
from slamon.catalogue.reporting import Closing, ScheduledReport


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
        return digest(self)

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
    annotation, field = kind_key(options, meaning)
    field.annotation = annotation
    PROBE_KINDS[kind] = options
    choices: tuple[type[Model], ...] = (ProbeChoice, CheckSettings, ReferenceTarget)
    for model in choices:
        model.__pydantic_fields__[kind] = field
    holders: tuple[type[Model], ...] = (Reference, Service, Catalogue)
    for model in choices + holders:
        model.model_rebuild(force=True)
