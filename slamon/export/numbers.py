"""Figures as numbers of the exposition, cut against the provider (ACCOUNTING.md 8): shares have 12 digits, times ms."""

from collections.abc import Callable
from fractions import Fraction

from prometheus_client.utils import floatToGoString

from slamon.accounting import Infinite, Ratio, cut_down, cut_up


def number(value: float) -> str:
    """A measured number as Go prints it, so that bucket bounds compare as text."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]


def seconds(ms: int) -> str:
    """Whole milliseconds as seconds, exactly."""
    whole, part = divmod(abs(ms), 1000)
    sign = "-" if ms < 0 else ""
    return f"{sign}{whole}.{part:03d}".rstrip("0") if part else f"{sign}{whole}"


def micro_seconds(us: int) -> str:
    """Whole microseconds as seconds, exactly; `us` is 0 or more."""
    whole, part = divmod(us, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0") if part else str(whole)


def left(value: Ratio) -> str:
    """Availability, coverage and what is left: cut downward."""
    return _cut(value, cut_down)


def burned(value: Ratio) -> str:
    """Burn and what is spent: cut upward."""
    return _cut(value, cut_up)


def _cut(value: Ratio, cut: Callable[[Fraction, int], str | None]) -> str:
    if isinstance(value, Infinite):
        return "+Inf" if value is Infinite.PLUS else "-Inf"
    if value.denominator == 1:
        return str(value.numerator)
    return shortened(cut(value, 12) or "")


def shortened(decimal: str) -> str:
    """Without the zeros at its end."""
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal
