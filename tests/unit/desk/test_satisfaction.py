"""CSAT and NPS: counted over all scores, with intervals that hold for small numbers."""

from datetime import date
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.desk.satisfaction import FEW, csat, moods, nps, of_customers
from slamon.desk.things import Satisfaction, Scale

CSAT = st.lists(st.integers(1, 5), min_size=1, max_size=200)
NPS = st.lists(st.integers(0, 10), min_size=1, max_size=200)


def said(
    score: int, service: str | None = "shop", scale: Scale = Scale.CSAT, asked: str = "2026-10-06"
) -> Satisfaction:
    return Satisfaction(1, 0, "Ada", "dealers", service, scale, score, date.fromisoformat(asked))


class TestCsat:
    def test_four_and_five_are_satisfied(self) -> None:
        told = csat([1, 2, 3, 4, 5, 5])

        assert told is not None
        assert (told.count, told.satisfied, told.ratio, told.mean) == (6, 3, Fraction(1, 2), Fraction(10, 3))

    def test_wilson_by_hand(self) -> None:
        """8 of 10: (0.8 + 0.192 -+ 1.96 * sqrt(0.016 + 0.0096)) / 1.384, as in every table of it."""
        told = csat([5] * 8 + [1] * 2)

        assert told is not None
        assert (round(told.interval.low, 4), round(told.interval.high, 4)) == (0.4902, 0.9433)

    @given(CSAT)
    def test_the_interval_holds_the_figure_and_stays_within_bounds(self, scores: list[int]) -> None:
        told = csat(scores)

        assert told is not None
        assert 0 <= told.interval.low <= float(told.ratio) + 1e-12
        assert float(told.ratio) - 1e-12 <= told.interval.high <= 1

    @given(CSAT)
    def test_ten_times_as_many_alike_narrow_it(self, scores: list[int]) -> None:
        few, many = csat(scores), csat(scores * 10)

        assert few is not None
        assert many is not None
        assert many.interval.high - many.interval.low < few.interval.high - few.interval.low

    @pytest.mark.parametrize("p", [0.05, 0.5, 0.8, 0.95])
    @pytest.mark.parametrize("n", [5, 20, 50])
    def test_it_covers_about_as_often_as_it_says(self, n: int, p: float) -> None:
        """Over all numbers of satisfied ones, by their binomial probability; Wilson's dips to some 83 % at worst."""
        covered = 0.0
        for k in range(n + 1):
            told = csat([5] * k + [1] * (n - k))
            assert told is not None
            if told.interval.low <= p <= told.interval.high:
                covered += comb(n, k) * p**k * (1 - p) ** (n - k)
        assert covered > 0.88


class TestNps:
    def test_promoters_less_detractors(self) -> None:
        told = nps([0, 6, 7, 8, 9, 10, 10, 10])

        assert told is not None
        assert (told.count, told.promoters, told.detractors, told.score) == (8, 4, 2, Fraction(1, 4))

    def test_the_adjusted_interval_by_hand(self) -> None:
        """10, 5 and 5 of 20: p = 10.75/23, d = 5.75/23, 0.21739 -+ 1.96 * sqrt((0.71739 - 0.21739^2) / 23)."""
        told = nps([10] * 10 + [7] * 5 + [0] * 5)

        assert told is not None
        assert (round(told.interval.low, 4), round(told.interval.high, 4)) == (-0.1172, 0.5519)

    @given(NPS)
    def test_the_interval_stays_within_bounds_and_narrows(self, scores: list[int]) -> None:
        few, many = nps(scores), nps(scores * 10)

        assert few is not None
        assert many is not None
        assert -1 <= few.interval.low < few.interval.high <= 1
        assert many.interval.high - many.interval.low < few.interval.high - few.interval.low

    @given(NPS)
    def test_turned_round_it_is_the_same_with_the_other_sign(self, scores: list[int]) -> None:
        turned = [10 if score < 7 else 0 if score > 8 else score for score in scores]
        one, other = nps(scores), nps(turned)

        assert one is not None
        assert other is not None
        assert one.score == -other.score
        assert one.interval.low == pytest.approx(-other.interval.high)

    def test_all_of_one_mind_are_not_certain(self) -> None:
        told = nps([10, 10, 10])

        assert told is not None
        assert told.score == 1
        assert told.interval.low < 0.6

    @pytest.mark.parametrize(("p", "d"), [(0.5, 0.2), (0.2, 0.6), (0.8, 0.05)])
    @pytest.mark.parametrize("n", [5, 15, 30])
    def test_it_covers_about_as_often_as_it_says(self, n: int, p: float, d: float) -> None:
        """Over all samples, by their multinomial probability."""
        covered = 0.0
        for a in range(n + 1):
            for b in range(n - a + 1):
                told = nps([10] * a + [0] * b + [7] * (n - a - b))
                assert told is not None
                if told.interval.low <= p - d <= told.interval.high:
                    covered += comb(n, a) * comb(n - a, b) * p**a * d**b * (1 - p - d) ** (n - a - b)
        assert covered > 0.9


class TestMoods:
    def test_nobody_asked_is_no_figure(self) -> None:
        assert (csat([]), nps([])) == (None, None)
        assert moods([], date(2026, 10, 1), date(2026, 10, 31)) == []

    def test_by_customer_and_service_within_the_days(self) -> None:
        told = [said(5), said(1), said(9, scale=Scale.NPS), said(4, None), said(1, asked="2026-11-01")]
        by_service = {mood.service: mood for mood in moods(told, date(2026, 10, 1), date(2026, 10, 31))}

        assert set(by_service) == {None, "shop"}
        shop = by_service["shop"]
        assert shop.csat is not None
        assert shop.nps is not None
        assert (shop.csat.ratio, shop.nps.score) == (Fraction(1, 2), 1)

    @given(CSAT, CSAT)
    def test_a_customers_figure_is_over_all_scores_not_over_averages(self, one: list[int], other: list[int]) -> None:
        told = [*(said(score, "shop") for score in one), *(said(score, "mail") for score in other)]
        (mood,) = of_customers(told, date(2026, 10, 1), date(2026, 10, 31))

        assert mood.csat == csat(one + other)
        assert mood.csat is not None
        assert mood.csat.mean == Fraction(sum(one + other), len(one) + len(other))

    def test_both_days_are_of_the_span(self) -> None:
        days = ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")
        told = [said(5, asked=day) for day in days]
        for found in (moods(told, date(2026, 10, 1), date(2026, 10, 31)),
                      of_customers(told, date(2026, 10, 1), date(2026, 10, 31))):  # fmt: skip
            assert [mood.csat.count for mood in found if mood.csat is not None] == [2]

    def test_small_numbers_are_said_so(self) -> None:
        few, enough = csat([5] * (FEW - 1)), csat([5] * FEW)

        assert few is not None
        assert enough is not None
        assert (few.few, enough.few) == (True, False)
