"""A socket for echo requests to one address: a ping socket, which needs no rights, or a raw one.

A ping socket belongs to one id, and the kernel hands it the replies of that id alone; a raw socket sees all ICMP of
the machine, so the kernel filters for it. Errors that routers send come by the socket's error queue (IP_RECVERR).
"""

import ctypes
import errno
import os
import secrets
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slamon.probes import echo_packet
from slamon.probes.echo_errors import FROM_ICMP, FROM_ICMP6, NO_RIGHT, Trouble
from slamon.probes.echo_packet import Echo
from slamon.probes.outcome import ProbeNotRunError

AT_ONCE = 64
"""So many messages are taken before others have their turn."""

TRIES = 4
"""So often an id is drawn that nobody else has; then the kernel chooses."""

NO_PORT = 1
"""Means nothing here; but a socket that is connected to port 0 does not tell to whom."""

_ANCILLARY = 512
_SO_ATTACH_FILTER = 26
_SO_TIMESTAMPNS = 35
_IP_MTU_DISCOVER, _IP_RECVERR, _IP_RECVTTL, _IP_MTU = 10, 11, 12, 14
_IPV6_MTU_DISCOVER, _IPV6_RECVERR, _IPV6_DONTFRAG = 23, 25, 62
_DO_NOT_CUT_HERE, _PROBE = 0, 3
"""For IP_MTU_DISCOVER: without the bit; with it, and without regard to what earlier errors said of the path."""

_TIMESTAMP = struct.Struct("@ll")
_INT = struct.Struct("@i")
_REFUSED = {errno.EACCES, errno.EPERM, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT}
_NOTHING = (BlockingIOError, InterruptedError)


@dataclass(frozen=True, slots=True)
class Manner:
    """How packets are sent. `ttl` and `source` of None: as the system does."""

    payload_size: int
    ttl: int | None
    do_not_fragment: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An echo came back. `late_s`: how long it lay in the kernel before it was read."""

    sequence: int
    hop_limit: int | None
    late_s: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody on the way sent a packet's error."""

    sequence: int
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something came in that answers nothing of ours."""


Event = Reply | Refusal | Stranger


class EchoSocket:
    """Sends echo requests and tells what comes of them. It never waits."""

    def __init__(self, address: str, manner: Manner) -> None:
        """Raises OSError when nothing can be sent there, ProbeNotRunError without the right to send echo requests."""
        self.six = ":" in address
        self._payload = secrets.token_bytes(manner.payload_size)
        self._size = echo_packet.LONGEST_IP_HEADER + echo_packet.HEADER.size + manner.payload_size + 1
        self.waiting: list[Event] = []
        """What sending came upon: told with the next events."""
        self.raw, self._sock = _opened(socket.AF_INET6 if self.six else socket.AF_INET)
        try:
            self._set_up(manner)
            self.ident = self._take_id(manner.source)
            self._sock.connect(_place(address, NO_PORT))
            self.here = self._sock.getsockname()[0].partition("%")[0]
            self._peer = self._sock.getpeername()[0]
        except BaseException:
            self._sock.close()
            raise

    def fileno(self) -> int:
        """For the event loop."""
        return self._sock.fileno()

    @property
    def packet_size(self) -> int:
        """Bytes of a whole packet."""
        return (40 if self.six else 20) + echo_packet.HEADER.size + len(self._payload)

    @property
    def mtu(self) -> int:
        """What the path takes as far as the kernel knows; 0 where it does not."""
        if self.six:
            return 0
        try:
            return self._sock.getsockopt(socket.IPPROTO_IP, _IP_MTU)
        except OSError:
            return 0

    def send(self, sequence: int) -> None:
        """Raises OSError when the packet cannot be sent."""
        data = echo_packet.request(self.six, self.ident, sequence, self._payload)
        try:
            self._sock.send(data)
        except OSError:
            errors = list(self._errors())
            self.waiting += errors
            if not errors:
                raise
            self._sock.send(data)  # it was an earlier packet's error that was told

    def events(self) -> tuple[list[Event], bool]:
        """What came in, at most 64 of each sort; and whether there were errors or nothing."""
        found: list[Event] = []
        quiet = True
        try:
            while len(found) < AT_ONCE:
                found.append(self._received())
                quiet = False
            troubled = False
        except _NOTHING:
            troubled = quiet
        except OSError:
            troubled = True
        if troubled:
            found += self._errors()
        found += self.waiting
        self.waiting = []
        return found, troubled

    def close(self) -> None:
        """Give the id back."""
        self._sock.close()

    def _set_up(self, manner: Manner) -> None:
        put = self._sock.setsockopt
        put(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        if self.six:
            put(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            put(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
            if manner.ttl is not None:
                put(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, manner.ttl)
            if manner.do_not_fragment:
                put(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PROBE)
                put(socket.IPPROTO_IPV6, _IPV6_DONTFRAG, 1)
            return
        put(socket.IPPROTO_IP, _IP_RECVERR, 1)
        put(socket.IPPROTO_IP, _IP_RECVTTL, 1)
        put(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PROBE if manner.do_not_fragment else _DO_NOT_CUT_HERE)
        if manner.ttl is not None:
            put(socket.IPPROTO_IP, socket.IP_TTL, manner.ttl)

    def _take_id(self, source: str | None) -> int:
        """A random id, so that no firewall takes a new probe for the rest of an old one."""
        here = source or ("::" if self.six else "0.0.0.0")
        if self.raw:
            ident = secrets.randbelow(0xFFFF) + 1
            _filter(self._sock, self.six, ident)
            self._sock.bind(_place(here))
            return ident
        for _ in range(TRIES):
            try:
                self._sock.bind(_place(here, secrets.randbelow(0xFFFF) + 1))
                break
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        else:
            self._sock.bind(_place(here))
        return int(self._sock.getsockname()[1])

    def _received(self) -> Event:
        data, ancillary, _, sender = self._sock.recvmsg(self._size, _ANCILLARY)
        echo = Echo.of(echo_packet.beyond_ip_header(data) if self.raw and not self.six else data)
        ours = echo is not None and sender[0] == self._peer and self._is_ours(echo)
        if echo is None or not ours or not echo_packet.brings_back(echo.payload, self._payload):
            return Stranger()
        return Reply(echo.sequence, _hop_limit(ancillary), _late(ancillary))

    def _is_ours(self, echo: Echo) -> bool:
        wanted = echo_packet.REPLY_6 if self.six else echo_packet.REPLY_4
        return (echo.kind, echo.code, echo.ident) == (wanted, 0, self.ident)

    def _errors(self) -> Iterator[Event]:
        """What is in the error queue; at most 64 entries, and none twice."""
        for _ in range(AT_ONCE):
            try:
                quoted, ancillary, _, _ = self._sock.recvmsg(self._size, _ANCILLARY, socket.MSG_ERRQUEUE)
            except OSError:
                return
            yield from self._refusals(quoted, ancillary)

    def _refusals(self, quoted: bytes, ancillary: Iterable[tuple[int, int, bytes]]) -> Iterator[Event]:
        echo, wanted = Echo.of(quoted), echo_packet.REQUEST_6 if self.six else echo_packet.REQUEST_4
        for level, kind, data in ancillary:
            if (level, kind) not in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
                continue
            trouble = Trouble.of(data)
            if trouble is None or trouble.origin not in (FROM_ICMP, FROM_ICMP6):
                continue
            ours = echo is not None and (echo.kind, echo.ident) == (wanted, self.ident)
            if echo is not None and ours and echo_packet.quotes(echo.payload, self._payload):
                yield Refusal(echo.sequence, trouble)
            else:
                yield Stranger()


def _opened(family: int) -> tuple[bool, socket.socket]:
    """Whether it is raw, and the socket."""
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    for raw, kind in ((False, socket.SOCK_DGRAM), (True, socket.SOCK_RAW)):
        try:
            return raw, socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        except OSError as error:
            if error.errno not in _REFUSED:
                raise
    raise ProbeNotRunError(NO_RIGHT)


def _place(address: str, port: int = 0) -> tuple[str, int] | tuple[str, int, int, int]:
    """As sockets know it. OSError when there is no such interface."""
    bare, _, zone = address.partition("%")
    if not zone:
        return bare, port
    return bare, port, 0, int(zone) if zone.isdecimal() else _interface(zone)


def _interface(name: str) -> int:
    """Its number. Python tells that there is none without saying so in errno."""
    try:
        return socket.if_nametoindex(name)
    except OSError:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV)) from None


_INSTRUCTION = struct.Struct("@HBBI")
_LENGTH_OF_HEADER, _BYTE_BEYOND, _HALF_BEYOND = 0xB1, 0x50, 0x48
_BYTE, _HALF, _EQUAL, _RETURN = 0x30, 0x28, 0x15, 0x06
_ALL = 0xFFFF_FFFF


def _filter(sock: socket.socket, six: bool, ident: int) -> None:
    """Have the kernel (by its packet filter) keep everything from a raw socket but echo replies of the id."""
    if six:
        program = [(_BYTE, 0, 0, 0), (_EQUAL, 0, 3, echo_packet.REPLY_6), (_HALF, 0, 0, 4)]
    else:
        begin = [(_LENGTH_OF_HEADER, 0, 0, 0), (_BYTE_BEYOND, 0, 0, 0)]
        program = [*begin, (_EQUAL, 0, 3, echo_packet.REPLY_4), (_HALF_BEYOND, 0, 0, 4)]
    program += [(_EQUAL, 0, 1, ident), (_RETURN, 0, 0, _ALL), (_RETURN, 0, 0, 0)]
    code = ctypes.create_string_buffer(b"".join(_INSTRUCTION.pack(*one) for one in program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code)))


def _hop_limit(ancillary: Iterable[tuple[int, int, bytes]]) -> int | None:
    wanted = ((socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT))
    for level, kind, data in ancillary:
        if (level, kind) in wanted and len(data) >= _INT.size:
            return int(_INT.unpack_from(data)[0])
    return None


def _late(ancillary: Iterable[tuple[int, int, bytes]]) -> float:
    """Seconds since the kernel took the packet in; its stamp is of the machine's wall clock, so that is compared."""
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS) and len(data) >= _TIMESTAMP.size:
            seconds, nanoseconds = _TIMESTAMP.unpack_from(data)
            late_ns: int = time.time_ns() - seconds * 1_000_000_000 - nanoseconds
            return max(0, late_ns) / 1e9
    return 0.0
