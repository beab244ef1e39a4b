"""The strip of days: a bar a day, in its place and in the colour of what was worst on it."""

import re
from datetime import date, timedelta

from slamon.reports.document import DayShare, Strip, say
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
