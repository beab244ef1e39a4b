"""The opening handshake of a WebSocket (RFC 6455, section 4), read by h11; what it may send is bounded."""

import base64
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import h11

from slamon.probes.course import Failure
from slamon.probes.outcome import Reason
from slamon.probes.wire import Wire

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SWITCHING = 101
MOST_HEADERS = 16 * 1024
MOST_READ = 64 * 1024
"""Bytes of one answer's headers, and of all up to the one that counts."""

DEFLATE = "permessage-deflate"
MAY_SAY = frozenset({"server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits"})
"""What a server may answer to our offer of compression."""

HEADERS_TOO_LARGE = 431

Header = tuple[bytes, bytes]


class RefusedFailure(Failure):
    """The handshake was answered with another status than 101."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(Reason.STATUS, message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asking:
    """What a handshake asks for."""

    path: str
    headers: tuple[Header, ...]
    subprotocols: tuple[str, ...]
    compression: bool

    def request(self, key: bytes) -> h11.Request:
        """The request."""
        headers = [
            *self.headers,
            (b"Upgrade", b"websocket"),
            (b"Connection", b"Upgrade"),
            (b"Sec-WebSocket-Key", key),
            (b"Sec-WebSocket-Version", b"13"),
        ]
        if self.subprotocols:
            headers.append((b"Sec-WebSocket-Protocol", ", ".join(self.subprotocols).encode()))
        if self.compression:
            headers.append((b"Sec-WebSocket-Extensions", DEFLATE.encode()))
        return h11.Request(method="GET", target=self.path, headers=headers)


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of it: bytes that came behind, whether messages may be compressed, the subprotocol."""

    behind: bytes
    compressed: bool
    subprotocol: str | None


async def opened(wire: Wire, asking: Asking, whom: str, answered: Callable[[], None]) -> Opened:
    """Ask, and read the answer; `answered` is called at every piece that arrives.

    Raises Failure (status, protocol, too_large).
    """
    key = base64.b64encode(os.urandom(16))
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADERS)
    await wire.send((connection.send(asking.request(key)) or b"") + (connection.send(h11.EndOfMessage()) or b""))
    read = 0
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await wire.receive()
                if not data:
                    raise Failure(Reason.PROTOCOL, f"{whom} closed the connection without an answer to the handshake")
                answered()
                read += len(data)
                if read > MOST_READ:
                    raise Failure(Reason.TOO_LARGE, f"{whom} sent endless headers")
                connection.receive_data(data)
            elif isinstance(event, h11.InformationalResponse) and event.status_code == SWITCHING:
                compressed, subprotocol = _judged(event.headers.raw_items(), asking, key, whom)
                return Opened(connection.trailing_data[0], compressed, subprotocol)
            elif isinstance(event, h11.Response):
                sentence = f"{whom} answered {event.status_code} to the handshake, expected 101"
                raise RefusedFailure(event.status_code, sentence)
    except h11.RemoteProtocolError as error:
        if error.error_status_hint == HEADERS_TOO_LARGE:
            raise Failure(Reason.TOO_LARGE, f"{whom} sent endless headers") from None
        raise Failure(Reason.PROTOCOL, f"{whom} did not answer in HTTP") from None


def _judged(headers: Sequence[Header], asking: Asking, key: bytes, whom: str) -> tuple[bool, str | None]:
    """Whether compression was agreed, and the subprotocol."""
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
    wrong = None
    if [value.lower() for value in _values(headers, b"upgrade")] != [b"websocket"]:
        wrong = "it does not upgrade to websocket"
    elif b"upgrade" not in [value.lower() for value in _values(headers, b"connection")]:
        wrong = "its header Connection does not say upgrade"
    elif _values(headers, b"sec-websocket-accept") != [accept]:
        wrong = "its proof does not belong to our key"
    chosen = [value.decode("ascii", "replace") for value in _values(headers, b"sec-websocket-protocol")]
    if chosen not in ([], *([name] for name in asking.subprotocols)):
        wrong = wrong or "it chose a subprotocol that was not asked for"
    elif asking.subprotocols and not chosen:
        wrong = wrong or f"it chose none of the subprotocols {', '.join(asking.subprotocols)}"
    extensions = [value.decode("ascii", "replace").lower() for value in _values(headers, b"sec-websocket-extensions")]
    if extensions and not _is_agreed(extensions, asking):
        wrong = wrong or "it chose an extension that was not offered"
    if wrong is not None:
        raise Failure(Reason.PROTOCOL, f"{whom} answered the handshake, but {wrong}")
    return bool(extensions), chosen[0] if chosen else None


def _is_agreed(extensions: Sequence[str], asking: Asking) -> bool:
    name, *words = (word.strip() for word in extensions[0].split(";"))
    keys = {word.partition("=")[0].strip() for word in words}
    return asking.compression and len(extensions) == 1 and name == DEFLATE and keys <= MAY_SAY


def _values(headers: Sequence[Header], name: bytes) -> list[bytes]:
    """The values of a header that is a list, in order."""
    found = [value for given, value in headers if given.lower() == name]
    return [part.strip() for value in found for part in value.split(b",") if part.strip()]
