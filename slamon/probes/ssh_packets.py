"""SSH before encryption (RFC 4253): the identification, packets in the clear, and what they are made of."""

import os
from collections.abc import Iterable

from slamon import __version__
from slamon.probes.course import Failure, Mask
from slamon.probes.outcome import Reason
from slamon.probes.stages import Stages
from slamon.probes.wire import Wire

IDENTIFICATION = f"SSH-2.0-slamon_{__version__}".encode()

MOST_READ = 256 * 1024
"""Bytes the other side may send in all; an honest one sends two."""

MOST_PACKET = 35_000
"""Bytes of a packet that everybody must take (RFC 4253, 6.1), and nobody needs more before encryption."""

MOST_LINES = 1024
MOST_LINES_BYTES = 32 * 1024
"""Lines before the identification, and their bytes, it included."""

LONGEST_NAME_LIST = 8 * 1024
MOST_NAMES = 200
"""Of algorithms in one list: bytes, and how many."""

DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG = 1, 2, 3, 4
BY_APPLICATION = 11


class BrokenError(ValueError):
    """What was read is not what the protocol says."""


class Reader:
    """The fields of a payload, in order. Raises BrokenError where they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """So many bytes."""
        if size > len(self._data) - self._at:
            raise BrokenError("cut off")
        found = self._data[self._at : self._at + size]
        self._at += size
        return found

    def number(self) -> int:
        """An unsigned number of 32 bits."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.number())

    def integer(self) -> int:
        """An integer of any length, as it was written."""
        return int.from_bytes(self.string(), "big", signed=True)

    def names(self) -> tuple[str, ...]:
        """A list of names."""
        found = self.string()
        if len(found) > LONGEST_NAME_LIST:
            raise BrokenError("endless lists of algorithms")
        listed = tuple(found.decode("ascii", "replace").split(",")) if found else ()
        if len(listed) > MOST_NAMES:
            raise BrokenError("endless lists of algorithms")
        return listed


def string(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return len(data).to_bytes(4, "big") + data


def integer(value: int) -> bytes:
    """A positive integer of any length."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b"")


def names(found: Iterable[str]) -> bytes:
    """A list of names."""
    return string(",".join(found).encode())


class Packets:
    """Lines, then packets, over a connection. Every wait is without bound: the caller has the deadline."""

    def __init__(self, wire: Wire, whom: str, stages: Stages) -> None:
        self._wire = wire
        self._whom = whom
        self._stages = stages
        self._buffer = bytearray()
        self._read = 0

    async def identification(self) -> bytes:
        """The server's, without the end of its line. Raises Failure (protocol, too_large)."""
        last, lines = b"", 0
        while True:
            end = self._buffer.find(b"\n")
            if end < 0:
                if self._read > MOST_LINES_BYTES:
                    raise Failure(Reason.TOO_LARGE, f"{self._whom} sent endless lines and no SSH identification")
                await self._more(f"without an SSH identification{_shown(bytes(self._buffer) or last)}")
                continue
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            if line.startswith(b"SSH-"):
                return line
            last, lines = line or last, lines + 1
            if lines > MOST_LINES:
                raise Failure(Reason.TOO_LARGE, f"{self._whom} sent endless lines and no SSH identification")

    async def send(self, payload: bytes) -> None:
        """Send a packet."""
        await self._wire.send(packet(payload))

    async def receive(self) -> bytes:
        """The payload of the next packet that is of any matter. Raises Failure (protocol, too_large)."""
        while True:
            payload = await self._packet()
            if payload[:1] == bytes((DISCONNECT,)):
                raise Failure(Reason.PROTOCOL, f"{self._whom} disconnected{_why(payload)}")
            if payload[:1] not in (bytes((IGNORE,)), bytes((UNIMPLEMENTED,)), bytes((DEBUG,))):
                return payload

    async def _packet(self) -> bytes:
        head = await self._bytes(5)
        length, padding = int.from_bytes(head[:4], "big"), head[4]
        if length > MOST_PACKET:
            raise Failure(Reason.TOO_LARGE, f"{self._whom} announced a packet of {length} bytes")
        if length < padding + 2:
            raise Failure(Reason.PROTOCOL, f"{self._whom} sent a malformed SSH packet")
        return (await self._bytes(length - 1))[: length - 1 - padding]

    async def _bytes(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more("in the middle of the key exchange")
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    async def _more(self, when: str) -> None:
        data = await self._wire.receive()
        if not data:
            raise Failure(Reason.PROTOCOL, f"{self._whom} closed the connection {when}")
        self._stages.answered()
        self._buffer += data
        self._read += len(data)
        if self._read > MOST_READ:
            raise Failure(Reason.TOO_LARGE, f"{self._whom} sent more than {MOST_READ // 1024} KiB before encryption")


def packet(payload: bytes) -> bytes:
    """A packet in the clear, padded with random bytes to a whole number of eight."""
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return (len(payload) + padding + 1).to_bytes(4, "big") + bytes((padding,)) + payload + os.urandom(padding)


def goodbye() -> bytes:
    """The payload that ends a connection."""
    return bytes((DISCONNECT,)) + BY_APPLICATION.to_bytes(4, "big") + string(b"probed") + string(b"")


def _why(payload: bytes) -> str:
    reader = Reader(payload[1:])
    try:
        reader.number()
        said = reader.string().decode("utf-8", "replace")
    except BrokenError:
        return ""
    return f": {Mask(()).shown(said)}" if said.strip() else ""


def _shown(line: bytes) -> str:
    return f"; the last line was {Mask(()).shown(line.decode('utf-8', 'replace'))!r}" if line.strip() else ""
