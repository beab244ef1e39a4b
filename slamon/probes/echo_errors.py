"""Why an echo request got nowhere: what routers and hosts say by ICMP, and what our own kernel says."""

import errno
import os
import socket
import struct
from dataclasses import dataclass

from slamon.probes.course import Failure
from slamon.probes.failures import OURS, UNREACHABLE, ensure_descriptor_left
from slamon.probes.outcome import ProbeNotRunError, Reason

FROM_ICMP, FROM_ICMP6 = 2, 3
"""Where an error comes from (linux/errqueue.h); other origins are of the own kernel."""

_EXTENDED = struct.Struct("=IBBBBII")
"""Number, origin, type, code, padding, info (the MTU), data; then the address of who says so."""

NO_RIGHT = (
    "slamon may not send echo requests: let its group in with `sysctl -w net.ipv4.ping_group_range='0 2147483647'`,"
    " or give it CAP_NET_RAW (in its unit AmbientCapabilities=CAP_NET_RAW and the same in CapabilityBoundingSet)"
)

HOST_WORDS = {
    0: "the network is unreachable",
    1: "the host is unreachable",
    2: "the host knows no ICMP",
    3: "the host refuses",
    5: "the source route failed",
    6: "the network is unknown",
    7: "the host is unknown",
    8: "the source host is isolated",
    9: "a firewall forbids the network",
    10: "a firewall forbids the host",
    11: "the network is unreachable for this type of service",
    12: "the host is unreachable for this type of service",
    13: "a firewall forbids it",
    14: "the precedence is not allowed",
    15: "the precedence is too low",
}
"""Codes of IPv4's destination unreachable (type 3); 4 is that of packets too big."""

HOST_WORDS_6 = {
    0: "there is no route",
    1: "a firewall forbids it",
    2: "it is beyond the scope of the source address",
    3: "the host is unreachable",
    4: "the host refuses",
    5: "the source address is not allowed",
    6: "the route rejects it",
}
"""Codes of IPv6's destination unreachable (type 1)."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An entry of a socket's error queue. `info` is the MTU where a packet was too big."""

    number: int
    origin: int
    kind: int
    code: int
    info: int
    sayer: str | None

    @classmethod
    def of(cls, data: bytes) -> "Trouble | None":
        """From the control message; None for what is too short."""
        if len(data) < _EXTENDED.size:
            return None
        number, origin, kind, code, _, info, _ = _EXTENDED.unpack_from(data)
        return cls(number, origin, kind, code, info, _sayer(data[_EXTENDED.size :]))

    @property
    def too_big(self) -> bool:
        """Whether the packet would have to be cut."""
        return self.number == errno.EMSGSIZE


def _sayer(data: bytes) -> str | None:
    """The address in a sockaddr; None without one."""
    if len(data) < 2:
        return None
    family = struct.unpack_from("=H", data)[0]
    if family == socket.AF_INET and len(data) >= 8:
        return socket.inet_ntop(socket.AF_INET, data[4:8])
    if family == socket.AF_INET6 and len(data) >= 24:
        return socket.inet_ntop(socket.AF_INET6, data[8:24])
    return None


def told(trouble: Trouble, whom: str, here: str, size: int) -> Failure | None:
    """What an ICMP error means for a probe of `whom`; None where the packet goes on all the same (a redirect).

    `here`: our own address, `size`: bytes of the whole packet.
    """
    if trouble.too_big:
        return too_big(whom, size, trouble.info, _says(trouble, here))
    four = (trouble.kind, trouble.code) if trouble.origin == FROM_ICMP else None
    six = (trouble.kind, trouble.code) if trouble.origin == FROM_ICMP6 else None
    if four is not None and four[0] == 3:
        return _unreachable(trouble, whom, here, HOST_WORDS)
    if six is not None and six[0] == 1:
        return _unreachable(trouble, whom, here, HOST_WORDS_6)
    if (four is not None and four[0] == 11) or (six is not None and six[0] == 3):
        return _exceeded(trouble, whom, here)
    if (four is not None and four[0] == 12) or (six is not None and six[0] == 4):
        return Failure(Reason.PROTOCOL, f"the packets to {whom} are not understood{_says(trouble, here)}")
    return None


def too_big(whom: str, size: int, mtu: int, says: str = "") -> Failure:
    """A packet of `size` bytes may not be cut, and a link takes no more than `mtu` (0: unknown)."""
    takes = f" takes {mtu} bytes" if mtu else " takes less"
    sentence = f"a packet of {size} bytes does not fit on the way to {whom} without fragments: a link{takes}{says}"
    return Failure(Reason.FRAGMENTATION_NEEDED, sentence)


def _unreachable(trouble: Trouble, whom: str, here: str, words: dict[int, str]) -> Failure:
    if trouble.sayer == here and words.get(trouble.code) == HOST_WORDS[1]:
        sentence = f"{whom} is unreachable: neither it nor a gateway to it answers in the network of {here}"
        return Failure(Reason.UNREACHABLE, sentence)
    why = words.get(trouble.code, f"code {trouble.code}")
    return Failure(Reason.UNREACHABLE, f"{whom} is unreachable: {why}{_says(trouble, here)}")


def _exceeded(trouble: Trouble, whom: str, here: str) -> Failure:
    if trouble.code == 1:
        return Failure(Reason.TTL_EXCEEDED, f"fragments for {whom} did not arrive in time{_says(trouble, here)}")
    return Failure(Reason.TTL_EXCEEDED, f"the time to live ended on the way to {whom}{_says(trouble, here)}")


def _says(trouble: Trouble, here: str) -> str:
    if trouble.sayer is None:
        return ""
    return ", this machine says" if trouble.sayer == here else f", {trouble.sayer} says"


def unsent(error: OSError, whom: str, size: int, mtu: int, source: str | None) -> Failure:
    """Why a packet could not be sent. Raises ProbeNotRunError when it is our own fault.

    `size`: bytes of the whole packet, `mtu`: what the way takes (0: unknown), `source`: where it was to come from.
    """
    number = error.errno or 0
    if number == errno.EMSGSIZE:
        return too_big(whom, size, mtu, ", this machine says")
    if number == errno.EADDRNOTAVAIL and source is not None:
        raise ProbeNotRunError("source_address is no address of this machine")
    if number == errno.EADDRNOTAVAIL:
        return Failure(Reason.UNREACHABLE, f"{whom} is unreachable: this machine has no address of its family")
    if number == errno.EAFNOSUPPORT:
        raise ProbeNotRunError("this machine does not know the family of the address")
    if number in (errno.ENODEV, errno.ENXIO):
        raise ProbeNotRunError("this machine has no such interface")
    if number in OURS:
        raise ProbeNotRunError(OURS[number])
    ensure_descriptor_left()
    if number == errno.EINVAL:
        return Failure(Reason.UNREACHABLE, f"{whom} is unreachable: a route of this machine discards what goes there")
    why = UNREACHABLE.get(number) or (os.strerror(number).lower() if number else "it cannot be sent to")
    return Failure(Reason.UNREACHABLE, f"{whom} is unreachable: {why}")
