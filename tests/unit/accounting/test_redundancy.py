"""One more component, by hand."""

from dataclasses import replace
from fractions import Fraction

from slamon.accounting.redundancy import failing, with_replica
from slamon.shown.whatif import replica_json
from test_proposal import figure


def test_a_second_one_beside_a_single_one_is_down_with_it_only() -> None:
    """Down 10 of 100 s; the second too, on its own: 10 % of the 10 s, 1 s. So 0.1 x 0.1 = 0.01."""
    agreed = figure(1, 10_000)
    down = failing([agreed])
    assert down == Fraction(1, 10)
    found = with_replica(agreed, replace(agreed, downtime_ms=0), down)
    assert (found.helped_ms, found.expected_ms, found.availability) == (10_000, 1_000, Fraction(99, 100))


def test_what_one_more_could_not_have_saved_stays() -> None:
    """Down 10 s, of which 4 s also with one component less needed; one fails 20 %: 4 + 0.2 x 6 = 5.2 s."""
    found = with_replica(figure(1, 10_000), figure(1, 4_000), Fraction(1, 5))
    assert (found.helped_ms, found.expected_ms) == (6_000, 5_200)


def test_a_target_that_is_just_reached_would_have_been_kept() -> None:
    """Down 10 s of 100 s, the replica 10 %: 1 s is left, 99 %."""
    agreed = figure(1, 10_000)
    found = with_replica(agreed, replace(agreed, downtime_ms=0), Fraction(1, 10))
    assert replica_json("shop", found)["kept"] is True
    stricter = replace(found, figure=replace(agreed, target=Fraction(99_001, 100_000)))
    assert replica_json("shop", stricter)["kept"] is False


def test_the_share_of_failing_is_of_all_checks_together() -> None:
    # 10 s of 100 s and 0 s of 50 s: 10 of 150 s
    assert failing([figure(1, 10_000), figure(1, 0, observed_ms=50_000)]) == Fraction(1, 15)
    assert failing([figure(1, 0, observed_ms=0)]) is None
    assert failing([]) is None


def test_without_a_figure_there_is_none_with_a_replica() -> None:
    unseen = figure(1, 0, observed_ms=0)
    assert with_replica(unseen, unseen, Fraction(0)).availability is None
