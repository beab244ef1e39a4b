"""What a target allows beforehand is what a figure allows afterwards."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from slamon.accounting import Calendar, MaintenanceRule, OneOff, PeriodKind, Revision, Rules
from slamon.accounting.allowance import allowances
from slamon.accounting.plan import Plan
from slamon.catalogue.quantities import instant_ms

JANUARY = instant_ms("2026-01-01T00:00:00+01:00")
HOUR = 3_600_000
OFFICE = Calendar("office", (((480, 1080),),) * 5 + ((), ()))
MONTH = Revision(1, Fraction(999, 1000), PeriodKind.MONTH, "Europe/Berlin")


def test_a_month_of_31_days_at_three_nines_allows_44_minutes_38() -> None:
    (first,) = allowances(MONTH, JANUARY, 1)
    assert first.period.name == "2026-01"
    assert first.measured_ms == 744 * HOUR
    assert first.allowed_ms == Fraction(744 * HOUR, 1000)  # 0.744 h = 44 min 38.4 s


def test_the_month_of_the_longer_night_has_an_hour_more() -> None:
    october = next(islice(allowances(MONTH, JANUARY, 12), 9, None))
    assert (october.period.name, october.measured_ms) == ("2026-10", 745 * HOUR)


def test_a_period_that_has_begun_is_left_out() -> None:
    assert [one.period.name for one in allowances(MONTH, JANUARY + 1, 2)] == ["2026-02", "2026-03"]


@pytest.mark.parametrize("kind", list(PeriodKind))
@pytest.mark.parametrize("rule", list(MaintenanceRule))
@pytest.mark.parametrize("hours", [None, OFFICE])
def test_it_is_the_measured_time_of_the_plan(kind: PeriodKind, rule: MaintenanceRule, hours: Calendar | None) -> None:
    window = OneOff(instant_ms("2026-03-10T09:00:00+01:00"), instant_ms("2026-03-11T12:00:00+01:00"))
    rules = Rules(maintenance=rule, maintenance_max_ms=3 * HOUR)
    terms = replace(MONTH, period=kind, hours=hours, maintenance=(window,), rules=rules)
    plan = Plan(terms, (), JANUARY)
    for one in allowances(terms, JANUARY, 3):
        assert one.measured_ms == plan.measured(one.period.start, one.period.end, 0)


def test_validity_cuts_no_period_here() -> None:
    late = replace(MONTH, valid_from=JANUARY + 10 * 24 * HOUR, valid_until=JANUARY + 11 * 24 * HOUR)
    assert next(allowances(late, JANUARY, 1)).measured_ms == 744 * HOUR
