"""The options of an icmp probe."""

from fractions import Fraction
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.addresses import SourceAddress, ip_of, split_address, without_zone
from slamon.catalogue.base import Model, Options, Truth, Whole, mistaken
from slamon.catalogue.hosts import askable_host
from slamon.catalogue.probe_options import Family, IpFamily, Resolver
from slamon.catalogue.quantities import PositiveMs, PositivePercent, SizeBytes

MOST_PACKETS = 100
MOST_PAYLOAD = 65_507
"""What an IPv4 packet holds beside its headers."""


def _host(value: object) -> str:
    example = "a host or an address without a port, for example gateway.example.org or 2001:db8::1"
    if not isinstance(value, str) or not value or any(character in value for character in " /@[]\t\r\n\0"):
        raise ValueError(example)
    ip = ip_of(value)
    if ip is None and ":" in value:
        try:
            split_address(value)
        except ValueError:
            raise ValueError(example) from None
        raise ValueError(f"{example}; an echo knows no port")
    if ip is not None and without_zone(ip):
        raise ValueError("a link-local address with its interface, for example fe80::1%eth0")
    try:
        askable_host(value)
    except ValueError:
        raise ValueError(example) from None
    return value


Host = Annotated[str, BeforeValidator(_host), WithJsonSchema({"type": "string", "examples": ["gateway.example.org"]})]
"""A host or an address, without a port or brackets."""


def _fits(size: int) -> int:
    if size > MOST_PAYLOAD:
        raise ValueError(f"a size of 0B to {MOST_PAYLOAD}B")
    return size


class IcmpExpect(Model):
    """What an icmp probe may lose, and how long a round trip may take."""

    loss_below: PositivePercent = Fraction(1)
    """Down unless less than this share of the packets is lost; `100%`: one answer is enough."""
    degraded_over: PositiveMs | None = None
    """Degraded when the mean round trip took longer."""


class IcmpOptions(Options):
    """An icmp probe: echo requests, as ping sends them."""

    address: Host
    """A host or an address, without a port."""
    count: Whole = Field(default=1, ge=1, le=MOST_PACKETS)
    """How many packets are sent, 1 to 100."""
    interval: PositiveMs = 200
    """From one packet to the next; closer together where `timeout` is too short for it."""
    payload_size: Annotated[SizeBytes, AfterValidator(_fits)] = 56
    """So many bytes of random payload in each packet, up to `65507B`."""
    ttl: Whole | None = Field(default=None, ge=1, le=255)
    """How many hops a packet may take, 1 to 255; default: that of the system."""
    do_not_fragment: Truth = False
    """A packet that is too big for a link on the way comes back as a failure; it is never cut into fragments."""
    source_address: SourceAddress | None = None
    """The address of this machine that packets are sent from; default: the one that the route wants."""
    ip_family: Family = IpFamily.ANY
    """`4`, `6`, `any` (the first to answer), or `both` (each family must answer, as two probes beside each other)."""
    resolver: Resolver = Resolver.ARES
    """Who resolves names: `ares` (hosts file and name servers), or `system` (all that the system is set up for)."""
    expect: IcmpExpect = Field(default_factory=IcmpExpect)
    """What makes it down or degraded though something answers."""

    @model_validator(mode="after")
    def _one_family(self) -> Self:
        if self.source_address is not None:
            source = IpFamily.V6 if ":" in self.source_address else IpFamily.V4
            ip = ip_of(self.address)
            if self.ip_family not in (IpFamily.ANY, source) or (ip is not None and f"{ip.version}" != source):
                found = f"an IPv{source} address"
                raise mistaken(found, "one of the family that is probed", "source_address")
        return self

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it."""
        return self.address
