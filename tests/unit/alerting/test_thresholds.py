"""The thresholds of the budget alerts over periods, hours and targets: each can be reached, none on plan.

The arithmetic: a total outage of a window's measured time W burns W / allowance; spending just on plan burns
W / measured_full in it, whatever the target is.
"""

from fractions import Fraction

import pytest
from slamon.accounting.budget import ALERT_WINDOWS
from slamon.accounting.figure import WINDOWS
from slamon.catalogue import load_value
from slamon.figures import Facts, Figures

NOW = 1_792_400_000_000  # within October 2026, a Friday
HOUR_MS = 3_600_000
PERIODS = {
    "week": ("week", "24x7"),
    "month": ("month", "24x7"),
    "office": ("month", "office"),
    "office-week": ("week", "office"),
    "office-quarter": ("quarter", "office"),
    "quarter": ("quarter", "24x7"),
    "year": ("year", "24x7"),
}
TARGETS = ("95%", "98%", "99%", "99.9%", "99.99%", "100%")
ROWS = [(period, target) for period in PERIODS for target in TARGETS]


def figures(period: str, target: str) -> Figures:
    kind, hours = PERIODS[period]
    agreement = {
        "customer": "c",
        "services": ["s"],
        "target": target,
        "period": kind,
        "service_hours": hours,
        "timezone": "Europe/Berlin",
    }
    return Figures(
        load_value(
            {
                "slamon": 1,
                "customers": {"c": {"name": "C", "kind": "internal"}},
                "calendars": {"office": {"hours": {"mon-fri": ["08:00-20:00"]}}},
                "services": {"s": {"checks": {"c": {"tcp": {"address": "127.0.0.1:1"}}}}},
                "agreements": {"a": agreement},
            }
        ),
        Facts(),
    )


def told(period: str, target: str) -> tuple[dict[tuple[str, str], Fraction], Fraction, Fraction, dict[str, int]]:
    """Thresholds by severity and window; allowance and measured_full in ms; W by long window."""
    known = figures(period, target)
    known.book.refresh(NOW)
    figure = known.book.current("a", "s", NOW)
    assert figure is not None
    plan = known.book.part("a", "s", figure.revision, NOW).account.plan
    windows = {long for _, long, _, _ in ALERT_WINDOWS[figure.period.kind]}  # type: ignore[index]
    greatest = {w: plan.greatest(figure.period.start, figure.period.end, WINDOWS[w]) for w in windows}
    found = {(t.severity, t.window): t.ratio for t in known.book.thresholds("a", "s", NOW)}
    return found, figure.allowance_ms, Fraction(figure.measured_full_ms), greatest


@pytest.mark.parametrize(("period", "target"), ROWS)
def test_every_pair_can_fire_and_none_fires_on_plan(period: str, target: str) -> None:
    found, allowance, full, greatest = told(period, target)
    kind = figures(period, target).book.agreements["a"].revisions[0].period

    for severity, long, short, _ in ALERT_WINDOWS[kind]:
        threshold, w = found[severity, long], greatest[long]
        on_plan = Fraction(w) / full
        assert threshold >= on_plan, f"{severity} in {long} fires while spending on plan"
        if allowance:
            assert w / allowance > threshold, f"{severity} in {long} can never fire"
            assert min(w, WINDOWS[short]) / allowance > found[severity, short], f"{severity} in {short} can never fire"
        assert found[severity, short] == threshold / 12


@pytest.mark.parametrize("target", TARGETS[:-1])
@pytest.mark.parametrize("period", PERIODS)
def test_a_page_asks_for_more_than_a_ticket_a_minute(period: str, target: str) -> None:
    """A page's pace, share an hour of measured time, is above a ticket's."""
    found, _, _, greatest = told(period, target)
    pace = {key: ratio * HOUR_MS / greatest[key[1]] for key, ratio in found.items() if key[1] in greatest}

    assert pace["page", "1h"] >= pace["page", "6h"] >= pace["ticket", "1d"] >= pace["ticket", "3d"]


def test_one_bad_minute_at_the_beginning_of_office_hours_at_99_per_cent_does_not_page() -> None:
    """22 days of 12 hours allow 9,504 s at 99 %: a minute is 0.6 % of them, and a page asks for 2 % within an hour."""
    found, allowance, _, _ = told("office", "99%")

    assert Fraction(60_000) / allowance < found["page", "1h"]
    assert allowance == Fraction(22 * 12 * HOUR_MS, 100)


def test_a_target_of_100_per_cent_pages_for_any_downtime() -> None:
    """Nothing is allowed, so what is burned is infinite; the threshold itself stays finite."""
    found, allowance, _, _ = told("month", "100%")

    assert allowance == 0
    assert all(0 < ratio < 1 for ratio in found.values())


def test_a_month_day_and_night_has_the_shares_of_the_design() -> None:
    found, _, _, _ = told("month", "99.9%")

    assert found["page", "1h"] == Fraction(2, 100)
    assert found["page", "6h"] == Fraction(5, 100)
    assert found["ticket", "1d"] == Fraction(10, 100)
