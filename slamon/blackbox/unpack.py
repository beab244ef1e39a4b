"""Bodies unpacked as a module says, whatever the answer says. Bounded: a small body may stand for a very long one."""

import zlib
from dataclasses import dataclass

import brotli

SLICE = 2**20
MOST_UNPACKED = 2**30
"""Bytes; a body that is longer, unpacked, is broken off."""

PEEKED = 4096
"""So much of a body is gone when it turns out not to be gzip."""

CODINGS = ("br", "deflate", "gzip", "identity")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The body as far as it could be unpacked, up to the limit. `why`: what is wrong; not `begun`: from the start."""

    body: bytes
    length: int
    cut: bool = False
    why: str = ""
    begun: bool = True


def unpacked(coding: str, packed: bytes, limit: int, keep: int) -> Unpacked:
    """`limit`: where to stop, 0 for nowhere; `keep`: so many bytes of it are given back."""
    coding = coding.lower()
    if coding not in CODINGS:
        return _whole(packed, limit, keep, "an unknown compression", begun=False)
    if coding == "identity":
        return _whole(packed, limit, keep)
    if coding == "gzip" and not _is_gzip(packed):
        return _whole(packed[PEEKED:], limit, keep, "the body is not in gzip", begun=False)
    out = _Out(limit or MOST_UNPACKED, keep)
    try:
        if coding == "br":
            why = _brotli(packed, out)
        else:
            why = _zlib(packed, out, 31 if coding == "gzip" else -15, several=coding == "gzip")
    except (zlib.error, brotli.error):
        why = f"the body is not in {coding}, or is damaged"
    if out.cut:
        why = "the body is longer than body_size_limit" if limit else "the body never ends, unpacked"
    return Unpacked(bytes(out.kept), out.length, out.cut, why)


class _Out:
    def __init__(self, limit: int, keep: int) -> None:
        self._limit = limit
        self._keep = keep
        self.kept = bytearray()
        self.length = 0
        self.cut = False

    def take(self, data: bytes) -> bool:
        """Whether more is wanted."""
        room = self._limit - self.length
        if len(data) > room:
            data, self.cut = data[:room], True
        self.length += len(data)
        self.kept += data[: max(0, self._keep - len(self.kept))]
        return not self.cut


def _whole(body: bytes, limit: int, keep: int, why: str = "", *, begun: bool = True) -> Unpacked:
    cut = bool(limit) and len(body) > limit
    length = limit if cut else len(body)
    if cut and not why:
        why = "the body is longer than body_size_limit"
    return Unpacked(body[: min(keep, length)], length, cut, why, begun)


def _is_gzip(packed: bytes) -> bool:
    return len(packed) >= 10 and packed[:3] == b"\x1f\x8b\x08"


def _zlib(packed: bytes, out: _Out, bits: int, *, several: bool) -> str:
    while True:
        machine = zlib.decompressobj(bits)
        rest = packed
        while not machine.eof:
            data = machine.decompress(rest, SLICE)
            if not out.take(data):
                return ""
            rest = machine.unconsumed_tail
            if not data and not rest:
                return "" if machine.eof else "the body ends in the middle"
        packed = machine.unused_data
        if not several or not packed:
            return ""


def _brotli(packed: bytes, out: _Out) -> str:
    machine = brotli.Decompressor()
    data = machine.process(packed, output_buffer_limit=SLICE)
    while out.take(data):
        if machine.is_finished():
            return ""
        if machine.can_accept_more_data():
            return "the body ends in the middle"
        data = machine.process(b"", output_buffer_limit=SLICE)
    return ""
