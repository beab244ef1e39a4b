"""What is committed comes back as it was, however often a commit failed before."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slamon.accounting import Blind, Cause, CheckTerms, Observation, Run, Stint, Verdict
from slamon.errors import LedgerFull
from slamon.ledger import AccountedTotals, Batch, Durations, Fold, Ledger, Mark, OutageTotal, Tally, read_only
from slamon.ledger import store as store_module

from tests.integration.ledger.keeper import (
    BOUNDS_US,
    INTERVAL_MS,
    STALE_MS,
    Keeper,
    all_runs,
    comparable,
    histogram,
)

HOUR = 3_600_000


def observation(check: str, at: int, verdict: Verdict = Verdict.UP, duration_us: int | None = 1500) -> Observation:
    reason = "timeout" if verdict is Verdict.DOWN else None
    return Observation(check, at, verdict, INTERVAL_MS, STALE_MS, duration_us, reason, at % 3 == 0)


def full_batch() -> Batch:
    """One of everything."""
    batch = Batch(watermark=9_000)
    batch.observations = [
        observation("shop/web", 7_000),
        observation("shop/web", 8_000, Verdict.DOWN, None),
        observation("shop/api", 7_500, Verdict.DEGRADED, 99_000),
    ]
    batch.put_runs(
        [
            Run("shop/web", 1_000, 3_000, 4_000, Verdict.UP, 3, 1_000, 3_000),
            Run("shop/web", 4_000, 6_000, None, Verdict.DOWN, 3, 1_000, 3_000, "refused"),
            Run("shop/api", 5_000, 5_000, 5_100, Verdict.UP, 1, 1_000, 3_000, counted=False),
        ]
    )
    batch.put_blind(Blind(500, 900, Cause.STOPPED))
    batch.put_blind(Blind(500, 700, Cause.LOCAL_FAULT))
    batch.quarters["shop/web", 0] = histogram(900, 1500, 20_000, 4_000_000)
    terms = CheckTerms("shop/web", 1_000, 2, 3, 10_000)
    batch.stints["shop/web"] = (Stint("shop", None, 2_000, terms), Stint("shop", 3_000, None, terms))
    batch.tallies["shop/web"] = Tally(1_000, 6, 0, 3, {"refused": 3}, BOUNDS_US, [0, 3, 0, 0], 4_500)
    batch.tallies["shop/api"] = Tally(5_000, 1)
    batch.accounted["gold", "shop"] = AccountedTotals(0, 6_000, 3_000, 2_000, 500, 500)
    batch.outages["shop"] = OutageTotal(0, 6_000, 1)
    batch.marks = [Mark("demo", 0, 1_000, 9_000, "invented")]
    return batch


def test_everything_in_a_batch_comes_back(path: Path) -> None:
    batch = full_batch()
    ledger = Ledger.open(path)
    ledger.commit(batch).result()
    ledger.close()
    stored = Ledger.open(path).load()
    assert (stored.watermark, stored.clean) == (9_000, True)
    assert stored.runs == {
        "shop/web": [batch.runs["shop/web", 1_000], batch.runs["shop/web", 4_000]],
        "shop/api": [batch.runs["shop/api", 5_000]],
    }
    web, web_down, api = batch.observations
    assert stored.tails == {"shop/web": [web, web_down], "shop/api": [api]}
    assert stored.uncounted == batch.observations
    assert sorted(stored.blinds, key=repr) == sorted(batch.blinds.values(), key=repr)
    assert stored.quarters == {"shop/web": {0: batch.quarters["shop/web", 0]}}
    assert stored.stints == {"shop/web": list(batch.stints["shop/web"])}
    assert stored.tallies == batch.tallies
    assert stored.accounted == batch.accounted
    assert stored.outages == batch.outages
    assert stored.marks == batch.marks


def test_the_same_batch_twice_is_as_once(path: Path) -> None:
    ledger = Ledger.open(path)
    ledger.commit(full_batch()).result()
    once = ledger.load()
    ledger.commit(full_batch()).result()
    assert ledger.load() == once
    for _ in range(2):
        ledger.commit(Batch(observations=[observation("b/c", 9_000)])).result()
    assert ledger.load().uncounted == [*once.uncounted, observation("b/c", 9_000)]
    ledger.close()


def test_what_is_in_tallies_is_counted_once_and_what_came_with_them_is_not_in_them(path: Path) -> None:
    ledger = Ledger.open(path)
    first, second = observation("a/b", 1_000), observation("a/b", 2_000)
    ledger.commit(Batch(observations=[first])).result()
    ledger.commit(Batch(observations=[second], tallies={"a/b": Tally(1_000, 1)})).result()
    stored = ledger.load()
    assert (stored.tallies["a/b"].observations, stored.uncounted) == (1, [second])
    assert stored.tails == {"a/b": [first, second]}
    ledger.close()


def test_a_fold_takes_counted_rows_only_and_keeps_what_it_carries(path: Path) -> None:
    ledger = Ledger.open(path)
    seen = [observation("a/b", at) for at in (1_000, 2_000, 3_000)]
    run = Run("a/b", 1_000, 2_000, 3_000, Verdict.UP, 2, INTERVAL_MS, STALE_MS)
    ledger.commit(Batch(observations=seen)).result()
    ledger.commit(Batch(fold=Fold(5_000, (seen[2],)), runs={("a/b", 1_000): run})).result()
    uncounted = ledger.load()
    assert uncounted.uncounted == seen  # no tallies came, so nothing may go
    tallies = {"a/b": Tally(1_000, 3)}
    ledger.commit(Batch(fold=Fold(5_000, (seen[2],)), runs={("a/b", 1_000): run}, tallies=tallies)).result()
    stored = ledger.load()
    assert (stored.uncounted, stored.tails, stored.runs) == ([], {"a/b": [seen[2]]}, {"a/b": [run]})
    ledger.close()


def test_loading_from_an_instant_gives_what_reaches_over_it_and_each_newest_run(path: Path) -> None:
    ledger = Ledger.open(path)
    runs = [Run("a/b", s, s + 500, s + 1_000, Verdict.UP, 2, INTERVAL_MS, STALE_MS) for s in range(0, 5_000, 1_000)]
    old = Run("a/old", 0, 500, 1_000, Verdict.UP, 2, INTERVAL_MS, STALE_MS)
    batch = Batch()
    batch.put_runs([*runs, old])
    ledger.commit(batch).result()
    assert ledger.load(since=2_500).runs == {"a/b": runs[2:], "a/old": [old]}
    assert ledger.load(since=3_000).runs["a/b"] == runs[2:]  # it ends just then
    assert ledger.load(since=3_001).runs["a/b"] == runs[3:]
    assert ledger.load(since=99_000).runs == {"a/b": runs[4:], "a/old": [old]}
    assert ledger.load().runs == {"a/b": runs, "a/old": [old]}
    ledger.close()


def test_durations_are_read_of_the_checks_asked_for_only_and_of_the_newest_hours(path: Path) -> None:
    ledger = Ledger.open(path)
    batch = Batch(watermark=10 * HOUR)
    for check in ("a/slow", "a/fast"):
        for start in (0, 9 * HOUR):
            batch.quarters[check, start] = histogram(1_000, 50_000)
    ledger.commit(batch).result()
    since = {"a/slow": 0}.get
    stored = ledger.load(durations=Durations(since, (20_000, 60_000)))
    assert stored.quarters == {check: {9 * HOUR: histogram(1_000, 50_000)} for check in ("a/slow", "a/fast")}
    (settled,) = stored.settled.values()
    assert settled.first() == 0
    assert settled.counts(0, 20_000) == (1, 2)
    assert settled.counts(0, 60_000) == (2, 2), "told from the buckets"
    assert settled.counts(9 * HOUR, 20_000) == (0, 0)
    assert not ledger.load(durations=Durations({"a/slow": 1}.get, (20_000,))).settled["a/slow"].counts(0, 20_000)[1]
    ledger.close()


def test_a_failed_commit_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger.open(path)
    empty = ledger.load()
    _fail_after_writing(monkeypatch)
    with pytest.raises(LedgerFull):
        ledger.commit(full_batch()).result()
    monkeypatch.undo()
    assert ledger.load() == empty
    ledger.commit(full_batch()).result()  # under keys that are made anew
    assert ledger.load().runs.keys() == {"shop/web", "shop/api"}
    ledger.close()


def _fail_after_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    written = store_module.write

    def failing(*args: object) -> None:
        written(*args)
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(store_module, "write", failing)


_CHECKS = st.sampled_from(["a/one", "a/two", "b/one"])
_STEP = st.one_of(
    st.tuples(st.just("observe"), _CHECKS, st.sampled_from(Verdict), st.integers(1, 5_000)),
    st.tuples(st.just("observe"), _CHECKS, st.sampled_from(Verdict), st.integers(1, 5_000)),
    st.tuples(st.just("blind"), st.integers(1, 4_000)),
    st.tuples(st.just("fold"), st.integers(0, 10_000)),
    st.tuples(st.just("total"), _CHECKS, st.integers(0, 9)),
    st.tuples(st.just("set back"), st.integers(1, 6_000)),
    st.tuples(st.just("commit"), st.booleans()),
    st.tuples(st.just("commit"), st.booleans()),
)


class _Course:
    """One ledger through a course of steps; commits marked to fail do, when `failing`."""

    def __init__(self, path: Path, *, failing: bool) -> None:
        self.path = path
        self.ledger = Ledger.open(path)
        self.keeper = Keeper()
        self.failing = failing
        self.now = 1_000_000
        self.folded = 0
        self.was_set_back = False

    def step(self, step: tuple) -> None:
        getattr(self, f"_{step[0].replace(' ', '_')}")(*step[1:])

    def _observe(self, check: str, verdict: Verdict, passed: int) -> None:
        self.now += passed
        self.keeper.observe(observation(check, self.now, verdict, None if verdict is Verdict.DOWN else passed * 40))

    def _blind(self, length: int) -> None:
        self.keeper.blind(Blind(self.now + 1, self.now + 1 + length, Cause.LOCAL_FAULT))

    def _fold(self, behind: int) -> None:
        self.folded = max(self.folded, self.now - behind)
        self.keeper.fold(self.folded)

    def _total(self, name: str, value: int) -> None:
        batch = self.keeper.batch
        batch.accounted["gold", name] = AccountedTotals(0, self.now, up=value)
        batch.outages[name] = OutageTotal(0, self.now, value)
        batch.stints[name] = (Stint("a", None, value, CheckTerms(name, value)),)
        batch.marks.append(Mark("import", value, value + 1, self.now))

    def _set_back(self, by: int) -> None:
        self.was_set_back = True
        self.now -= by
        self.folded = min(self.folded, self.now)
        self.keeper.set_back(self.now)

    def _commit(self, ok: bool) -> None:
        with pytest.MonkeyPatch.context() as patch:
            if self.failing and not ok:
                _fail_after_writing(patch)
            assert self.keeper.commit(self.ledger, self.now + 1) is (ok or not self.failing)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(_STEP, max_size=40))
def test_failures_in_between_change_nothing_of_what_is_stored_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]
) -> None:
    folder = tmp_path_factory.mktemp("course")
    smooth, rough = (_Course(folder / name, failing=name == "rough") for name in ("smooth", "rough"))
    for course in (smooth, rough):
        for step in [*steps, ("commit", True)]:
            course.step(step)
        course.ledger.close()
    expected, found = (comparable(read_only(course.path)) for course in (smooth, rough))
    if smooth.was_set_back:  # what was never stored before it was put aside is counted nowhere
        del expected["tallies"], found["tallies"]
    assert found == expected
    memory = {check: list(history.runs()) for check, history in rough.keeper.histories.items() if history.runs()}
    assert all_runs(read_only(rough.path)) == memory
