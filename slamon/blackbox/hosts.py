"""Names to addresses as the exporter finds them: the hosts file first, then name servers."""

import asyncio
import ipaddress
from pathlib import Path

from slamon.catalogue.hosts import ascii_host, literal
from slamon.catalogue.probe_options import IpFamily, Resolver
from slamon.probes.context import ProbeContext
from slamon.probes.course import Failure
from slamon.probes.outcome import Reason

HOSTS = Path("/etc/hosts")
LARGEST = 4 * 2**20

Table = dict[str, tuple[str, ...]]


class Hosts:
    """Looks names up; one for all probes."""

    def __init__(self, context: ProbeContext, file: Path = HOSTS) -> None:
        self._context = context
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._table: Table = {}

    async def addresses(self, host: str, family: IpFamily, deadline: float) -> tuple[str, ...]:
        """The addresses of a host, preferred first. Raises Failure (reason dns) and ProbeNotRunError."""
        if literal(host) is None:
            known = (await self._read()).get(host.lower().rstrip("."))
            if known is not None:
                fitting = tuple(a for a in known if family is IpFamily.ANY or (":" in a) is (family is IpFamily.V6))
                if not fitting:
                    raise Failure(Reason.DNS, f"{host} has no IPv{family.value} address in {self._file}")
                return fitting
        return await self._context.names.addresses(host, family, Resolver.ARES, deadline)

    async def _read(self) -> Table:
        """The hosts file, read again when it changed."""
        try:
            status = self._file.stat()
        except OSError:
            return {}
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp != self._stamp and status.st_size <= LARGEST:
            self._table, self._stamp = await asyncio.to_thread(_table, self._file), stamp
        return self._table


def _table(file: Path) -> Table:
    found: Table = {}
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return found
    for line in lines:
        address, *names = line.partition("#")[0].split() or [""]
        try:
            plain = str(ipaddress.ip_address(address))
        except ValueError:
            continue
        for name in names:
            key = name.lower().rstrip(".")
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), plain)))
    return found


def dns_name(host: str) -> str:
    """The host as DNS and TLS know it, or as it is where it is none."""
    try:
        return ascii_host(host) if host and "%" not in host else host
    except ValueError:
        return host
