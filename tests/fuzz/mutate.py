"""Cases from seeds: changed in the ways that parsers do not expect. The same number gives the same case."""

import random
from collections.abc import Callable, Iterator, Sequence

LONGEST = 64 * 1024
ODD = (0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x0D, 0x20, 0x22, 0x24, 0x25, 0x27, 0x2E, 0x3A, 0x5B, 0x5C, 0x7B, 0xC0)
WORDS = (
    b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\xc0\x0c", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b"\r\n\r\n", b"%00", b"%", b"${env:", b"${a}", b"[[[[", b"{{{{", b"1e999", b"-0", b"NaN",
    b"99999999999999999999999", b"\xd9\xa3", b"&a", b"*a", b"<<: ", b"!!python/object", b"::1%eth0", b"xn--", b"@",
    b"\xc2\xb2", b"9" * 5000,
)  # fmt: skip

Change = Callable[[bytearray, random.Random], None]


def cases(seeds: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Endless: the seeds themselves, then changed ones; `number` begins another row of them."""
    yield from seeds
    dice = random.Random(number)
    while True:
        yield changed(dice.choice(seeds), dice.choice(seeds), dice)


def changed(seed: bytes, other: bytes, dice: random.Random) -> bytes:
    """The seed after one to eight changes; now and then it goes on as `other` does."""
    data = bytearray(seed)
    if dice.random() < 0.1 and other:
        data = data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other)) :]
    if dice.random() < 0.02:
        data = bytearray(dice.randbytes(dice.randrange(256)))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        dice.choice(CHANGES)(data, dice)
    return bytes(data[:LONGEST])


def _place(data: bytearray, dice: random.Random) -> int:
    return dice.randrange(len(data) + 1)


def _flip(data: bytearray, dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _odd(data: bytearray, dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.choice(ODD)


def _any(data: bytearray, dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.randrange(256)


def _word(data: bytearray, dice: random.Random) -> None:
    at = _place(data, dice)
    data[at:at] = dice.choice(WORDS)


def _cut(data: bytearray, dice: random.Random) -> None:
    del data[_place(data, dice) :]


def _drop(data: bytearray, dice: random.Random) -> None:
    at = _place(data, dice)
    del data[at : at + dice.choice((1, 2, 4, 16))]


def _repeat(data: bytearray, dice: random.Random) -> None:
    at = _place(data, dice)
    piece = data[at : at + dice.choice((1, 2, 8, 64))]
    data[at:at] = piece * dice.choice((1, 2, 50))


def _swap(data: bytearray, dice: random.Random) -> None:
    if len(data) > 1:
        one, two = dice.randrange(len(data)), dice.randrange(len(data))
        data[one], data[two] = data[two], data[one]


CHANGES: Sequence[Change] = (_flip, _odd, _any, _word, _cut, _drop, _repeat, _swap)
