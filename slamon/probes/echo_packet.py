"""Echo requests and their replies as bytes (RFC 792, RFC 4443). What comes in is a stranger's."""

import struct
from dataclasses import dataclass

REQUEST_4, REPLY_4 = 8, 0
REQUEST_6, REPLY_6 = 128, 129

HEADER = struct.Struct("!BBHHH")
"""Type, code, checksum, id, sequence."""

COOKIE = 16
"""So many bytes of the random payload a reply must bring back at the least, for some hosts cut what is long."""

LONGEST_IP_HEADER = 60


@dataclass(frozen=True, slots=True)
class Echo:
    """One echo message."""

    kind: int
    code: int
    ident: int
    sequence: int
    payload: bytes

    @classmethod
    def of(cls, data: bytes) -> "Echo | None":
        """From what begins with its header; None for what is too short."""
        if len(data) < HEADER.size:
            return None
        kind, code, _, ident, sequence = HEADER.unpack_from(data)
        return cls(kind, code, ident, sequence, data[HEADER.size :])


def request(six: bool, ident: int, sequence: int, payload: bytes) -> bytes:
    """An echo request; the checksum of IPv6 is left to the kernel, for it covers addresses."""
    kind = REQUEST_6 if six else REQUEST_4
    blank = HEADER.pack(kind, 0, 0, ident, sequence) + payload
    return blank if six else HEADER.pack(kind, 0, checksum(blank), ident, sequence) + payload


def checksum(data: bytes) -> int:
    """The Internet's checksum (RFC 1071) of data whose checksum field is zero."""
    rest = int.from_bytes(data if len(data) % 2 == 0 else data + b"\0", "big") % 0xFFFF
    return 0xFFFF - rest if rest else 0


def beyond_ip_header(data: bytes) -> bytes:
    """What follows the IPv4 header; empty where there is none."""
    return data[(data[0] & 0x0F) * 4 :] if data else b""


def brings_back(answered: bytes, sent: bytes) -> bool:
    """Whether a reply's payload is that of the request, or enough of its beginning."""
    return len(answered) >= min(COOKIE, len(sent)) and sent.startswith(answered)


def quotes(quoted: bytes, sent: bytes) -> bool:
    """Whether an error quotes the request's payload: as far as the router cared to quote, perhaps nothing of it."""
    both = min(len(quoted), len(sent))
    return quoted[:both] == sent[:both]
