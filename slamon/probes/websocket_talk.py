"""The dialogue over an open WebSocket: steps that wait for messages and send some."""

import asyncio
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from slamon.catalogue.kinds.websocket import WebsocketStep
from slamon.probes.captures import Captures
from slamon.probes.course import Failure, Mask
from slamon.probes.dialogue import bytes_pattern, secrets_of, text_pattern
from slamon.probes.outcome import ProbeNotRunError, Reason
from slamon.probes.stages import Stages
from slamon.probes.websocket_frames import Closed, Event, Frames, Message, Ping, Pong
from slamon.probes.wire import Wire

SLICE = 256
"""Bytes looked at between two turns of the event loop: at most 128 frames, or 256 KiB unpacked."""

LONG_MESSAGE = 64 * 1024
"""Bytes; longer messages are matched in a thread."""

NORMAL = 1000
NO_CODE = 1005
SHOWN_BYTES = 32


class Script:
    """The steps of a check, made ready once."""

    def __init__(self, steps: Sequence[WebsocketStep], secrets: Iterable[str]) -> None:
        self.steps = tuple(steps)
        self.wanted = tuple(
            (text_pattern(step.expect) or bytes_pattern(step.expect_hex), text_pattern(step.reject)) for step in steps
        )
        self.rejected = tuple(bytes_pattern(step.reject_hex) for step in steps)
        self.mask = Mask([*secrets, *secrets_of(steps)])


class Talk:
    """One run of a script. Every wait is without bound: the caller has the deadline."""

    def __init__(self, script: Script, wire: Wire, frames: Frames, whom: str, stages: Stages) -> None:
        self._script = script
        self._wire = wire
        self._frames = frames
        self._whom = whom
        self._stages = stages
        self._captured = Captures()
        self._data = memoryview(b"")
        self._events: deque[Event] = deque()
        self._last: bytes | None = None
        self._closing = False

    async def run(self, behind: bytes) -> None:
        """Go through all steps; `behind` came with the handshake. Raises Failure (dialogue, protocol, too_large)."""
        self._data = memoryview(behind)
        script = self._script
        for step, (wanted, reject), reject_bytes in zip(script.steps, script.wanted, script.rejected, strict=True):
            if wanted is not None:
                rejects = [pattern for pattern in (reject, reject_bytes) if pattern is not None]
                await self._expect(step, wanted, rejects)
            if step.expect_close is not None:
                await self._expect_close(step.expect_close)
            if step.send is not None:
                await self._send(self._frames.text(self._captured.filled(step.send.reveal())))
            if step.send_hex is not None:
                await self._send(self._frames.binary(bytes.fromhex(step.send_hex.reveal())))
            if step.ping:
                await self._ping()
            if step.close is not None:
                await self._close(step.close)
        if not self._closing:
            await self._close(NORMAL)

    async def _send(self, data: bytes) -> None:
        self._stages.missing = f"{self._whom} did not take what was sent"
        await self._wire.send(data)

    async def _close(self, code: int) -> None:
        self._closing = True
        await self._send(self._frames.close(code))

    async def _ping(self) -> None:
        data = os.urandom(8)
        await self._send(self._frames.ping(data))
        await self._until(lambda event: isinstance(event, Pong) and event.data == data, "no answer to a ping")

    async def _expect(
        self, step: WebsocketStep, wanted: "re.Pattern[bytes]", rejects: Sequence["re.Pattern[bytes]"]
    ) -> None:
        """Pass messages over until one matches."""
        mask = self._script.mask
        what = (
            f"no message that matches {mask.shown(step.expect)!r}"
            if step.expect is not None
            else f"no message with the bytes {' '.join((step.expect_hex or '').split())}"
        )
        while True:
            event = await self._until(lambda event: isinstance(event, Message), what)
            assert isinstance(event, Message)
            self._last = event.data
            match = await _searched(wanted, event.data)
            if match is not None:
                if step.expect is not None:
                    self._captured.take(match, wanted)
                return
            for pattern in rejects:
                if await _searched(pattern, event.data) is not None:
                    raise Failure(Reason.DIALOGUE, f"{self._whom} sent what is rejected{self._seen()}")

    async def _expect_close(self, codes: Sequence[int]) -> None:
        wanted = " or ".join(map(str, codes))
        self._stages.missing = f"{self._whom} did not close with {wanted}"
        while True:
            event = await self._next(f"without closing with {wanted}")
            if isinstance(event, Closed):
                if event.code in codes:
                    return
                raise Failure(Reason.DIALOGUE, f"{self._whom} closed {self._how(event)}, expected {wanted}")

    async def _until(self, fits: Callable[[Event], bool], what: str) -> Event:
        """The next event that fits; the end of the connection is a failure."""
        self._stages.missing = f"{self._whom} sent {what}"
        while True:
            event = await self._next(f"and sent {what}{self._seen()}")
            if fits(event):
                return event
            if isinstance(event, Closed):
                raise Failure(Reason.DIALOGUE, f"{self._whom} closed {self._how(event)} and sent {what}{self._seen()}")

    async def _next(self, otherwise: str) -> Event:
        """The next event; pings are answered on the way, the last of those that came together."""
        while not self._events:
            if not self._data:
                data = await self._wire.receive()
                if not data:
                    raise Failure(Reason.DIALOGUE, f"{self._whom} closed the connection {otherwise}")
                self._stages.answered()
                self._data = memoryview(data)
            piece, self._data = bytes(self._data[:SLICE]), self._data[SLICE:]
            found = list(self._frames.events(piece))
            self._events.extend(event for event in found if not isinstance(event, Ping))
            pings = [event for event in found if isinstance(event, Ping)]
            if pings and not self._closing:
                await self._wire.send(self._frames.pong(pings[-1].data))
            await asyncio.sleep(0)
        event = self._events.popleft()
        if isinstance(event, Closed) and not self._closing:
            self._closing = True
            await self._wire.send(self._frames.close(NORMAL if event.code == NO_CODE else event.code))
        return event

    def _how(self, event: Closed) -> str:
        code = "without a code" if event.code == NO_CODE else f"with {event.code}"
        return code + (f" ({self._script.mask.shown(event.why)!r})" if event.why else "")

    def _seen(self) -> str:
        """What came last, for the end of a sentence."""
        if self._last is None:
            return ""
        mask = self._script.mask
        try:
            text = self._last.decode()
        except UnicodeDecodeError:
            latin = self._last.decode("latin-1")
            shown = "***" if mask.hidden(latin) != latin else self._last[:SHOWN_BYTES].hex(" ")
            return f"; the last message was {shown}"
        return f"; the last message was {mask.shown(text)!r}"


async def _searched(pattern: "re.Pattern[bytes]", data: bytes) -> "re.Match[bytes] | None":
    if len(data) <= LONG_MESSAGE:
        return pattern.search(data)
    try:
        return await asyncio.to_thread(pattern.search, data)
    except RuntimeError:
        raise ProbeNotRunError("no thread can be started to look at a message") from None
