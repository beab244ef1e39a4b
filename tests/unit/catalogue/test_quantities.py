"""Quantities are read exactly, and only with their units."""

from datetime import date
from fractions import Fraction

import pytest
from slamon.catalogue.quantities import (
    calendar_date,
    clock_minutes,
    date_or_instant,
    duration_ms,
    instant_ms,
    percent,
    positive_duration_ms,
    size_bytes,
    whole_number,
)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1500ms", 1500),
        ("30s", 30_000),
        ("1h30m", 5_400_000),
        ("0s", 0),
        ("2.5s", 2500),
        ("0.1s", 100),
        ("400d", 34_560_000_000),
        ("1w2d3h4m5s6ms", 788_645_006),
        ("1h 30m", 5_400_000),
    ],
)
def test_durations(text: str, milliseconds: int) -> None:
    assert duration_ms(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "s",
        "-5s",
        "+5s",
        "1e3s",
        "30 seconds",
        "5S",
        "1y",
        "٣s",
        "1.s",
        ".5s",
        "30s ago",
        30,
        2.5,
        True,
        None,
        [],
        {},
    ],
)
def test_no_durations(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        duration_ms(text)


def test_a_duration_of_nothing_where_one_is_needed() -> None:
    with pytest.raises(ValueError, match="above zero"):
        positive_duration_ms("0ms")


@pytest.mark.parametrize("text", ["0.5ms", "0.0001s", "99999999999999d"])
def test_durations_that_cannot_be_kept(text: str) -> None:
    with pytest.raises(ValueError):
        duration_ms(text)


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("99.9%", Fraction(999, 1000)),
        ("99.95 %", Fraction(9995, 10000)),
        ("100%", Fraction(1)),
        ("0%", Fraction(0)),
        ("12.5%", Fraction(1, 8)),
        ("99.999999999999999%", Fraction(99999999999999999, 10**17)),
    ],
)
def test_percentages_are_exact(text: str, ratio: Fraction) -> None:
    assert percent(text) == ratio


@pytest.mark.parametrize("text", ["99.9", "99,9%", "%", "-1%", "100.0001%", "1e2%", "nan%", "٩٩%", 99.9, 1, True, None])
def test_no_percentages(text: object) -> None:
    with pytest.raises(ValueError, match="percentage"):
        percent(text)


@pytest.mark.parametrize(
    ("text", "size"), [("1MiB", 2**20), ("64 KiB", 65536), ("500kB", 500_000), ("10B", 10), ("1GB", 10**9)]
)
def test_sizes(text: str, size: int) -> None:
    assert size_bytes(text) == size


@pytest.mark.parametrize("text", ["1M", "1", "1mib", "-1MiB", "1.5MiB", 1048576, None])
def test_no_sizes(text: object) -> None:
    with pytest.raises(ValueError, match="size"):
        size_bytes(text)


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("08:30", 510), ("23:59", 1439), ("24:00", 1440)])
def test_times_of_day(text: str, minutes: int) -> None:
    assert clock_minutes(text) == minutes


@pytest.mark.parametrize("text", ["24:01", "25:00", "8:00", "08:60", "08", "2am", 480, 1320, None])
def test_no_times_of_day(text: object) -> None:
    with pytest.raises(ValueError, match="time of day"):
        clock_minutes(text)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-10-11T02:00:00+02:00", 1_791_676_800_000),
        ("2026-10-11T00:00:00.001Z", 1_791_676_800_001),
        ("2026-10-11T00:00Z", 1_791_676_800_000),
    ],
)
def test_instants(text: str, milliseconds: int) -> None:
    assert instant_ms(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    ["2026-10-11", "2026-10-11T02:00:00", "2026-13-11T02:00:00Z", "gestern", "2026-W43-1", "20261011", 20261011, None],
)
def test_no_instants(text: object) -> None:
    with pytest.raises(ValueError, match="offset"):
        instant_ms(text)


def test_a_date_is_a_calendar_date_written_out() -> None:
    assert calendar_date("2026-02-28") == date(2026, 2, 28)
    for text in ("2026-02-30", "2026-2-3", "20260203", "2026-W06-2", "24.12.2026", 20260203, None):
        with pytest.raises(ValueError, match="2026-12-24"):
            calendar_date(text)


def test_where_both_will_do() -> None:
    assert date_or_instant("2026-01-01") == date(2026, 1, 1)
    assert date_or_instant("2026-01-01T00:00:00Z") == 1_767_225_600_000
    with pytest.raises(ValueError, match="a date or a time"):
        date_or_instant("2026-01-01T00:00:00")


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("042", 42), ("9" * 18, 10**18 - 1)])
def test_a_whole_number_is_of_ascii_digits(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", "٣", "9" * 19, " 1", "1_0"])
def test_what_is_no_whole_number(text: str) -> None:
    assert whole_number(text) is None
