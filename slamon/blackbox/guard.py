"""Where `/probe` may go. By default only to public addresses: whoever may ask could else look into our networks.

It is the address that is connected to which counts, at every hop, so that no name can lead elsewhere afterwards.
"""

import fnmatch
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slamon.errors import UsageError

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ANY = "any"
UNIX = "unix:"
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


class RefusedError(Exception):
    """The target is not to be probed; the sentence says what would allow it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`allow`: networks beside the public ones, and patterns of Unix sockets' paths. `only`: nothing but these networks
    and names, when there are any."""

    allow: tuple[Network, ...] = ()
    only: tuple[Network, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, allow: Iterable[str], only: Iterable[str]) -> "Limits":
        """Of the words of `--probe-allow` and `--probe-only`. Raises UsageError."""
        networks: list[Network] = []
        paths: list[str] = []
        for word in allow:
            if word == ANY:
                networks += [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
            elif word.startswith(UNIX):
                paths.append(word.removeprefix(UNIX))
            else:
                networks.append(_network(word, "--probe-allow"))
        limited: list[Network] = []
        names: list[str] = []
        for word in only:
            if word[:1].isdigit() or ":" in word:
                limited.append(_network(word, "--probe-only"))
            else:
                names.append(word.lower())
        return cls(tuple(networks), tuple(limited), tuple(names), tuple(paths))


class Guard:
    """Refuses what the limits do not allow."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def address(self, host: str, address: str) -> None:
        """`host` is to be connected to at `address`. Raises RefusedError."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        limits = self._limits
        if (limits.only or limits.names) and not _within(ip, limits.only) and not self._named(host):
            raise RefusedError(f"{host} is not among the targets that --probe-only names")
        if not _public(ip) and not _within(ip, (*limits.allow, *limits.only)):
            raise RefusedError(
                f"{host} is at {ip}, which is no public address; to probe it, start with --probe-allow {_around(ip)}"
            )

    def addresses(self, host: str, addresses: Sequence[str]) -> None:
        """Each of them must be allowed. Raises RefusedError."""
        for address in addresses:
            self.address(host, address)

    def left_to_the_proxy(self, host: str) -> None:
        """`host` is resolved by a proxy, so its address is not ours to see. Raises RefusedError."""
        if not self._named(host) and not self._anywhere():
            raise RefusedError(
                f"{host} is resolved by the proxy, so its address cannot be checked; "
                f"to probe it, name it with --probe-only or start with --probe-allow any"
            )

    def path(self, path: str) -> None:
        """The Unix socket at `path` is to be connected to. Raises RefusedError."""
        if ".." in path.split("/") or not any(fnmatch.fnmatchcase(path, pattern) for pattern in self._limits.paths):
            raise RefusedError(f"the socket {path} is not allowed; to probe it, start with --probe-allow unix:{path}")

    def _named(self, host: str) -> bool:
        name = host.lower().rstrip(".")
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self._limits.names)

    def _anywhere(self) -> bool:
        return any(network.prefixlen == 0 for network in self._limits.allow)


def _network(word: str, option: str) -> Network:
    try:
        return ipaddress.ip_network(word)
    except ValueError:
        raise UsageError(f"{option} {word}: found no network, expected for example 10.0.0.0/8 or 192.0.2.7") from None


def _within(ip: Ip, networks: Iterable[Network]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version) or (
        (inner := _embedded(ip)) is not None and _within(inner, networks)
    )


def _embedded(ip: Ip) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _SIX_TO_FOUR:
        return ip.sixtofour
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _public(ip: Ip) -> bool:
    inner = _embedded(ip)
    if inner is not None:
        return _public(inner)
    if isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _around(ip: Ip) -> str:
    """The network that one would allow."""
    inner = _embedded(ip) or ip
    return str(ipaddress.ip_network(f"{inner}/{24 if inner.version == 4 else 64}", strict=False))
