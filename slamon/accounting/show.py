"""The one place where a figure becomes a number in text: cut against the provider, never rounded (section 8).

Availability, coverage, latency ratio, budget and remaining are cut downward; downtime, spent and burn rate upward.
"""

from fractions import Fraction

from slamon.accounting.figure import Infinite


def _decimal(scaled: int, digits: int) -> str:
    sign = "-" if scaled < 0 else ""
    whole, part = divmod(abs(scaled), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def cut_down(value: Fraction | Infinite | int | None, digits: int) -> str | None:
    """The greatest decimal of so many digits that is not above the value."""
    if value is None or isinstance(value, Infinite):
        return None if value is None else value.value
    return _decimal(value.numerator * 10**digits // value.denominator, digits)


def cut_up(value: Fraction | Infinite | int | None, digits: int) -> str | None:
    """The least decimal of so many digits that is not below the value."""
    if value is None or isinstance(value, Infinite):
        return None if value is None else value.value
    return _decimal(-(-value.numerator * 10**digits // value.denominator), digits)


def exact_digits(value: Fraction) -> str:
    """A target or tier with all its digits; ValueError for a ratio that no decimal tells."""
    for digits in range(40):
        if (value * 10**digits).denominator == 1:
            return _decimal(int(value * 10**digits), digits)
    raise ValueError(f"{value} is no decimal")


def ratio_text(value: Fraction | Infinite | None) -> str | None:
    """A ratio as machines read it: a decimal cut after 12 digits, "infinite", or None without a figure."""
    return cut_down(value, 12)


def whole_ms(value: Fraction | int | None) -> int | None:
    """Cut to a whole millisecond."""
    return None if value is None else value.numerator // value.denominator
