"""When scheduled reports and closings are due, and which runs are owed: once each, also after a stop."""

from typing import Any

import pytest
from slamon.accounting import PeriodKind
from slamon.catalogue import load_value
from slamon.catalogue.quantities import instant_ms
from slamon.ledger.deliveries import Delivered
from slamon.running.due import Due, Rule, closing_rules, report_rule
from slamon.running.reporting import Runs, again_after

HOUR = 3_600_000
BASE: dict[str, Any] = {
    "slamon": 1,
    "customers": {"k": {"name": "K", "kind": "internal"}},
    "services": {"s": {"checks": {"c": {"tcp": {"address": "127.0.0.1:9"}}}}},
    "agreements": {
        "berlin": {"customer": "k", "services": ["s"], "target": "99%", "timezone": "Europe/Berlin"},
        "ny": {
            "customer": "k",
            "services": ["s"],
            "target": "99%",
            "timezone": "America/New_York",
            "period": "quarter",
        },
    },
}
MAIL = {"host": "m.example.org", "from": "a@example.org", "to": ["b@example.org", "c@example.org"]}


def report(**more: Any) -> dict[str, Any]:
    return {"timezone": "Europe/Berlin", "agreements": ["berlin"], "to": {"folder": "out", "mail": MAIL}} | more


def rule(**more: Any) -> Rule:
    loaded = load_value(BASE | {"reports": {"m": report(**more)}})
    return report_rule(loaded, loaded.reports["m"])


@pytest.mark.parametrize(
    ("more", "period", "due"),
    [
        ({}, "2026-10", "2026-11-02T07:00:00+01:00"),
        ({"working_day": 3, "at": "16:30"}, "2026-10", "2026-11-04T16:30:00+01:00"),
        ({"period": "week"}, "2026-W45", "2026-11-09T07:00:00+01:00"),
        ({"period": "quarter"}, "2026-Q3", "2026-10-01T07:00:00+02:00"),
        ({"period": "year", "working_day": 5}, "2025", "2026-01-07T07:00:00+01:00"),
        ({"period": "week", "at": "00:00", "agreements": ["berlin", "ny"]}, "2026-W45", "2026-11-09T00:00:00-05:00"),
    ],
)
def test_a_run_is_due_on_its_working_day_when_the_period_is_over_everywhere(
    more: dict[str, Any], period: str, due: str
) -> None:
    found = rule(**more)
    expected = Due(period, instant_ms(due))
    assert found.due(expected.at, expected.at) == [expected]
    assert found.due(expected.at, expected.at - 1) == []
    assert found.due(expected.at + 1, expected.at + HOUR) == []  # what came due before it was scheduled is not owed
    assert found.next(expected.at - 1) == expected


def test_what_came_due_while_nothing_ran_is_owed_the_newest_twelve() -> None:
    now = instant_ms("2026-11-20T00:00:00Z")
    assert [due.period for due in rule().due(instant_ms("2026-08-15T00:00:00Z"), now)] == [
        "2026-08",
        "2026-09",
        "2026-10",
    ]
    many = rule(period="week").due(0, now)
    assert (len(many), many[-1].period) == (12, "2026-W46")


def test_closings_are_those_of_the_agreement_else_of_the_catalogue() -> None:
    own = BASE["agreements"]["berlin"] | {"closing": {"after_working_days": 2, "at": "05:00"}}
    with_own = BASE | {"agreements": BASE["agreements"] | {"berlin": own}, "closing": {"after_working_days": 5}}
    found = closing_rules(load_value(with_own))
    assert found["berlin"].due(0, instant_ms("2026-11-20T00:00:00Z"))[-1] == Due(
        "2026-10", instant_ms("2026-11-03T05:00:00+01:00")
    )
    assert found["ny"].kind is PeriodKind.QUARTER
    assert found["ny"].next(0) is not None
    own = own | {"closing": {"after_working_days": 0}}
    never = BASE | {"agreements": {"berlin": own}, "closing": {"after_working_days": 5}}
    assert closing_rules(load_value(never)) == {}
    assert closing_rules(load_value(BASE)) == {}


# -- runs


OCTOBER = instant_ms("2026-11-02T07:00:00+01:00")
ENDS = ("folder", "mail b@example.org", "mail c@example.org")


def runs(*noted: Delivered, since: int = OCTOBER - HOUR, **more: Any) -> Runs:
    return Runs(load_value(BASE | {"reports": {"m": report(**more)}}), {"report m": since}, noted)


def noted(target: str, *, tries: int = 1, newest: int = OCTOBER, delivered: int | None = None) -> Delivered:
    return Delivered("m", "2026-10", target, OCTOBER, tries, OCTOBER, newest, delivered, "")


def test_a_run_is_owed_to_the_ends_that_did_not_get_it() -> None:
    assert [owed.targets for owed in runs().owed(OCTOBER)] == [ENDS]
    assert runs().owed(OCTOBER - 1) == []
    part = runs(noted("folder", delivered=OCTOBER), noted("mail c@example.org", delivered=OCTOBER))
    assert [owed.targets for owed in part.owed(OCTOBER)] == [("mail b@example.org",)]
    done = runs(*(noted(end, delivered=OCTOBER + place) for place, end in enumerate(ENDS)))
    assert done.owed(OCTOBER + HOUR) == []
    assert (done.failing("m", OCTOBER + HOUR), done.last_success("m")) == (False, OCTOBER + 2)
    assert (part.failing("m", OCTOBER), part.last_success("m")) == (True, None)


def test_a_clock_that_is_set_back_or_forward_sends_nothing_twice() -> None:
    done = runs(*(noted(end, delivered=OCTOBER) for end in ENDS))
    assert done.owed(OCTOBER - 30 * 24 * HOUR) == []
    assert [owed.due.period for owed in done.owed(OCTOBER + 31 * 24 * HOUR)] == ["2026-11"]
    assert done.owed(OCTOBER) == []


def test_failures_are_tried_again_further_and_further_apart_and_then_given_up() -> None:
    assert [again_after(tries) // 60_000 for tries in (1, 2, 3, 6, 7, 60)] == [1, 2, 4, 32, 60, 60]
    found = runs(noted("folder", tries=2), retry_for="2h", to={"folder": "out"})

    def ready(at: int) -> list[bool]:
        return [owed.ready for owed in found.owed(at)]

    assert ready(OCTOBER + 119_999) == [False]
    assert ready(OCTOBER + 120_000) == [True]
    assert ready(OCTOBER + 2 * HOUR + 1) == [False]
    assert found.failing("m", OCTOBER + 90 * HOUR)
    early = runs(noted("folder", newest=OCTOBER + HOUR), to={"folder": "out"})
    assert [owed.ready for owed in early.owed(OCTOBER)] == [True]  # the clock was set back: nobody waits for it


def test_each_attempt_is_noted_with_what_was_said() -> None:
    found = runs(to={"folder": "out"})
    (owed,) = found.owed(OCTOBER)
    first = found.note("m", owed.due, "folder", OCTOBER + 5, "no space", "")
    assert (first.tries, first.first, first.newest, first.delivered, first.words) == (
        1, OCTOBER + 5, OCTOBER + 5, None, "no space",
    )  # fmt: skip
    second = found.note("m", owed.due, "folder", OCTOBER + 9, None, "without ny: why")
    assert (second.tries, second.first, second.delivered, second.words) == (
        2,
        OCTOBER + 5,
        OCTOBER + 9,
        "without ny: why",
    )
    assert found.owed(OCTOBER + 10) == []
    assert len(found.note("m", owed.due, "folder", OCTOBER, "x" * 9000, "").words) == 500
