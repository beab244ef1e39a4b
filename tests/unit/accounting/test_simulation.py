"""Periods to come, against what can be worked out on paper."""

import random
from fractions import Fraction
from math import sqrt

import pytest
from slamon.accounting.simulation import Past, Simulated, error, simulate, untouched

HOUR = 3_600_000
RUNS = 20_000


def posterior(measured: Past, ahead_ms: float, most: int) -> float:
    """The chance of at most so many outages in a stretch of up time: negative binomial, Gamma(n + 1/2, T) mixed.

    P(k) = C(k + a - 1, k) (T / (T + M))^a (M / (T + M))^k with a = n + 1/2, by its recurrence.
    """
    a = len(measured.lengths_ms) + 0.5
    stay = measured.up_ms / (measured.up_ms + ahead_ms)
    term = stay**a
    total = term
    for k in range(1, most + 1):
        term *= (k + a - 1) / k * (1 - stay)
        total += term
    return total


def within(share: float, exact: float) -> bool:
    """Four standard errors: one time in 16,000 would fail, and the seed is fixed."""
    return abs(share - exact) <= 4 * sqrt(exact * (1 - exact) / RUNS)


@pytest.mark.parametrize("outages", [1, 4, 12])
def test_the_chance_of_no_outage_is_the_analytic_one(outages: int) -> None:
    measured = Past(1_000 * HOUR, (HOUR,) * outages)
    drawn = simulate(measured, 250 * HOUR, RUNS, random.Random(1))
    exact = untouched(measured, 250 * HOUR)
    assert exact == pytest.approx(posterior(measured, 250 * HOUR, 0))
    assert within(drawn.kept(Fraction(1)) / RUNS, exact)


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_the_chance_of_so_many_outages_of_one_length_is_the_analytic_one(allowed: int) -> None:
    """Missed when outage j + 1 begins in time: after j + 1 up times and j lengths, so within M - j L of up time."""
    measured = Past(1_000 * HOUR, (2 * HOUR,) * 8)
    ahead = 250 * HOUR
    drawn = simulate(measured, ahead, RUNS, random.Random(7))
    target = 1 - Fraction(allowed * 2 * HOUR, ahead)
    assert within(drawn.kept(target) / RUNS, posterior(measured, ahead - allowed * 2 * HOUR, allowed))


def test_the_mean_downtime_is_that_of_the_past() -> None:
    """Much history, so that the rate is all but known: 100 outages of 1 h and 100 of 3 h in 10,000 h up.

    A cycle is 50 h up and 2 h down on average: 1/26 of the time is down.
    """
    measured = Past(10_000 * HOUR, (HOUR, 3 * HOUR) * 100)
    drawn = simulate(measured, 2_600 * HOUR, 2_000, random.Random(3))
    mean = sum(drawn.downtimes_ms) / 2_000 / HOUR
    assert mean == pytest.approx(100, rel=0.02)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    measured = Past(1_000 * HOUR, (HOUR, 2 * HOUR, 5 * HOUR))
    one, again, other = (simulate(measured, 700 * HOUR, 500, random.Random(seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_downtime_never_exceeds_the_time_ahead() -> None:
    drawn = simulate(Past(HOUR, (900 * HOUR,) * 3), 10 * HOUR, 500, random.Random(1))
    assert 0 <= drawn.downtimes_ms[0] <= drawn.downtimes_ms[-1] <= 10 * HOUR


def test_a_run_that_just_reaches_the_target_keeps_it() -> None:
    # of 1000 ms: 99 % allows 10 ms
    drawn = Simulated(1_000, (0, 9, 10, 11))
    assert [drawn.kept(Fraction(target, 1000)) for target in (990, 991, 989, 1000)] == [3, 2, 4, 1]
    assert drawn.availability(Fraction(1, 2)) == Fraction(991, 1000)
    assert drawn.availability(Fraction(1)) == Fraction(989, 1000)


@pytest.mark.parametrize(("measured", "ahead"), [(Past(HOUR, ()), 1), (Past(0, (1,)), 1), (Past(HOUR, (1,)), 0)])
def test_without_outage_up_time_or_time_ahead_nothing_is_drawn(measured: Past, ahead: int) -> None:
    with pytest.raises(ValueError, match="nothing to draw from"):
        simulate(measured, ahead, 1, random.Random(1))


def test_the_error_of_chance() -> None:
    # 1.96 sqrt(0.5 0.5 / 10000) = 0.0098; three in N at the edges
    assert error(5_000, 10_000) == pytest.approx(0.0098)
    assert error(10_000, 10_000) == error(0, 10_000) == 0.0003
