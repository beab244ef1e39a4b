"""A batch that could not be committed and the next one, as one."""

from slamon.accounting import Blind, Cause, CheckTerms, Histogram, Observation, Run, Stint, Verdict
from slamon.ledger import AccountedTotals, Batch, Fold, Mark, OutageTotal, Tally


def seen(at: int) -> Observation:
    return Observation("a/b", at, Verdict.UP, 1_000, 3_000)


def run(start: int, last: int) -> Run:
    return Run("a/b", start, last, None, Verdict.UP, 1, 1_000, 3_000)


def batch(value: int) -> Batch:
    """One of everything, of one key each; `value` tells which."""
    out = Batch(watermark=value, observations=[seen(value)], fold=Fold(value, ()), aside=[run(value, value)])
    out.put_runs([run(0, value)])
    out.put_blind(Blind(0, value, Cause.STOPPED))
    out.quarters["a/b", 0] = Histogram(total=value)
    out.stints["a/b"] = (Stint("a", None, value, CheckTerms("a/b", 1)),)
    out.tallies["a/b"] = Tally(0, value)
    out.accounted["gold", "a"] = AccountedTotals(0, value)
    out.outages["a"] = OutageTotal(0, value)
    out.marks = [Mark("import", 0, value, 0)]
    return out


def test_of_what_is_absolute_the_later_holds_and_lists_are_joined() -> None:
    expected = batch(2)
    expected.observations = [seen(1), seen(2)]
    expected.aside = [run(1, 1), run(2, 2)]
    expected.marks = [Mark("import", 0, 1, 0), Mark("import", 0, 2, 0)]
    assert batch(1).before(batch(2)) == expected


def test_what_only_the_earlier_has_stays() -> None:
    assert batch(1).before(Batch()) == batch(1)
    assert Batch().before(batch(1)) == batch(1)


def test_neither_of_them_is_changed() -> None:
    first, second = batch(1), batch(2)
    second.set_back = 0
    first.before(second)
    assert first == batch(1)


def test_what_an_earlier_fold_carried_beyond_the_later_one_stays_carried() -> None:
    earlier = Batch(set_back=50, fold=Fold(1 << 62, (seen(5), seen(20))))
    assert earlier.before(Batch(fold=Fold(10, (seen(7),)))).fold == Fold(10, (seen(7), seen(20)))


def test_a_clock_set_back_takes_what_was_dated_after_it_out_of_the_earlier_batch() -> None:
    earlier = Batch(observations=[seen(10), seen(11)], fold=Fold(11, (seen(10),)))
    earlier.put_runs([run(10, 90), run(11, 12)])
    earlier.put_blind(Blind(5, 20, Cause.STOPPED))
    earlier.put_blind(Blind(10, 20, Cause.STOPPED))
    both = earlier.before(Batch(set_back=10))
    assert both.observations == [seen(10)]
    assert list(both.runs.values()) == [run(10, 90)]
    assert list(both.blinds.values()) == [Blind(5, 10, Cause.STOPPED)]
    assert both.fold is None


def test_of_two_steps_back_the_farther_one_counts() -> None:
    assert Batch(set_back=5).before(Batch(set_back=9)).set_back == 5
    assert Batch(set_back=9).before(Batch(set_back=5)).set_back == 5
    assert Batch(set_back=0).before(Batch()).set_back == 0
