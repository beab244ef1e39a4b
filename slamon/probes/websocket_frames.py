"""Messages of an open WebSocket: frames by wsproto, put together, unpacked and bounded."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, ParseFailed, RsvBits

from slamon.probes.course import Failure
from slamon.probes.outcome import Reason

MOST_READ = 2**20
"""Bytes the other side may send in all, and bytes of messages once unpacked."""

MOST_FRAMES = 20_000
"""Frames it may send in all: each costs us work, however small."""

_FLUSHED = b"\x00\x00\xff\xff"
"""What ends a compressed message and is not sent (RFC 7692)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message, text in UTF-8."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """A ping, to be sent back."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """A ping of ours that came back, or one that nobody asked for."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The other side closed; 1005 when it gave no code."""

    code: int
    why: str


Event = Message | Ping | Pong | Closed


class Inflating(Extension):
    """permessage-deflate as a client reads it. Ours go uncompressed, which the extension allows."""

    name = "permessage-deflate"

    def __init__(self, whom: str) -> None:
        self._whom = whom
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._message = self._frame = False
        self._unpacked = 0

    def offer(self) -> bool:
        """As it is: our handshake has offered it."""
        return True

    def enabled(self) -> bool:
        """It was agreed."""
        return True

    def frame_inbound_header(
        self, proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        """Whether the frame is compressed: its first bit says so, of a message's first frame only."""
        if rsv.rsv1 and (opcode.iscontrol() or opcode is Opcode.CONTINUATION):
            return CloseReason.PROTOCOL_ERROR
        if not opcode.iscontrol() and opcode is not Opcode.CONTINUATION:
            self._message = rsv.rsv1
        self._frame = self._message and not opcode.iscontrol()
        return RsvBits(True, False, False)

    def frame_inbound_payload_data(self, proto: FrameDecoder | FrameProtocol, data: bytes) -> bytes | CloseReason:
        """Unpacked, as far as the bounds go."""
        return self._inflated(data) if self._frame else data

    def frame_inbound_complete(self, proto: FrameDecoder | FrameProtocol, fin: bool) -> bytes | CloseReason | None:
        """The end of a message."""
        return self._inflated(_FLUSHED) if self._frame and fin else None

    def frame_outbound(
        self, proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, data: bytes, fin: bool
    ) -> tuple[RsvBits, bytes]:
        """As it is."""
        return rsv, data

    def _inflated(self, data: bytes) -> bytes | CloseReason:
        try:
            found = self._inflater.decompress(data, MOST_READ - self._unpacked + 1)
        except zlib.error:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        self._unpacked += len(found)
        if self._unpacked > MOST_READ:
            raise _too_much(self._whom, "once unpacked")
        if self._inflater.eof:
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        return found


class Frames:
    """Both directions of an open connection, as bytes."""

    def __init__(self, whom: str, *, compressed: bool) -> None:
        self._whom = whom
        self._protocol = FrameProtocol(client=True, extensions=[Inflating(whom)] if compressed else [])
        self._parts: list[bytes] = []
        self._read = self._frames = 0

    def events(self, data: bytes) -> Iterator[Event]:
        """What the next bytes hold. Raises Failure (protocol, too_large)."""
        self._read += len(data)
        if self._read > MOST_READ:
            raise _too_much(self._whom, "")
        self._protocol.receive_bytes(data)
        try:
            for frame in self._protocol.received_frames():
                self._frames += 1
                if self._frames > MOST_FRAMES:
                    raise Failure(Reason.TOO_LARGE, f"{self._whom} sent more than {MOST_FRAMES} frames")
                event = self._event(frame.opcode, frame.payload, frame.message_finished)
                if event is not None:
                    yield event
        except ParseFailed as error:
            what = str(error) if error.code is CloseReason.PROTOCOL_ERROR else "a message that cannot be decoded"
            raise Failure(Reason.PROTOCOL, f"{self._whom} broke the rules of WebSocket: {what}") from None

    def _event(self, opcode: Opcode, payload: bytes | str | tuple[int, str], whole: bool) -> Event | None:
        if isinstance(payload, tuple):
            return Closed(int(payload[0]), payload[1] or "")
        data = payload.encode() if isinstance(payload, str) else bytes(payload)
        if opcode is Opcode.PING:
            return Ping(data)
        if opcode is Opcode.PONG:
            return Pong(data)
        self._parts.append(data)
        if not whole:
            return None
        message = Message(b"".join(self._parts))
        self._parts.clear()
        return message

    def text(self, text: str) -> bytes:
        """A message of text."""
        return bytes(self._protocol.send_data(text))

    def binary(self, data: bytes) -> bytes:
        """A message of bytes."""
        return bytes(self._protocol.send_data(data))

    def ping(self, data: bytes) -> bytes:
        """A ping."""
        return bytes(self._protocol.ping(data))

    def pong(self, data: bytes) -> bytes:
        """The answer to a ping."""
        return bytes(self._protocol.pong(data))

    def close(self, code: int) -> bytes:
        """The end."""
        return bytes(self._protocol.close(code))


def _too_much(whom: str, how: str) -> Failure:
    return Failure(Reason.TOO_LARGE, f"{whom} sent more than {MOST_READ // 2**20} MiB {how}".rstrip())
