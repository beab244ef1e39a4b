"""Which proxy a request goes through, as that program decides it."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass

from slamon.catalogue.blackbox.client import ProxySection
from slamon.catalogue.quantities import whole_number
from slamon.probes.redirects import Place


@dataclass(frozen=True, slots=True)
class Choice:
    """The proxies for http and https, and what is asked without one. `bypasses_loopback`: loopback is never proxied."""

    http: str
    https: str
    without: str
    bypasses_loopback: bool

    @classmethod
    def of(cls, section: ProxySection, env: Mapping[str, str] | None = None) -> "Choice":
        """What a module says; the environment is the process's unless given."""
        if section.proxy_from_environment:
            env = os.environ if env is None else env
            return cls(_from(env, "HTTP_PROXY"), _from(env, "HTTPS_PROXY"), _from(env, "NO_PROXY"), True)
        return cls(section.proxy_url, section.proxy_url, section.no_proxy, bool(section.no_proxy))

    def url(self, place: Place) -> str | None:
        """The proxy for a request to `place`, None where it goes there itself."""
        proxy = self.https if place.scheme == "https" else self.http
        if not proxy or (self.bypasses_loopback and not self._proxied(place)):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    def _proxied(self, place: Place) -> bool:
        host = place.host.rstrip(".")
        ip = _ip(host)
        if host == "localhost" or (ip is not None and ip.is_loopback):
            return False
        return not any(_matches(entry.strip().lower(), host, ip, place.port) for entry in self.without.split(","))


def connect_lines(section: ProxySection) -> tuple[str, ...]:
    """The headers for the proxy when a tunnel is asked for, a line each."""
    return tuple(
        f"{name}: {value.reveal()}"
        for name, values in section.proxy_connect_header.items()
        for value in values
        if value is not None
    )


def _from(env: Mapping[str, str], name: str) -> str:
    return env.get(name) or env.get(name.lower()) or ""


def _ip(text: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def _matches(entry: str, host: str, ip: "ipaddress.IPv4Address | ipaddress.IPv6Address | None", port: int) -> bool:
    if not entry:
        return False
    if entry == "*":
        return True
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        network = None
    if network is not None:
        return ip is not None and ip.version == network.version and ip in network
    name, colon, number = entry.rpartition(":")
    written = whole_number(number)
    if colon and written is not None and ":" not in name.strip("[]").replace("::", ""):
        if written != port:
            return False
        entry = name
    if _ip(entry) is not None:
        return ip == _ip(entry)
    entry = entry.removeprefix("*") if entry.startswith("*.") else entry
    if entry.startswith("."):
        return host.endswith(entry)
    return host == entry or host.endswith(f".{entry}")
