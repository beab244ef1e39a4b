"""Rows of periods under other terms, by hand: what they come to, and which verdicts changed."""

from dataclasses import replace
from fractions import Fraction

from slamon.accounting import AgreementVerdict, Figure
from slamon.accounting.whatif import difference, key, summaries
from test_proposal import figure

MET, BREACHED, FEW = AgreementVerdict.MET, AgreementVerdict.BREACHED, AgreementVerdict.INSUFFICIENT_DATA


def row(*verdicts: AgreementVerdict) -> list[Figure]:
    return [replace(figure(number, 100), verdict=verdict) for number, verdict in enumerate(verdicts, 1)]


def test_verdicts_that_changed_are_named_where_there_was_none_before_too() -> None:
    agreed = row(MET, BREACHED, FEW, FEW, MET, MET)
    (told,) = summaries(row(BREACHED, MET, MET, BREACHED, FEW, MET), {key(one): one for one in agreed})
    assert (told.met, told.breached, told.left_out) == (
        ("2026-02", "2026-03", "2026-06"), ("2026-01", "2026-04"), ("2026-05",),
    )  # fmt: skip
    assert told.newly_met == ("2026-02", "2026-03")
    assert told.newly_breached == ("2026-01", "2026-04")


def test_all_time_together_is_no_average_of_periods() -> None:
    """1 s of 100 s and 9 s of 50 s: 140 of 150 s, not the mean of 99 % and 82 %; a period without a figure has none."""
    unseen = replace(figure(3, 0), availability=None)
    (told,) = summaries([figure(1, 1_000), figure(2, 9_000, observed_ms=50_000), unseen], {})
    assert told.availability == Fraction(140, 150)
    assert told.downtime_ms == 10_000


def test_the_worst_revision_of_a_period_is_its_verdict() -> None:
    first, second = replace(figure(1, 0), verdict=MET), replace(figure(1, 9_000), revision=2, verdict=BREACHED)
    (told,) = summaries([first, second], {})
    assert (told.met, told.breached) == ((), ("2026-01",))


def test_a_credit_is_compared_only_where_both_have_a_verdict() -> None:
    missed = replace(figure(1, 2_000), verdict=BREACHED, credit=Fraction(1, 20))
    kept = replace(figure(1, 0), verdict=MET)
    assert difference(kept, missed).credit == Fraction(-1, 20)
    assert difference(missed, kept).credit == Fraction(1, 20)
    assert difference(replace(kept, verdict=FEW), missed).credit is None
    assert difference(missed, kept).availability == Fraction(-2, 100)
