"""Numbers, times and counts as a reader of the language expects them, cut against the provider."""

from datetime import date
from fractions import Fraction

import pytest
from slamon.accounting import Infinite, PeriodKind
from slamon.catalogue.quantities import instant_ms
from slamon.reports.document import (
    NOTHING,
    Cell,
    Count,
    Cut,
    Day,
    Duration,
    Instant,
    Many,
    Percent,
    PeriodName,
    Points,
    Text,
    say,
)
from slamon.reports.tongue import Tongue

CASES: list[tuple[Cell, str, str]] = [
    (Percent(Fraction(999949, 1000000)), "99.994 %", "99,994 %"),
    (Percent(Fraction(99999999, 100000000)), "99.999 %", "99,999 %"),
    (Percent(Fraction(1)), "100.000 %", "100,000 %"),
    (Percent(Fraction(1, 3), Cut.UP, 1), "33.4 %", "33,4 %"),
    (Percent(Fraction(9995, 10000), Cut.EXACT), "99.95 %", "99,95 %"),
    (Percent(Fraction(-1, 3), Cut.DOWN, 1), "-33.4 %", "-33,4 %"),
    (Percent(Fraction(-1, 1000), Cut.DOWN, 1), "-0.1 %", "-0,1 %"),
    (Percent(Infinite.MINUS), "-∞", "-∞"),
    (Points(Fraction(60912514, 100000000000)), "+0.060", "+0,060"),
    (Points(Fraction(-1, 100000)), "-0.001", "-0,001"),
    (Points(Fraction(-1, 100000), signed=False), "0.001", "0,001"),
    (Duration(0), "0 s", "0 s"),
    (Duration(4_250), "4.250 s", "4,250 s"),
    (Duration(4_250, Cut.UP), "5 s", "5 s"),
    (Duration(4_250, Cut.DOWN), "4 s", "4 s"),
    (Duration(1_504_000), "25 min 04 s", "25 min 04 s"),
    (Duration(86_400_000), "24 h", "24 h"),
    (Duration(3_601_000), "1 h 00 min 01 s", "1 h 00 min 01 s"),
    (Duration(31_536_000_001), "8,760 h 00 min 00.001 s", "8.760 h 00 min 00,001 s"),
    (Count(1_065_975), "1,065,975", "1.065.975"),
    (Instant(instant_ms("2026-10-05T00:16:40Z")), "5 Oct 2026 02:16:40", "05.10.2026 02:16:40"),
    (Instant(instant_ms("2026-03-05T00:16:40.250Z")), "5 Mar 2026 01:16:40.250", "05.03.2026 01:16:40,250"),
    (Instant(instant_ms("2026-10-25T00:30:00Z")), "25 Oct 2026 02:30:00 (UTC+0200)", "25.10.2026 02:30:00 (UTC+0200)"),
    (Instant(instant_ms("2026-10-25T01:30:00Z")), "25 Oct 2026 02:30:00 (UTC+0100)", "25.10.2026 02:30:00 (UTC+0100)"),
    (Day(date(2026, 3, 1)), "1 Mar 2026", "01.03.2026"),
    (PeriodName("2026-03", PeriodKind.MONTH), "March 2026", "März 2026"),
    (PeriodName("2026-W05", PeriodKind.WEEK), "week 5 of 2026", "KW 5/2026"),
    (PeriodName("2026-Q4", PeriodKind.QUARTER), "quarter 4 of 2026", "4. Quartal 2026"),
    (PeriodName("2026", PeriodKind.YEAR), "2026", "2026"),
    (PeriodName("2026-10-01/2026-10-15", None), "1 Oct 2026 – 15 Oct 2026", "01.10.2026 – 15.10.2026"),
    (say("outages", n=Count(0)), "0 outages", "0 Ausfälle"),
    (say("outages", n=Count(1)), "1 outage", "1 Ausfall"),
    (say("outages", n=Count(2)), "2 outages", "2 Ausfälle"),
    (Text("a\n‮b\x00{c}<d>"), "a b{c}<d>", "a b{c}<d>"),
    (Many((Count(1), Text("x"))), "1; x", "1; x"),
    (NOTHING, "–", "–"),
]


@pytest.mark.parametrize(("cell", "english", "german"), CASES)
def test_a_cell_is_written_as_the_language_has_it(cell: Cell, english: str, german: str) -> None:
    told = [Tongue(language, "Europe/Berlin").text(cell).replace("\u00a0", " ") for language in ("en", "de")]
    assert told == [english, german]


def test_what_is_written_in_one_cell_is_never_a_template() -> None:
    assert Tongue("de", "UTC").text(say("left.out", time=Text("{n} %s"))) == "{n} %s außerhalb der Servicezeit"
