"""`slamon import observations` as a user calls it: what comes out of the ledger then, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import Blind, Cause, Observation, Verdict
from slamon.catalogue.quantities import instant_ms
from slamon.ledger import Batch, Ledger

from tests.system import calling
from tests.system.calling import (
    AT,
    CATALOGUE,
    MINUTE,
    NAMES,
    REPLAY,
    START,
    Slamon,
    expected_of,
    imported,
    ledger_figure,
    line,
    put,
    vector,
    words,
)

slamon = calling.slamon
shop = calling.shop


def test_what_was_imported_is_accounted_as_what_is_replayed(shop: Slamon) -> None:
    done = shop("import", "observations", "seen.jsonl")
    assert (done.code, done.err) == (0, "")
    assert "60 observations of 1 check(s) imported, from 2026-10-05 00:00:00Z to 2026-10-05 00:59:00Z" in done.out
    assert ledger_figure(shop) == shop(*REPLAY, "--at", AT, "-f", "json").figures[0]


def test_a_past_moment_of_the_ledger_knows_nothing_of_what_came_later(shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    at = "2026-10-05T00:11:00Z"
    figure, replayed = ledger_figure(shop, at), shop(*REPLAY, "--at", at, "-f", "json").figures[0]
    # a run of which part came later does not know any more when its last failure before was
    assert figure.pop("outage_evidence")[0] == replayed.pop("outage_evidence")[0] | {"last_failed_ms": None}
    assert figure == replayed


@pytest.mark.parametrize("seconds", [60, 90, 125, 126])
def test_at_a_past_moment_the_newest_observation_vouched_as_long_as_its_successor_could_have_come(
    seconds: int, shop: Slamon
) -> None:
    """It stayed away for ten minutes, which nobody knew then: stale after 2 min 5 s, it is one interval's."""
    put(CATALOGUE, [line(i) for i in (0, 1, 2, 12, 13)])
    assert shop("import", "observations", "seen.jsonl").code == 0
    at = str(START + 120_000 + seconds * 1_000)
    figure = ledger_figure(shop, at)
    assert figure["observed_ms"] == 120_000 + (seconds * 1_000 if seconds <= 125 else 60_000)
    assert figure == shop(*REPLAY, "--at", at, "-f", "json").figures[0]


def test_the_ledger_says_where_the_facts_are_from(shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    ledger = Ledger.open(Path("data/slamon.db"))
    marks = ledger.load().marks
    ledger.close()
    assert [(m.kind, m.start, m.end, m.words) for m in marks] == [
        ("import", START, START + 59 * MINUTE + 1, "seen.jsonl")
    ]


def test_the_same_file_is_not_imported_twice(shop: Slamon) -> None:
    shop("import", "observations", "seen.jsonl")
    before = ledger_figure(shop)
    done = shop("import", "observations", "seen.jsonl")
    assert done.code == 2
    assert "shop/home at 2026-10-05T00:00:00.000Z would overlap facts that are there" in done.err
    assert ledger_figure(shop) == before


@pytest.mark.parametrize("cut", [5, 10, 11, 12, 30])
@pytest.mark.parametrize("late_first", [False, True])
def test_a_past_imported_in_two_parts_is_the_same_past(cut: int, late_first: bool, shop: Slamon) -> None:
    lines = [json.loads(one) for one in Path("seen.jsonl").read_text().splitlines()]
    parts = [lines[:cut], lines[cut:]]
    for part in reversed(parts) if late_first else parts:
        done = imported(shop, part)
        assert done.code == 0, done.err
    assert ledger_figure(shop) == shop(*REPLAY, "--at", AT, "-f", "json").figures[0]


def test_a_hole_of_the_ledger_is_filled_but_not_overlapped(shop: Slamon) -> None:
    assert imported(shop, [line(i) for i in (*range(10), *range(30, 60))]).code == 0
    assert ledger_figure(shop)["unknown_ms"] == 20 * MINUTE
    done = imported(shop, [line(i) for i in range(10, 32)])
    assert done.code == 2
    assert "would overlap facts that are there: observations from 2026-10-05T00:30:00.000Z" in done.err
    assert imported(shop, [line(i) for i in range(10, 30)]).code == 0
    figure = ledger_figure(shop)
    assert (figure["unknown_ms"], figure["downtime_ms"]) == (0, 0)


@pytest.mark.parametrize("order", ["012", "021", "102", "120", "201", "210"])
@pytest.mark.parametrize("bad", [0, 2, 4, 6, 8])
def test_three_files_in_any_order_vouch_as_one(order: str, bad: int, shop: Slamon) -> None:
    """Two minutes without a probe are no gap (stale after 2 min 5 s), whichever side of them came first."""
    seen = [line(i, "down" if i == bad else "up") for i in (0, 1, 2, 4, 5, 6, 8, 9)]
    parts = seen[:3], seen[3:6], seen[6:]
    for place in order:
        assert imported(shop, list(parts[int(place)])).code == 0
    put(CATALOGUE, seen)
    assert ledger_figure(shop) == shop(*REPLAY, "--at", AT, "-f", "json").figures[0]


def test_a_file_with_a_bad_line_imports_nothing(shop: Slamon) -> None:
    done = imported(shop, [line(1), line(2, "sideways")])
    assert done.code == 2
    assert "past.jsonl:2: found verdict" in done.err
    assert not Path("data").exists(), "not even an empty ledger"


def test_a_file_that_overlaps_in_one_check_imports_nothing_of_another(shop: Slamon) -> None:
    catalogue = json.loads(json.dumps(CATALOGUE))
    catalogue["services"]["shop"]["checks"]["cart"] = catalogue["services"]["shop"]["checks"]["home"]
    put(catalogue, [])
    assert imported(shop, [line(i) for i in range(60)]).code == 0
    done = imported(shop, [*(line(i) | {"check": "shop/cart"} for i in range(60)), line(58.5)])
    assert done.code == 2
    assert "shop/home at 2026-10-05T00:58:30.000Z" in done.err
    assert ledger_figure(shop)["observed_ms"] == 0, "the cart was never seen"


def test_nothing_is_imported_while_slamon_runs(shop: Slamon) -> None:
    ledger = Ledger.open(Path("data/slamon.db"))
    done = shop("import", "observations", "seen.jsonl")
    ledger.close()
    assert done.code == 3
    assert "data/slamon.db is in use" in done.err


def test_what_the_ledger_could_not_see_is_not_filled_in_later(shop: Slamon) -> None:
    ledger = Ledger.open(Path("data/slamon.db"))
    batch = Batch(watermark=START + 60 * MINUTE)
    batch.put_blind(Blind(START + 5 * MINUTE, START + 8 * MINUTE, Cause.STOPPED))
    ledger.commit(batch).result()
    ledger.close()
    done = imported(shop, [line(i) for i in range(10)])
    assert done.code == 2
    assert "a time of which the ledger says stopped from 2026-10-05T00:05:00.000Z" in done.err


def test_after_the_newest_facts_a_file_may_go_on(shop: Slamon) -> None:
    """Nobody looked between the ledger's last commit and the file's first observation."""
    assert imported(shop, [line(i) for i in range(10)]).code == 0
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(watermark=START + round(9.25 * MINUTE))).result()
    ledger.close()
    assert imported(shop, [line(i) for i in range(11, 60)]).code == 0
    figure = ledger_figure(shop)
    assert figure["unknown_ms"] == 105_000, "from 00:09:15 to 00:11"
    ledger = Ledger.open(Path("data/slamon.db"))
    stored = ledger.load()
    ledger.close()
    assert stored.watermark == START + 60 * MINUTE
    assert [(b.start - START, b.end - START, b.cause) for b in stored.blinds] == [(555_000, 660_000, Cause.STOPPED)]


def test_a_file_may_go_on_after_what_slamon_saw_itself(shop: Slamon) -> None:
    """The newest observations of the ledger, which were not made runs yet, become runs; none is lost, none twice."""
    own = [
        Observation(
            "shop/home", START + i * MINUTE, Verdict.DOWN if i in (4, 5) else Verdict.UP, MINUTE, 125_000, 50_000
        )
        for i in range(15)
    ]
    ledger = Ledger.open(Path("data/slamon.db"))
    ledger.commit(Batch(observations=own, watermark=own[-1].at + 1_000)).result()
    ledger.close()
    assert imported(shop, [line(i, duration_ms=150) for i in range(15, 60)]).code == 0
    figure = ledger_figure(shop)
    assert (figure["downtime_ms"], figure["unknown_ms"]) == (120_000, 59_000), "nobody saw 00:14:01 to 00:15"
    # the first quarter hour is measured to its end; 13 of its 15 observations were not down
    assert figure["latency"] == {"good": 13, "total": 58}
    ledger = Ledger.open(Path("data/slamon.db"))
    stored = ledger.load()
    ledger.close()
    assert [(r.start - START, r.count) for r in stored.runs["shop/home"]] == [
        (0, 4),
        (4 * MINUTE, 2),
        (6 * MINUTE, 9),
        (15 * MINUTE, 45),
    ]
    assert stored.tails == {}
    assert [o.at for o in stored.uncounted] == [o.at for o in own]


def test_a_local_fault_that_the_file_tells_is_kept(slamon: Slamon) -> None:
    vector("local-fault")
    assert slamon("import", "observations", "seen.jsonl").code == 0
    ledger = Ledger.open(Path("data/slamon.db"))
    stored = ledger.load()
    ledger.close()
    assert {blind.cause for blind in stored.blinds} == {Cause.LOCAL_FAULT}
    assert all(not check.startswith("reference/") for check in stored.runs)


def test_a_local_fault_of_a_file_does_not_reach_into_facts(shop: Slamon) -> None:
    reference = {"targets": [{"tcp": {"address": "127.0.0.1:9"}}], "interval": "60s", "timeout": "5s"}
    put(CATALOGUE | {"reference": reference}, [])
    assert imported(shop, [line(i) for i in range(10)]).code == 0
    failed = {"check": "reference/0", "at": START + 11 * MINUTE, "verdict": "down"}
    done = imported(shop, [line(20), failed])
    assert done.code == 2
    assert "a local fault at 2026-10-05T00:08:55.000Z would overlap facts that are there" in done.err


def test_a_file_without_anything_of_the_past_is_refused(shop: Slamon) -> None:
    done = imported(shop, [])
    assert done.code == 2
    assert "past.jsonl tells no observation of the past: nothing to import" in done.err


def test_observations_of_the_future_are_rejected_and_counted(shop: Slamon) -> None:
    late = instant_ms("2198-01-01T00:00:00Z")
    done = imported(shop, [line(0), {"check": "shop/home", "at": late, "verdict": "up"}])
    assert done.code == 0
    assert "1 observation(s) rejected: later than now" in done.err


NOTHING_SEEN = {"no-data", "nothing-observed-under-unknown-up"}


def always(catalogue: dict[str, Any]) -> dict[str, Any]:
    """A catalogue that says itself since when its checks are members, as a replay takes it."""
    for service in catalogue["services"].values():
        for check in service.get("checks", {}).values():
            if not {"since", "until"} & check.keys():
                check["since"] = "2020-01-01T00:00:00Z"
    return catalogue


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOTHING_SEEN])
def test_a_worked_case_comes_out_of_a_ledger_that_it_was_imported_into(name: str, slamon: Slamon) -> None:
    found = vector(name)
    seen = [one for one in found["observations"] if instant_ms(one["at"]) < instant_ms(found["at"])]
    put(always(found["catalogue"]), seen)
    done = slamon("import", "observations", "seen.jsonl")
    assert done.code == 0, done.err
    figures = slamon(*words(found)).figures
    assert expected_of(figures, found) == found["expected"]


def test_a_check_without_a_beginning_belongs_to_its_service_from_its_first_imported_observation_on(
    shop: Slamon,
) -> None:
    catalogue = json.loads(json.dumps(CATALOGUE))
    catalogue["services"]["shop"]["checks"] = {name: {"tcp": {"address": "127.0.0.1:9"}} for name in ("home", "cart")}
    put(catalogue, [])
    later = [line(i) | {"check": "shop/cart"} for i in range(30, 60)]
    assert imported(shop, [*(line(i) for i in range(60)), *later]).code == 0
    assert ledger_figure(shop)["known_ms"] == 60 * MINUTE
    earlier = [line(i) | {"check": "shop/cart"} for i in range(20, 25)]
    assert imported(shop, earlier).code == 0
    assert ledger_figure(shop)["known_ms"] == 55 * MINUTE, "a member from 00:20 on, and not seen from 00:25 to 00:30"
