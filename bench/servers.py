"""The servers that rows probe, in a process of their own: each answers at once, and counts.

`python -m bench.servers FOLDER CONTROL ADDRESS...`: on every ADDRESS the ports of FOLDER/ports.json (by server: tcp,
tls, https, dns, mute), with the certificate FOLDER/server.pem. Port CONTROL of the first ADDRESS speaks HTTP: `/reset`
forgets what was counted, anything else tells it by server.
"""

import asyncio
import json
import ssl
import sys
from collections import Counter
from pathlib import Path
from typing import cast

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"
BACKLOG = 4096
HEADER = 12
"""Bytes before the question of a DNS message."""
ADDRESS_RECORD = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"
"""Of the name that was asked for: class IN, type A, a minute, 127.0.0.1."""


class Connection(asyncio.Protocol):
    """Counts itself, when it is in TLS after the handshake; the client closes it."""

    def __init__(self, name: str, counted: Counter[str]) -> None:
        self._name = name
        self._counted = counted
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._counted[self._name] += 1

    def data_received(self, data: bytes) -> None:
        """Nothing is said to what comes."""

    def write(self, data: bytes) -> None:
        """Send."""
        if self._transport is not None:
            self._transport.write(data)


class Web(Connection):
    """Says OK to a request."""

    def data_received(self, data: bytes) -> None:
        """The end of a head is the end of a request."""
        if data.endswith(b"\r\n\r\n"):
            self.write(OK)


class Control(Connection):
    """Tells what was counted."""

    def data_received(self, data: bytes) -> None:
        """One request."""
        if b" /reset " in data.partition(b"\r\n")[0]:
            self._counted.clear()
        body = json.dumps(self._counted).encode()
        self.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


class NameServer(asyncio.DatagramProtocol):
    """Has one address for every name."""

    def __init__(self, counted: Counter[str]) -> None:
        self._counted = counted
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question."""
        self._counted["dns"] += 1
        end = data.find(b"\0", HEADER) + 5
        if self._transport is not None:
            self._transport.sendto(_answer(data, end), addr)


def _answer(data: bytes, end: int) -> bytes:
    """To the question that ends there: the header says response, authoritative, recursion available, one answer."""
    flags = bytes([0x84 | data[2] & 0x01, 0x80])
    return data[:2] + flags + b"\x00\x01\x00\x01\x00\x00\x00\x00" + data[HEADER:end] + ADDRESS_RECORD


async def serve(folder: Path, control: int, addresses: list[str]) -> None:
    """Serve until ended by a signal."""
    ports: dict[str, int] = json.loads((folder / "ports.json").read_text())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.pem")
    loop, counted = asyncio.get_running_loop(), Counter[str]()
    kinds = {"tcp": (Connection, None), "tls": (Connection, tls), "https": (Web, tls), "mute": (Connection, None)}
    for address in addresses:
        for name, (kind, secured) in kinds.items():
            await loop.create_server(
                lambda kind=kind, name=name: kind(name, counted),  # type: ignore[misc]
                address,
                ports[name],
                ssl=secured,
                backlog=BACKLOG,
            )
        await loop.create_datagram_endpoint(lambda: NameServer(counted), (address, ports["dns"]))
    server = await loop.create_server(lambda: Control("control", counted), addresses[0], control)
    await server.serve_forever()


def main() -> None:
    """The process."""
    try:
        import uvloop

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))


if __name__ == "__main__":
    main()
