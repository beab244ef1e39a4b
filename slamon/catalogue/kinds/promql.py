"""The options of a promql probe."""

import math
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from slamon.catalogue.addresses import OneLine, ProxyUrl, Url
from slamon.catalogue.base import Model, Number, Options, mistaken
from slamon.catalogue.probe_options import BasicAuth, Family, Headers, IpFamily, Resolver, Tls
from slamon.catalogue.quantities import DurationMs

API = "/api/v1/query"


def _engine(value: str) -> str:
    if urlsplit(value).path.rstrip("/").endswith(API):
        raise mistaken(
            f"a url that ends with {API}", "the engine's own url, for example https://prometheus.example.org/"
        )
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a number that is finite")
    return value


def _query(value: str) -> str:
    if not value.strip():
        raise ValueError("a query, for example min(up)")
    return value


Bound = Annotated[Number, AfterValidator(_finite)]


class Bounds(Model):
    """Where a value must lie; every bound that is given must hold, one at least."""

    above: Bound | None = None
    """It is greater than this."""
    at_least: Bound | None = None
    """It is this or greater."""
    below: Bound | None = None
    """It is less than this."""
    at_most: Bound | None = None
    """It is this or less."""
    equals: Bound | None = None
    """It is exactly this."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.model_fields_set:
            raise mistaken("no bound", "one of above, at_least, below, at_most, equals, for example {above: 0.99}")
        if self.equals is not None and len(self.model_fields_set) > 1:
            raise mistaken("equals beside other bounds", "equals alone, or the others", "equals")
        if self.above is not None and self.at_least is not None:
            raise mistaken("above and at_least", "one of them", "at_least")
        if self.below is not None and self.at_most is not None:
            raise mistaken("below and at_most", "one of them", "at_most")
        self._leave_room()
        return self

    def _leave_room(self) -> None:
        low = self.above if self.above is not None else self.at_least
        high = self.below if self.below is not None else self.at_most
        if low is None or high is None:
            return
        both = self.at_least is not None and self.at_most is not None
        if low > high or (low == high and not both):
            raise mistaken("bounds that no value keeps", "the lower bound below the upper one")

    def hold(self, value: float) -> bool:
        """Whether the value lies there; of a NaN nothing holds."""
        return (
            (self.above is None or value > self.above)
            and (self.at_least is None or value >= self.at_least)
            and (self.below is None or value < self.below)
            and (self.at_most is None or value <= self.at_most)
            and (self.equals is None or value == self.equals)
        )

    def __str__(self) -> str:
        """In words: `at least 3 and below 10`, or the number alone that it equals."""
        if self.equals is not None:
            return f"{self.equals:.15g}"
        given = ((name.replace("_", " "), getattr(self, name)) for name in type(self).model_fields)
        return " and ".join(f"{name} {value:.15g}" for name, value in given if value is not None)


class PromqlOptions(Options):
    """A promql probe: the value of a query, asked of any engine with Prometheus' interface, against bounds."""

    url: Annotated[Url, AfterValidator(_engine)]
    """The engine: http or https, perhaps with a path before `/api/v1/query` and parameters, without credentials."""
    query: Annotated[str, AfterValidator(_query)]
    """The query, of an instant vector or a scalar."""
    up: Bounds
    """Up while the value lies here."""
    degraded: Bounds | None = None
    """Degraded while the value lies here and not where it is up; anywhere else it is down."""
    series: Literal["one", "all", "any"] = "one"
    """Of how many series an answer is made: `one` and no more; several, `all` of which count; or `any`: the best."""
    lag: DurationMs = 0
    """The query is asked as of so long ago, where samples come late."""
    headers: Headers = Field(default_factory=dict)
    """Headers of the request by name, a tenant's for example; values may be secrets."""
    basic_auth: BasicAuth | None = None
    """User and password."""
    bearer: OneLine | None = None
    """A bearer token; may be a secret; instead of `basic_auth`."""
    proxy: ProxyUrl | None = None
    """A proxy: http, https, socks5 or socks5h; may hold credentials and be a secret."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    tls: Tls = None
    """TLS options; for https only."""

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        if self.basic_auth is not None and self.bearer is not None:
            raise mistaken("basic_auth and bearer", "one of them", "bearer")
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.url
