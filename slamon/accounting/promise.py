"""What an agreement can promise at most, by what is promised below it.

Of the services that one stands on each is promised to be up a part of its time. ASSUMED, not measured: they fail
independently of each other. Then at each moment the service is up with the product of what is promised for those that
it needs all of, and with 1 - (1 - a)(1 - b)... where one of several is enough. Only time is looked at in which
something is promised below: common hours.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from slamon.accounting.facts import Span


@dataclass(frozen=True, slots=True, order=True)
class Level:
    """From `start` to `end`, in ms, this ratio is promised. A list of them is in order and without overlaps."""

    start: int
    end: int
    ratio: Fraction


@dataclass(frozen=True, slots=True)
class Piece:
    """So much common time has these ratios, one for each group (None: nothing promised then), and their product."""

    ms: int
    ratios: tuple[Fraction | None, ...]
    product: Fraction


@dataclass(frozen=True, slots=True)
class Carried:
    """What a service is promised by all that it stands on together; `ratio` None: nothing, at no time."""

    ratio: Fraction | None
    pieces: tuple[Piece, ...]


def at_least(needed: int, ratios: Sequence[Fraction]) -> Fraction:
    """With what probability so many of several, each up with its ratio, are up at once."""
    exactly = [Fraction(1)]
    for ratio in ratios:
        up = [Fraction(0), *(p * ratio for p in exactly)]
        exactly = [p * (1 - ratio) + more for p, more in zip([*exactly, Fraction(0)], up, strict=True)]
    return sum(exactly[needed:], Fraction(0))


def either(ratios: Sequence[Fraction]) -> Fraction:
    """One of several is enough."""
    return at_least(1, ratios)


def together(ratios: Sequence[Fraction]) -> Fraction:
    """All of several are needed."""
    return prod(ratios, start=Fraction(1))


def promised(spans: Iterable[Span], ratio: Fraction) -> list[Level]:
    """The same ratio over a sorted list of spans."""
    return [Level(span.start, span.end, ratio) for span in spans]


def merged(lists: Sequence[Sequence[Level]], rule: Callable[[Sequence[Fraction]], Fraction]) -> list[Level]:
    """At each moment the rule over what is promised then; nothing where no list promises anything."""
    found: list[Level] = []
    for start, end, ratios in _stretches(lists):
        known = [ratio for ratio in ratios if ratio is not None]
        if known:
            ratio = rule(known)
            if found and found[-1].end == start and found[-1].ratio == ratio:
                found[-1] = Level(found[-1].start, end, ratio)
            else:
                found.append(Level(start, end, ratio))
    return found


def carried(serving: Sequence[Span], groups: Sequence[Sequence[Level]]) -> Carried:
    """The product of the groups, weighed by time, over what of `serving` any of them promises something for."""
    hours = promised(serving, Fraction(1))
    lengths: dict[tuple[Fraction | None, ...], int] = {}
    for start, end, ratios in _stretches([hours, *groups]):
        mine, below = ratios[0], tuple(ratios[1:])
        if mine is not None and any(ratio is not None for ratio in below):
            lengths[below] = lengths.get(below, 0) + end - start
    pieces = tuple(
        Piece(ms, below, together([ratio for ratio in below if ratio is not None]))
        for below, ms in sorted(lengths.items(), key=lambda item: -item[1])
    )
    total = sum(piece.ms for piece in pieces)
    return Carried(sum(piece.ms * piece.product for piece in pieces) / Fraction(total) if total else None, pieces)


def uncovered(serving: Sequence[Span], levels: Sequence[Level]) -> int:
    """So many ms of `serving` in which nothing is promised."""
    stretches = _stretches([promised(serving, Fraction(1)), levels])
    return sum(end - start for start, end, (mine, below) in stretches if mine is not None and below is None)


def _stretches(lists: Sequence[Sequence[Level]]) -> Iterator[tuple[int, int, list[Fraction | None]]]:
    """Stretches of time in which no list changes, with what each promises."""
    edges: list[tuple[int, int, int, Fraction]] = []
    for place, levels in enumerate(lists):
        for level in levels:
            edges += [(level.start, 1, place, level.ratio), (level.end, 0, place, level.ratio)]
    edges.sort()
    now: list[Fraction | None] = [None] * len(lists)
    last = edges[0][0] if edges else 0
    for at, begins, place, ratio in edges:
        if at > last:
            yield last, at, list(now)
            last = at
        now[place] = ratio if begins else None
