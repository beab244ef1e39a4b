"""What was reported of late: the newest of each check, the words of the very newest, nothing of a clock set back."""

from dataclasses import replace
from pathlib import Path

from slamon.ledger import MOST_ARRIVALS, Arrival, Batch, Ledger, read_only

from tests.integration.ledger.test_migrating import ledger_of_form

REPORT = Arrival("s/job", 1000, "up", None, 7, "label", "words")


def stored(path: Path, *batches: Batch) -> dict[str, list[Arrival]]:
    ledger = Ledger.open(path)
    try:
        for batch in batches:
            ledger.commit(batch).result()
        return ledger.load().arrivals
    finally:
        ledger.close()


def test_an_arrival_is_kept_as_it_was(path: Path) -> None:
    failed = Arrival("s/other", 5, "down", "job_failed")
    assert stored(path, Batch(arrivals=[REPORT, failed])) == {"s/job": [REPORT], "s/other": [failed]}
    assert read_only(path).arrivals == {"s/job": [REPORT], "s/other": [failed]}


def test_words_are_kept_of_the_newest_alone(path: Path) -> None:
    later = replace(REPORT, at=2000, words="")
    assert stored(path, Batch(arrivals=[REPORT]), Batch(arrivals=[later])) == {
        "s/job": [replace(REPORT, words=""), later]
    }


def test_so_many_of_each_check_are_kept(path: Path) -> None:
    many = [replace(REPORT, at=at, words="") for at in range(MOST_ARRIVALS + 5)]
    other = replace(REPORT, check="s/other")
    assert stored(path, Batch(arrivals=[other]), Batch(arrivals=many)) == {"s/job": many[5:], "s/other": [other]}


def test_a_clock_set_back_and_another_kind_end_them(path: Path) -> None:
    later, other = replace(REPORT, at=3000, words=""), replace(REPORT, check="s/other")
    early = replace(REPORT, words="")
    first = Batch(arrivals=[early, later, other])
    assert stored(path, first, Batch(set_back=2000)) == {"s/job": [early], "s/other": [other]}
    assert stored(path, Batch(arrivals=[later], arrivals_of={"s/other"})) == {"s/job": [early, later]}


def test_what_could_not_be_committed_goes_into_the_next(path: Path) -> None:
    later, other = replace(REPORT, at=3000, words=""), replace(REPORT, check="s/other")
    both = Batch(arrivals=[REPORT, other, replace(other, at=9000)]).before(
        Batch(arrivals=[later], arrivals_of={"s/job"}, set_back=5000)
    )
    assert stored(path, both) == {"s/job": [later], "s/other": [other]}


def test_a_ledger_of_before_there_were_any_is_read(path: Path) -> None:
    ledger_of_form(path, 1)
    assert read_only(path).arrivals == {}
