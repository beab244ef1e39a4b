"""The pictures as SVG, drawn from the figures of the document. Plain shapes, no script, nothing from elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from html import escape

from slamon.accounting import AgreementVerdict
from slamon.accounting.zones import date_at
from slamon.reports.document import Burn, Cut, Day, DayShare, Percent, Strip, Trend, TrendPoint, say
from slamon.reports.grounds import TREND
from slamon.reports.tongue import Tongue

COLOURS = {
    "up": "#2e7d4f",
    "degraded": "#e0a528",
    "down": "#c0392b",
    "unknown": "#9aa3ad",
    "excluded": "#7f9fd0",
    "out": "#e8eaed",
}
_INK, _FAINT = "#30363d", "#c9ced4"
_WIDTH = 720
_LINE = 14
"""So far apart are texts that stand one below the other."""
_FONT = "font-family=\"'Libertinus Serif', Georgia, serif\""


def svg(picture: Strip | Burn | Trend, tongue: Tongue) -> str:
    """The picture in the language, as an element that stands by itself."""
    match picture:
        case Strip():
            height, shapes = _strip(picture, tongue)
        case Burn():
            height, shapes = _burn(picture, tongue)
        case Trend():
            height, shapes = _trend(picture, tongue)
    title = escape(tongue.text(picture.title))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{title}"><title>{title}</title>{"".join(shapes)}</svg>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = 14) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="{_INK}" {_FONT}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dashes}/>'


# -- day by day


def worst(share: DayShare) -> str:
    """What a day shows as: an outage before anything else, then unseen time, then degradation."""
    if not share.in_service_ms:
        return "out"
    for name, ms in (("down", share.downtime_ms), ("unknown", share.unknown_ms), ("degraded", share.degraded_ms)):
        if ms:
            return name
    return "excluded" if share.excluded_ms == share.in_service_ms else "up"


def _strip(strip: Strip, tongue: Tongue) -> tuple[int, list[str]]:
    days = strip.days
    if not days:
        return 30, [_text(0, 16, tongue.word("picture.none"))]
    step = _WIDTH / len(days)
    gap = 2 if step > 6 else 0.3
    paths: dict[str, list[str]] = {}
    for i, day in enumerate(days):
        paths.setdefault(worst(day), []).append(f"M{i * step:.2f} 4h{step - gap:.2f}v34h-{step - gap:.2f}z")
    shapes = [f'<path d="{"".join(bars)}" fill="{COLOURS[name]}"/>' for name, bars in paths.items()]
    first = tongue.text(Day(days[0].day))
    last = tongue.text(Day(days[-1].day))
    shapes += [_text(0, 52, first), _text(_WIDTH, 52, last, "end")]
    return 78, [*shapes, *_legend(strip, tongue)]


def _legend(strip: Strip, tongue: Tongue) -> Iterator[str]:
    there = {worst(day) for day in strip.days}
    x = 0.0
    for name, colour in COLOURS.items():
        if name in there:
            words = tongue.word(f"legend.{name}")
            yield f'<rect x="{x:.1f}" y="62" width="10" height="10" fill="{colour}"/>'
            yield _text(x + 14, 71, words)
            x += 14 + 8 * len(words) + 16


# -- budget


def _burn(burn: Burn, tongue: Tongue) -> tuple[int, list[str]]:
    if not burn.points:
        return 30, [_text(0, 16, tongue.word("picture.none"))]
    low = min(Fraction(0), *(left for _, left in burn.points))
    low = max(low, Fraction(-2))
    left, right, top, bottom = 52, _WIDTH - 8, 8, 112

    depth = 1 - float(low)

    def place(at: int, ratio: Fraction) -> tuple[float, float]:
        x = left + (right - left) * (at - burn.start) / (burn.end - burn.start)
        y = top + (bottom - top) * min(1 - float(ratio), depth) / depth
        return x, y

    shapes = []
    above = float("-inf")
    for ratio in dict.fromkeys((Fraction(1), Fraction(0), low)):
        _, y = place(burn.start, ratio)
        shapes.append(_line(left, y, right, y, _INK if ratio == 0 else _FAINT))
        if y - above >= _LINE:
            shapes.append(_text(left - 4, y + 4, tongue.text(Percent(ratio, Cut.DOWN, 0)), "end"))
            above = y
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(at, value) for at, value in burn.points))
    colour = COLOURS["down"] if burn.points[-1][1] < 0 else COLOURS["up"]
    shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    shapes.append(_text(left, bottom + 16, tongue.text(Day(date_at(tongue.zone, burn.start)))))
    shapes.append(_text(right, bottom + 16, tongue.text(Day(date_at(tongue.zone, burn.end - 1))), "end"))
    return bottom + 22, shapes


# -- trend


def _trend(trend: Trend, tongue: Tongue) -> tuple[int, list[str]]:
    """Columns over a floor below the least value and the target, which is a dashed line."""
    points = trend.points
    known = [p.availability for p in points if p.availability is not None]
    if not known:
        return 30, [_text(0, 16, tongue.word("picture.none"))]
    floor = _floor(min([*known, *(p.target for p in points)]))
    axis = left = 70.0
    top, bottom = 8.0, 112.0
    step = (_WIDTH - left) / max(len(points), TREND)
    left += step * (max(len(points), TREND) - len(points))

    def height(ratio: Fraction) -> float:
        return top + (bottom - top) * float((1 - ratio) / (1 - floor))

    shapes = [_line(axis, height(mark), _WIDTH, height(mark), _FAINT) for mark in (Fraction(1), floor)]
    shapes += [
        _text(axis - 4, height(mark) + 4, tongue.text(Percent(mark, Cut.EXACT)), "end") for mark in (Fraction(1), floor)
    ]
    for i, point in enumerate(points):
        x = left + i * step
        shapes += _column(point, x, step, bottom, height)
        shapes.append(_text(x + step / 2, bottom + 14, _short(point), "middle", 11))
    for i, point in enumerate(points):
        y = height(point.target)
        shapes.append(_line(left + i * step, y, left + (i + 1) * step, y, _INK, "4 3"))
    shapes.append(_text(axis, bottom + 30, _legend_of(points, tongue)))
    return int(bottom) + 36, shapes


def _legend_of(points: Sequence[TrendPoint], tongue: Tongue) -> str:
    target = "- - " + tongue.text(say("picture.target", target=Percent(points[-1].target, Cut.EXACT)))
    missed = any(point.verdict is AgreementVerdict.BREACHED for point in points)
    return f"{target}     × {tongue.word('verdict.breached')}" if missed else target


def _column(
    point: TrendPoint, x: float, step: float, bottom: float, height: Callable[[Fraction], float]
) -> Iterator[str]:
    if point.availability is None:
        yield _text(x + step / 2, bottom - 4, "–", "middle")
        return
    missed = point.verdict is AgreementVerdict.BREACHED
    unsure = point.verdict in (AgreementVerdict.INSUFFICIENT_DATA, AgreementVerdict.AT_RISK)
    colour = COLOURS["down" if missed else "degraded" if unsure else "up"]
    y = min(height(point.availability), bottom - 1)
    place = f'x="{x + step * 0.15:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{bottom - y:.1f}"'
    yield f'<rect {place} fill="{colour}"/>'
    if missed:
        yield from _crossed(x + step / 2, y)


def _crossed(x: float, y: float) -> Iterator[str]:
    """A cross at a column's top, so that a missed period is told from others without colours."""
    for colour, width in (("#ffffff", 6), (_INK, 2)):
        for low, high in ((y - 6, y + 4), (y + 4, y - 6)):
            place = f'x1="{x - 5:.1f}" y1="{low:.1f}" x2="{x + 5:.1f}" y2="{high:.1f}"'
            yield f'<line {place} stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'


def _short(point: TrendPoint) -> str:
    name = point.period.name
    return name if len(name) <= 8 else ""


def _floor(least: Fraction) -> Fraction:
    """The greatest of 0.999, 0.99, 0.9, 0.5, 0 that is clearly below."""
    marks = (Fraction(999, 1000), Fraction(99, 100), Fraction(95, 100), Fraction(9, 10), Fraction(1, 2))
    return next((mark for mark in marks if mark < least), Fraction(0))
