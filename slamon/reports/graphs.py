"""A graph as SVG: boxes in columns, an arrow from each to what it needs. At its natural size it can be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from slamon.reports.document import Graph, Node
from slamon.reports.layers import Layout, components, layout
from slamon.reports.tongue import plain

BOX, HEIGHT = 192, 38
_BETWEEN, _MOST_BETWEEN, _ROOM, _PASSING = 70, 150, 48, 14
_SHEET_HEIGHT, _ACROSS = 560, 4
"""Small graphs share a sheet of this height; boxes without edges stand so many in a row."""
_NAME, _OWNER = 13, 10
"""Sizes of letters, in pixels."""
_INK, _FAINT, _LINE, _MARK = "#22272e", "#667", "#7a8592", "#c77700"
_FONT = "font-family=\"'Libertinus Serif', Georgia, serif\""

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture and its size in pixels."""

    svg: str
    width: int
    height: int


def graphs(graph: Graph, words: Words) -> list[Sheet]:
    """The pictures: what hangs together stands together; what stands alone comes last. `words`: done to every text."""
    nodes = {node.id: node for node in graph.nodes}
    pairs = [(one, other) for one, other, _ in graph.edges]
    either = {(one, other) for one, other, loose in graph.edges if loose}
    parts = components(list(nodes), pairs)
    drawn: list[tuple[int, int, list[str]]] = []
    for part in parts:
        if len(part) > 1:
            mine = set(part)
            inside = [pair for pair in dict.fromkeys(pairs) if pair[0] in mine]
            drawn.append(_connected([nodes[name] for name in part], inside, either, words))
    alone = [nodes[part[0]] for part in parts if len(part) == 1]
    if alone:
        drawn.append(_alone(alone, words))
    return list(_sheets(drawn))


def _sheets(drawn: Sequence[tuple[int, int, list[str]]]) -> Iterator[Sheet]:
    """Stacked as long as they fit."""
    stack: list[str] = []
    width = height = 0
    for wide, high, shapes in drawn:
        if stack and height + high > _SHEET_HEIGHT:
            yield _sheet(stack, width, height)
            stack, width, height = [], 0, 0
        stack.append(f'<g transform="translate(0,{height})">{"".join(shapes)}</g>')
        width, height = max(width, wide), height + high
    if stack:
        yield _sheet(stack, width, height)


def _sheet(stack: Sequence[str], width: int, height: int) -> Sheet:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{"".join(stack)}</svg>'
    return Sheet(svg, width, height)


def _connected(
    nodes: Sequence[Node], edges: Sequence[tuple[str, str]], either: set[tuple[str, str]], words: Words
) -> tuple[int, int, list[str]]:
    found = layout([node.id for node in nodes], edges, _ROOM, _PASSING)
    step = _step(found)
    shapes = list(_arrows(found, either, step))
    for node in nodes:
        column, y = found.boxes[node.id]
        shapes.append(_box(node, _x(column, step), y + 4, words))
    places = [*found.boxes.values(), *(place for way in found.routes.values() for place in way)]
    last = max(column for column, _ in places)
    return _x(last, step) + BOX + 4, int(max(y for _, y in places) + _ROOM / 2) + 16, shapes


def _step(found: Layout) -> int:
    """From column to column: the taller they are, the more room the arrows have."""
    columns = [column for column, _ in found.boxes.values()]
    return BOX + min(_BETWEEN + 2 * max(map(columns.count, set(columns))), _MOST_BETWEEN)


def _x(column: int, step: int) -> int:
    return 2 + column * step


def _arrows(found: Layout, either: set[tuple[str, str]], step: int) -> Iterator[str]:
    for edge, way in found.routes.items():
        x, y = _x(way[0][0], step) + BOX, way[0][1] + 4
        path = [f"M{x:.0f},{y:.1f}"]
        for place, (column, height) in enumerate(way[1:], 1):
            into, end = _x(column, step), height + 4
            half = (into - x) / 2
            tip = into - (6 if place == len(way) - 1 else 0)
            path.append(f"C{x + half:.0f},{y:.1f} {into - half:.0f},{end:.1f} {tip:.0f},{end:.1f}")
            if place < len(way) - 1:
                path.append(f"H{into + BOX:.0f}")
            x, y = into + BOX, end
        dash = ' stroke-dasharray="5 3"' if edge in either else ""
        yield f'<path d="{" ".join(path)}" fill="none" stroke="{_LINE}" stroke-width="1.2"{dash}/>'
        tip = x - BOX
        yield f'<path d="M{tip - 7:.0f},{y - 4:.1f} L{tip:.0f},{y:.1f} L{tip - 7:.0f},{y + 4:.1f} Z" fill="{_LINE}"/>'


def _alone(nodes: Sequence[Node], words: Words) -> tuple[int, int, list[str]]:
    shapes = [
        _box(node, 2 + (i % _ACROSS) * (BOX + 20), (i // _ACROSS) * _ROOM + _ROOM / 2 + 4, words)
        for i, node in enumerate(nodes)
    ]
    rows = -(-len(nodes) // _ACROSS)
    return 4 + min(len(nodes), _ACROSS) * (BOX + 20), rows * _ROOM + 16, shapes


def _box(node: Node, x: float, y: float, words: Words) -> str:
    """A box around its centre's height; a name that does not fit is cut, and whole where the pointer rests."""
    edge, stroke = (_MARK, 2) if node.marked else (_LINE, 1)
    rect = (
        f'<rect x="{x:.0f}" y="{y - HEIGHT / 2:.1f}" width="{BOX}" height="{HEIGHT}" rx="4" fill="#f6f8fa" '
        f'stroke="{edge}" stroke-width="{stroke}"/>'
    )
    name, owner = plain(node.name), plain(node.owner)
    middle = x + BOX / 2
    shown = _cut(words(name), _NAME)
    texts = _text(middle, y - 2 if owner else y + 4, shown, _NAME, _INK)
    if owner:
        texts += _text(middle, y + 12, _cut(words(owner), _OWNER), _OWNER, _FAINT)
    whole = name if shown == name else f"{name} ({node.id})"
    return f'<a href="#{escape(node.to)}"><title>{escape(whole)}</title>{rect}{texts}</a>'


def _text(x: float, y: float, words: str, size: int, colour: str) -> str:
    place = f'x="{x:.0f}" y="{y:.1f}" text-anchor="middle" font-size="{size}"'
    return f'<text {place} fill="{colour}" {_FONT}>{escape(words)}</text>'


def _cut(words: str, size: int) -> str:
    """What of the words fits into a box, whatever the font: letters are taken for wide ones."""
    words = words.replace("\u200b", "")
    room = (BOX - 12) / size
    if sum(map(_width, words)) <= room:
        return words
    shown, used = "", _width("…")
    for sign in words:
        used += _width(sign)
        if used > room:
            break
        shown += sign
    return f"{shown}…"


def _width(sign: str) -> float:
    """About how wide, in sizes of the font."""
    if east_asian_width(sign) in "WF":
        return 1.05
    if sign in " .,:;!|'ijl()[]":
        return 0.4
    if sign in "mwMW@…":
        return 1.0
    return 0.6 if sign.islower() and sign.isascii() else 0.72
