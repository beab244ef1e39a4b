"""A cell as other programs take it: its type, and its exact value."""

from fractions import Fraction

from slamon.accounting import exact_digits, ratio_text
from slamon.reports.document import (
    Both,
    Cell,
    Count,
    Cut,
    Day,
    Duration,
    Instant,
    Link,
    Many,
    Nothing,
    Number,
    Percent,
    PeriodName,
    Points,
    Said,
    Text,
    Verdict,
)
from slamon.reports.tongue import Tongue, plain

Value = str | int | None


def value(cell: Cell, tongue: Tongue) -> tuple[str, Value]:
    """The type's name and the value: whole milliseconds, decimal strings, ISO dates, words.

    Ratios have twelve digits, cut downward, as `slamon account` has them; those that are agreed have all.
    """
    match cell:
        case Text(words):
            return "text", plain(words)
        case Said() | Many() | Both():
            return "text", tongue.text(cell)
        case Link(inner):
            return value(inner, tongue)
        case Duration(ms):
            return "duration_ms", ms
        case Percent(ratio, cut):
            if cut is Cut.EXACT and isinstance(ratio, Fraction):
                return "ratio", exact_digits(ratio)
            return "ratio", ratio_text(ratio)
        case Points(difference):
            return "ratio", ratio_text(difference)
        case Number(number):
            return "number", ratio_text(number)
        case Instant(ms):
            return "instant_ms", ms
        case Day(day):
            return "date", day.isoformat()
        case Count(n):
            return "count", n
        case PeriodName(name):
            return "period", name
        case Verdict(word):
            return "verdict", word.value
        case Nothing():
            return "none", None
