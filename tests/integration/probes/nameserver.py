"""A name server on loopback (UDP): it knows a few names, and some it never answers for."""

import asyncio
import ipaddress
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

A, AAAA = 1, 28
NO_ERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


class NameServer(asyncio.DatagramProtocol):
    """Answers from `known`; stays silent for names that end with `dead`, fails for those that end with `broken`;
    questions of the `ignored` kinds are not answered.
    """

    def __init__(self, known: Mapping[str, Sequence[str]], dead: str = ".dead", broken: str = ".broken") -> None:
        self.known = dict(known)
        self.dead, self.broken = dead, broken
        self.asked: list[str] = []
        self.ignored: set[int] = set()
        self.address = ""
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast(asyncio.DatagramTransport, transport)
        host, port = transport.get_extra_info("sockname")[:2]
        self.address = f"{host}:{port}"

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """See asyncio."""
        name, kind, question = _question(data)
        self.asked.append(name)
        if name.endswith(self.dead) or kind in self.ignored:
            return
        assert self._transport is not None
        self._transport.sendto(self._answer(data[:2], name, kind, question), addr)

    def _answer(self, number: bytes, name: str, kind: int, question: bytes) -> bytes:
        addresses = [ipaddress.ip_address(one) for one in self.known.get(name, ())]
        packed = [one.packed for one in addresses if (one.version == 6) is (kind == AAAA)]
        code = SERVFAIL if name.endswith(self.broken) else NO_ERROR if name in self.known else NXDOMAIN
        head = number + struct.pack("!HHHHH", 0x8180 | code, 1, len(packed), 0, 0)
        records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(one)) + one for one in packed)
        return head + question + records


def _question(data: bytes) -> tuple[str, int, bytes]:
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii"))
        at += 1 + data[at]
    kind = int.from_bytes(data[at + 1 : at + 3], "big")
    return ".".join(labels).lower(), kind, data[12 : at + 5]


@asynccontextmanager
async def name_server(known: Mapping[str, Sequence[str]]) -> AsyncIterator[NameServer]:
    """A running name server."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(lambda: NameServer(known), local_addr=("127.0.0.1", 0))
    try:
        yield protocol
    finally:
        transport.close()
