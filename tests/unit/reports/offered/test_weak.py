"""Each design warning, by hand: when it is told, with which arithmetic, where, and when it is not."""

import json
from typing import Any

import pytest
from slamon.catalogue import load_value
from slamon.catalogue.quantities import instant_ms
from slamon.reports.offered.weak import Weakness, weaknesses
from slamon.reports.offered.writing import path_of
from slamon.reports.tongue import Tongue

AT = instant_ms("2026-06-01T00:00:00Z")
RUN = "https://wiki.example.org/x"


def service(*below: Any, checks: bool = True, **more: Any) -> dict[str, Any]:
    found = {"team": "ops", "runbook": RUN, "depends_on": list(below), **more}
    return found | ({"checks": {"c": {"tcp": {"address": "127.0.0.1:9"}, "interval": "5s"}}} if checks else {})


def sound() -> dict[str, Any]:
    """A catalogue without a weakness: 99 % above, 99.9 % and 99.8 % below."""
    return {
        "slamon": 1,
        "organisation": {"name": "Wir"},
        "customers": {"k": {"name": "Kunde", "kind": "external"}, "it": {"name": "IT", "kind": "internal"}},
        "teams": {"ops": {"name": "Betrieb"}},
        "suppliers": {"rz": {"name": "RZ"}},
        "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}}},
        "services": {"shop": service("db", "net"), "db": service(), "net": service()},
        "agreements": {
            "gold": {"customer": "k", "services": ["shop"], "target": "99%", "response": "1h"},
            "db": {"kind": "ola", "provider": "ops", "customer": "it", "services": ["db"], "target": "99.9%",
                   "response": "1h"},
            "net": {"kind": "uc", "provider": "rz", "customer": "it", "services": ["net"], "target": "99.8%",
                    "response": "30m"},
        },
    }  # fmt: skip


def found(value: dict[str, Any]) -> list[Weakness]:
    return weaknesses(load_value(json.loads(json.dumps(value))), AT)


def told(value: dict[str, Any], language: str = "en") -> dict[str, str]:
    tongue = Tongue(language, "UTC")
    return {
        one.code: f"{path_of(one)}: {tongue.text(one.said)} {tongue.text(one.remedy)}".replace("\u00a0", " ")
        for one in found(value)
    }


def test_what_is_sound_has_no_warning() -> None:
    assert found(sound()) == []


def test_more_promised_than_the_product_below() -> None:
    """0.999 x 0.998 = 0.997002."""
    value = sound()
    value["agreements"]["gold"]["target"] = "99.75%"
    said = told(value)
    assert set(said) == {"promise"}
    assert said["promise"].startswith(
        "agreements.gold.target: gold promises 99.75 % for shop, but what that stands on is promised 99.7002 % "
        "together: db 99.9000 %; net 99.8000 %: product 99.7002 % over 8,784 h a year."
    )
    assert "Promise at most 99.7002 %" in said["promise"]
    value["agreements"]["gold"]["target"] = "99.7002%"
    assert found(value) == []
    german = sound()
    german["agreements"]["gold"]["target"] = "99.75%"
    assert "sagt 99,75 % für shop zu" in told(german, "de")["promise"]


def test_one_of_two_is_enough_for_more() -> None:
    """1 - 0.1 x 0.2 = 0.98; the members need not carry the agreement above alone."""
    value = sound()
    value["services"]["shop"]["depends_on"] = [{"any": ["db", "net"]}]
    value["agreements"]["db"]["target"], value["agreements"]["net"]["target"] = "90%", "80%"
    value["agreements"]["gold"]["target"] = "98%"
    assert found(value) == []
    value["agreements"]["gold"]["target"] = "98.01%"
    assert "one of (db; net) 98.0000 %: product 98.0000 %" in told(value)["promise"]


def test_a_service_without_agreement_passes_on_what_it_stands_on() -> None:
    value = sound()
    value["services"]["shop"]["depends_on"] = ["middle"]
    value["services"]["middle"] = service("db", "net")
    value["agreements"]["gold"]["target"] = "99.75%"
    said = told(value)
    assert set(said) == {"promise", "no_agreement"}
    assert "middle 99.7002 %" in said["promise"]


def test_a_revision_to_come_is_looked_at_and_one_that_is_over_is_not() -> None:
    value = sound()
    value["agreements"]["gold"] |= {"target": "99.99%", "valid_from": "2025-01-01"}
    value["agreements"]["gold"]["revisions"] = [{"valid_from": "2026-01-01", "target": "99%"}]
    assert found(value) == []
    value["agreements"]["gold"]["revisions"] += [{"valid_from": "2026-09-01", "target": "99.75%"}]
    said = told(value)["promise"]
    assert said.startswith("agreements.gold.revisions[1].target: gold (revision 3) promises 99.75 %")


def test_an_operational_agreement_below_the_target() -> None:
    value = sound()
    value["agreements"]["net"]["target"] = "98%"
    said = told(value)
    assert set(said) == {"carry_target", "promise"}
    assert said["carry_target"] == (
        "agreements.net.target: net (Underpinning contract) promises 98 % for net, less than the 99 % of gold that "
        "stands on it. Agree at least 99 % here, or at most 98 % above."
    )


def test_an_operational_agreement_on_the_same_service_is_compared_too() -> None:
    value = sound()
    value["agreements"]["own"] = value["agreements"]["db"] | {"services": ["shop"], "target": "98%"}
    assert told(value)["carry_target"].startswith("agreements.own.target: own (Operational level agreement) promises")


def test_hours_that_do_not_hold_those_above() -> None:
    """10 h on 261 or 262 working days of the 366 from a Monday on are covered; the rest is not."""
    value = sound()
    value["agreements"]["net"]["service_hours"] = "office"
    said = told(value)
    assert set(said) == {"carry_hours"}
    assert said["carry_hours"].startswith(
        "agreements.net.service_hours: net (Underpinning contract) promises nothing for net in 6,164 h a year"
    )  # 366 x 24 - 262 x 10
    value["agreements"]["gold"]["service_hours"] = "office"
    assert found(value) == []


def test_what_ends_before_the_agreement_above_does_not_carry_it() -> None:
    """From 1 January to 2 June, 366 days after the beginning, are 152 days of 24 h."""
    value = sound()
    value["agreements"]["net"]["valid_until"] = "2027-01-01"
    said = told(value)
    assert set(said) == {"carry_validity"}
    assert said["carry_validity"] == (
        "agreements.net.valid_until: net (Underpinning contract) is not in force in 3,648 h of the year to come in "
        "which gold stands on net, and neither is another one. Prolong it, or agree with another team or supplier."
    )
    assert "gilt im kommenden Jahr 3.648 h lang nicht" in told(value, "de")["carry_validity"]
    value["agreements"]["next"] = value["agreements"]["net"] | {"valid_from": "2027-01-01", "valid_until": None}
    assert found(value) == []
    value["agreements"]["next"]["valid_from"] = "2027-01-03"
    assert "in 48 h of the year" in told(value)["carry_validity"]
    del value["agreements"]["net"]
    assert told(value)["carry_validity"].startswith("agreements.next.valid_from: next (Underpinning contract) is not")
    value["agreements"]["gold"]["valid_from"] = "2027-01-03"
    assert found(value) == []


def test_what_is_over_before_the_agreement_above_begins_is_not_compared() -> None:
    value = sound()
    value["agreements"]["net"] |= {"target": "90%", "response": "5h", "valid_until": "2026-09-01"}
    value["agreements"]["next"] = {
        **value["agreements"]["net"], "target": "99.8%", "response": "1h", "valid_from": "2026-09-01",
        "valid_until": None,
    }  # fmt: skip
    value["agreements"]["gold"]["valid_from"] = "2026-09-01"
    assert found(value) == []


def test_just_the_target_above_carries_it() -> None:
    value = sound()
    value["agreements"]["own"] = value["agreements"]["db"] | {"services": ["shop"], "target": "99%"}
    assert found(value) == []


def test_hours_of_another_customers_agreement_below() -> None:
    value = sound()
    del value["agreements"]["net"]
    value["agreements"]["net-sla"] = {
        "customer": "k", "services": ["net"], "target": "99.8%", "service_hours": "office",
    }  # fmt: skip
    said = told(value)
    assert set(said) == {"hours"}
    assert "nothing is promised for net" in said["hours"]


@pytest.mark.parametrize(("response", "words"), [(None, "no time that is agreed"), ("2h", "2 h")])
def test_a_response_that_is_slower_than_that_above(response: str | None, words: str) -> None:
    value = sound()
    value["agreements"]["db"]["response"] = response
    said = told(value)
    assert set(said) == {"carry_response"}
    assert (
        f"responds for db within {words}, but gold promises 1 h. Agree response: 1 h or less" in said["carry_response"]
    )


def test_a_target_that_the_interval_cannot_see() -> None:
    """99.99 % of February's 672 h is 4 min 1.92 s; 5 min x 2 is 10 min."""
    value = sound()
    value["services"]["net"]["checks"]["c"]["interval"] = "5m"
    value["services"]["net"]["depends_on"] = []
    value["agreements"]["net"]["target"] = "99.99%"
    said = told(value)
    assert set(said) == {"resolution"}
    assert said["resolution"] == (
        "agreements.net.target: net allows 4 min 01 s of downtime in its shortest period (99.99 %), but net/c can take "
        "10 min to confirm one outage: interval 5 min x confirm 2. 1 check is too coarse. "
        "Probe every 2 min or more often, or promise less."
    )
    value["services"]["net"]["checks"]["c"]["interval"] = "2m"
    assert found(value) == []
    value["services"]["net"]["checks"]["c"]["interval"] = "121s"
    assert set(told(value)) == {"resolution"}


def test_no_interval_sees_a_budget_of_nothing() -> None:
    value = sound()
    value["agreements"]["net"]["target"] = "100%"
    assert "Promise less: no check can see so short an outage." in told(value)["resolution"]


@pytest.mark.parametrize(
    ("code", "change"),
    {
        "no_agreement": lambda v: v["services"].update(alone=service()),
        "no_check": lambda v: v["services"].update(shop=service("db", "net", checks=False)),
        "no_owner": lambda v: v["services"]["net"].pop("team"),
        "no_runbook": lambda v: v["services"]["net"].pop("runbook"),
        "no_organisation": lambda v: v.pop("organisation"),
    }.items(),
)
def test_each_loose_end_is_told_with_its_remedy(code: str, change: Any) -> None:
    value = sound()
    change(value)
    for language in ("en", "de"):
        said = told(value, language)
        assert set(said) == {code}
        assert len(said[code]) > 40


def test_two_hundred_services_take_a_moment_and_no_more() -> None:
    value = sound()
    for i in range(200):
        value["services"][f"s{i}"] = service(*([f"s{i - 1}"] if i % 10 else []), "db")
        value["agreements"][f"a{i}"] = {"customer": "k", "services": [f"s{i}"], "target": "99.95%"}
    codes = [one.code for one in found(value)]
    assert codes.count("promise") == 20 + 180  # 99.9 % of the database is less than 99.95 %
