"""The chain over a period's facts: the same whether they are folded to runs yet or not, whatever comes after."""

from typing import Any

from slamon.accounting import Observation, Period, PeriodKind, Verdict
from slamon.catalogue import load_value
from slamon.figures import Facts, Figures
from slamon.running.chained import facts

DAY = 86_400_000
START = 20_000 * DAY
PERIOD = Period("2024-10", START, START + 2 * DAY, PeriodKind.MONTH)
AT = START + 3 * DAY
CATALOGUE = {
    "slamon": 1,
    "customers": {"kunde": {"name": "K", "kind": "external"}},
    "services": {"shop": {"checks": {"home": {"tcp": {"address": "127.0.0.1:9"}, "interval": "1h"}}}},
    "agreements": {
        "gold": {
            "customer": "kunde",
            "services": ["shop"],
            "target": "99%",
            "latency": {"threshold": "10ms", "target": "95%"},
        }
    },
}


def observations(failing: int = 5) -> list[Observation]:
    """One an hour over three days; one of them fails, and it is down over the period's end."""
    hour = 3_600_000
    return [
        Observation(
            "shop/home",
            START + i * hour,
            Verdict.DOWN if i == failing or i in range(46, 50) else Verdict.UP,
            hour,
            2 * hour,
            1000 * i,
        )
        for i in range(72)
    ]


def seen(found: list[Observation]) -> Figures:
    figures = Figures(load_value(CATALOGUE), Facts())
    for observation in found:
        assert figures.take(observation)
    return figures


def chain(figures: Figures, at: int = AT) -> dict[str, Any]:
    return facts(figures, ["shop/home"], PERIOD, at, 10_000)


def test_folding_changes_no_chain() -> None:
    figures = seen(observations())
    before = chain(figures)
    assert list(before["chains"]["shop/home"]["days"]) == ["2024-10-04", "2024-10-05"]
    for at in range(START, AT, 5 * 3_600_000):
        figures.histories["shop/home"].fold(at)
        assert chain(figures) == before


def test_what_comes_after_the_period_changes_no_chain() -> None:
    """What vouches over the end is settled two intervals after it."""
    settled = PERIOD.end + 3 * 3_600_000
    early = seen([o for o in observations() if o.at < settled])
    assert chain(early, settled) == chain(seen(observations()))


def test_another_fact_shows_on_its_day() -> None:
    one, other = chain(seen(observations())), chain(seen(observations(failing=30)))
    days, changed = one["chains"]["shop/home"]["days"], other["chains"]["shop/home"]["days"]
    assert days["2024-10-04"] != changed["2024-10-04"]
    assert one["digest"] != other["digest"]
