"""A check's slot depends on its id and interval alone; its turns on the monotonic clock alone."""

from collections import Counter

import pytest
from slamon.prober.slots import Grid, Place, Slot, place

GRID = Grid(epoch_s=-1000.0)


def slot(interval_ms: int = 10_000, offset_ms: int = 300, taken: int = 0) -> Slot:
    return Slot(Place(interval_ms, offset_ms), GRID, taken)


def test_places_are_pinned_so_that_no_release_moves_them() -> None:
    assert place("onlineshop/startseite", 30_000) == Place(30_000, 4_300)
    assert place("onlineshop/datenbank", 30_000) == Place(30_000, 15_200)


def test_checks_spread_over_all_slots_of_their_interval() -> None:
    slots = Counter(place(f"service-{n}/check", 2_000) for n in range(1000))
    assert len(slots) == 20
    assert {where.offset_ms for where in slots} == set(range(0, 2000, 100))
    assert max(slots.values()) < 80  # 50 on average


@pytest.mark.parametrize(("interval_ms", "count"), [(50, 1), (100, 1), (1_000, 10), (1_050, 10), (60_000, 600)])
def test_slots_are_about_100_ms_each(interval_ms: int, count: int) -> None:
    offsets = {place(f"x/{n}", interval_ms).offset_ms for n in range(20_000)}
    assert len(offsets) == count
    assert max(offsets) < interval_ms


# Turn n of the slot (10 s, 300 ms) is due at -1000 + 10 n + 0.3 s: turn 110 at 100.3, turn 111 at 110.3.
def test_a_turn_is_taken_once() -> None:
    it = slot(taken=109)
    assert it.take(100.2) == (None, 0)
    assert it.take(100.35) == (pytest.approx(100.3), 0)
    assert it.take(100.4) == (None, 0)
    assert it.take(110.3) == (pytest.approx(110.3), 0)


def test_a_turn_that_comes_a_little_early_is_taken() -> None:
    assert slot(taken=109).take(100.295) == (pytest.approx(100.3), 0)


def test_turns_gone_by_are_missed_and_only_the_newest_is_begun() -> None:
    assert slot(taken=109).take(130.4) == (pytest.approx(130.3), 3)


def test_a_turn_more_than_a_second_late_is_missed_too() -> None:
    it = slot(taken=109)
    assert it.take(101.4) == (None, 1)
    assert it.take(101.5) == (None, 0)


def test_the_next_due_is_ahead_and_the_open_one_may_be_a_little_past() -> None:
    it = slot(taken=109)
    assert it.next_due(100.8) == pytest.approx(110.3)
    assert it.open_due(100.8) == pytest.approx(100.3)
    assert it.open_due(102.0) == pytest.approx(110.3)
    it.take(100.8)
    assert it.open_due(100.8) == pytest.approx(110.3)
