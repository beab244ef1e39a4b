"""Bar charts as SVG, by hand: no library, readable in a browser and on a code host, light or dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LABEL, _BAR, _ROW, _HEAD, _GAP = 760, 230, 380, 26, 40, 26
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600;font-size:15px}.v{font-variant-numeric:"
    "tabular-nums}.a{fill:#8c959f}.b{fill:#0969da}rect.g{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect.g{fill:#0d1117}.b{fill:#4493f8}}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `own` ones stand out."""

    label: str
    value: float
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero on one scale."""

    title: str
    bars: Sequence[Bar]


def draw(title: str, charts: Sequence[Chart]) -> str:
    """All charts below each other."""
    parts: list[str] = []
    y = _GAP
    for chart in charts:
        parts.append(f'<text class="t" x="16" y="{y + 14}">{escape(chart.title)}</text>')
        y += _HEAD - 8
        for bar in chart.bars:
            parts.append(_bar(bar, y, max((each.value for each in chart.bars), default=0.0)))
            y += _ROW
        y += _GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" width="{_WIDTH}" height="{y}" role="img">'
    )
    return "\n".join([head, f"<title>{escape(title)}</title><style>{_STYLE}</style>", _ground(y), *parts, "</svg>", ""])


def _ground(height: int) -> str:
    return f'<rect class="g" width="{_WIDTH}" height="{height}"/>'


def _bar(bar: Bar, y: int, most: float) -> str:
    width = max(1.0, _BAR * bar.value / most) if most else 1.0
    kind = "b" if bar.own else "a"
    return (
        f'<text x="{_LABEL - 10}" y="{y + 14}" text-anchor="end">{escape(bar.label)}</text>'
        f'<rect class="{kind}" x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_ROW - 8}" rx="2"/>'
        f'<text class="v" x="{_LABEL + width + 8:.1f}" y="{y + 14}">{escape(bar.text)}</text>'
    )
