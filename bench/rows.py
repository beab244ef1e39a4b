"""A row of the bench: one kind of check, with us and with the peers, at the same servers and rate."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench import certificates
from bench.processes import Child, free_port
from bench.targets import ADDRESSES

SNMP = Path("/proc/net/snmp")
NAME = "www.example.org"
IP4 = {"preferred_ip_protocol": "ip4"}

Check = Callable[[str, str], dict[str, Any]]
"""By an address and the file of trusted certificates."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind: the server that is probed, our check of it, the peers' module and what they are to probe with it."""

    server: str
    check: Check
    module: Callable[[str], dict[str, Any]]
    """By the file of trusted certificates."""
    target: str = "{}"


def _tls(trusted: str) -> dict[str, Any]:
    return {"tls": True, "tls_config": {"ca_file": trusted}} | IP4


ROWS: Mapping[str, Row] = {
    "icmp": Row(
        "icmp",
        lambda address, _: {"icmp": {"address": address}},
        lambda _: {"prober": "icmp", "icmp": IP4},
    ),
    "dns": Row(
        "dns",
        lambda address, _: {"dns": {"server": address, "name": NAME}},
        lambda _: {"prober": "dns", "dns": {"query_name": NAME, "query_type": "A"} | IP4},
    ),
    "tcp": Row(
        "tcp",
        lambda address, _: {"tcp": {"address": address}},
        lambda _: {"prober": "tcp", "tcp": IP4},
    ),
    "tls": Row(
        "tls",
        lambda address, trusted: {"tls": {"address": address, "ca_file": trusted}},
        lambda trusted: {"prober": "tcp", "tcp": _tls(trusted)},
    ),
    "https": Row(
        "https",
        lambda address, trusted: {"http": {"url": f"https://{address}/", "tls": {"ca_file": trusted}}},
        lambda trusted: {"prober": "http", "http": {"tls_config": {"ca_file": trusted}} | IP4},
        target="https://{}/",
    ),
}


class Servers:
    """A running `bench.servers`, and the kernel, which answers echo requests."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        certificates.write(folder, ADDRESSES)
        self.trusted = str(folder / "ca.pem")
        self._ports = {name: free_port() for name in ("tcp", "tls", "https", "dns", "mute")}
        (folder / "ports.json").write_text(json.dumps(self._ports))
        self._control = free_port()
        words = [sys.executable, "-m", "bench.servers", str(folder), str(self._control), *ADDRESSES]
        self._child = Child("servers", words, folder / "servers.log")
        self._child.wait_for(lambda: bool(self.tell("/reset")) or True, "they answer")

    def address(self, server: str, number: int) -> str:
        """Where check `number` finds a server: several addresses, so that ports do not run out."""
        host = ADDRESSES[number % len(ADDRESSES)]
        return host if server == "icmp" else f"{host}:{self._ports[server]}"

    def tell(self, path: str) -> dict[str, int]:
        """What was counted, by server."""
        answer = requests.get(f"http://{ADDRESSES[0]}:{self._control}{path}", timeout=10)
        answer.raise_for_status()
        counted: dict[str, int] = answer.json()
        return counted

    def stop(self) -> None:
        """End it."""
        self._child.stop()


class Counted:
    """What one server is asked; only one system asks at a time."""

    def __init__(self, servers: Servers, server: str) -> None:
        self._servers = servers
        self._server = server
        self._before = 0

    def reset(self) -> None:
        """Forget what was counted."""
        self._before = self._hits()

    def stats(self, _system: str, _interval_s: float) -> dict[str, Any]:
        """`hits`; how even they came is not looked at."""
        return {"hits": self._hits() - self._before, "deviation": {}}

    def _hits(self) -> int:
        return echoes() if self._server == "icmp" else self._servers.tell("/").get(self._server, 0)


def echoes() -> int:
    """Echo requests that the kernel has answered so far."""
    names, values = (line.split() for line in SNMP.read_text().splitlines() if line.startswith("Icmp:"))
    return int(dict(zip(names, values, strict=True))["OutEchoReps"])
