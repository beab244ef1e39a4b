"""One probe under way: what every prober is given, and how a target's address is chosen."""

import asyncio
import socket
from dataclasses import dataclass

from slamon.blackbox.guard import Guard
from slamon.blackbox.hosts import Hosts
from slamon.blackbox.journal import Journal
from slamon.catalogue.blackbox import Module
from slamon.catalogue.hosts import literal
from slamon.catalogue.probe_options import IpFamily
from slamon.export import probe_names as names
from slamon.export.sheet import Sheet
from slamon.probes.context import ProbeContext
from slamon.probes.course import Failure

_FNV_BEGIN, _FNV_PRIME, _FNV_MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


class Failed(Exception):
    """The probe failed for a reason that the journal already tells."""


@dataclass(slots=True)
class Run:
    """One probe. `deadline` is loop time; `hostname` is the parameter of that name, or ''."""

    module: Module
    target: str
    hostname: str
    deadline: float
    sheet: Sheet
    journal: Journal
    guard: Guard
    hosts: Hosts
    context: ProbeContext

    @property
    def left(self) -> float:
        """Seconds until the deadline, at least a millisecond."""
        return max(0.001, self.deadline - asyncio.get_running_loop().time())

    def failed(self, what: str, **fields: object) -> Failed:
        """Tell the journal; to be raised."""
        self.journal.fail(what, **fields)
        return Failed(what)

    async def choose(self, host: str, preferred: str, fallback: bool) -> tuple[str, float]:
        """The one address to probe, and the seconds that finding it took. Raises Failed and RefusedError."""
        sheet = self.sheet
        sheet.begin(names.LOOKUP_TIME, names.IP_PROTOCOL, names.IP_ADDR_HASH)
        family = IpFamily.V6 if preferred in ("ip6", "") else IpFamily.V4
        self.journal.say("resolving", host=host, preferred=f"ip{family.value}")
        clock = self.context.clock
        begun = clock.monotonic()
        try:
            found = await self._found(host, IpFamily.ANY if fallback else family)
        except Failure as failure:
            raise self.failed("no address was found", why=failure.message) from None
        finally:
            took = clock.monotonic() - begun
            sheet.put(names.LOOKUP_TIME, took)
        fitting = [address for address in found if (":" in address) is (family is IpFamily.V6)]
        address = fitting[0] if fitting else found[-1]
        self.guard.address(host, address)
        sheet.put(names.IP_PROTOCOL, 6 if ":" in address else 4)
        sheet.put(names.IP_ADDR_HASH, address_hash(address))
        self.journal.say("resolved", address=address)
        return address, took

    async def _found(self, host: str, family: IpFamily) -> tuple[str, ...]:
        zone = host.partition("%")[2]
        if zone and literal(host) is not None:
            return (host,)
        if not host:
            raise self.failed("no host in the target")
        return await self.hosts.addresses(host, family, self.deadline)


def address_hash(address: str) -> int:
    """FNV-1a of 32 bits over the address's bytes."""
    plain = address.partition("%")[0]
    value = _FNV_BEGIN
    for byte in socket.inet_pton(socket.AF_INET6 if ":" in plain else socket.AF_INET, plain):
        value = ((value ^ byte) * _FNV_PRIME) & _FNV_MASK
    return value
