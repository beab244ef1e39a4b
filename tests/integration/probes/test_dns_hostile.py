"""Name servers that break the rules: each probe ends at its deadline or earlier, with the right reason, in bounds."""

import asyncio
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import Verdict
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason

from .authority import Credential
from .conftest import GENEROUS_S, run
from .dns_servers import Records, framed, speaking
from .servers import Handler, answer, listening, site

SHORT_S = 0.4
LATE_S = 15.0
"""Far above any deadline here; a probe that takes as long hangs."""

RECORDS = Records()
RECORDS.add("www.example.org.", "A", "192.0.2.80")
RECORDS.add("other.example.org.", "A", "192.0.2.81")


async def ask(context: ProbeContext, server: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
    """Probe once; it ends in time, whatever comes."""
    given = {"server": server, "name": "www.example.org", **options}
    begun = asyncio.get_running_loop().time()
    outcome = await run(KINDS["dns"](DnsOptions.model_validate(given), context), within)
    assert asyncio.get_running_loop().time() - begun < within + LATE_S
    assert outcome.verdict is Verdict.DOWN, outcome
    return outcome


def head(query: bytes, flags: int = 0x8400, counts: tuple[int, int, int, int] = (1, 1, 0, 0)) -> bytes:
    return query[:2] + struct.pack("!HHHHH", flags, *counts)


def question(query: bytes) -> bytes:
    """The question of a query without EDNS."""
    return query[12:]


Spoil = Callable[[bytes], bytes]

MALFORMED: dict[str, Spoil] = {
    "a head alone": lambda q: head(q, counts=(0, 0, 0, 0)),
    "no question, one answer": lambda q: head(q, counts=(0, 1, 0, 0)) + b"\0\0\1\0\1\0\0\0\0\0\4\1\2\3\4",
    "cut in the question": lambda q: head(q) + question(q)[:-3],
    "cut in a record": lambda q: head(q) + question(q) + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2",
    "more records than there are": lambda q: head(q, counts=(1, 65535, 65535, 65535)) + question(q),
    "something after the end": lambda q: head(q, counts=(1, 0, 0, 0)) + question(q) + b"junk",
    "a name that points at itself": lambda q: head(q) + question(q) + b"\xc0\x21\0\1\0\1\0\0\0\1\0\4\1\2\3\4",
    "two names that point at each other": lambda q: (
        head(q) + question(q) + b"\xc0\x23\xc0\x21\0\1\0\1\0\0\0\1\0\4\1\2\3\4"
    ),
    "a name that points beyond the end": lambda q: head(q) + question(q) + b"\xff\xff\0\1\0\1\0\0\0\1\0\4\1\2\3\4",
    "a label of a kind there is not": lambda q: head(q) + question(q) + b"\x80abc\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4",
    "a name longer than 255 bytes": lambda q: (
        head(q) + question(q) + (b"\x3f" + b"a" * 63) * 5 + b"\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"
    ),
    "an address of three bytes": lambda q: head(q) + question(q) + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\3\1\2\3",
    "data longer than the message": lambda q: head(q) + question(q) + b"\xc0\x0c\0\1\0\1\0\0\0\1\xff\xff\1\2\3\4",
    "a query sent back": lambda q: q,
    "another operation": lambda q: head(q, 0x8400 | 5 << 11, (1, 0, 0, 0)) + question(q),
    "another question": lambda q: q[:2] + RECORDS.answer(q.replace(b"\3www", b"\5other"))[2:],
    "another type": lambda q: q[:2] + RECORDS.answer(q[:-4] + b"\0\x1c\0\1")[2:],
    "two questions": lambda q: head(q, counts=(2, 0, 0, 0)) + question(q) * 2,
    "65535 questions": lambda q: head(q, counts=(65535, 0, 0, 0)) + question(q) * 100,
}


@pytest.mark.parametrize("how", MALFORMED)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_malformed_messages(context: ProbeContext, how: str, transport: str) -> None:
    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        writer.write(framed(MALFORMED[how](query)))
        await writer.drain()

    async with speaking(lambda query: [MALFORMED[how](query)], stream) as server:
        outcome = await ask(context, server, transport=transport, udp_size=0)
    assert outcome.reason is Reason.PROTOCOL, outcome
    assert server in outcome.message
    assert outcome.message.isprintable()


# -- UDP


def wrong_number(query: bytes) -> bytes:
    sent = RECORDS.answer(query)
    return bytes([sent[0] ^ 0xFF]) + sent[1:]


async def test_an_answer_with_another_number_is_passed_over(context: ProbeContext) -> None:
    async with speaking(lambda query: [wrong_number(query), b"\0", query[:2]]) as server:
        outcome = await ask(context, server, within=SHORT_S)
    assert outcome.reason is Reason.TIMEOUT
    assert "3 packets did not belong to the question" in outcome.message


async def test_the_answer_among_strangers_is_found(context: ProbeContext) -> None:
    async with speaking(lambda query: [*[wrong_number(query)] * 50, RECORDS.answer(query)]) as server:
        options = DnsOptions.model_validate({"server": server, "name": "www.example.org"})
        outcome = await run(KINDS["dns"](options, context))
    assert outcome.verdict is Verdict.UP, outcome


async def test_an_answer_from_another_address_is_not_heard(context: ProbeContext) -> None:
    loop = asyncio.get_running_loop()
    answers: list[bytes] = []
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.2", 0))

    class Elsewhere(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: Any) -> None:
            answers.append(RECORDS.answer(data))
            transport.sendto(answers[-1], addr)

    server, _ = await loop.create_datagram_endpoint(Elsewhere, local_addr=("127.0.0.1", 0))
    address = "127.0.0.1:{}".format(server.get_extra_info("sockname")[1])
    outcome = await ask(context, address, within=SHORT_S)
    transport.close()
    server.close()
    assert answers
    assert outcome.reason is Reason.TIMEOUT


async def test_a_flood_ends_the_probe_and_leaves_the_loop_its_turns(context: ProbeContext) -> None:
    """Packets faster than they are read, for ever."""
    senders: list[asyncio.Task[None]] = []
    rounds = 0

    async def flood(server: asyncio.DatagramTransport, packet: bytes, addr: Any) -> None:
        nonlocal rounds
        while True:
            for _ in range(4):
                server.sendto(packet, addr)
            rounds += 1
            await asyncio.sleep(0)

    class Flood(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self._own = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            senders.append(asyncio.ensure_future(flood(self._own, wrong_number(data), addr)))

    server, _ = await asyncio.get_running_loop().create_datagram_endpoint(Flood, local_addr=("127.0.0.1", 0))
    outcome = await ask(context, "127.0.0.1:{}".format(server.get_extra_info("sockname")[1]))
    for task in senders:
        task.cancel()
    await asyncio.gather(*senders, return_exceptions=True)
    server.close()
    assert outcome.reason is Reason.PROTOCOL
    assert "1000 packets that are no answer" in outcome.message
    assert rounds > 500, "what else the loop had to do was done between packet and packet"


def cut(query: bytes) -> bytes:
    return head(query, 0x8600, (1, 0, 0, 0)) + question(query)


async def test_the_mark_of_truncation_for_ever(context: ProbeContext) -> None:
    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        writer.write(framed(cut(query)))
        await writer.drain()

    async with speaking(lambda query: [cut(query)], stream) as server:
        outcome = await ask(context, server, udp_size=0)
    assert outcome.reason is Reason.PROTOCOL
    assert "cut its answer though it came over TCP" in outcome.message


# -- TCP and TLS


def saying(*pieces: bytes, then: str = "close") -> Handler:
    """Takes the question, says the pieces, and closes, is silent, or goes on by a byte at a time for ever."""

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        while then == "drip":
            writer.write(b"\0")
            await writer.drain()
            await asyncio.sleep(0.05)
        while then == "flood":
            writer.write(b"\0" * 65_536)
            await writer.drain()
        if then == "silence":
            await reader.read()

    return stream


@pytest.mark.parametrize(
    ("pieces", "then", "reason", "words"),
    [
        ((), "close", Reason.PROTOCOL, "closed the connection without an answer"),
        ((b"\0",), "close", Reason.PROTOCOL, "closed the connection in the middle of its answer"),
        ((b"\xff\xff", b"x" * 1000), "close", Reason.PROTOCOL, "in the middle of its answer"),
        ((b"\0\0",), "close", Reason.PROTOCOL, "announced an answer of 0 bytes"),
        ((b"\0\x0b", b"x" * 11), "close", Reason.PROTOCOL, "announced an answer of 11 bytes"),
        ((b"\xff\xff", b"x" * 65_535), "close", Reason.PROTOCOL, "cut its answer|no answer|malformed"),
        ((), "silence", Reason.TIMEOUT, "did not answer within"),
        ((b"\xff",), "silence", Reason.TIMEOUT, "did not answer within"),
        ((b"\xff\xff",), "drip", Reason.TIMEOUT, "was not complete within"),
        ((b"\xff\xff",), "flood", Reason.PROTOCOL, "no answer|another question|malformed"),
    ],
)
async def test_streams(context: ProbeContext, pieces: tuple[bytes, ...], then: str, reason: Reason, words: str) -> None:
    async with listening(saying(*pieces, then=then)) as port:
        within = SHORT_S if reason is Reason.TIMEOUT else GENEROUS_S
        outcome = await ask(context, port.address, within=within, transport="tcp")
    assert outcome.reason is reason, outcome
    assert any(word in outcome.message for word in words.split("|")), outcome.message


async def test_a_handshake_that_never_ends(context: ProbeContext, ca_file: str) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        await reader.read()

    async with listening(mute) as port:
        outcome = await ask(context, port.address, within=SHORT_S, transport="tls", tls={"ca_file": ca_file})
    assert outcome.reason is Reason.TIMEOUT
    assert "TLS handshake" in outcome.message


async def test_no_tls_at_all(context: ProbeContext, ca_file: str) -> None:
    async with listening(RECORDS.stream) as port:
        pass
    async with speaking(handler=saying_at_once(b"hello, here is no TLS\r\n")) as server:
        outcome = await ask(context, server, transport="tls", tls={"ca_file": ca_file})
    assert outcome.reason is Reason.TLS
    assert (await ask(context, port.address, transport="tls")).reason is Reason.REFUSED


def saying_at_once(words: bytes) -> Handler:
    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        await reader.read()

    return stream


# -- HTTPS


async def test_https_that_says_gigabytes(context: ProbeContext, root: Credential, ca_file: str, tmp_path: Path) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: 4294967296\r\n\r\n"

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(endless)
        while True:
            writer.write(b"\0" * 65_536)
            await writer.drain()

    tls = root.leaf().server(tmp_path)
    async with listening(stream, tls=tls) as port, listening(saying_at_once(endless), tls=tls) as slow:
        options: dict[str, Any] = {"transport": "https", "tls": {"ca_file": ca_file}}
        large = await ask(context, port.address, **options)
        late = await ask(context, slow.address, within=SHORT_S, **options)
    assert large.reason is Reason.TOO_LARGE
    assert late.reason is Reason.TIMEOUT


@pytest.mark.parametrize("how", ["cut in a record", "a name that points at itself", "another question"])
async def test_https_with_a_malformed_message(
    context: ProbeContext, root: Credential, ca_file: str, tmp_path: Path, how: str
) -> None:
    def resolve(request: Any) -> bytes:
        return answer(MALFORMED[how](request.body), headers={"Content-Type": "application/dns-message"})

    async with site({"/dns-query": resolve}, tls=root.leaf().server(tmp_path)) as doh:
        options: dict[str, Any] = {"transport": "https", "tls": {"ca_file": ca_file}, "udp_size": 0}
        outcome = await ask(context, doh.listener.address, **options)
    assert outcome.reason is Reason.PROTOCOL


# -- what unpacks


async def test_types_that_nobody_knows_leave_nothing_behind(context: ProbeContext) -> None:
    """dnspython keeps a row for every class and type it meets; a server that makes them up must not fill memory."""
    import dns.rdata

    def odd(query: bytes) -> bytes:
        records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", 40_000 + n, 30_000 + n, 60, 2) + b"ab" for n in range(60))
        return head(query, counts=(1, 60, 0, 0)) + question(query) + records

    async with speaking(lambda query: [odd(query)]) as server:
        options = {"server": server, "name": "www.example.org", "udp_size": 0}
        probe = KINDS["dns"](DnsOptions.model_validate(options), context)
        await run(probe)
        before = len(dns.rdata._rdata_classes)
        outcome = await run(probe)
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.dns is not None
    assert outcome.dns.answers[0] == "www.example.org.\t60\tCLASS30000\tTYPE40000\t\\# 2 6162"
    assert len(dns.rdata._rdata_classes) == before
    assert not any(kind >= 40_000 for _, kind in dns.rdata._rdata_classes)


async def test_control_characters_in_names_are_not_shown_raw(context: ProbeContext) -> None:
    def odd(query: bytes) -> bytes:
        name = b"\x0a\x1b[31m\r\n\0<&\0"
        data = b"\x04\x1b]0;\0"
        return (
            head(query) + question(query) + name + b"\0\x05\0\1\0\0\0\1" + struct.pack("!H", len(data) + 1) + data + b""
        )

    async with speaking(lambda query: [odd(query) + b"\0"]) as server:
        outcome = await ask(context, server, udp_size=0, expect={"answers": {"matches": "nothing of it"}})
    assert outcome.message.isprintable()
    assert all(value.isprintable() for value in outcome.details.values())
