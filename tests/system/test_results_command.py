"""Satisfaction in figures, and what actions brought, as a user asks for them."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.quantities import instant_ms
from slamon.ledger import Entry, Ledger

from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, START, Slamon, clock, imported, line

slamon = calling.slamon
DAY = 24 * 60
LEDGER = Path("data/slamon.db")


def enter(at: str, *entries: Entry) -> None:
    ledger = Ledger.open(LEDGER)
    ledger.enter(list(entries), instant_ms(at), None).result()
    ledger.close(clean=True)


def score(scale: str, value: int, asked: str, service: str | None = "shop") -> Entry:
    body = {"customer": "kunde", "scale": scale, "score": value, "asked": asked, "who": None, "comment": "",
            "reference": None}  # fmt: skip
    return Entry("satisfaction", "sm", body, None, service)


def action(figure: str, value: str, title: str) -> Entry:
    expected = {"figure": figure, "agreement": "gold", "service": "shop", "value": value}
    body = {"title": title, "owner": "Cy", "team": None, "due": "2026-10-20", "customer": "kunde", "origin": None,
            "outage_ms": None, "expected": expected, "reference": None}  # fmt: skip
    return Entry("action", "sm", body, None, "shop")


@pytest.fixture
def months(slamon: Slamon) -> Slamon:
    """Forty days of a shop, an observation a quarter hour: an hour down before an action, none after it."""
    catalogue: dict[str, Any] = json.loads(json.dumps(CATALOGUE))
    catalogue["defaults"]["interval"] = "15m"
    Path("slamon.yml").write_text(json.dumps(catalogue))
    down = range(5 * DAY, 5 * DAY + 60)
    lines = [line(i, "down" if i in down else "up") for i in range(0, 40 * DAY, 15)]
    done = imported(slamon, lines)
    assert done.code == 0, done.err
    return slamon


def test_satisfaction_by_service_and_over_all_scores(slamon: Slamon) -> None:
    Path("slamon.yml").write_text(json.dumps(CATALOGUE))
    imported(slamon, [line(0, "up")])
    told = [score("csat", value, "2026-10-05") for value in (5, 4, 1)]
    told += [score("nps", value, "2026-10-06", None) for value in (10, 9, 3)]
    enter("2026-10-07T00:00:00Z", *told, score("csat", 1, "2026-12-01"))

    table = slamon("register", "satisfaction", "figures", "--period", "2026-10").out
    assert "66.6 %" in table
    assert "all scores" in table
    assert "few" in table
    found = json.loads(slamon("register", "satisfaction", "figures", "-f", "json").out)["satisfaction"]
    assert [(one["service"], one["csat"] and one["csat"]["ratio"]) for one in found["by_service"]] == [
        (None, None),
        ("shop", "0.500000000000"),
    ]
    assert found["by_customer"][0]["nps"]["score"] == "0.333333333333"
    assert found["by_customer"][0]["nps"]["low"] < 1 / 3 < found["by_customer"][0]["nps"]["high"]


def test_what_an_action_brought_before_and_after(months: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = "2026-10-15T00:00:00Z"
    enter(entered, action("downtime", "0", "More memory"), action("outages", "1", "Talk"))
    enter("2026-10-20T10:00:00Z", Entry("action_done", "sm", {"entry": 1, "text": "", "day": "2026-10-20"}))

    clock(monkeypatch, "2026-10-24T00:00:00Z")
    early, open_ = json.loads(months("register", "action", "measured", "-f", "json").out)["actions"]
    assert (early["outcome"], open_["outcome"]) == ("too_early", "not_done")
    assert early["possible_from_ms"] == instant_ms("2026-10-28T00:00:00Z")

    clock(monkeypatch, "2026-11-01T00:00:00Z")
    done = json.loads(months("register", "action", "measured", "-f", "json").out)["actions"][0]
    assert done["outcome"] == "reached"
    assert (done["before"]["start_ms"], done["before"]["end_ms"]) == (START, instant_ms(entered))
    assert done["before"]["value"] == str(60 * MINUTE * 487 // 160)  # an hour in ten days, a month of 30.4375 days
    assert done["after"]["value"] == "0"
    table = months("register", "action", "measured").out
    assert "3h 2m 37.5s" in table
    assert "reached" in table
    assert "too early" not in table


def test_what_is_wrong_is_told(slamon: Slamon) -> None:
    Path("slamon.yml").write_text(json.dumps(CATALOGUE))
    imported(slamon, [line(0, "up")])

    for words in (("satisfaction", "figures"), ("action", "measured")):
        done = slamon("register", *words, "--customer", "kunden")
        assert done.code == 2
        assert "did you mean 'kunde'?" in done.err
        assert slamon("register", *words).code == 0
    enter("2026-10-07T00:00:00Z", score("csat", 5, "2026-10-05"))
    assert "2026-13" in slamon("register", "satisfaction", "figures", "--period", "2026-13").err
