"""The two messages of the health service (grpc.health.v1) and the frames and status codes of a gRPC call.

Of the protocol buffers' encoding only what these messages need: one field each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

PATH = "/grpc.health.v1.Health/Check"

PREFIX = 5
"""Bytes before a message: whether it is compressed, and its length."""

MOST_VARINT = 10


class Serving(IntEnum):
    """What the health service says of a service."""

    UNKNOWN = 0
    SERVING = 1
    NOT_SERVING = 2
    SERVICE_UNKNOWN = 3


class StatusCode(IntEnum):
    """How a gRPC call ended."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


@dataclass(frozen=True, slots=True)
class Health:
    """What came of a call: `code` None when there was no answer, `serving` None when the call did not end with OK."""

    code: StatusCode | None = None
    serving: Serving | None = None


OF_HTTP = {
    400: StatusCode.INTERNAL,
    401: StatusCode.UNAUTHENTICATED,
    403: StatusCode.PERMISSION_DENIED,
    404: StatusCode.UNIMPLEMENTED,
    429: StatusCode.UNAVAILABLE,
    502: StatusCode.UNAVAILABLE,
    503: StatusCode.UNAVAILABLE,
    504: StatusCode.UNAVAILABLE,
}
"""What an answer that is none of gRPC counts as, by its HTTP status; the others as UNKNOWN (gRPC's own table)."""


def request(service: str) -> bytes:
    """The framed HealthCheckRequest."""
    name = service.encode()
    message = b"\x0a" + _varint(len(name)) + name if name else b""
    return b"\0" + len(message).to_bytes(4, "big") + message


def unframed(body: bytes) -> bytes:
    """The one message of a unary answer. ValueError says what is wrong with the frames."""
    if len(body) < PREFIX:
        raise ValueError("ended without a message")
    if body[0]:
        raise ValueError("compressed its message, which it was not offered")
    length = int.from_bytes(body[1:PREFIX], "big")
    if len(body) != PREFIX + length:
        raise ValueError("sent a message that is not as long as it says")
    return body[PREFIX:]


def serving(message: bytes) -> Serving:
    """What a HealthCheckResponse says; a value that is not known counts as UNKNOWN. ValueError for what is none."""
    found = 0
    for number, value in _fields(message):
        if number == 1:
            if not isinstance(value, int):
                raise ValueError("sent a message that is no HealthCheckResponse")
            found = value
    return Serving(found) if found in set(Serving) else Serving.UNKNOWN


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        if kind == 2:
            size, at = _read_varint(message, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError("sent a message that is no HealthCheckResponse")
        if at + size > len(message) or not number:
            raise ValueError("sent a message that is cut off")
        yield number, message[at : at + size]
        at += size


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift, byte in enumerate(data[at : at + MOST_VARINT]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return value, at + shift + 1
    raise ValueError("sent a message that is cut off")
