"""What is offered, to whom, under which agreement, checked how: the catalogue's nouns.

Keys are those of the configuration; `config/slamon.yml` shows them in use.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema, model_validator

from slamon.catalogue.addresses import Email, ListenAddress
from slamon.catalogue.agreements import Agreement, Correction
from slamon.catalogue.base import Identifier, Model, Name, Truth, Whole, mistaken
from slamon.catalogue.calendars import Calendar
from slamon.catalogue.probe_options import HttpOptions, TcpOptions
from slamon.catalogue.quantities import InstantMs, PositiveMs, RetentionMs
from slamon.catalogue.secret import DIGESTS

PROBE_KINDS: Mapping[str, type[HttpOptions] | type[TcpOptions]] = {"http": HttpOptions, "tcp": TcpOptions}
DAY_MS = 86_400_000


class CustomerKind(StrEnum):
    """Whose customer it is."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Customer(Model):
    """Whom an agreement is with."""

    name: Name
    kind: CustomerKind


class Team(Model):
    """Who looks after a service."""

    name: Name
    email: Email | None = None


class Defaults(Model):
    """What holds for a check that does not say otherwise."""

    interval: PositiveMs = 30_000
    timeout: PositiveMs = 10_000
    confirm: Whole = Field(default=2, ge=1, le=100)
    flapping: Whole = Field(default=3, ge=0, le=100)
    retry_interval: PositiveMs | None = None
    stale_after: PositiveMs | None = None


def _one_of_the_kinds(probed: "CheckSettings | ReferenceTarget") -> None:
    """Raises where there is no probe kind, or more than one."""
    there = [kind for kind in PROBE_KINDS if getattr(probed, kind) is not None]
    if len(there) != 1:
        raise mistaken(" and ".join(there) or "no probe kind", f"exactly one of: {', '.join(PROBE_KINDS)}")


class CheckSettings(Model):
    """A check as written: one probe kind, and how often."""

    http: HttpOptions | None = None
    tcp: TcpOptions | None = None
    interval: PositiveMs | None = None
    timeout: PositiveMs | None = None
    confirm: Whole | None = Field(default=None, ge=1, le=100)
    flapping: Whole | None = Field(default=None, ge=0, le=100)
    retry_interval: PositiveMs | None = None
    stale_after: PositiveMs | None = None
    since: InstantMs | None = None
    until: InstantMs | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        _one_of_the_kinds(self)
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise mistaken("an end that is not after since", "a later time", "until")
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
    options: HttpOptions | TcpOptions
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

    def fingerprint(self) -> str:
        """A digest of the check's definition, the same in every process; secrets enter as digests."""
        return _digest(self)


def settle(service: str, name: str, settings: CheckSettings, defaults: Defaults) -> CheckModel:
    """Fill in what a check leaves to the defaults (ACCOUNTING.md 1.2 and 2.3)."""
    kind = next(kind for kind in PROBE_KINDS if getattr(settings, kind) is not None)
    interval = settings.interval or defaults.interval
    timeout = settings.timeout or defaults.timeout
    stale = settings.stale_after or defaults.stale_after or 2 * interval + timeout
    retry = settings.retry_interval or defaults.retry_interval or max(1000, interval // 4)
    return CheckModel(
        id=f"{service}/{name}",
        service=service,
        name=name,
        kind=kind,
        options=getattr(settings, kind),
        interval_ms=interval,
        timeout_ms=timeout,
        retry_interval_ms=min(retry, interval),
        stale_after_ms=max(stale, interval),
        confirm=settings.confirm if settings.confirm is not None else defaults.confirm,
        flapping=settings.flapping if settings.flapping is not None else defaults.flapping,
        since=settings.since,
        until=settings.until,
    )


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
    team: str | None = None
    needs: Needs = "all"
    settings: dict[Identifier, CheckSettings] = Field(default_factory=dict, alias="checks")
    depends_on: tuple[Group, ...] = ()
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

    def settled(self, service_id: str, defaults: Defaults) -> None:
        """Called once by the catalogue."""
        self._id = service_id
        self._checks.update({n: settle(service_id, n, check, defaults) for n, check in self.settings.items()})


class ReferenceTarget(Model):
    """An address that is up when our own network is."""

    http: HttpOptions | None = None
    tcp: TcpOptions | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        _one_of_the_kinds(self)
        return self


class Reference(Model):
    """When our own network is at fault: so many of these targets fail (ACCOUNTING.md 5)."""

    targets: tuple[ReferenceTarget, ...] = Field(min_length=1)
    quorum: Whole = Field(default=1, ge=1)
    interval: PositiveMs = 10_000
    timeout: PositiveMs = 5_000
    stale_after: PositiveMs | None = None

    @cached_property
    def checks(self) -> tuple[CheckModel, ...]:
        """The targets as checks `reference/0`, `reference/1`, ..."""
        defaults = Defaults(
            interval=f"{self.interval}ms",  # type: ignore[arg-type]  # a duration as written
            timeout=f"{self.timeout}ms",  # type: ignore[arg-type]
            stale_after=f"{self.stale_after}ms" if self.stale_after else None,  # type: ignore[arg-type]
        )
        return tuple(
            settle("reference", str(i), CheckSettings.model_construct(http=t.http, tcp=t.tcp), defaults)
            for i, t in enumerate(self.targets)
        )


def _file(value: object) -> object:
    if isinstance(value, str) and (not value.strip("/. ") or value.endswith("/")):
        raise ValueError("a file, for example data/slamon.db")
    return value


class Storage(Model):
    """Where facts are kept, and how long."""

    path: Annotated[Path, BeforeValidator(_file)] = Path("data/slamon.db")
    retention: RetentionMs = 400 * DAY_MS


def _listen(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


class Web(Model):
    """Where slamon listens."""

    listen: Annotated[
        tuple[ListenAddress, ...],
        BeforeValidator(_listen),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        Field(min_length=1),
    ] = ("127.0.0.1:10650",)
    config: Path | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        again = [a for i, a in enumerate(self.listen) if a in self.listen[:i] and not a.endswith(":0")]
        if again:
            raise mistaken(f"{again[0]!r} a second time", "each address once", "listen")
        return self


class Metrics(Model):
    """What the exposition carries beyond the gauges."""

    latency_histogram: Truth | None = None
    latency_buckets: tuple[PositiveMs, ...] = Field(default=(), max_length=100)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.latency_buckets)):
            raise mistaken("limits that do not rise", "each limit greater than the one before", "latency_buckets")
        return self


class Catalogue(Model):
    """The whole configuration, valid and settled."""

    slamon: Literal[1]
    defaults: Defaults = Field(default_factory=Defaults)
    customers: dict[Identifier, Customer] = Field(default_factory=dict)
    teams: dict[Identifier, Team] = Field(default_factory=dict)
    calendars: dict[Identifier, Calendar] = Field(default_factory=dict)
    services: dict[Identifier, Service] = Field(default_factory=dict)
    agreements: dict[Identifier, Agreement] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    reference: Reference | None = None
    storage: Storage = Field(default_factory=Storage)
    web: Web = Field(default_factory=Web)
    metrics: Metrics = Field(default_factory=Metrics)
    _warnings: list[str] = PrivateAttr(default_factory=list)
    _files: list[Path] = PrivateAttr(default_factory=list)
    _watched: list[Path] = PrivateAttr(default_factory=list)

    @model_validator(mode="after")
    def _settle(self) -> Self:
        for service_id, service in self.services.items():
            service.settled(service_id, self.defaults)
        return self

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

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything that is configured; secrets enter as digests."""
        return _digest(self)

    @cached_property
    def checks(self) -> Mapping[str, CheckModel]:
        """Every service's checks by id `service/check`."""
        return {check.id: check for service in self.services.values() for check in service.checks.values()}
