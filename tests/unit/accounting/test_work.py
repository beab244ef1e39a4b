"""What one more observation costs does not grow with what was seen before it; work is counted in calls, not in time."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from slamon.accounting import Observation, Verdict
from slamon.catalogue import load_value
from slamon.figures import Facts, Figures

MINUTE = 60_000
NOW = 1_792_800_000_000  # 2026-10-24T00:00:00Z
SHORT, LONG = 300, 15_000
RULES = {"plain": {}, "short outages": {"min_outage": "4m"}, "degraded as down": {"degraded": "down"}}


def made(rules: dict[str, str]) -> dict[str, Any]:
    checks = {name: {"tcp": {"address": "127.0.0.1:9"}, "interval": "1m"} for name in ("one", "two")}
    agreed = {"customer": "dealer", "services": ["shop"], "target": "99%", "timezone": "UTC", "rules": rules}
    return {
        "slamon": 1,
        "customers": {"dealer": {"name": "Dealer", "kind": "external"}},
        "services": {"shop": {"checks": checks}},
        "agreements": {"gold": agreed | {"valid_from": "2026-01-01"}},
    }


def told(figures: Figures, at: int, number: int) -> None:
    verdict = (Verdict.UP, Verdict.DOWN, Verdict.DEGRADED)[number // 3 % 3]
    for check in ("shop/one", "shop/two"):
        assert figures.take(Observation(check, at, verdict, MINUTE, 3 * MINUTE, 100_000))


def known(rules: dict[str, str], minutes: int) -> Figures:
    """Both checks probed so many minutes up to now, with another verdict every three."""
    figures = Figures(load_value(made(rules)), Facts())
    for number in range(minutes):
        told(figures, NOW - (minutes - number) * MINUTE, number - minutes)
    figures.book.refresh(NOW)
    asked(figures, NOW)
    return figures


def asked(figures: Figures, now: int) -> None:
    """What a scrape asks for, but for the outages of the running period, which are more the more there were."""
    figures.book.windows("gold", "shop", now)
    settled = figures.book.settled("gold", "shop")
    assert settled is not None
    figures.book.accounted("gold", "shop", NOW - 100 * MINUTE, settled)


def calls(what: Callable[[], object]) -> int:
    """How many functions are called, those of the interpreter too."""
    count = 0

    def count_it(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_it)
    try:
        what()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_a_turn_costs_what_changed_not_what_is_known(rules: dict[str, str]) -> None:
    def turns(figures: Figures) -> int:
        def turn() -> None:
            for number in range(20):
                now = NOW + number * MINUTE
                told(figures, now, number)
                figures.book.refresh(now + 1)
                asked(figures, now + 1)

        return calls(turn)

    short, long = turns(known(rules, SHORT)), turns(known(rules, LONG))
    assert short > 1000
    assert long < 1.1 * short
