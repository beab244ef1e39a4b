"""Retention: what ended before is forgotten, check by check."""

from pathlib import Path

from slamon.accounting import QUARTER_MS, Blind, Cause, Run, Verdict
from slamon.ledger import Batch, Ledger

from tests.integration.ledger.keeper import histogram

DAY = 86_400_000


def run(check: str, start: int, end: int | None) -> Run:
    return Run(check, start, start + 1, end, Verdict.UP, 2, 1_000, 3_000)


def ledger_of_days(path: Path) -> Ledger:
    """Ten days of two checks, a run and a quarter hour a day; a third check that was removed on the second day."""
    ledger = Ledger.open(path)
    batch = Batch()
    for day in range(10):
        end = None if day == 9 else (day + 1) * DAY
        batch.put_runs([run("a/one", day * DAY, end), run("a/two", day * DAY, end)])
        batch.quarters["a/one", day * DAY] = histogram(1_000)
        batch.put_blind(Blind(day * DAY, day * DAY + 10, Cause.LOCAL_FAULT))
    batch.put_runs([run("b/gone", 0, DAY), run("b/gone", DAY, 2 * DAY)])
    ledger.commit(batch).result()
    return ledger


def starts(ledger: Ledger, check: str) -> list[int]:
    return [run.start // DAY for run in ledger.load().runs[check]]


def test_what_ended_before_goes_and_what_reaches_over_stays(path: Path) -> None:
    ledger = ledger_of_days(path)
    before = dict.fromkeys(("a/one", "a/two", "b/gone"), 4 * DAY)
    assert ledger.prune(before).result() == 3 + 3 + 1
    assert starts(ledger, "a/one") == [3, 4, 5, 6, 7, 8, 9]  # that of the third day ends at the instant
    assert [blind.start // DAY for blind in ledger.load().blinds] == [4, 5, 6, 7, 8, 9]
    assert sorted(start // DAY for start in ledger.load().quarters["a/one"]) == [4, 5, 6, 7, 8, 9]
    assert ledger.prune(before).result() == 0
    ledger.close()


def test_each_check_has_its_own_instant_and_the_others_are_left(path: Path) -> None:
    ledger = ledger_of_days(path)
    ledger.prune({"a/one": 8 * DAY, "nobody/knows": 9 * DAY}).result()
    assert starts(ledger, "a/one") == [7, 8, 9]
    assert starts(ledger, "a/two") == list(range(10))
    assert len(ledger.load().blinds) == 10  # the oldest run of a/two is as old
    ledger.prune({"a/one": 8 * DAY, "a/two": 6 * DAY}).result()
    assert len(ledger.load().blinds) == 10  # b/gone has no instant, and its oldest run begins on the first day
    ledger.close()


def test_the_newest_run_of_a_check_is_never_forgotten(path: Path) -> None:
    ledger = ledger_of_days(path)
    ledger.prune(dict.fromkeys(("a/one", "a/two", "b/gone"), 99 * DAY)).result()
    stored = ledger.load()
    assert {check: [r.start for r in runs] for check, runs in stored.runs.items()} == {
        "a/one": [9 * DAY],
        "a/two": [9 * DAY],
        "b/gone": [DAY],
    }
    assert stored.blinds == []
    assert stored.quarters == {}
    ledger.close()


def test_a_quarter_hour_that_reaches_over_the_instant_stays(path: Path) -> None:
    ledger = ledger_of_days(path)
    ledger.prune({"a/one": 3 * DAY + QUARTER_MS - 1}).result()
    assert min(ledger.load().quarters["a/one"]) == 3 * DAY
    ledger.prune({"a/one": 3 * DAY + QUARTER_MS}).result()
    assert min(ledger.load().quarters["a/one"]) == 4 * DAY
    ledger.close()


def test_space_that_was_freed_is_used_again(path: Path) -> None:
    sizes = []
    for year in range(3):
        ledger = Ledger.open(path)
        batch = Batch()
        first = year * 365 * DAY
        batch.put_runs(
            run("a/one", first + number * 10_000, first + number * 10_000 + 9_000) for number in range(20_000)
        )
        ledger.commit(batch).result()
        ledger.prune({"a/one": first + 200_000_000}).result()
        ledger.close()
        sizes.append(path.stat().st_size)
    assert sizes[2] <= sizes[0] * 1.2
