"""A dialogue: wait for a line that matches or for bytes, send something, perhaps with what was captured before."""

import asyncio
import itertools
import re
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from slamon.catalogue.probe_options import CAPTURE, DialogueStep
from slamon.catalogue.secret import Secret
from slamon.probes.captures import Captures
from slamon.probes.course import Failure, Mask
from slamon.probes.expect import compiled
from slamon.probes.outcome import Reason
from slamon.probes.wire import Wire

MOST_READ = 256 * 1024
"""Bytes the other side may send in a whole dialogue."""

_WORDS = re.compile(r"[ -~]{6,}")
"""Texts within bytes: an error, a password."""

LINES_AT_A_STRETCH = 256
"""So many lines are passed over before others have their turn."""

SHOWN_BYTES = 32
"""So many bytes are shown in hexadecimal."""


class Sends(Protocol):
    """A step of any dialogue that may send something."""

    @property
    def send(self) -> Secret | None:
        """A text."""

    @property
    def send_hex(self) -> Secret | None:
        """Bytes."""


Secure = Callable[[Wire, ssl.SSLContext], Awaitable[None]]


class Script:
    """The steps of a check, made ready once."""

    def __init__(self, steps: Sequence[DialogueStep]) -> None:
        self.steps = tuple(steps)
        self.lines = tuple((text_pattern(step.expect), text_pattern(step.reject)) for step in steps)
        self.bytes = tuple((bytes_pattern(step.expect_hex), bytes_pattern(step.reject_hex)) for step in steps)
        self.mask = Mask(secrets_of(steps))

    @property
    def has_starttls(self) -> bool:
        """Whether TLS begins within the dialogue."""
        return any(step.starttls for step in self.steps)


class Conversation:
    """One run of a script."""

    def __init__(self, script: Script, wire: Wire, whom: str, tls: ssl.SSLContext | None) -> None:
        self._script = script
        self._wire = wire
        self._whom = whom
        self._tls = tls
        self._buffer, self._at = b"", 0
        self._captured = Captures()
        self._last_line: bytes | None = None
        self.read = 0
        self.waiting_for = "the dialogue was not done"
        """What has not come about, should the time run out now."""

    async def run(self, answered: Callable[[], None], secure: Secure) -> None:
        """Go through all steps; `answered` is called at every piece that arrives, `secure` to begin TLS.

        Raises Failure (dialogue, too_large, protocol, tls, certificate).
        """
        script = self._script
        for step, (line, not_line), (data, not_data) in zip(script.steps, script.lines, script.bytes, strict=True):
            if step.expect is not None and line is not None:
                await self._expect(step.expect, line, not_line, answered)
            if step.expect_hex is not None and data is not None:
                await self._expect_bytes(step.expect_hex, data, not_data, answered)
            if step.send is not None:
                await self._send(self._captured.filled(step.send.reveal()).encode())
            if step.send_hex is not None:
                await self._send(bytes.fromhex(step.send_hex.reveal()))
            if step.starttls:
                await self._begin_tls(secure)

    async def _send(self, data: bytes) -> None:
        self.waiting_for = f"{self._whom} did not take what was sent"
        await self._wire.send(data)

    async def _expect(
        self,
        source: str,
        pattern: "re.Pattern[bytes]",
        reject: "re.Pattern[bytes] | None",
        answered: Callable[[], None],
    ) -> None:
        """Read lines until one matches; at the end of all an unfinished line counts as one."""
        what = f"no line that matches {self._script.mask.shown(source)!r}"
        for number in itertools.count(1):
            if number % LINES_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            self.waiting_for = f"{self._whom} sent {what}"
            line = self._next_line()
            if line is None:
                data = await self._wire.receive()
                if data:
                    answered()
                    self._take(data)
                    continue
                line, self._buffer, self._at = self._buffer[self._at :], b"", 0
                if not line:
                    raise Failure(Reason.DIALOGUE, f"{self._whom} sent {what} and closed the connection{self.seen()}")
            if self._matches(line.rstrip(b"\r"), pattern):
                return
            if reject is not None and reject.search(self._last_line or b""):
                raise Failure(Reason.DIALOGUE, f"{self._whom} sent what is rejected{self.seen()}")

    async def _expect_bytes(
        self,
        source: str,
        pattern: "re.Pattern[bytes]",
        reject: "re.Pattern[bytes] | None",
        answered: Callable[[], None],
    ) -> None:
        """Read until the bytes have come; what came before them is passed over."""
        what = f"no bytes {' '.join(source.split())}"
        while True:
            self.waiting_for = f"{self._whom} sent {what}"
            rest = self._buffer[self._at :]
            found, rejected = pattern.search(rest), None if reject is None else reject.search(rest)
            if rejected is not None and (found is None or rejected.start() < found.start()):
                shown = self._shown(rest[rejected.start() :])
                raise Failure(Reason.DIALOGUE, f"{self._whom} sent what is rejected: {shown}")
            if found is not None:
                self._at += found.end()
                return
            data = await self._wire.receive()
            if not data:
                last = f"; the last bytes were {self._shown(rest[-SHOWN_BYTES:])}" if rest else ""
                raise Failure(Reason.DIALOGUE, f"{self._whom} sent {what} and closed the connection{last}")
            answered()
            self._take(data)

    def _shown(self, data: bytes) -> str:
        """The first bytes, and the words among them, unless they hold what we sent."""
        mask, text = self._script.mask, data.decode("latin-1")
        if mask.hidden(text) != text:
            return "***"
        words = " ".join(_WORDS.findall(text))
        return data[:SHOWN_BYTES].hex(" ") + (f" ({mask.shown(words)!r})" if words else "")

    def _next_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._at)
        if end < 0:
            return None
        line, self._at = self._buffer[self._at : end], end + 1
        return line

    def _take(self, data: bytes) -> None:
        self._buffer, self._at = self._buffer[self._at :] + data, 0
        self.read += len(data)
        if self.read > MOST_READ:
            raise Failure(Reason.TOO_LARGE, f"{self._whom} sent more than {MOST_READ // 1024} KiB")

    def _matches(self, line: bytes, pattern: "re.Pattern[bytes]") -> bool:
        text = line.decode("utf-8", "replace").encode()
        self._last_line = text
        match = pattern.search(text)
        if match is None:
            return False
        self._captured.take(match, pattern)
        return True

    async def _begin_tls(self, secure: Secure) -> None:
        if self._at < len(self._buffer):
            raise Failure(Reason.PROTOCOL, f"{self._whom} went on in the clear where TLS was to begin")
        self.waiting_for = f"the TLS handshake with {self._whom} was not done"
        assert self._tls is not None  # the check's, made ready when a step begins TLS
        await secure(self._wire, self._tls)

    def seen(self) -> str:
        """What came last, for the end of a sentence."""
        if self._last_line is None:
            return ""
        return f"; the last line was {self._script.mask.shown(self._last_line.decode())!r}"


def text_pattern(pattern: str | None) -> "re.Pattern[bytes] | None":
    """Of RE2, over bytes in UTF-8."""
    return None if pattern is None else compiled(pattern)


def bytes_pattern(pattern: str | None) -> "re.Pattern[bytes] | None":
    """Of bytes in hexadecimal with `??` for any; without repetition, so nothing can hang it."""
    if pattern is None:
        return None
    pairs = re.findall(r"\?\?|[0-9A-Fa-f]{2}", pattern)
    return re.compile(b"".join(b"." if pair == "??" else re.escape(bytes.fromhex(pair)) for pair in pairs), re.DOTALL)


def secrets_of(steps: Iterable[Sends]) -> Iterable[str]:
    """What we send, whole and in words, should the other side echo it."""
    for step in steps:
        if step.send is not None:
            text = step.send.reveal()
            yield text.strip()
            yield from CAPTURE.sub(" ", text).split()
        if step.send_hex is not None and step.send_hex.referred:
            data = bytes.fromhex(step.send_hex.reveal())
            yield data.decode("latin-1")
            yield from _WORDS.findall(data.decode("latin-1"))
