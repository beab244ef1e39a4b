"""Targets that would have been kept: counted by hand, bounded as tables of the binomial have it."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.accounting import AgreementVerdict, Figure, Period, PeriodKind
from slamon.accounting.proposal import USUAL, lower_bound, propose, tried

DAY = 86_400_000
SURE = Fraction(95, 100)
COVERED = {1: Fraction(9, 10)}


def figure(number: int, down_ms: int, observed_ms: int = 100_000, measured_ms: int = 100_000) -> Figure:
    """A period of 100 s of owed time, all seen unless it is said otherwise."""
    period = Period(f"2026-{number:02d}", number * DAY, number * DAY + DAY, PeriodKind.MONTH)
    known = observed_ms
    return Figure(
        agreement="gold",
        service="shop",
        revision=1,
        period=period,
        at=100 * DAY,
        in_service_ms=measured_ms,
        excluded_ms=0,
        measured_ms=measured_ms,
        unknown_ms=measured_ms - observed_ms,
        known_ms=known,
        downtime_ms=down_ms,
        degraded_ms=0,
        observed_ms=observed_ms,
        measured_full_ms=measured_ms,
        availability=Fraction(known - down_ms, known) if known else None,
        coverage=Fraction(observed_ms, measured_ms) if measured_ms else None,
        target=Fraction(99, 100),
        allowance_ms=Fraction(measured_ms, 100),
        budget_ms=Fraction(known, 100),
        budget_remaining=Fraction(1),
        verdict=AgreementVerdict.MET,
        credit=None,
        outages=(),
        outage_count=0,
        mtrs_ms=None,
        mtbf_ms=None,
        longest_ms=0,
        resolution_ms=None,
        blips=0,
        blip_ms=0,
        corrections=(),
    )


# -- which target


@pytest.mark.parametrize(
    ("downs", "keep", "target", "kept"),
    [
        # down of 100 s: 99.5 % allows 0.5 s, 99.8 % 0.2 s, 99.9 % 0.1 s
        ([0, 0, 0], Fraction(1), "99.999", 3),
        ([100, 500, 200], Fraction(1), "99.5", 3),
        ([100, 500, 200], Fraction(2, 3), "99.8", 2),
        ([100, 500, 200], Fraction(1, 3), "99.9", 1),
        ([100, 501, 200], Fraction(1), "99", 3),
        ([100, 5_000, 200], Fraction(1), "95", 3),
        ([100, 5_001, 200], Fraction(1), None, 0),
        ([100, 5_001, 200], Fraction(2, 3), "99.8", 2),
    ],
)
def test_the_strictest_target_that_was_kept_often_enough(
    downs: list[int], keep: Fraction, target: str | None, kept: int
) -> None:
    found = propose([figure(n, down) for n, down in enumerate(downs, 1)], COVERED, keep, SURE)
    if target is None:
        assert found.proposed is None
    else:
        assert found.proposed is not None
        assert (found.proposed.target, found.proposed.kept) == (Fraction(target) / 100, kept)


def test_the_periods_that_missed_it_are_named() -> None:
    found = propose([figure(1, 100), figure(2, 500), figure(3, 200)], COVERED, Fraction(2, 3), SURE)
    assert found.proposed is not None
    assert found.proposed.missed == ("2026-02",)


def test_a_period_with_too_little_coverage_is_not_counted_and_said() -> None:
    seen = [figure(1, 0), figure(2, 0, observed_ms=89_999), figure(3, 0, observed_ms=90_000)]
    found = propose(seen, COVERED, Fraction(1), SURE)
    assert found.counted == ("2026-01", "2026-03")
    ((period, reason, coverage),) = [(out.period, out.reason, out.coverage) for out in found.left_out]
    assert (period, reason, coverage) == ("2026-02", "insufficient_data", Fraction(89_999, 100_000))


def test_what_is_not_over_not_owed_or_not_seen_is_not_counted() -> None:
    running = replace(figure(3, 0), at=3 * DAY + 1)
    found = propose([figure(1, 0, 0, 0), figure(2, 0, 0), running], COVERED, Fraction(1), SURE)
    assert (found.counted, found.proposed) == ((), None)
    assert [out.reason for out in found.left_out] == ["not_in_service", "no_data", "not_over"]
    just_over = replace(figure(3, 0), at=4 * DAY)
    assert propose([just_over], COVERED, Fraction(1), SURE).counted == ("2026-03",)


def test_a_period_of_which_one_revision_was_not_seen_is_not_counted() -> None:
    unseen = replace(figure(1, 0, observed_ms=0), revision=2)
    found = propose([figure(1, 0), unseen, figure(2, 0)], {1: Fraction(0), 2: Fraction(0)}, Fraction(1), SURE)
    assert found.counted == ("2026-02",)
    assert [(out.period, out.reason) for out in found.left_out] == [("2026-01", "no_data")]


def test_both_revisions_of_a_period_must_keep_it() -> None:
    second = replace(figure(1, 1_000), revision=2)
    found = propose([figure(1, 0), second], {1: Fraction(0), 2: Fraction(0)}, Fraction(1), SURE)
    assert found.proposed is not None
    assert found.proposed.target == Fraction(99, 100)


def test_targets_agreed_are_tried_beside_the_usual_ones() -> None:
    """Down 0.28 s of 100 s: of the usual ones 99.5 % is kept, and so are 99.7 %."""
    periods = [replace(figure(number, 280), target=Fraction(997, 1000)) for number in (1, 2)]
    found = propose(periods, COVERED, Fraction(1), SURE, tried(periods))
    assert found.proposed is not None
    assert found.proposed.target == Fraction(997, 1000)
    assert tried([figure(1, 0)]) == USUAL
    assert tried([], Fraction(1, 2)) == (Fraction(1, 2), *USUAL)


@given(
    st.lists(st.integers(0, 8_000), min_size=1, max_size=15),
    st.fractions(Fraction(1, 10), 1),
    st.fractions(Fraction(1, 10), 1),
)
def test_a_stricter_target_is_kept_less_often_and_more_periods_allow_no_stricter_one(
    downs: list[int], one: Fraction, other: Fraction
) -> None:
    figures = [figure(n, down) for n, down in enumerate(downs, 1)]
    low, high = sorted((one, other))
    lax, strict = (propose(figures, COVERED, keep, SURE) for keep in (low, high))
    counts = [candidate.kept for candidate in lax.candidates]
    assert counts == sorted(counts, reverse=True)
    assert [c.target for c in lax.candidates] == list(USUAL)
    if strict.proposed is not None:
        assert lax.proposed is not None
        assert lax.proposed.target >= strict.proposed.target
        assert strict.proposed.kept >= high * len(downs)


# -- how sure


@pytest.mark.parametrize(
    ("kept", "counted", "bound"),
    [
        # k = n: 0.05 ** (1 / n)
        (1, 1, "0.05"),
        (3, 3, "0.368403"),
        (12, 12, "0.779077"),
        (0, 12, "0"),
        # n = 2, k = 1: 1 - (1 - p)^2 = 0.05, so p = 1 - 0.95 ** 0.5
        (1, 2, "0.025320"),
        # the 5 % quantile of Beta(11, 2)
        (11, 12, "0.661320"),
    ],
)
def test_the_bound_is_that_of_the_tables(kept: int, counted: int, bound: str) -> None:
    assert abs(lower_bound(kept, counted, SURE) - Fraction(bound)) <= Fraction(1, 1_000_000)


@given(st.integers(1, 25), st.data())
def test_more_kept_is_surer_and_more_confidence_promises_less(counted: int, data: st.DataObject) -> None:
    kept = data.draw(st.integers(1, counted))
    bound = lower_bound(kept, counted, SURE)
    assert lower_bound(kept - 1, counted, SURE) < bound
    assert lower_bound(kept, counted, Fraction(99, 100)) < bound
    assert lower_bound(kept, counted + 1, SURE) < bound
    assert bound < Fraction(kept, counted)
