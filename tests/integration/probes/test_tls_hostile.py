"""Servers that stall, drip, lie, talk without end or send monsters: each ends in time, in little memory."""

import asyncio
import contextlib
import gc
import socket
import ssl
import struct
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.tls import StartTls
from slamon.probes import Outcome, ProbeContext, Reason

from tests.system import endpoints

from .authority import Credential
from .conftest import GENEROUS_S, Probing, run, tls_probe
from .servers import Handler, free_port, listening, silent

PROTOCOLS = [protocol.value for protocol in StartTls]
SPEAK_FIRST = [name for name in PROTOCOLS if name not in {"ldap", "postgres", "xmpp", "xmpp-server"}]
HELD_S = 0.020
"""The event loop must never be held longer."""


@pytest.fixture
async def tls(context: ProbeContext, ca_file: str) -> Probing:
    """Of probes whose files and libraries were read before: short times are for the server alone."""

    async def probing(address: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        options = {"ca_file": ca_file} | options
        await run(tls_probe(context, f"127.0.0.1:{free_port()}", **options))
        return await run(tls_probe(context, address, **options), within)

    return probing


def says(*words: bytes, then_close: bool = False, pause: float = 0) -> Handler:
    """Says the words whatever it hears, then closes or goes silent."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for word in words:
            writer.write(word)
            await writer.drain()
            await asyncio.sleep(pause)
        while not then_close and await reader.read(65_536):
            pass

    return handle


def endless(piece: bytes, pause: float = 0) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return handle


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class TestBeforeTls:
    """The words before TLS."""

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    async def test_nothing_is_said(self, tls: Probing, protocol: str) -> None:
        async with listening(silent) as server:
            outcome = await tls(server.address, within=0.3, starttls=protocol)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        words = "did not greet" if protocol in SPEAK_FIRST else "did not answer before TLS"
        assert outcome.message.startswith(f"{server.address} {words} within ")
        assert sum(outcome.phases.values()) == outcome.duration_us

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    @pytest.mark.parametrize("handler", [says(then_close=True), resets], ids=["closes", "resets"])
    async def test_the_connection_ends(self, tls: Probing, protocol: str, handler: Handler) -> None:
        async with listening(handler) as server:
            outcome = await tls(server.address, within=5, starttls=protocol)
        assert outcome.verdict is Verdict.DOWN
        awaited = {Reason.PROTOCOL, Reason.TIMEOUT} if handler is resets else {Reason.PROTOCOL}
        assert outcome.reason in awaited, outcome

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    @pytest.mark.parametrize(
        "piece",
        [
            b"x" * 4096,
            b"220-more\r\n" * 400,
            b"* OK more\r\n" * 400,
            b"\0" * 4096,
            b"<a/>" * 1000,
            b"\x30\x84\x7f\xff\xff\xff",
        ],
        ids=["no line", "smtp", "imap", "zeros", "xml", "ber"],
    )
    async def test_words_without_end(self, tls: Probing, protocol: str, piece: bytes) -> None:
        async with listening(endless(piece)) as server:
            outcome = await tls(server.address, starttls=protocol)
        assert (outcome.verdict, outcome.tls) == (Verdict.DOWN, None)
        assert outcome.reason in {Reason.TOO_LARGE, Reason.PROTOCOL, Reason.STARTTLS}, outcome
        assert len(outcome.message) < 400
        assert outcome.message.isprintable()

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    async def test_one_byte_after_the_other(self, tls: Probing, protocol: str) -> None:
        first = {"ldap": b"\x30", "postgres": b"", "mysql": b"\x40", "xmpp": b"<", "xmpp-server": b"<"}
        drip = {"smtp": b"2", "ftp": b"2", "imap": b"*", "pop3": b"+"}.get(protocol, b"\0")
        handler = says(*[first.get(protocol, b"") + b"", *[drip] * 200], pause=0.01)
        async with listening(handler if protocol != "postgres" else silent) as server:
            outcome = await tls(server.address, within=0.5, starttls=protocol)
        assert outcome.verdict is Verdict.DOWN
        assert outcome.reason in {Reason.TIMEOUT, Reason.PROTOCOL}, outcome
        assert outcome.duration_us < 10_000_000

    @pytest.mark.parametrize(
        ("protocol", "words", "reason"),
        [
            ("smtp", b"554 go away\r\n", Reason.STARTTLS),
            ("smtp", b"HTTP/1.1 400 Bad Request\r\n", Reason.PROTOCOL),
            ("smtp", b"220-a\r\n220 b\r\n250-x\r\n250 STARTTLS\r\n454 not now\r\n", Reason.STARTTLS),
            ("ftp", b"220-a\r\n any text 220\r\n220 b\r\n431 no\r\n", Reason.STARTTLS),
            ("imap", b"* BYE full\r\n", Reason.STARTTLS),
            ("imap", b"* PREAUTH you are in\r\n", Reason.STARTTLS),
            ("imap", b"* OK hi\r\n* CAPABILITY IMAP4rev1\r\ns1 NO not here\r\n", Reason.STARTTLS),
            ("imap", b"* OK hi\r\nwhat\r\n", Reason.PROTOCOL),
            ("pop3", b"-ERR busy\r\n", Reason.STARTTLS),
            ("pop3", b"+OK hi\r\n-ERR what\r\n", Reason.STARTTLS),
            ("pop3", b"hello\r\n", Reason.PROTOCOL),
            ("ldap", bytes.fromhex("300c02010178070a010204000400"), Reason.STARTTLS),
            ("ldap", bytes.fromhex("3084000000 0c02010178070a013404000400".replace(" ", "")), Reason.STARTTLS),
            ("ldap", bytes.fromhex("3080"), Reason.PROTOCOL),
            ("ldap", bytes.fromhex("3089ffffffffffffffffff"), Reason.PROTOCOL),
            ("ldap", bytes.fromhex("3084ffffffff"), Reason.TOO_LARGE),
            ("ldap", bytes.fromhex("3003020101"), Reason.PROTOCOL),
            ("ldap", b"HTTP/1.1 400", Reason.PROTOCOL),
            ("postgres", b"N", Reason.STARTTLS),
            ("postgres", b"E\0\0\0\x20", Reason.STARTTLS),
            ("postgres", b"H", Reason.PROTOCOL),
            ("mysql", b"\x17\0\0\0\xff\x10\x04Too many connections", Reason.STARTTLS),
            ("mysql", b"\xff\xff\xff\0", Reason.TOO_LARGE),
            ("mysql", b"\0\0\0\0", Reason.PROTOCOL),
            ("mysql", b"\x04\0\0\0\x0a8.0", Reason.PROTOCOL),
            ("mysql", b"SSH-2.0-OpenSSH\r\n", Reason.PROTOCOL),
            ("xmpp", b"<stream:stream><stream:error><host-unknown/></stream:error>", Reason.STARTTLS),
            ("xmpp", b"<stream:stream><stream:features/>", Reason.STARTTLS),
            ("xmpp", b"HTTP/1.1 400 Bad</features>", Reason.PROTOCOL),
        ],
    )
    async def test_strange_words(self, tls: Probing, protocol: str, words: bytes, reason: Reason) -> None:
        async with listening(says(words)) as server:
            outcome = await tls(server.address, starttls=protocol)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
        assert outcome.message.isprintable()

    @pytest.mark.parametrize(
        ("protocol", "words"),
        [
            ("smtp", b"220 a\r\n250 b\r\n220 go\r\n250 injected\r\n"),
            ("pop3", b"+OK a\r\n+OK go\r\n+OK injected\r\n"),
            ("imap", b"* OK a\r\ns1 OK go\r\n* injected\r\n"),
            ("postgres", b"SE"),
            ("ldap", bytes.fromhex("300c02010178070a010004000400") + b"\x30"),
        ],
    )
    async def test_what_follows_in_the_clear_is_not_taken_for_what_tls_protects(
        self, tls: Probing, protocol: str, words: bytes
    ) -> None:
        async with listening(says(words)) as server:
            outcome = await tls(server.address, starttls=protocol)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL)
        assert outcome.message == f"{server.address} went on in the clear where TLS was to begin"

    @pytest.mark.parametrize("protocol", ["smtp", "postgres"])
    async def test_it_promises_tls_and_stalls(self, tls: Probing, protocol: str) -> None:
        words = {"smtp": [b"220 a\r\n", b"250 b\r\n", b"220 go\r\n"], "postgres": [b"S"]}[protocol]

        async def promise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for word in words:
                if protocol != "smtp" or word != words[0]:
                    await reader.read(1024)
                writer.write(word)
                await writer.drain()
            await silent(reader, writer)

        async with listening(promise) as server:
            outcome = await tls(server.address, within=0.5, starttls=protocol)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert outcome.message.startswith(f"the TLS handshake with {server.address} was not done within ")
        assert outcome.phases["tls"] > 0


RECORD = b"\x16\x03\x03"


class TestInTheHandshake:
    """TLS itself, with and without a staple asked for."""

    @pytest.mark.parametrize("expect", [{}, {"staple": "if_sent"}], ids=["ssl", "pyopenssl"])
    @pytest.mark.parametrize(
        ("handler", "reason"),
        [
            (silent, Reason.TIMEOUT),
            (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Reason.TLS),
            (says(b"220 mail\r\n"), Reason.TLS),
            (says(then_close=True), Reason.TLS),
            (resets, Reason.TLS),
            (says(b"\x15\x03\x03\x00\x02\x02\x28"), Reason.TLS),
            (says(RECORD + b"\x40\x00", *[b"\0"] * 300, pause=0.01), Reason.TIMEOUT),
            (says(RECORD + b"\x00\x04\x02\xff\xff\xff"), Reason.TLS),
            (endless(RECORD + b"\x00\x00"), Reason.TLS),
            (endless(RECORD + b"\x40\x00" + b"\x0b\x00\xff\xff" + b"\0" * 16380), Reason.TLS),
        ],
        ids=["stalls", "http", "smtp", "closes", "resets", "alert", "drips", "huge hello", "empty records", "no hello"],
    )
    async def test_each_ends(self, tls: Probing, expect: dict[str, Any], handler: Handler, reason: Reason) -> None:
        async with listening(handler) as server:
            within = 0.5 if reason is Reason.TIMEOUT else 20
            options = {} if expect else {"skip_verification": True}
            outcome = await tls(server.address, within=within, expect=expect, **options)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
        assert "TLS" in outcome.message
        assert outcome.duration_us < 15_000_000

    async def test_half_a_handshake(self, tls: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        """A server that stops after its first flight has begun."""
        theirs = root.authority().leaf().server(tmp_path)

        async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came, going = ssl.MemoryBIO(), ssl.MemoryBIO()
            session = theirs.wrap_bio(came, going, server_side=True)
            came.write(await reader.read(65_536))
            with contextlib.suppress(ssl.SSLWantReadError):
                session.do_handshake()
            flight = going.read()
            writer.write(flight[: len(flight) // 2])
            await writer.drain()
            await silent(reader, writer)

        async with listening(half) as server:
            outcome = await tls(server.address, within=0.5, ca_file=ca_file)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)


@contextlib.asynccontextmanager
async def watched() -> AsyncIterator[list[float]]:
    """How long the loop was held by computing, in seconds of this thread's own CPU.

    So a busy machine does not count, nor the collector of garbage, which has all that pytest keeps to walk.
    """
    gc.collect()
    gc.disable()
    held: list[float] = []
    done = False

    async def watch() -> None:
        while not done:
            before = time.thread_time()
            await asyncio.sleep(0)
            held.append(time.thread_time() - before)

    task = asyncio.ensure_future(watch())
    try:
        yield held
    finally:
        gc.enable()
        done = True
        await task


def many(count: int) -> tuple[bytes, ...]:
    """Certificates that all bear the name of the one that is looked for."""
    return tuple(Credential.root("Test Intermediate").pem for _ in range(count))


class TestMonsters:
    """Certificates that take long to read."""

    @pytest.mark.parametrize("expect", [{}, {"staple": "if_sent"}], ids=["ssl", "pyopenssl"])
    @pytest.mark.parametrize("case", ["names", "too many names", "chain", "same names", "long key"])
    async def test_the_loop_goes_on(
        self, tls: Probing, root: Credential, ca_file: str, tmp_path: Path, case: str, expect: dict[str, Any]
    ) -> None:
        middle = root.authority()
        names = {"names": 2_500, "too many names": 20_000}.get(case, 0)
        key = rsa.generate_private_key(65537, 4096) if case == "long key" else None
        own = middle.leaf("127.0.0.1", *(f"name-{number}.example.org" for number in range(names)), key=key)
        more: tuple[bytes, ...] = ()
        if case == "chain":
            more = tuple(Credential.root(f"Root {number}").pem for number in range(150))
        elif case == "same names":
            more = many(150)
        sends = own.server(tmp_path, more=more)
        with endpoints.tls(sends) as address:
            await tls(address, ca_file=ca_file, expect=expect)  # libraries and authorities are loaded
            async with watched() as held:
                outcome = await tls(address, ca_file=ca_file, expect=expect)
        if case == "too many names":
            assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TLS), outcome
        else:
            assert outcome.verdict is Verdict.UP, outcome
            assert outcome.tls is not None
            assert outcome.tls.own is not None
            assert len(outcome.tls.own.dns_names) == names
            assert len(outcome.tls.sent) == 2 + len(more)
        assert max(held) < HELD_S, max(held)
        assert len(outcome.message) < 400

    async def test_memory_is_bounded(self, tls: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        sends = root.authority().leaf().server(tmp_path, more=many(150))
        async with listening(silent, tls=sends) as server:
            await tls(server.address, ca_file=ca_file)
            tracemalloc.start()
            try:
                for _ in range(10):
                    await tls(server.address, ca_file=ca_file)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert peak < 8 * 2**20
