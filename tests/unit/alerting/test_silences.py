"""Planned maintenance as silences: what counts, for whom, and when the rules would be quiet anyway."""

from typing import Any

import pytest
from slamon.accounting import Book
from slamon.catalogue import Catalogue, load_value
from slamon.catalogue.instance import Alertmanager as Known
from slamon.catalogue.quantities import instant_ms
from slamon.catalogue.terms import agreement_terms, check_terms, corrections, service_terms
from slamon.export import silences as export
from slamon.export.silences import Silence, read, silences
from slamon.running.silencing import Planned
from slamon.shown import instant_text

DAY = 86_400_000
NOW = instant_ms("2026-10-07T12:00:00Z")  # a Wednesday
ONCE = {"start": "2026-10-08T00:00:00Z", "end": "2026-10-08T02:00:00Z", "summary": "Datenbank"}


def agreement(*maintenance: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"customer": "k", "services": ["shop"], "target": "99%", "valid_from": "2026-01-01"}
    return made | {"maintenance": list(maintenance)} | more


def catalogue(**agreements: dict[str, Any]) -> Catalogue:
    return load_value(
        {
            "slamon": 1,
            "customers": {"k": {"name": "K", "kind": "external"}},
            "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}}},
            "services": {
                name: {"checks": {"page": {"tcp": {"address": "127.0.0.1:9"}}}} for name in ("shop", "mail", "nobody")
            },
            "agreements": agreements,
        }
    )


def told(found: list[Silence]) -> list[str]:
    return [f"{s.service}/{s.agreement} {instant_text(s.start)[:16]} {instant_text(s.end)[:16]}" for s in found]


def made(ahead: int = 7 * DAY, now: int = NOW, **agreements: dict[str, Any]) -> list[str]:
    return told(silences(catalogue(**agreements), now, ahead))


BOTH = ["shop/ 2026-10-08T00:00 2026-10-08T02:00", "shop/gold 2026-10-08T00:00 2026-10-08T02:00"]


def test_a_maintenance_is_quiet_for_the_agreement_and_for_the_service_that_has_no_other() -> None:
    assert made(gold=agreement(ONCE)) == BOTH


def test_without_an_agreement_there_is_nothing() -> None:
    assert made() == []


def test_another_customer_without_maintenance_keeps_the_service_loud() -> None:
    assert made(gold=agreement(ONCE), silver=agreement()) == BOTH[1:]


def test_another_customer_who_is_out_of_hours_does_not() -> None:
    assert made(gold=agreement(ONCE), silver=agreement(service_hours="office")) == BOTH


def test_the_service_is_quiet_just_while_nobody_is_owed() -> None:
    long = {"start": "2026-10-08T07:00:00Z", "end": "2026-10-08T20:00:00Z"}
    assert made(gold=agreement(long), silver=agreement(service_hours="office")) == [
        "shop/ 2026-10-08T07:00 2026-10-08T08:00",
        "shop/gold 2026-10-08T07:00 2026-10-08T20:00",
        "shop/ 2026-10-08T18:00 2026-10-08T20:00",
    ]


def test_what_was_not_announced_in_time_is_not_quiet() -> None:
    late, early = ({**ONCE, "announced": f"2026-10-0{day}T12:00:00Z"} for day in (7, 6))
    rules = {"notice": "24h"}

    assert made(gold=agreement(late, rules=rules)) == []
    assert made(gold=agreement(ONCE, rules=rules)) == []
    assert made(gold=agreement(early, rules=rules)) == BOTH


def test_what_is_beyond_the_most_of_a_period_is_not_quiet() -> None:
    assert made(gold=agreement(ONCE, rules={"maintenance_max": "30m"}))[1] == (
        "shop/gold 2026-10-08T00:00 2026-10-08T00:30"
    )


def test_maintenance_out_of_hours_needs_no_silence() -> None:
    assert made(gold=agreement(ONCE, service_hours="office")) == []


def test_maintenance_that_counts_as_up_is_quiet_too() -> None:
    assert made(gold=agreement(ONCE, rules={"maintenance": "up"})) == BOTH


def test_recurring_maintenance_is_told_as_far_ahead_as_is_asked() -> None:
    weekly = {"rrule": "FREQ=WEEKLY;BYDAY=SU", "at": "02:00", "duration": "2h"}
    assert made(ahead=20 * DAY, gold=agreement(weekly, timezone="Europe/Berlin")) == [
        f"shop/{whose} 2026-10-{day}T00:00 2026-10-{day}T02:00"
        for day in (11, 18, 25)  # on the 25th 02:00 is read twice: the first time holds
        for whose in ("", "gold")
    ]


def test_a_maintenance_keeps_its_ends_as_time_goes_by_also_over_the_end_of_a_period() -> None:
    over = {"start": "2026-09-29T22:00:00Z", "end": "2026-10-09T00:00:00Z"}
    seen = {tuple(made(now=NOW + hours * 3_600_000, gold=agreement(over))) for hours in range(-200, 36)}

    assert seen == {
        (
            "shop/ 2026-09-29T22:00 2026-10-09T00:00",
            "shop/gold 2026-09-29T22:00 2026-10-09T00:00",
        )
    }


def test_what_is_over_or_too_far_ahead_is_not_told() -> None:
    assert made(now=instant_ms("2026-10-08T01:59:59Z"), gold=agreement(ONCE)) == BOTH
    assert made(now=instant_ms("2026-10-08T02:00:00Z"), gold=agreement(ONCE)) == []
    assert made(ahead=12 * 3_600_000, gold=agreement(ONCE)) == []
    assert made(ahead=12 * 3_600_000 + 1, gold=agreement(ONCE)) == BOTH


def test_several_services_of_one_agreement_are_each_quiet() -> None:
    assert {line.split()[0] for line in made(gold=agreement(ONCE, services=["shop", "mail"]))} == {
        "shop/gold",
        "mail/gold",
        "shop/",
        "mail/",
    }


def test_the_comment_says_what_is_done() -> None:
    [service, own] = silences(catalogue(gold=agreement(ONCE)), NOW, DAY)

    assert service.why == own.why == "Planned maintenance: Datenbank"


WRITTEN = Silence(NOW, NOW + 60_000, "shop", "gold", "Planned maintenance").written("slamon")


def test_what_is_written_is_read_again() -> None:
    assert read(WRITTEN, "slamon") == Silence(NOW, NOW + 60_000, "shop", "gold")


@pytest.mark.parametrize(
    "changed",
    [
        {"createdBy": "anna"},
        {"comment": "Planned maintenance"},
        {"comment": WRITTEN["comment"] + " and longer"},
        {"endsAt": "2026-10-07T13:00:00.000Z"},
        {"matchers": WRITTEN["matchers"][:2]},
        {"matchers": [*WRITTEN["matchers"], {"name": "team", "value": "web", "isRegex": False, "isEqual": True}]},
        {"matchers": [m | {"isEqual": m["name"] != "service"} for m in WRITTEN["matchers"]]},
    ],
)
def test_what_somebody_made_or_changed_is_not_ours(changed: dict[str, Any]) -> None:
    assert read(WRITTEN | changed, "slamon") is None


def test_a_silence_never_reaches_alerts_of_others() -> None:
    assert {"name": "alertname", "value": "Slamon.+", "isRegex": True, "isEqual": True} in WRITTEN["matchers"]


CASES = {
    "one": {"gold": agreement(ONCE)},
    "two": {"gold": agreement(ONCE), "silver": agreement(service_hours="office")},
    "loud": {"gold": agreement(ONCE), "silver": agreement()},
    "up": {"gold": agreement(ONCE, rules={"maintenance": "up"})},
    "limited": {"gold": agreement(ONCE, rules={"maintenance_max": "30m"}), "silver": agreement(ONCE)},
    "by day": {
        "gold": agreement({"start": "2026-10-08T07:00:00Z", "end": "2026-10-08T20:00:00Z"}),
        "silver": agreement(service_hours="office"),
    },
}


@pytest.mark.parametrize("case", CASES)
def test_a_service_is_silenced_exactly_while_its_rule_is_quiet_for_maintenance(case: str) -> None:
    """Compared, quarter hour by quarter hour, with the gauges that the rule asks."""
    loaded = catalogue(**CASES[case])
    book = Book(
        {c.id: check_terms(c) for c in loaded.checks.values()},
        [service_terms(s) for s in loaded.services.values()],
        agreement_terms(loaded),
        corrections=corrections(loaded),
    )
    told = [one for one in silences(loaded, NOW, 3 * DAY) if one.service == "shop" and not one.agreement]
    for at in range(NOW, NOW + 2 * DAY, 900_000):
        gauges = [book.in_service(name, "shop", at) for name in loaded.agreements]
        rule_is_quiet = not any(serving and not held for serving, held in gauges)
        quiet = any(one.start <= at < one.end for one in told)
        assert quiet == (rule_is_quiet and any(held for _, held in gauges)), instant_text(at)


def test_what_is_worked_out_once_an_hour_is_what_would_be_worked_out_now() -> None:
    loaded = catalogue(**CASES["by day"], weekly=agreement({"rrule": "FREQ=DAILY", "at": "02:30", "duration": "1h"}))
    known = Known.model_validate({"url": "http://127.0.0.1:9", "ahead": "1d"})
    planned = Planned(loaded, known)
    for minutes in (0, 1, 29, 59, 60, 61, 300, 299, 4_000, 10):  # back too, as a clock that is set
        now = NOW + minutes * 60_000
        assert list(planned.due(now)) == silences(loaded, now, DAY)


def test_agreements_on_what_is_never_maintained_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = catalogue(gold=agreement(), silver=agreement(ONCE, services=["mail"]))
    asked: list[str] = []
    plan = export.Plan
    monkeypatch.setattr(export, "Plan", lambda *words: (asked.append("x"), plan(*words))[1])

    assert told(silences(loaded, NOW, DAY)) == [line.replace("shop", "mail").replace("gold", "silver") for line in BOTH]
    assert asked == ["x"]
