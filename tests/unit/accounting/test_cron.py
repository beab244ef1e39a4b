"""Cron expressions by a zone's wall clock, on ordinary days and in the nights when clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from slamon.accounting.cron import parse_cron

BERLIN = "Europe/Berlin"


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def due(expression: str, after: str, count: int, zone: str = BERLIN) -> list[str]:
    cron, at, found = parse_cron(expression), ms(after), []
    for _ in range(count):
        at = cron.after(at, zone)
        found.append(datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).isoformat(timespec="minutes"))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("30 2 * * mon-fri", ["2026-11-05T02:30+01:00", "2026-11-06T02:30+01:00", "2026-11-09T02:30+01:00"]),
        ("0 9 * * sat-sun", ["2026-11-07T09:00+01:00", "2026-11-08T09:00+01:00", "2026-11-14T09:00+01:00"]),
        ("0 9 * * 6,7", ["2026-11-07T09:00+01:00", "2026-11-08T09:00+01:00", "2026-11-14T09:00+01:00"]),
        ("0 0 13 * fri", ["2026-11-06T00:00+01:00", "2026-11-13T00:00+01:00", "2026-11-20T00:00+01:00"]),
        ("0 0 1 jan,JUL *", ["2027-01-01T00:00+01:00", "2027-07-01T00:00+02:00"]),
        ("5-10/5 23 31 * *", ["2026-12-31T23:05+01:00", "2026-12-31T23:10+01:00", "2027-01-31T23:05+01:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00+01:00", "2032-02-29T00:00+01:00"]),
        ("*/30 22/1 * * *", ["2026-11-04T22:00+01:00", "2026-11-04T22:30+01:00", "2026-11-04T23:00+01:00"]),
        ("@daily", ["2026-11-05T00:00+01:00", "2026-11-06T00:00+01:00"]),
    ],
)
def test_the_next_due_moments(expression: str, expected: list[str]) -> None:
    assert due(expression, "2026-11-04T12:00:00+01:00", len(expected)) == expected


def test_the_due_moment_itself_is_not_after_itself() -> None:
    assert due("0 12 * * *", "2026-11-04T12:00:00+01:00", 1) == ["2026-11-05T12:00+01:00"]


def test_a_skipped_time_is_due_when_the_clock_jumps_and_once() -> None:
    assert due("30 2 * * *", "2026-03-28T12:00:00+01:00", 2) == ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]
    assert due("10,30 2 * * *", "2026-03-28T12:00:00+01:00", 2) == ["2026-03-29T03:00+02:00", "2026-03-30T02:10+02:00"]


def test_a_repeated_time_is_due_at_its_first_reading_only() -> None:
    assert due("30 2 * * *", "2026-10-24T12:00:00+02:00", 2) == ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]


def test_what_goes_by_the_time_that_passes_has_every_hour_once() -> None:
    assert due("0 * * * *", "2026-10-25T01:30:00+02:00", 3) == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T03:00+01:00",
    ]
    assert due("*/30 * * * *", "2026-03-29T01:15:00+01:00", 2) == ["2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00"]


def test_a_zone_with_half_an_hours_change() -> None:
    assert due("45 1 * * *", "2026-04-04T12:00:00+11:00", 1, "Australia/Lord_Howe") == ["2026-04-05T01:45+11:00"]


@pytest.mark.parametrize(
    ("expression", "hours"),
    [
        ("0 * * * *", 1),
        ("30 2 * * *", 24),
        ("30 2 * * mon-fri", 72),  # Friday to Monday
        ("0 8-18/2 * * mon-fri", 62),  # Friday 18:00 to Monday 08:00
        ("0 0 1 * *", 31 * 24),
    ],
)
def test_the_longest_time_between_two(expression: str, hours: int) -> None:
    assert parse_cron(expression).longest_gap_ms() == hours * 3_600_000


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * *", "five fields"),
        ("60 * * * *", "0 to 59 as the minute"),
        ("* 24 * * *", "0 to 23 as the hour"),
        ("* * 0 * *", "1 to 31 as the day of the month"),
        ("* * * 13 *", "1 to 12, or jan to dec as the month"),
        ("* * * * funday", "0 to 7, or sun to sat as the day of the week"),
        ("*/0 * * * *", "as the minute"),
        ("5- * * * *", "as the minute"),
        ("0 18-8 * * *", "as the hour"),
        ("0 0 30 2 *", "never due"),
        ("@reboot", "five fields"),
        ("", "five fields"),
    ],
)
def test_what_is_wrong_is_said(expression: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_cron(expression)
