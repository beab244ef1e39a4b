"""What an outage is rooted in, and whom a service is owed to: the labels that alerts take."""

from slamon.accounting import Observation, Verdict
from slamon.catalogue import Catalogue, load_value
from slamon.export.samples import ServiceSample
from slamon.figures import Facts, Figures
from slamon.running.opening import bounds_of
from slamon.running.sampling import Newest, Sampling
from slamon.running.tallies import Tallies
from slamon.running.totals import Totals

NOW = 1_790_000_000_000
CHECK = {"tcp": {"address": "127.0.0.1:1"}, "confirm": 1, "since": "2026-01-01T00:00:00Z"}


def catalogue() -> Catalogue:
    checked = {name: {"checks": {"c": CHECK}} for name in ("db", "north", "south", "shop")}
    checked["shop"]["depends_on"] = ["db", {"any": ["north", "south"]}]
    agreements = {
        "one": {"customer": "a", "services": ["order", "shop"], "target": "99%", "timezone": "UTC"},
        "two": {"customer": "b", "services": ["shop"], "target": "99%", "timezone": "UTC"},
        "more": {"customer": "b", "services": ["shop"], "target": "98%", "timezone": "UTC"},
    }
    return load_value(
        {
            "slamon": 1,
            "customers": {name: {"name": name, "kind": "external"} for name in ("a", "b")},
            "services": {**checked, "order": {"depends_on": ["shop"]}},
            "agreements": agreements,
        }
    )


def samples(*down: str) -> dict[str, ServiceSample]:
    found = catalogue()
    figures = Figures(found, Facts())
    for check in found.checks.values():
        verdict = Verdict.DOWN if check.service in down else Verdict.UP
        for ago in (20_000, 10_000):
            assert figures.take(Observation(check.id, NOW - ago, verdict, 30_000, 60_000, 1000, None, False))
    figures.book.refresh(NOW)
    sampling = Sampling(figures, Tallies(bounds_of(found), {}, []), Totals({}, {}, 0), Newest(), NOW)
    return {sample.service: sample for sample in sampling.service_samples()}


def test_a_service_that_is_not_down_has_no_cause() -> None:
    assert {sample.cause for sample in samples().values()} == {None}


def test_the_deepest_service_that_is_down_is_the_cause_of_all_that_stand_on_it() -> None:
    found = samples("db", "shop")

    assert {name: sample.cause for name, sample in found.items() if sample.cause} == dict.fromkeys(
        ("db", "shop", "order"), "db"
    )
    assert {name: found[name].role for name in ("db", "shop", "order")} == {
        "db": "cause",
        "shop": "dependent",
        "order": "dependent",
    }


def test_what_is_down_by_its_own_checks_is_its_own_cause() -> None:
    assert {name: sample.cause for name, sample in samples("shop").items() if sample.cause} == {
        "shop": "shop",
        "order": "shop",
    }


def test_of_alternatives_one_alone_causes_nothing_and_both_do() -> None:
    assert samples("north")["shop"].cause is None
    assert samples("north", "south")["order"].cause == "north"


def test_customers_are_told_once_and_several_as_such() -> None:
    found = samples()

    assert (found["order"].customer, found["shop"].customer, found["db"].customer) == ("a", "several", "none")
    assert found["shop"].depends_on == ("db", "north", "south")
