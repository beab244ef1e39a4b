"""Facts as compact columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.accounting import Observation, Verdict
from slamon.ledger import Tally
from slamon.ledger.packing import pack_counts, pack_observations, unpack_counts, unpack_observations

NUMBERS = st.integers(0, 1 << 40)


@given(st.dictionaries(NUMBERS, NUMBERS))
def test_counts_come_back(counts: dict[int, int]) -> None:
    assert unpack_counts(pack_counts(counts)) == counts


def test_small_counts_take_two_bytes_each() -> None:
    assert pack_counts({100: 1, 101: 127, 103: 0}) == bytes([100, 1, 1, 127, 2, 0])


@given(
    st.lists(
        st.builds(
            Observation,
            st.sampled_from(["a/b", "c/ü"]),
            st.integers(-(1 << 53), 1 << 53),
            st.sampled_from(Verdict),
            NUMBERS,
            NUMBERS,
            st.none() | NUMBERS,
            st.none() | st.text(),
            st.booleans(),
        )
    )
)
def test_observations_come_back(observations: list[Observation]) -> None:
    names = {1: "a/b", 2: "c/ü"}
    keys = {name: key for key, name in names.items()}
    assert unpack_observations(pack_observations(observations, keys.__getitem__), names) == observations


@pytest.mark.parametrize("body", ["", "{", "[[1,2]]", "[[9,1,0,1,1,null,0,null]]", "[[1,1,7,1,1,null,0,null]]"])
def test_a_body_of_another_form_is_refused(body: str) -> None:
    with pytest.raises((ValueError, KeyError, IndexError)):
        unpack_observations(body, {1: "a/b"})


def test_a_tally_counts_by_the_least_bound_that_holds_the_duration() -> None:
    tally = Tally(bounds_us=(100, 200), durations=[0, 0, 0])
    for duration in (100, 101, 200, 201):
        tally.add(Observation("a/b", 5, Verdict.DEGRADED, 1, 1, duration))
    tally.add(Observation("a/b", 6, Verdict.DOWN, 1, 1, 50, "dns"))
    assert tally == Tally(5, 5, 4, 1, {"dns": 1}, (100, 200), [1, 2, 1], 602)


def test_under_other_bounds_a_count_goes_where_it_surely_belongs() -> None:
    tally = Tally(5, 7, bounds_us=(100, 200), durations=[1, 2, 4], sum_us=9)
    assert tally.measured_by((150, 250)).durations == [1, 2, 4]
    assert tally.measured_by((200,)).durations == [3, 4]
    assert (tally.measured_by(()).durations, tally.measured_by(()).sum_us) == ([], 0)
    assert tally.plus(Tally(1, 1, reasons={"dns": 1}, bounds_us=(200,), durations=[5, 1])).durations == [1, 7, 5]
