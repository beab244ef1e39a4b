"""Interval algebra over half-open spans of whole milliseconds.

A *sorted* list of spans is in order, without overlaps and without empty spans; touching ones are joined.
"""

from collections.abc import Iterable, Sequence

from slamon.accounting.facts import Span


def joined(spans: Iterable[Span]) -> list[Span]:
    """The sorted list that covers what any of `spans` covers."""
    out: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if out and span.start <= out[-1].end:
            if span.end > out[-1].end:
                out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return out


def common(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """What two sorted lists both cover."""
    out: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            out.append(Span(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return out


def clipped(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """What a sorted list covers of [start, end)."""
    return common(spans, [Span(start, end)]) if start < end else []


def first(spans: Sequence[Span], length: int) -> list[Span]:
    """The first `length` ms that a sorted list covers, in order of time."""
    out: list[Span] = []
    for span in spans:
        if length <= 0:
            break
        end = min(span.end, span.start + length)
        out.append(Span(span.start, end))
        length -= end - span.start
    return out


def covered_by(lists: Iterable[Sequence[Span]], quorum: int) -> list[Span]:
    """Where at least `quorum` of the sorted lists cover."""
    edges: list[tuple[int, int]] = []
    for spans in lists:
        for span in spans:
            edges += [(span.start, 1), (span.end, -1)]
    edges.sort()
    out: list[Span] = []
    depth = 0
    start = 0
    for at, step in edges:
        before, depth = depth, depth + step
        if before < quorum <= depth:
            start = at
        elif depth < quorum <= before:
            out.append(Span(start, at))
    return joined(out)
