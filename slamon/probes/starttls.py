"""The words before TLS: what a server is told, by protocol, so that it begins TLS. One table, STARTTLS."""

import re
from collections.abc import Awaitable, Callable
from xml.sax.saxutils import quoteattr

from slamon.catalogue.kinds.tls import StartTls
from slamon.probes.course import Failure, Mask
from slamon.probes.outcome import Reason
from slamon.probes.wire import Wire

MOST_READ = 64 * 1024
"""Bytes the other side may send before TLS begins."""

_SHOWN = Mask(())


class Preamble:
    """What is said before TLS. Every wait is without bound: the caller has the deadline. Raises Failure."""

    def __init__(self, wire: Wire, whom: str, server_name: str) -> None:
        self.server_name = server_name
        self._wire = wire
        self._whom = whom
        self._buffer = bytearray()
        self._read = 0
        self.waiting_for = f"{whom} did not greet"
        """What has not come about, should the time run out now."""

    async def send(self, data: bytes) -> None:
        """Say it."""
        self.waiting_for = f"{self._whom} did not answer before TLS"
        await self._wire.send(data)

    async def line(self) -> str:
        """The next line, without its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            await self._more()
        return self._take(end + 1).rstrip(b"\r\n").decode("utf-8", "replace")

    async def exactly(self, count: int) -> bytes:
        """So many bytes."""
        if count > MOST_READ:
            raise self.endless()
        while len(self._buffer) < count:
            await self._more()
        return self._take(count)

    async def until(self, pattern: "re.Pattern[bytes]") -> bytes:
        """Everything to the end of the first match. The pattern is ours, and looks for short words only."""
        begin = 0
        while (found := pattern.search(self._buffer, begin)) is None:
            begin = max(0, len(self._buffer) - LONGEST_WORD)
            await self._more()
        return self._take(found.end())

    def ended(self) -> None:
        """Nothing may follow in the clear: it would be taken for what TLS protects."""
        if self._buffer:
            raise self.broken("went on in the clear where TLS was to begin")

    def refused(self, answer: str) -> Failure:
        """It does not want TLS."""
        return Failure(Reason.STARTTLS, f"{self._whom} does not begin TLS: {_SHOWN.shown(answer)!r}")

    def broken(self, what: str) -> Failure:
        """It does not speak the protocol."""
        return Failure(Reason.PROTOCOL, f"{self._whom} {what}")

    def strange(self, answer: str | bytes) -> Failure:
        """It says something else than the protocol has it say."""
        text = answer if isinstance(answer, str) else answer.decode("latin-1")
        return self.broken(f"does not speak the protocol, it said {_SHOWN.shown(text)!r}")

    def endless(self) -> Failure:
        """It talks too much."""
        return Failure(Reason.TOO_LARGE, f"{self._whom} sent more than {MOST_READ // 1024} KiB before TLS")

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def _more(self) -> None:
        data = await self._wire.receive()
        if not data:
            last = f", it had said {_SHOWN.shown(self._buffer.decode('latin-1'))!r}" if self._buffer else ""
            raise self.broken(f"closed the connection before TLS began{last}")
        self._read += len(data)
        if self._read > MOST_READ:
            raise self.endless()
        self._buffer += data


LONGEST_WORD = 160
"""The longest word that `until` may have to find over two pieces."""

Words = Callable[[Preamble], Awaitable[None]]


async def _reply(talk: Preamble, wanted: str) -> None:
    """A reply of SMTP or FTP, perhaps of several lines (`220-`), that must begin with a code."""
    line = await talk.line()
    if not re.match(r"[1-5][0-9][0-9]([ -]|$)", line):
        raise talk.strange(line)
    code, more = line[:3], line[3:4] == "-"
    while more:  # between the first and the last line FTP allows any text
        line = await talk.line()
        more = not (line.startswith(code) and line[3:4] != "-")
    if not line.startswith(wanted):
        raise talk.refused(line)


async def _smtp(talk: Preamble) -> None:
    await _reply(talk, "220")
    await talk.send(b"EHLO slamon.invalid\r\n")
    await _reply(talk, "250")
    await talk.send(b"STARTTLS\r\n")
    await _reply(talk, "220")


async def _ftp(talk: Preamble) -> None:
    await _reply(talk, "220")
    await talk.send(b"AUTH TLS\r\n")
    await _reply(talk, "234")


async def _imap(talk: Preamble) -> None:
    line = await talk.line()
    if not line.startswith("* "):
        raise talk.strange(line)
    if not line.upper().startswith("* OK"):
        raise talk.refused(line)
    await talk.send(b"s1 STARTTLS\r\n")
    while not (line := await talk.line()).startswith("s1 "):
        if not line.startswith("* "):
            raise talk.strange(line)
    if not line.upper().startswith("S1 OK"):
        raise talk.refused(line)


async def _pop3(talk: Preamble) -> None:
    for words in (b"STLS\r\n", b""):
        line = await talk.line()
        if line.startswith("-ERR"):
            raise talk.refused(line)
        if not line.startswith("+OK"):
            raise talk.strange(line)
        if words:
            await talk.send(words)


LDAP_STARTTLS = b"1.3.6.1.4.1.1466.20037"  # RFC 4511, 4.14
LONGEST_LENGTH = 4


async def _ldap(talk: Preamble) -> None:
    request = b"\x80" + bytes([len(LDAP_STARTTLS)]) + LDAP_STARTTLS
    operation = b"\x02\x01\x01\x77" + bytes([len(request)]) + request
    await talk.send(b"\x30" + bytes([len(operation)]) + operation)
    head = await talk.exactly(2)
    if head[0] != 0x30:
        raise talk.strange(head)
    length = head[1]
    if length >= 0x80:
        count = length & 0x7F
        if not 0 < count <= LONGEST_LENGTH:
            raise talk.strange(head)
        length = int.from_bytes(await talk.exactly(count), "big")
    answer = await talk.exactly(length)
    found = re.match(rb"\x02\x01[\x00\x01]\x78(?:[\x00-\x7f]|\x81.|\x82..|\x84....)\x0a\x01(.)", answer, re.DOTALL)
    if found is None:
        raise talk.strange(answer)
    if found[1] != b"\0":
        raise talk.refused(f"result {found[1][0]}")


POSTGRES_SSL_REQUEST = bytes.fromhex("00 00 00 08 04 d2 16 2f")


async def _postgres(talk: Preamble) -> None:
    await talk.send(POSTGRES_SSL_REQUEST)
    answer = await talk.exactly(1)
    if answer in (b"N", b"E"):
        raise talk.refused("N" if answer == b"N" else "an error")
    if answer != b"S":
        raise talk.strange(answer)


MYSQL_SSL = 0x0800
MYSQL_CAPABILITIES = MYSQL_SSL | 0x0200 | 0x8000  # protocol 4.1, its authentication
MYSQL_GREETING = 0x0A
MYSQL_ERROR = 0xFF


async def _mysql(talk: Preamble) -> None:
    head = await talk.exactly(4)
    if head[3] != 0:
        raise talk.strange(head)
    greeting = await talk.exactly(int.from_bytes(head[:3], "little"))
    if greeting[:1] == bytes([MYSQL_ERROR]):
        raise talk.refused(greeting[3:].decode("utf-8", "replace"))
    end = greeting.find(b"\0")
    rest = greeting[end + 1 + 4 + 8 + 1 :]  # after the version: thread, eight bytes of a challenge, a filler
    if greeting[:1] != bytes([MYSQL_GREETING]) or end < 0 or len(rest) < 2:
        raise talk.strange(greeting[:32])
    if not int.from_bytes(rest[:2], "little") & MYSQL_SSL:
        raise talk.refused("it does not offer it")
    wish = MYSQL_CAPABILITIES.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little") + b"\x21" + bytes(23)
    await talk.send(len(wish).to_bytes(3, "little") + b"\x01" + wish)


XMPP_FEATURES = re.compile(rb"</(?:[a-z]{1,8}:)?features\s*>|<(?:[a-z]{1,8}:)?features\s*/>|</(?:[a-z]{1,8}:)?error>")
XMPP_ANSWER = re.compile(
    rb"<(?:[a-z]{1,8}:)?proceed\b[^>]{0,100}/>|</(?:[a-z]{1,8}:)?proceed\s*>|<(?:[a-z]{1,8}:)?failure\b|</(?:stream:)?stream"
)
XMPP_TLS = b"urn:ietf:params:xml:ns:xmpp-tls"


async def _xmpp(talk: Preamble, namespace: str = "jabber:client") -> None:
    await talk.send(
        f"<?xml version='1.0'?><stream:stream to={quoteattr(talk.server_name)} xmlns='{namespace}' "
        "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>".encode()
    )
    features = await talk.until(XMPP_FEATURES)
    if not features.lstrip().startswith(b"<"):
        raise talk.strange(features)
    if b"error>" in features[-16:] or b"<starttls" not in features or XMPP_TLS not in features:
        raise talk.refused(features.decode("utf-8", "replace")[-100:])
    await talk.send(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    answer = await talk.until(XMPP_ANSWER)
    if b"proceed" not in answer:
        raise talk.refused(answer.decode("utf-8", "replace"))


async def _xmpp_server(talk: Preamble) -> None:
    await _xmpp(talk, "jabber:server")


STARTTLS: dict[StartTls, Words] = {
    StartTls.SMTP: _smtp,
    StartTls.IMAP: _imap,
    StartTls.POP3: _pop3,
    StartTls.FTP: _ftp,
    StartTls.LDAP: _ldap,
    StartTls.POSTGRES: _postgres,
    StartTls.MYSQL: _mysql,
    StartTls.XMPP: _xmpp,
    StartTls.XMPP_SERVER: _xmpp_server,
}
"""By protocol: says what makes the server begin TLS, and returns when it will."""


async def begin(protocol: StartTls, talk: Preamble) -> None:
    """Bring the server to where TLS begins. Raises Failure (starttls, protocol, too_large)."""
    await STARTTLS[protocol](talk)
    talk.ended()
