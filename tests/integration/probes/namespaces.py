"""Networks of our own: namespaces without a name, of which nothing is left when they are closed, and a far host."""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import struct
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.system.running import wait_for

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root (CAP_SYS_ADMIN) can make network namespaces")

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_NETWORK = 0x4000_0000
_OWN = "/proc/thread-self/ns/net"
_LOCAL, _TENTATIVE = 0x8000_0000, 0x40
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x4004_54CA, 1, 0x1000


def _must(code: int) -> None:
    if code != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Namespace:
    """A network of its own, with loopback up."""

    def __init__(self) -> None:
        made: list[int | OSError] = []

        def make() -> None:
            try:
                _must(_LIBC.unshare(_NEW_NETWORK))
                made.append(os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC))
            except OSError as error:
                made.append(error)

        maker = threading.Thread(target=make)
        maker.start()
        maker.join()
        if isinstance(made[0], OSError):
            raise made[0]
        self._descriptor = made[0]
        for scope in ("all", "default"):
            self.set(f"ipv6/conf/{scope}/accept_dad", "0")
        self.ip("link set lo up")

    @property
    def path(self) -> str:
        """As `ip` and `nsenter` know it while this process lives."""
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def ip(self, *commands: str) -> None:
        """Run `ip` in it."""
        words = ["nsenter", f"--net={self.path}", "ip", "-batch", "-"]
        done = subprocess.run(words, input="\n".join(commands), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"ip {commands}: {done.stderr}"

    def is_settled(self) -> bool:
        """Whether all its IPv6 addresses are in use: the kernel sees to that by and by, and drops packets till then."""
        with self.inside():
            given = [line.split() for line in Path("/proc/thread-self/net/if_inet6").read_text().splitlines()]
            routes = [line.split() for line in Path("/proc/thread-self/net/ipv6_route").read_text().splitlines()]
        used = {route[0] for route in routes if int(route[8], 16) & _LOCAL}
        return all(address in used and not int(flags, 16) & _TENTATIVE for address, _, _, _, flags, _ in given)

    def set(self, name: str, value: str) -> None:
        """Set a `net.` key of sysctl, written with slashes."""
        with self.inside():
            (Path("/proc/sys/net") / name).write_text(value)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Sockets that this thread makes are the namespace's."""
        home = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _must(_LIBC.setns(self._descriptor, _NEW_NETWORK))
            yield
        finally:
            _must(_LIBC.setns(home, _NEW_NETWORK))
            os.close(home)

    def close(self) -> None:
        """Nothing is left of it."""
        os.close(self._descriptor)


@contextlib.contextmanager
def namespaces(count: int) -> Iterator[list[Namespace]]:
    """So many of them."""
    with contextlib.ExitStack() as stack:
        made = []
        for _ in range(count):
            one = Namespace()
            stack.callback(one.close)
            made.append(one)
        yield made


@dataclass(frozen=True, slots=True)
class Packet:
    """An ICMP message in an IP packet, with its addresses; `fragment`: nothing but a part of one."""

    six: bool
    source: str
    to: str
    kind: int
    code: int
    ident: int
    sequence: int
    payload: bytes
    hops: int = 64
    whole: bool = False
    fragment: bool = False

    @classmethod
    def of(cls, data: bytes) -> "Packet | None":
        """None for what is no ICMP."""
        if data[0] >> 4 == 4:
            flags = int.from_bytes(data[6:8], "big")
            head, protocol, hops, addresses = (data[0] & 15) * 4, data[9], data[8], (data[12:16], data[16:20])
            whole, part = bool(flags & 0x4000), bool(flags & 0x3FFF)
        else:
            head, protocol, hops, addresses = 40, data[6], data[7], (data[8:24], data[24:40])
            whole, part = False, protocol == 44
            if part:
                protocol, head = data[40], 48
        if protocol not in (1, 58):
            return None
        kind, code, _, ident, sequence = struct.unpack_from("!BBHHH", data.ljust(head + 8, b"\0"), head)
        names = [str(ip_address(address)) for address in addresses]
        return cls(data[0] >> 4 == 6, *names, kind, code, ident, sequence, data[head + 8 :], hops, whole, part)

    @property
    def is_request(self) -> bool:
        """Whether it is an echo request in one piece."""
        return self.kind == (128 if self.six else 8) and not self.fragment

    def reply(self) -> "Packet":
        """The right answer."""
        return replace(self, kind=129 if self.six else 0, source=self.to, to=self.source)

    def error(self, kind: int, code: int, info: int = 0, sayer: str | None = None, quoted: int = 48) -> bytes:
        """An ICMP error about it, which quotes so many bytes beyond its IP header."""
        quote = self.packed()
        quote = quote[: (40 if self.six else 20) + quoted]
        message = struct.pack("!BBHI", kind, code, 0, info) + quote
        return _packed(self.six, sayer or self.to, self.source, message)

    def packed(self, cut: int | None = None) -> bytes:
        """As bytes, the ICMP message cut to a length."""
        message = struct.pack("!BBHHH", self.kind, self.code, 0, self.ident, self.sequence) + self.payload
        return _packed(self.six, self.source, self.to, message[:cut], self.hops)


def _packed(six: bool, source: str, to: str, message: bytes, hops: int = 64) -> bytes:
    addresses = ip_address(source).packed + ip_address(to).packed
    pseudo = addresses + struct.pack("!II", len(message), 58) if six else b""
    if len(message) >= 4:
        message = message[:2] + _sum(pseudo + message) + message[4:]
    if six:
        return struct.pack("!IHBB", 6 << 28, len(message), 58, hops) + addresses + message
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 0, 0, hops, 1, 0) + addresses
    return head[:10] + _sum(head) + head[12:] + message


def _sum(data: bytes) -> bytes:
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF).to_bytes(2, "big")


Answering = Callable[[Packet], Iterable[Packet | bytes]]


def echo(request: Packet) -> Iterable[Packet]:
    """What a well host answers."""
    return [request.reply()]


@dataclass
class Far:
    """All hosts beyond the interface `far`; they answer as a test wants, and remember what they were asked."""

    answering: Answering = echo
    requests: list[Packet] = field(default_factory=list)
    parts: list[Packet] = field(default_factory=list)
    _descriptor: int = -1

    def send(self, answers: Iterable[Packet | bytes]) -> None:
        """Put packets on the wire."""
        for answer in answers:
            with contextlib.suppress(BlockingIOError):
                os.write(self._descriptor, answer if isinstance(answer, bytes) else answer.packed())

    def read(self) -> None:
        """Take in what has come, and answer it."""
        while True:
            try:
                packet = Packet.of(os.read(self._descriptor, 70_000))
            except BlockingIOError:
                return
            if packet is not None and packet.fragment:
                self.parts.append(packet)
            elif packet is not None and packet.is_request:
                self.requests.append(packet)
                self.send(self.answering(packet))


@contextlib.contextmanager
def far(space: Namespace) -> Iterator[Far]:
    """In a running loop: 10.99.0.0/24 and fd99::/64, in which we are 10.99.0.1 and fd99::1, and all others are far."""
    found = Far()
    with space.inside():
        found._descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(found._descriptor, _TUNSETIFF, struct.pack("16sH14x", b"far", _IFF_TUN | _IFF_NO_PI))
    try:
        addresses = ("10.99.0.1/24", "10.99.0.9/24", "fd99::1/64 nodad", "fd99::9/64 nodad")
        space.ip(*(f"addr add dev far {address}" for address in addresses), "link set far up")
        wait_for(space.is_settled, "all addresses are in use")
        loop = asyncio.get_running_loop()
        loop.add_reader(found._descriptor, found.read)
        try:
            yield found
        finally:
            loop.remove_reader(found._descriptor)
    finally:
        os.close(found._descriptor)
