"""Service hours as they are written: weekdays, holidays, single dates."""

import re
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from slamon.catalogue.base import Model, mistaken
from slamon.catalogue.quantities import CalendarDate, clock_minutes

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = r"^[0-2][0-9]:[0-5][0-9] ?- ?[0-2][0-9]:[0-5][0-9]$"
_DAYS = r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"


def weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `fri-mon` (wraps), `sat`: weekdays, 0 is Monday."""
    if not re.fullmatch(_DAYS, text):
        raise ValueError("a weekday or a range of mon, tue, wed, thu, fri, sat, sun, for example mon-fri")
    first, _, last = text.partition("-")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def day_span(value: object) -> tuple[int, int]:
    """`08:00-18:00` in minutes since midnight; it ends after it begins, at `24:00` at the latest."""
    if isinstance(value, tuple):
        return value
    first, dash, last = str(value).partition("-")
    if not isinstance(value, str) or not dash:
        raise ValueError("a span of a day, for example 08:00-18:00")
    start, end = clock_minutes(first.strip()), clock_minutes(last.strip())
    if end <= start:
        raise ValueError("a span that ends after it begins; write a night as two spans, to 24:00 and from 00:00")
    return start, end


DaySpan = Annotated[
    tuple[int, int],
    BeforeValidator(day_span),
    WithJsonSchema({"type": "string", "pattern": _SPAN, "examples": ["08:00-18:00"]}),
]


def _days(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a weekday or a range, for example mon-fri")
    weekdays(value)
    return value


Days = Annotated[str, BeforeValidator(_days), WithJsonSchema({"type": "string", "pattern": _DAYS})]


def overlapping(spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether two spans of one day share a minute."""
    ordered = sorted(spans)
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))


class Holidays(Model):
    """Public holidays that are out of the service hours."""

    country: str
    """The country's ISO 3166 code."""
    subdivision: str | None = None
    """A state or region of it, by its code."""
    categories: tuple[str, ...] = Field(default=("public",), min_length=1)
    """Which holidays count; what there is differs from country to country."""


class Calendar(Model):
    """Service hours: by weekday, with holidays, dates with hours of their own, closed dates."""

    hours: dict[Days, tuple[DaySpan, ...]]
    """Spans of a day by weekday or range of weekdays; a range may wrap (`fri-mon`), a day that is not named has none.

    """
    holidays: Holidays | None = None
    """Public holidays: days without service hours."""
    dates: dict[CalendarDate, tuple[DaySpan, ...]] = Field(default_factory=dict)
    """Single dates with spans of their own; they hold on holidays too."""
    closed: tuple[CalendarDate, ...] = ()
    """Single dates without service hours."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        by_day: dict[int, tuple[tuple[int, int], ...]] = {}
        for days, spans in self.hours.items():
            for day in weekdays(days):
                by_day[day] = by_day.get(day, ()) + spans
                if overlapping(by_day[day]):
                    raise mistaken(f"spans that overlap on {WEEKDAYS[day]}", "spans that do not", "hours", days)
        for date, spans in self.dates.items():
            if overlapping(spans):
                raise mistaken("spans that overlap", "spans that do not", "dates", str(date))
        for index, date in enumerate(self.closed):
            if date in self.dates:
                raise mistaken(f"{date}, which has hours under dates", "it in one of them", "closed", index)
        return self
