"""What agreements below carry: worked cases with their arithmetic, and a twin that looks at every millisecond."""

from fractions import Fraction
from itertools import pairwise, product
from math import prod

from hypothesis import given, settings
from hypothesis import strategies as st
from slamon.accounting import Span
from slamon.accounting.promise import Level, at_least, carried, either, merged, promised, together, uncovered

RATIOS = st.sampled_from([Fraction(1), Fraction(999, 1000), Fraction(99, 100), Fraction(1, 2), Fraction(0)])
END = 30


@st.composite
def levels(draw: st.DrawFn) -> list[Level]:
    """Some stretches within [0, END)."""
    edges = sorted(draw(st.lists(st.integers(0, END), max_size=8, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return [Level(start, end, draw(RATIOS)) for start, end in pairs]


def at(found: list[Level], moment: int) -> Fraction | None:
    return next((level.ratio for level in found if level.start <= moment < level.end), None)


def test_hard_dependencies_multiply() -> None:
    day = [Span(0, 86_400_000)]
    groups = [promised(day, Fraction(995, 1000)), promised(day, Fraction(999, 1000))]
    found = carried(day, groups)
    assert found.ratio == Fraction(994005, 1_000_000)  # 0.995 x 0.999
    assert [piece.ms for piece in found.pieces] == [86_400_000]


def test_one_of_two_fails_only_when_both_do() -> None:
    assert either([Fraction(99, 100), Fraction(98, 100)]) == 1 - Fraction(1, 100) * Fraction(2, 100)


def test_two_of_three_by_hand() -> None:
    a, b, c = Fraction(9, 10), Fraction(8, 10), Fraction(7, 10)
    by_hand = a * b * c + a * b * (1 - c) + a * (1 - b) * c + (1 - a) * b * c
    assert at_least(2, [a, b, c]) == by_hand == Fraction(902, 1000)


def test_only_common_hours_are_looked_at() -> None:
    """Of 24 h the lower one promises 99 % for 8 h: over these 8 h it is 99 %, and 16 h are not covered."""
    hour = 3_600_000
    below = promised([Span(8 * hour, 16 * hour)], Fraction(99, 100))
    assert carried([Span(0, 24 * hour)], [below]).ratio == Fraction(99, 100)
    assert uncovered([Span(0, 24 * hour)], below) == 16 * hour


def test_stretches_are_weighed_by_their_time() -> None:
    """10 h with both (0.9 x 0.8 = 0.72), 10 h with the first alone (0.9): (7.2 + 9) / 20 = 0.81."""
    first, second = [Level(0, 20, Fraction(9, 10))], [Level(0, 10, Fraction(8, 10))]
    found = carried([Span(0, 20)], [first, second])
    assert found.ratio == Fraction(81, 100)
    assert {piece.ratios: piece.product for piece in found.pieces} == {
        (Fraction(9, 10), Fraction(8, 10)): Fraction(72, 100),
        (Fraction(9, 10), None): Fraction(9, 10),
    }


def test_where_nothing_is_promised_nothing_is_said() -> None:
    assert carried([Span(0, 10)], [[]]).ratio is None
    assert carried([Span(0, 10)], [[Level(10, 20, Fraction(1))]]).ratio is None
    assert carried([], [[Level(0, 20, Fraction(1))]]).ratio is None


@settings(deadline=None)
@given(st.lists(RATIOS, max_size=5), st.integers(0, 6))
def test_k_of_n_is_the_sum_over_all_states(ratios: list[Fraction], needed: int) -> None:
    states = product([True, False], repeat=len(ratios))
    naive = sum(
        (prod((r if up else 1 - r for r, up in zip(ratios, state, strict=True)), start=Fraction(1))
         for state in states if sum(state) >= needed), Fraction(0)
    )  # fmt: skip
    assert at_least(needed, ratios) == naive


@settings(deadline=None)
@given(st.lists(levels(), max_size=4), levels())
def test_every_moment_is_as_a_twin_has_it(groups: list[list[Level]], hours: list[Level]) -> None:
    serving = [Span(level.start, level.end) for level in hours]
    for rule in (max, either, together):
        found = merged(groups, rule)
        for moment in range(END):
            known = [r for r in (at(group, moment) for group in groups) if r is not None]
            assert at(found, moment) == (rule(known) if known else None)
        assert all(one.end < two.start or one.ratio != two.ratio for one, two in pairwise(found))
    products = []
    for moment in range(END):
        known = [r for r in (at(group, moment) for group in groups) if r is not None]
        if at(hours, moment) is not None and known:
            products.append(prod(known, start=Fraction(1)))
    naive = sum(products, Fraction(0)) / len(products) if products else None
    assert carried(serving, groups).ratio == naive
    for group in groups:
        missing = [m for m in range(END) if at(hours, m) is not None and at(group, m) is None]
        assert uncovered(serving, group) == len(missing)
