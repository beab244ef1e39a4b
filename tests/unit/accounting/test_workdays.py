"""Working days: Monday to Friday, or those of a calendar; and the instant of a time on one, over clock changes too."""

from datetime import date

import pytest
from slamon.accounting import Calendar
from slamon.accounting.workdays import on_the_clock, working_day
from slamon.catalogue import load_value
from slamon.catalogue.quantities import instant_ms
from slamon.catalogue.terms import calendar

BAVARIA = {
    "hours": {"mon-fri": ["08:00-18:00"]},
    "holidays": {"country": "DE", "subdivision": "BY", "categories": ["public", "catholic"]},
    "dates": {"2026-11-01": ["08:00-09:00"], "2026-11-03": []},
    "closed": ["2026-11-05"],
}


def of(written: dict[str, object]) -> Calendar:
    loaded = load_value({"slamon": 1, "calendars": {"c": written}})
    return calendar("c", loaded.calendars)


@pytest.mark.parametrize(
    ("first", "number", "day"),
    [
        ("2026-11-01", 1, "2026-11-02"),  # a Sunday
        ("2026-11-02", 1, "2026-11-02"),  # a Monday is the first one itself
        ("2026-11-01", 5, "2026-11-06"),
        ("2026-11-01", 6, "2026-11-09"),  # over the weekend
        ("2026-10-31", 1, "2026-11-02"),
    ],
)
def test_without_a_calendar_they_are_monday_to_friday(first: str, number: int, day: str) -> None:
    assert working_day(None, date.fromisoformat(first), number) == date.fromisoformat(day)


def test_a_calendar_says_which_days_have_hours() -> None:
    """1 November: a holiday and a Sunday, with hours of its own. 3: without hours. 5: closed."""
    found = [working_day(of(BAVARIA), date(2026, 11, 1), number) for number in (1, 2, 3, 4)]
    assert found == [date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 4), date(2026, 11, 6)]
    assert working_day(of(BAVARIA), date(2027, 1, 1), 1) == date(2027, 1, 4)  # New Year's Day is a Friday
    assert working_day(of(BAVARIA), date(2027, 1, 5), 2) == date(2027, 1, 7)  # Epiphany, of Bavaria


def test_a_calendar_without_a_working_day_has_none() -> None:
    assert (
        working_day(of({"hours": {"mon": []}, "dates": {"2026-01-01": ["08:00-09:00"]}}), date(2027, 1, 1), 1) is None
    )


@pytest.mark.parametrize(
    ("day", "minutes", "instant"),
    [
        ("2026-11-02", 7 * 60, "2026-11-02T07:00:00+01:00"),
        ("2026-07-01", 7 * 60, "2026-07-01T07:00:00+02:00"),
        ("2027-03-28", 150, "2027-03-28T03:00:00+02:00"),  # 02:30 is jumped over
        ("2026-10-25", 150, "2026-10-25T02:30:00+02:00"),  # 02:30 comes twice: the first
        ("2026-11-02", 24 * 60, "2026-11-03T00:00:00+01:00"),
    ],
)
def test_a_time_is_that_of_the_zones_clock(day: str, minutes: int, instant: str) -> None:
    assert on_the_clock("Europe/Berlin", date.fromisoformat(day), minutes) == instant_ms(instant)
