"""The one module that drives libcurl: handles, their buffers, and transfers awaited in the event loop.

Names never reach libcurl's resolver: CONNECT_TO gives it the one address, or a name of ours under which RESOLVE has put
several for it to race. That name belongs to the handle, so an entry never serves another probe.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pycurl

from slamon.probes.outcome import ProbeNotRunError

Settings = Sequence[tuple[int, Any]]
"""libcurl options with their values."""

_TLS = b"SSL connection using "
_ALPN = b"ALPN: server accepted "


@dataclass(frozen=True, slots=True)
class Measured:
    """What libcurl measured of one transfer: microseconds from its start, 0 for what was not reached."""

    connect: int
    tls: int
    first_byte: int
    total: int


class Handle:
    """A libcurl handle and what it read. Serves one transfer at a time, many in succession.

    `headers` are raw lines, those of interim answers and of a proxy included; libcurl reads at most 300 kB of them.
    """

    __slots__ = (
        "_entry",
        "_keep",
        "_limit",
        "_members",
        "_turn",
        "aim",
        "alpn",
        "body",
        "cipher",
        "curl",
        "cut",
        "headers",
        "name",
        "purpose",
        "read",
        "tls_version",
    )

    def __init__(self, name: str) -> None:
        self.curl = pycurl.Curl()
        self.name = name
        self.purpose: object = None
        self.aim: tuple[Sequence[str], Sequence[str]] = ((), ())
        self.body = bytearray()
        self.headers: list[bytes] = []
        self.read = 0
        self.cut = False
        self.tls_version = self.cipher = self.alpn = ""
        self._limit = 0
        self._keep = False
        self._entry = ""
        self._turn = 0
        self._members: frozenset[str] = frozenset()

    def set_up(self, purpose: object, settings: Settings, limit: int, *, keep: bool) -> None:
        """Forget all options and take these. Of a body at most `limit` bytes are read; kept only if asked."""
        curl = self.curl
        curl.reset()
        self.purpose, self.aim = purpose, ((), ())
        self._limit, self._keep = limit, keep
        for option, value in settings:
            curl.setopt(option, value)
        curl.setopt(pycurl.WRITEFUNCTION, self._write)
        curl.setopt(pycurl.HEADERFUNCTION, self.headers.append)
        curl.setopt(pycurl.DEBUGFUNCTION, self._debug)

    def start_over(self) -> None:
        """Empty the buffers for the next transfer."""
        if self.read:
            self.body = bytearray()
            self.read = 0
        self.headers.clear()
        self.cut = False

    def point(self, host: str, port: int, addresses: Sequence[str], to_port: int, entries: Sequence[str] = ()) -> None:
        """Connect to these addresses instead of resolving `host`; `entries` are further ones for RESOLVE.

        No address leaves the host to libcurl: it is an address itself, or the proxy resolves it.
        """
        self.aim = (addresses, entries)
        own = list(entries)
        to = _bracketed(addresses[0]) if addresses else ""
        if len(addresses) > 1:
            to = self._alias(addresses, to_port, own)
        self.curl.setopt(pycurl.CONNECT_TO, [f"{_bracketed(host)}:{port}:{to}:{to_port}"] if to else [])
        self.curl.setopt(pycurl.RESOLVE, own)

    def _alias(self, addresses: Sequence[str], port: int, entries: list[str]) -> str:
        """A name for these addresses, another one when others come: a kept connection to one of the old is not used."""
        name, _, named_port = self._entry.partition(":")
        members = frozenset(addresses)
        if members != self._members or named_port != str(port):
            if self._entry:
                entries.append(f"-{self._entry}")
            self._turn += 1
            name = f"{self._turn}.{self.name}"
            self._members, self._entry = members, f"{name}:{port}"
        entries.append(f"{self._entry}:{','.join(map(_bracketed, addresses))}")
        return name

    def measured(self) -> Measured:
        """The times of the last transfer."""
        info = self.curl.getinfo
        return Measured(
            info(pycurl.CONNECT_TIME_T),
            info(pycurl.APPCONNECT_TIME_T),
            info(pycurl.STARTTRANSFER_TIME_T),
            info(pycurl.TOTAL_TIME_T),
        )

    def certificates(self) -> tuple[bytes, ...]:
        """The certificates sent in the last handshake, in PEM; empty without a handshake."""
        sent = self.curl.getinfo_raw(pycurl.INFO_CERTINFO)
        return tuple(value for fields in sent for name, value in fields if name == b"Cert")

    def _write(self, data: bytes) -> int | None:
        room = self._limit - self.read
        if len(data) > room:
            data, self.cut = data[:room], True
        self.read += len(data)
        if self._keep:
            self.body += data
        return -1 if self.cut else None

    def _debug(self, kind: int, text: bytes) -> None:
        if kind == pycurl.INFOTYPE_TEXT and text.startswith(_TLS):
            words = text[len(_TLS) :].decode("ascii", "replace").split()
            self.tls_version, self.cipher, self.alpn = words[0], words[2] if len(words) > 2 else "", ""
        elif kind == pycurl.INFOTYPE_TEXT and text.startswith(_ALPN):
            self.alpn = text[len(_ALPN) :].strip().decode("ascii", "replace")


class Multi(Protocol):
    """What we need of pycurl's AsyncCurlMulti."""

    def add_handle(self, curl: pycurl.Curl) -> "asyncio.Future[pycurl.Curl]":
        """Start the transfer; the future raises `pycurl.error` when it fails."""
        ...


class Transfers:
    """Runs transfers. One multi a file of trusted certificates, for it keeps one such file in parsed form.

    A multi is never closed while the process runs: that held the loop for seconds.
    """

    def __init__(self) -> None:
        self._multis: dict[str, tuple[int, Multi]] = {}
        self._names = itertools.count(1)

    def handle(self) -> Handle:
        """A new handle with a name of its own."""
        try:
            return Handle(f"h{next(self._names)}.invalid")
        except pycurl.error:
            raise ProbeNotRunError("libcurl gives no handle: no memory is left") from None

    async def perform(self, handle: Handle, trusted: str) -> None:
        """Run the transfer the handle is set up for; raises `pycurl.error` when it fails."""
        await self._multi(trusted).add_handle(handle.curl)

    def _multi(self, trusted: str) -> Multi:
        """The multi of that file; a new one when it changed, for a multi reads it once a day."""
        changed = _changed(trusted) if trusted else 0
        kept = self._multis.get(trusted)
        if kept is None or kept[0] != changed:
            kept = self._multis[trusted] = (changed, pycurl.AsyncCurlMulti())
        return kept[1]


def _changed(file: str) -> int:
    try:
        return Path(file).stat().st_mtime_ns
    except OSError:
        return 0


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
