"""The options of a grpc probe."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from slamon.catalogue.addresses import Address
from slamon.catalogue.base import Model, Options, Whole, mistaken
from slamon.catalogue.probe_options import Family, Headers, IpFamily, Resolver, Tls
from slamon.catalogue.quantities import PositiveMs
from slamon.catalogue.secret import Secret

LONGEST_SERVICE = 1000
_KEY = re.compile(r"[a-z0-9_.-]+")
_OWN = frozenset({"te", "content-type", "accept-encoding", "host", "connection", "content-length", "cookie"})
"""Names of the protocol's own; `authority` gives the host, the others nobody needs to change."""


def _metadata(value: dict[str, tuple[Secret, ...]]) -> dict[str, tuple[Secret, ...]]:
    for name in value:
        if not _KEY.fullmatch(name):
            raise mistaken("another name", "names of a-z, 0-9, _, - and ., for example x-tenant", name)
        if name in _OWN or name.startswith("grpc-"):
            raise mistaken("a name of the protocol itself", "a name of your own, for example authorization", name)
    return value


def _service(value: str) -> str:
    if len(value) > LONGEST_SERVICE or not value.isprintable():
        raise ValueError("a service's name, for example shop.v1.Cart")
    return value


def _authority(value: str) -> str:
    if not re.fullmatch(r"[!-~]+", value) or re.search(r"[/@?#]", value):
        raise ValueError("a host, perhaps with a port, for example cart.example.org:443")
    return value


Metadata = Annotated[Headers, AfterValidator(_metadata)]
Service = Annotated[str, AfterValidator(_service)]
Authority = Annotated[
    str, AfterValidator(_authority), WithJsonSchema({"type": "string", "examples": ["cart.example.org"]})
]


class GrpcExpect(Model):
    """What makes a grpc probe degraded though the service is serving."""

    degraded_over: PositiveMs | None = None
    """Degraded when the probe took longer."""
    certificate_days: Whole | None = Field(default=None, ge=0, le=3650)
    """Degraded when a certificate of the chain ends within so many days, 0 to 3650; expired is down."""


class GrpcOptions(Options):
    """A grpc probe: one call of the health service `grpc.health.v1.Health`."""

    address: Address
    """`host:port`, IPv6 in brackets."""
    service: Service = ""
    """The service whose health is asked for; empty for the server as a whole."""
    tls: Tls = None
    """TLS: true or its options; without it HTTP/2 in the clear."""
    metadata: Metadata = Field(default_factory=dict)
    """Metadata of the call by name, each a text or a list of texts; names in small letters; values may be secrets."""
    authority: Authority | None = None
    """What the call names as its host, for servers of several; default: that of `address`."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    expect: GrpcExpect = Field(default_factory=GrpcExpect)
    """What makes it degraded."""

    @property
    def target(self) -> str:
        """The probed address, with the service's name, as labels and pages show it."""
        return f"{self.address}/{self.service}" if self.service else self.address
