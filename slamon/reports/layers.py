"""Where the boxes of a graph stand: in columns from left to right, what stands on something left of it.

Columns are longest paths, edges that pass over a column get a place of their own in it, the order in a column follows
the neighbours' (barycentres), and heights are the least squares that keep that order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 8

Edge = tuple[str, str]
Place = tuple[int, float]
"""Column and height of a centre."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where every box stands, and over which places each edge runs, its ends among them."""

    boxes: Mapping[str, Place]
    routes: Mapping[Edge, tuple[Place, ...]]


def components(nodes: Sequence[str], edges: Iterable[Edge]) -> list[list[str]]:
    """What hangs together, the largest first; each in the order of the nodes."""
    beside: dict[str, set[str]] = {node: set() for node in nodes}
    for one, other in edges:
        beside[one].add(other)
        beside[other].add(one)
    seen: set[str] = set()
    found = []
    for node in nodes:
        waiting, part = [node], set()
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                part.add(here)
                waiting += beside[here]
        if part:
            found.append([one for one in nodes if one in part])
    return sorted(found, key=len, reverse=True)


def columns(nodes: Sequence[str], edges: Iterable[Edge]) -> dict[str, int]:
    """The longest way from a box that nothing stands on. The edges have no cycle."""
    below: dict[str, list[str]] = {node: [] for node in nodes}
    waits = dict.fromkeys(nodes, 0)
    for one, other in edges:
        below[one].append(other)
        waits[other] += 1
    found = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waits[node]]
    while ready:
        here = ready.pop()
        for other in below[here]:
            found[other] = max(found[other], found[here] + 1)
            waits[other] -= 1
            if not waits[other]:
                ready.append(other)
    return found


def layout(nodes: Sequence[str], edges: Sequence[Edge], room: float, passing: float) -> Layout:
    """`room`: the height that a box takes, `passing`: that of an edge on its way past boxes."""
    where = columns(nodes, edges)
    rows: list[list[str]] = [[] for _ in range(max(where.values(), default=0) + 1)]
    for node in nodes:
        rows[where[node]].append(node)
    ways, size = {}, dict.fromkeys(nodes, room)
    for number, (one, other) in enumerate(edges):
        way = [one]
        for column in range(where[one] + 1, where[other]):
            bend = f"\0{number}/{column}"
            rows[column].append(bend)
            size[bend] = passing
            way.append(bend)
        ways[one, other] = [*way, other]
    left, right = _neighbours(ways.values())
    _ordered(rows, left, right)
    heights = _heights(rows, left, right, size)
    place = {item: (column, heights[item]) for column, row in enumerate(rows) for item in row}
    return Layout(
        {node: place[node] for node in nodes},
        {edge: tuple(place[item] for item in way) for edge, way in ways.items()},
    )


Beside = Mapping[str, list[str]]


def _neighbours(ways: Iterable[Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for way in ways:
        for one, other in pairwise(way):
            right.setdefault(one, []).append(other)
            left.setdefault(other, []).append(one)
    return left, right


def _ordered(rows: list[list[str]], left: Beside, right: Beside) -> None:
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for row in rows[1:] if forward else rows[-2::-1]:
            rank = {item: float(i) for other in rows for i, item in enumerate(other)}
            beside = left if forward else right
            row.sort(key=lambda item: _mean([rank[n] for n in beside.get(item, ())], rank[item]))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _heights(rows: Sequence[Sequence[str]], left: Beside, right: Beside, size: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in rows:
        at = -sum(size[item] for item in row) / 2
        for item in row:
            found[item] = at + size[item] / 2
            at += size[item]
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = [
                _mean([found[n] for n in (*left.get(item, ()), *right.get(item, ()))], found[item]) for item in row
            ]
            found |= zip(row, _apart(wanted, [size[item] for item in row]), strict=True)
    top = min(found[item] - size[item] / 2 for row in rows for item in row)
    return {item: height - top for item, height in found.items()}


def _apart(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The heights nearest to those wanted (least squares) at which nothing overlaps, in the same order."""
    offsets, at = [], 0.0
    for size in sizes:
        offsets.append(at + size / 2)
        at += size
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, more = blocks.pop()
            mean, count = (before * more + mean * count) / (more + count), more + count
        blocks.append((mean, count))
    starts = [mean for mean, count in blocks for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
