"""Panels drawn as SVG from the answers of Prometheus: what they show, not how Grafana would lay it out to the pixel."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from grafana import looks

Series = dict[str, Any]
"""One series as Prometheus' HTTP interface gives it: `metric`, and `values` or `value`."""

INK, FAINT, PAPER, FRAME = "#1b1f24", "#5c6670", "#ffffff", "#d5d9de"
CYCLE = (looks.BLUE, looks.ORANGE, looks.GREEN, looks.PINK, looks.SKY, looks.RED, looks.GREY)
LINE, TITLE, MARGIN = 18, 26, 10
LEAST_COLUMN = 100


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is drawn, in pixels."""

    x: float
    y: float
    w: float
    h: float

    def inside(self) -> "Box":
        """Without frame and title."""
        return Box(self.x + MARGIN, self.y + TITLE, self.w - 2 * MARGIN, self.h - TITLE - 6)


def text(
    x: float, y: float, words: str, *, colour: str = INK, size: int = 12, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(words)}</text>"
    )


def rect(x: float, y: float, w: float, h: float, colour: str, more: str = "") -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0.4):.1f}" height="{h:.1f}" fill="{colour}" {more}/>'


def shortened(words: str, width: float, size: int = 12) -> str:
    """Cut to what a width holds."""
    most = max(int(width / (size * 0.56)), 3)
    return words if len(words) <= most else words[: most - 1] + "…"


# -- numbers


def _seconds(value: float) -> str:
    if 0 < abs(value) < 1:
        return f"{value * 1000:.3g} ms"
    for size, unit, next_unit, parts in ((86400, "d", "h", 24), (3600, "h", "min", 60), (60, "min", "s", 60)):
        if abs(value) >= size:
            whole, rest = divmod(int(abs(value)), size)
            more = rest * parts // size
            return f"{'-' if value < 0 else ''}{whole} {unit}" + (f" {more} {next_unit}" if more else "")
    return f"{value:.3g} s"


def written(value: float, unit: str, decimals: int | None) -> str:
    """A number with its unit."""
    if math.isinf(value):
        return "∞"
    if unit == "s":
        return _seconds(value)
    if unit == "bytes":
        size = min(int(math.log(value, 1024)), 3) if value >= 1 else 0
        return f"{value / 1024**size:.3g} {('B', 'KiB', 'MiB', 'GiB')[size]}"
    digits = f"{value:.{decimals}f}" if decimals is not None else f"{value:.6g}"
    return {"percent": f"{digits} %", "ops": f"{digits} /s", "d": f"{digits} days"}.get(unit, digits)


def _mapped(value: float, mappings: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    for mapping in mappings or ():
        found = mapping["options"].get(str(int(value)) if value == int(value) else "")
        if found is not None:
            return found["text"], found["color"]
    return None


def shown(value: float, defaults: Mapping[str, Any]) -> tuple[str, str]:
    """What stands for a number, and in which colour."""
    mapped = _mapped(value, defaults.get("mappings", ()))
    if mapped is not None:
        return mapped
    colour = looks.BLUE
    for step in defaults["thresholds"]["steps"]:
        if step["value"] is None or value >= step["value"]:
            colour = step["color"]
    return written(value, defaults["unit"], defaults.get("decimals")), colour


def legend(series: Series, form: str) -> str:
    """The name of a series."""
    if form in ("", "__auto"):
        return ", ".join(series["metric"].values()) or "value"
    for label, value in series["metric"].items():
        form = form.replace("{{" + label + "}}", value)
    return form


# -- panels


def stat(panel: Mapping[str, Any], answers: Sequence[Sequence[Series]], box: Box) -> list[str]:
    found = [float(series["value"][1]) for series in answers[0]]
    words, colour = shown(found[0], panel["fieldConfig"]["defaults"]) if found else ("no data", FAINT)
    size = 30 if len(words) * 17 < box.w - 20 else 20
    return [
        text(
            box.x + box.w / 2,
            box.y + TITLE + (box.h - TITLE) / 2 + 6,
            words,
            colour=colour,
            size=size,
            anchor="middle",
            bold=True,
        )
    ]


def _merged(panel: Mapping[str, Any], answers: Sequence[Sequence[Series]]) -> list[dict[str, Any]]:
    rows: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    for target, answer in zip(panel["targets"], answers, strict=True):
        name = f"Value #{target['refId']}" if len(answers) > 1 else "Value"
        for series in answer:
            row = rows.setdefault(tuple(sorted(series["metric"].items())), dict(series["metric"]))
            row[name] = float(series["value"][1])
    return list(rows.values())


def table(panel: Mapping[str, Any], answers: Sequence[Sequence[Series]], box: Box) -> list[str]:
    rename = panel["transformations"][-1]["options"]["renameByName"]
    properties = {
        override["matcher"]["options"]: {p["id"]: p["value"] for p in override["properties"]}
        for override in panel["fieldConfig"]["overrides"]
    }
    rows = [{title: row.get(of) for of, title in rename.items()} for row in _merged(panel, answers)]
    sort = panel["options"]["sortBy"][0]
    known = [row for row in rows if row[sort["displayName"]] is not None]
    rows = sorted(known, key=lambda row: row[sort["displayName"]], reverse=sort["desc"])
    inner, titles, out = box.inside(), list(rename.values()), []
    step = max(inner.w / len(titles), LEAST_COLUMN)
    titles = titles[: int(inner.w / step + 0.01)]  # the others are reached by moving sideways
    for i, title in enumerate(titles):
        out.append(text(inner.x + i * step, inner.y + 12, shortened(title, step), colour=FAINT, bold=True))
    for j, row in enumerate(rows[: int((inner.h - 20) // LINE)]):
        y = inner.y + 14 + (j + 1) * LINE
        out.append(rect(inner.x, y + 4, inner.w, 0.5, FRAME))
        for i, title in enumerate(titles):
            words, colour = _cell(row[title], properties.get(title, {}), panel["fieldConfig"]["defaults"])
            out.append(text(inner.x + i * step, y, shortened(words, step), colour=colour))
    return out if rows else [text(box.x + box.w / 2, box.y + box.h / 2, "no data", colour=FAINT, anchor="middle")]


def _cell(value: Any, look: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[str, str]:
    if value is None:
        return "", INK
    if isinstance(value, str):
        return value.replace("\n", " "), looks.BLUE if "links" in look else INK
    merged = {**defaults, "mappings": look.get("mappings", ()), "unit": look.get("unit", defaults["unit"])}
    merged["decimals"] = look.get("decimals", None if "unit" in look else defaults.get("decimals"))
    words, colour = shown(value, merged)
    return words, colour if look.get("mappings") else INK


@dataclass(frozen=True, slots=True)
class Axes:
    """Time and value to pixels."""

    plot: Box
    start: float
    end: float
    low: float
    high: float

    def x(self, at: float) -> float:
        return self.plot.x + (at - self.start) / (self.end - self.start) * self.plot.w

    def y(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        return self.plot.y + self.plot.h - (value - self.low) / (self.high - self.low) * self.plot.h

    def times(self) -> list[str]:
        """Four or so moments below."""
        out = []
        days = (self.end - self.start) / 86400
        form = "%d.%m." if days > 10 else "%d.%m. %H:%M" if days > 1.5 else "%H:%M"
        count = max(int(self.plot.w // 110), 2)
        for i in range(count):
            at = self.start + (self.end - self.start) * (i + 0.5) / count
            words = datetime.fromtimestamp(at, UTC).strftime(form)
            out.append(text(self.x(at), self.plot.y + self.plot.h + 13, words, colour=FAINT, size=10, anchor="middle"))
        return out


def _levels(low: float, high: float) -> list[float]:
    """Three to six round values."""
    raw = (high - low) / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    return [level * step for level in range(math.ceil(low / step), math.floor(high / step) + 1)]


def lines(
    panel: Mapping[str, Any], answers: Sequence[Sequence[Series]], box: Box, span: tuple[float, float]
) -> list[str]:
    defaults, named = panel["fieldConfig"]["defaults"], []
    for target, answer in zip(panel["targets"], answers, strict=True):
        named += [(legend(series, target["legendFormat"]), series["values"]) for series in answer]
    if not named:
        return [text(box.x + box.w / 2, box.y + box.h / 2, "no data", colour=FAINT, anchor="middle")]
    custom = defaults["custom"]
    stacked = custom.get("stacking", {}).get("mode") == "normal"
    points = [(name, _stack(values)) for name, values in named]
    if stacked:
        points = _stacked(points)
    inner = box.inside()
    keys = _legend_rows([name for name, _ in points], inner.w)
    values = [v for _, found in points for _, _, v in found if math.isfinite(v)] or [0.0]
    low = min([defaults["min"]] if "min" in defaults else values)
    high = max(values)
    if high - low < 1e-9:
        low, high = low - (0 if "min" in defaults else abs(low) * 0.01 + 0.001), high + abs(high) * 0.01 + 0.001
    plot = Box(inner.x + 62, inner.y + 4, inner.w - 66, inner.h - 24 - len(keys) * 15)
    axes = Axes(plot, *span, low, high)
    out = axes.times()
    levels = _levels(low, high)
    for level in levels:
        gap = levels[1] - levels[0] if len(levels) > 1 else 1
        decimals = max(0, -math.floor(math.log10(gap) + 1e-9)) if defaults["unit"] in ("percent", "none", "d") else None
        words = written(level, defaults["unit"], decimals)
        out += [
            rect(plot.x, axes.y(level), plot.w, 0.5, FRAME),
            text(plot.x - 5, axes.y(level) + 4, words, colour=FAINT, size=10, anchor="end"),
        ]
    dashed = _dashed(panel)
    colours = _colours(panel, [name for name, _ in points])
    for name, found in points:
        out += _line(
            axes,
            found,
            colours[name],
            bars=custom.get("drawStyle") == "bars",
            stacked=stacked,
            dashed=any(pattern in name for pattern in dashed),
            steps="step" in custom.get("lineInterpolation", ""),
        )
    for row, keys_ in enumerate(keys):
        x = inner.x
        for name in keys_:
            y = inner.y + inner.h - (len(keys) - row) * 15 + 12
            out += [rect(x, y - 4, 12, 3, colours[name]), text(x + 16, y, name, size=10)]
            x += 24 + len(name) * 5.8
    return out


def _stack(values: Sequence[Sequence[Any]]) -> list[tuple[float, float, float]]:
    return [(float(at), 0.0, float(value)) for at, value in values if value != "NaN"]


def _stacked(
    points: Sequence[tuple[str, list[tuple[float, float, float]]]],
) -> list[tuple[str, list[tuple[float, float, float]]]]:
    sums: dict[float, float] = {}
    out = []
    for name, found in points:
        placed = []
        for at, _, value in found:
            below = sums.get(at, 0.0)
            sums[at] = below + value
            placed.append((at, below, below + value))
        out.append((name, placed))
    return out


def _legend_rows(names: Sequence[str], width: float) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    used = 0.0
    for name in names[:14]:
        wide = 24 + len(name) * 5.8
        if used + wide > width and rows[-1]:
            rows.append([])
            used = 0.0
        rows[-1].append(name)
        used += wide
    return rows[:3]


def _dashed(panel: Mapping[str, Any]) -> list[str]:
    """What the patterns of dashed lines say, without their marks."""
    return [
        override["matcher"]["options"].strip("/").replace(".*", "").strip("^$")
        for override in panel["fieldConfig"]["overrides"]
        if override["matcher"]["id"] == "byRegexp"
    ]


def _colours(panel: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    dashed = _dashed(panel)
    plain = [name for name in names if not any(pattern in name for pattern in dashed)]
    colours = {name: CYCLE[i % len(CYCLE)] if i % len(CYCLE) != 5 else INK for i, name in enumerate(plain)}
    fixed = {
        override["matcher"]["options"]: found["value"]["fixedColor"]
        for override in panel["fieldConfig"]["overrides"]
        for found in override["properties"]
        if override["matcher"]["id"] == "byName" and found["id"] == "color"
    }
    return {name: fixed.get(name, colours.get(name, looks.RED)) for name in names}


def _line(
    axes: Axes,
    found: Sequence[tuple[float, float, float]],
    colour: str,
    *,
    bars: bool,
    stacked: bool,
    dashed: bool,
    steps: bool,
) -> list[str]:
    if not found:
        return []
    gaps = [b[0] - a[0] for a, b in itertools.pairwise(found)]
    step = min(gaps, default=60.0)
    if bars:
        wide = max(axes.x(axes.start + step) - axes.plot.x - 1, 1.2)
        return [
            rect(axes.x(at) - wide, axes.y(value), wide, axes.y(below) - axes.y(value), colour, 'fill-opacity="0.8"')
            for at, below, value in found
            if value > below
        ]
    path, before = [], None
    for at, _, value in found:
        if before is None or at - before > 1.5 * step:
            path.append(f"M{axes.x(at):.1f} {axes.y(value):.1f}")
        else:
            path.append((f"H{axes.x(at):.1f}" if steps else "") + f"L{axes.x(at):.1f} {axes.y(value):.1f}")
        before = at
    style = 'stroke-dasharray="6 4"' if dashed else ""
    out = [f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.6" {style}/>']
    if stacked:
        back = "".join(f"L{axes.x(at):.1f} {axes.y(below):.1f}" for at, below, _ in reversed(found))
        out.insert(0, f'<path d="{"".join(path)}{back}Z" fill="{colour}" fill-opacity="0.35"/>')
    return out


def timeline(
    panel: Mapping[str, Any], answers: Sequence[Sequence[Series]], box: Box, span: tuple[float, float]
) -> list[str]:
    defaults, inner, out = panel["fieldConfig"]["defaults"], box.inside(), []
    found = answers[0]
    plot = Box(inner.x + 130, inner.y, inner.w - 134, inner.h - 34)
    axes = Axes(plot, *span, 0, 1)
    high = plot.h / max(len(found), 1)
    for i, series in enumerate(found):
        y = plot.y + i * high
        name = shortened(legend(series, panel["targets"][0]["legendFormat"]), 126, 11)
        out.append(text(plot.x - 6, y + high / 2 + 4, name, size=11, anchor="end"))
        for start, end, value in _stretches(series["values"]):
            words, colour = shown(value, defaults)
            x, wide = axes.x(start), axes.x(end) - axes.x(start)
            out.append(rect(x, y + 2, wide, high - 4, colour, 'fill-opacity="0.85"'))
            if wide > len(words) * 7 + 6:
                out.append(text(x + 5, y + high / 2 + 4, words, colour=PAPER, size=11))
    x = inner.x
    for mapping in defaults["mappings"]:
        for one in mapping["options"].values():
            out += [
                rect(x, box.y + box.h - 16, 10, 10, one["color"]),
                text(x + 14, box.y + box.h - 7, one["text"], size=10),
            ]
            x += 26 + len(one["text"]) * 5.8
    return out + axes.times()


def _stretches(values: Sequence[Sequence[Any]]) -> list[tuple[float, float, float]]:
    """Equal values that follow each other at one distance."""
    step = min((b[0] - a[0] for a, b in itertools.pairwise(values)), default=60)
    out: list[tuple[float, float, float]] = []
    for at, value in ((float(at), float(value)) for at, value in values):
        if out and out[-1][2] == value and at - out[-1][1] < step / 2:
            out[-1] = (out[-1][0], at + step, value)
        else:
            out.append((at, at + step, value))
    return out


def heat(answers: Sequence[Sequence[Series]], box: Box, span: tuple[float, float]) -> list[str]:
    rows = sorted(answers[0], key=lambda series: float(series["metric"]["le"]))
    inner = box.inside()
    plot = Box(inner.x + 62, inner.y + 4, inner.w - 66, inner.h - 24)
    axes, out = Axes(plot, *span, 0, 1), []
    before: dict[float, float] = {}
    cells = []
    for i, series in enumerate(rows):
        now = {float(at): float(value) for at, value in series["values"]}
        cells += [(at, i, value - before.get(at, 0.0)) for at, value in now.items()]
        before = now
    most, high = max((count for *_, count in cells), default=1) or 1, plot.h / max(len(rows), 1)
    times = sorted({at for at, *_ in cells})
    step = min((b - a for a, b in itertools.pairwise(times)), default=60)
    for at, i, count in cells:
        if count > 0 and not math.isnan(count):
            opacity = 0.15 + 0.85 * math.log1p(count) / math.log1p(most)
            wide = axes.x(axes.start + step) - plot.x
            place = plot.y + plot.h - (i + 1) * high
            out.append(rect(axes.x(at) - wide, place, wide, high - 0.5, looks.BLUE, f'fill-opacity="{opacity:.2f}"'))
    for i, series in enumerate(rows):
        if i % max(len(rows) // 7, 1) == 0:
            end = series["metric"]["le"]
            words = "more" if end == "+Inf" else _seconds(float(end))
            out.append(
                text(plot.x - 5, plot.y + plot.h - i * high - high / 2 + 3, words, colour=FAINT, size=10, anchor="end")
            )
    return out + axes.times()


def framed(panel: Mapping[str, Any], box: Box) -> list[str]:
    """The panel's paper and title."""
    return [
        rect(box.x, box.y, box.w, box.h, PAPER, f'stroke="{FRAME}" rx="3"'),
        text(box.x + MARGIN, box.y + 17, shortened(panel["title"], box.w - 20, 13), size=13, bold=True),
    ]


def drawn(
    panel: Mapping[str, Any], answers: Sequence[Sequence[Series]], box: Box, span: tuple[float, float]
) -> list[str]:
    """One panel."""
    out = framed(panel, box)
    if panel["type"] == "stat":
        return out + stat(panel, answers, box)
    if panel["type"] == "table":
        return out + table(panel, answers, box)
    if panel["type"] == "heatmap":
        return out + heat(answers, box, span)
    ways = {"timeseries": lines, "state-timeline": timeline}
    return out + ways[panel["type"]](panel, answers, box, span)
