"""Small PNG files: 8-bit RGBA with as many colours as there may be, to a palette of the 255 that are used most."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 255


def reduced(png: bytes) -> bytes:
    """The same picture in a palette. `png` as cairo writes it: 8 bits a channel, RGB or RGBA, not interlaced."""
    chunks = list(_chunks(png))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", dict(chunks)[b"IHDR"])
    if (depth, interlaced) != (8, 0) or colour not in (2, 6):
        raise ValueError("expected 8 bits a channel, RGB or RGBA, not interlaced")
    size = 4 if colour == 6 else 3
    data = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    rows = [[row[i : i + 3] for i in range(0, len(row), size)] for row in _unfiltered(data, width * size, height, size)]
    palette = [colour_ for colour_, _ in Counter(pixel for row in rows for pixel in row).most_common(_MOST)]
    places = {colour_: i for i, colour_ in enumerate(palette)}
    lines = b"".join(b"\0" + bytes(_place(pixel, palette, places) for pixel in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    written = [(b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in written)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _unfiltered(data: bytes, length: int, height: int, size: int) -> Iterator[bytes]:
    before = bytes(length)
    for row in range(height):
        at = row * (length + 1)
        way, line = data[at], bytearray(data[at + 1 : at + 1 + length])
        for i in range(length if way else 0):
            left = line[i - size] if i >= size else 0
            above = before[i]
            corner = before[i - size] if i >= size else 0
            line[i] = (line[i] + (0, left, above, (left + above) // 2, _paeth(left, above, corner))[way]) & 255
        before = bytes(line)
        yield before


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((abs(guess - left), 0, left), (abs(guess - above), 1, above), (abs(guess - corner), 2, corner))[2]


def _place(pixel: bytes, palette: list[bytes], places: dict[bytes, int]) -> int:
    """The nearest colour, which is remembered."""
    found = places.get(pixel)
    if found is None:
        found = min(
            range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(pixel, palette[i], strict=True))
        )
        places[pixel] = found
    return found
