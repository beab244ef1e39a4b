"""Pictures: a bar a day, the budget as it went, columns as high as their ratio; each in its place and colour."""

import re
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from slamon.accounting import AgreementVerdict, PeriodKind
from slamon.reports.document import Burn, DayShare, PeriodName, Strip, Trend, TrendPoint, say
from slamon.reports.pictures import COLOURS, svg, worst
from slamon.reports.tongue import Tongue

FIRST = date(2026, 10, 1)
DAY = 86_400_000
SHARES = {
    "out": (0, 0, 0, 0, 0),
    "excluded": (DAY, DAY, 0, 0, 0),
    "up": (DAY, 1, 0, 0, 0),
    "unknown": (DAY, 0, 5, 0, 5),
    "degraded": (DAY, 0, 0, 0, 5),
    "down": (DAY, 0, 5, 5, 5),
}


def test_a_bar_a_day() -> None:
    wanted = [*SHARES, *["up"] * 18, *reversed(SHARES)]
    days = tuple(DayShare(FIRST + timedelta(days=i), *SHARES[name]) for i, name in enumerate(wanted))
    assert [worst(day) for day in days] == wanted
    drawn = svg(Strip(say("picture.none"), days), Tongue("de", "Europe/Berlin"))
    found = {
        float(x): (name, float(width))
        for name, colour in COLOURS.items()
        for path in re.findall(rf'<path d="([^"]*)" fill="{colour}"/>', drawn)
        for x, width in re.findall(r"M([\d.]+) 4h([\d.]+)v34h-\2z", path)
    }
    assert [found[x][0] for x in sorted(found)] == wanted
    step = 720 / len(days)
    assert all(abs(x - i * step) < 0.01 for i, x in enumerate(sorted(found)))
    assert {width for _, width in found.values()} == {round(step - 2, 2)}


TONGUE = Tongue("de", "Europe/Berlin")
START = 1_790_805_600_000  # the first of October, in Berlin


@pytest.mark.parametrize(
    ("lowest", "labels"),
    [("0.2", ["100", "0"]), ("-0.02", ["100", "0"]), ("-0.5", ["100", "0", "-50"]), ("-9", ["100", "0", "-200"])],
)
def test_the_budget_as_it_went_with_marks_that_can_be_read(lowest: str, labels: list[str]) -> None:
    left = (Fraction(1), Fraction("0.6"), Fraction("0.3"), Fraction(lowest))
    points = tuple((START + i * DAY, value) for i, value in enumerate(left))
    drawn = svg(Burn(say("picture.none"), START, START + 3 * DAY, points), TONGUE)
    (path,) = re.findall(r'<polyline points="([^"]*)"', drawn)
    places = [tuple(map(float, point.split(","))) for point in path.split()]
    marks = re.findall(r'y="([\d.]+)" text-anchor="end" font-size="14"[^>]*>(-?\d+)\u00a0%<', drawn)
    assert [words for _, words in marks] == labels
    heights = [float(y) for y, _ in marks]
    assert all(low - high >= 14 for high, low in pairwise(heights))
    top, zero = heights[0] - 4, heights[1] - 4
    wanted = [top + float(1 - max(value, Fraction(-2))) * (zero - top) for value in left]
    assert [y for _, y in places] == pytest.approx(wanted, abs=0.2)
    assert [x for x, _ in places] == pytest.approx([52 + i * 220 for i in range(4)], abs=0.1)
    assert (f'stroke="{COLOURS["down"]}"' in drawn) == (left[-1] < 0)


def test_columns_are_as_high_as_their_ratio_and_none_stands_for_no_figure() -> None:
    kinds = (AgreementVerdict.MET, AgreementVerdict.NO_DATA, AgreementVerdict.BREACHED, AgreementVerdict.AT_RISK)
    ratios = (Fraction(1), None, Fraction("0.993"), Fraction("0.9995"))
    points = tuple(
        TrendPoint(PeriodName(f"2026-0{i + 1}", PeriodKind.MONTH), ratio, Fraction("0.999"), kind)
        for i, (ratio, kind) in enumerate(zip(ratios, kinds, strict=True))
    )
    drawn = svg(Trend(say("picture.none"), points), TONGUE)
    columns = re.findall(r'<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="([^"]+)"/>', drawn)
    # from 8 (100 %) to 112 (99 %)
    assert [float(y) for y, _, _ in columns] == pytest.approx([8, 8 + 104 * 0.7, 8 + 104 * 0.05], abs=0.1)
    assert [float(y) + float(height) for y, height, _ in columns] == pytest.approx([112] * 3, abs=0.11)
    assert [colour for *_, colour in columns] == [COLOURS[name] for name in ("up", "down", "degraded")]
    assert drawn.count(">–<") == 1
    assert re.findall(r'y1="([\d.]+)"[^>]*stroke-dasharray', drawn) == ["18.4"] * 4  # 99.9 %
