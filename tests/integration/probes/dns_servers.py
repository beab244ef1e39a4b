"""Name servers on loopback: one that answers from records, one that says what a test wants; UDP and TCP on one port."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset

from .servers import Handler, listening

Datagrams = Callable[[bytes], Iterable[bytes]]
"""What is sent back for a question."""

Key = tuple[dns.name.Name, dns.rdatatype.RdataType]


@dataclass(slots=True)
class Records:
    """An authoritative server's: answers by name and type; aliases are followed; signatures where they are wanted."""

    sets: dict[Key, list[dns.rrset.RRset]] = field(default_factory=dict)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    asked: list[dns.message.Message] = field(default_factory=list)
    udp_limit: int = 65_535

    def add(self, name: str, kind: str, *data: str, ttl: int = 300) -> dns.rrset.RRset:
        """One record set."""
        rrset = dns.rrset.from_text(name, ttl, "IN", kind, *data)
        self.put(rrset)
        return rrset

    def put(self, *rrsets: dns.rrset.RRset) -> None:
        """A record set, and perhaps its signatures after it."""
        self.sets[rrsets[0].name, rrsets[0].rdtype] = list(rrsets)

    def answer(self, wire: bytes, limit: int = 65_535) -> bytes:
        """The answer to a question."""
        query = dns.message.from_wire(wire)
        self.asked.append(query)
        reply = dns.message.make_response(query, our_payload=1232)
        reply.flags |= dns.flags.AA
        asked = query.question[0]
        for rrset in self._found(asked.name, asked.rdtype):
            if rrset.rdtype != dns.rdatatype.RRSIG or query.ednsflags & dns.flags.DO:
                reply.answer.append(rrset)
        reply.authority += self.authority
        if not any(name == asked.name for name, _ in self.sets):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        sent = reply.to_wire(max_size=65_535)
        if len(sent) <= limit:
            return sent
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    def _found(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> Iterator[dns.rrset.RRset]:
        yield from self.sets.get((name, kind), ())
        for _ in range(4):  # aliases in a circle too
            alias = self.sets.get((name, dns.rdatatype.CNAME))
            if alias is None or kind == dns.rdatatype.CNAME:
                return
            yield from alias
            name = alias[0][0].target
            yield from self.sets.get((name, kind), ())

    def datagrams(self, wire: bytes) -> Iterable[bytes]:
        """Over UDP."""
        yield self.answer(wire, self.udp_limit)

    async def stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Over TCP, question after question."""
        while head := await reader.read(2):
            wire = await reader.readexactly(int.from_bytes(head, "big"))
            writer.write(framed(self.answer(wire)))
            await writer.drain()


def framed(wire: bytes) -> bytes:
    """A message as TCP carries it."""
    return struct.pack("!H", len(wire)) + wire


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, say: Datagrams) -> None:
        self._say = say
        self.errors: list[Exception] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        try:
            for wire in self._say(data):
                self._transport.sendto(wire, addr)
        except Exception as error:
            self.errors.append(error)


@asynccontextmanager
async def speaking(
    say: Datagrams | None = None, handler: Handler | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """A server with these manners, over UDP, over TCP, or over both on one port; its address."""
    loop = asyncio.get_running_loop()
    for _ in range(50):  # the port of the one may be taken for the other
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: _Udp(say or (lambda _: ())), local_addr=(host, 0)
        )
        port = transport.get_extra_info("sockname")[1]
        try:
            if handler is None:
                yield _written(host, port)
            else:
                async with listening(handler, host=host, port=port):
                    yield _written(host, port)
        except OSError:
            transport.close()
            continue
        finally:
            transport.close()
        assert not protocol.errors, protocol.errors
        return
    raise AssertionError("no port is free for both UDP and TCP")


@asynccontextmanager
async def serving(records: Records, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """A server of these records over UDP and TCP; its address."""
    async with speaking(records.datagrams, records.stream, host) as address:
        yield address


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
