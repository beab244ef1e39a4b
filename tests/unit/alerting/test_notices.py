"""What Alertmanager sends is a stranger's: read with care, and put beside the outage that it is about."""

from typing import Any

import pytest
from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError
from slamon.ledger.notices import Notice
from slamon.running.notices import LONGEST, MOST_ALERTS, parsed, silenced
from slamon.shown import put_notices, services_of

NOW = instant_ms("2026-10-05T12:05:00Z")
STARTS = instant_ms("2026-10-05T12:00:00Z")
HOSTILE = '\x00\x1b[31m{{ 日本 }} "\ud800"\u202e\n' + "x" * 10_000


def alert(**more: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "SlamonServiceDown", "service": "shop", "severity": "page"},
        "startsAt": "2026-10-05T12:00:00.123456789Z",
        "fingerprint": "00ff00ff00ff00ff",
    } | more


def told(*alerts: Any, **more: Any) -> list[Notice]:
    return list(parsed({"receiver": "pages", "alerts": list(alerts)} | more, {"shop"}, NOW))


def test_an_alert_becomes_a_notice() -> None:
    assert told(alert()) == [
        Notice(
            "shop", STARTS + 123, "00ff00ff00ff00ff", "firing", "pages", "", NOW, "SlamonServiceDown", severity="page"
        )
    ]


def test_what_is_about_no_service_of_ours_is_left_out() -> None:
    assert told(alert(labels={"alertname": "Disk"}), alert(labels={"alertname": "x", "service": "slamon"})) == []


def test_texts_are_cut_and_cleaned() -> None:
    [found] = told(alert(labels={"alertname": HOSTILE, "service": "shop"}), receiver=HOSTILE)

    assert len(found.alert) == len(found.receiver) == LONGEST
    assert found.alert.isprintable()
    assert found.alert.startswith('  [31m{{ 日本 }} "?"  ')


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], "no notification"),
        ({}, "no notification"),
        ({"alerts": {}}, "no notification"),
        ({"alerts": [], "receiver": 5}, "receiver: expected a text"),
        ({"alerts": [5], "receiver": "r"}, r"alerts\[0\]: no alert"),
        ({"alerts": [{}] * (MOST_ALERTS + 1), "receiver": "r"}, "at most 1000"),
        ({"alerts": [alert(labels=[])], "receiver": "r"}, r"alerts\[0\]: no alert"),
        ({"alerts": [alert(status="x" * 999)], "receiver": "r"}, "expected firing or resolved"),
        ({"alerts": [alert(labels={"alertname": [], "service": "shop"})], "receiver": "r"}, "alertname: expected a"),
        ({"alerts": [alert(labels={"alertname": "x", "service": {}})], "receiver": "r"}, "service: expected a text"),
        ({"alerts": [alert(startsAt="soon")], "receiver": "r"}, "startsAt: expected a time"),
        ({"alerts": [alert(startsAt="0001-01-01T00:00:00Z")], "receiver": "r"}, "startsAt: expected a time"),
        ({"alerts": [alert(startsAt="2026-10-05T12:00:00")], "receiver": "r"}, "startsAt: expected a time"),
        ({"alerts": [alert(startsAt=5)], "receiver": "r"}, "startsAt: expected a time"),
        ({"alerts": [alert(fingerprint="x" * 99)], "receiver": "r"}, "fingerprint: expected"),
        ({"alerts": [alert(fingerprint=None)], "receiver": "r"}, "fingerprint: expected"),
    ],
)
def test_what_is_no_notification_is_refused_with_its_place(value: Any, place: str) -> None:
    with pytest.raises(UsageError, match=place) as caught:
        parsed(value, {"shop"}, NOW)
    assert len(str(caught.value)) < 200


def test_who_silenced_an_alert_is_told() -> None:
    quiet = alert(status={"state": "suppressed", "silencedBy": ["one", "gone"]})
    others = [alert(status="x"), alert(labels=5, status={"silencedBy": ["one"]}), {}, alert(labels={"service": []})]
    silence = {"id": "one", "createdBy": "anna", "comment": "I am at it"}
    [found] = silenced([quiet, *others], [silence], {"shop"}, NOW)

    assert (found.what, found.receiver, found.silence) == ("silenced", "", "one")
    assert (found.author, found.words) == ("anna", "I am at it")


def figure(*outages: tuple[int, int], service: str = "shop", agreement: str = "gold") -> dict[str, Any]:
    made = [{"start_ms": start, "end_ms": end} for start, end in outages]
    return {"service": service, "agreement": agreement, "outages": made}


def notice(starts: int, at: int, agreement: str = "", what: str = "firing") -> Notice:
    return Notice("shop", starts, "0", what, "pages", "", at, "SlamonServiceDown", agreement)


def beside(found: dict[str, Any]) -> list[list[int] | None]:
    return [
        None if "notified" not in outage else [one["at_ms"] for one in outage["notified"]]
        for figure in found["figures"]
        for outage in figure["outages"]
    ]


def test_a_notice_stands_beside_the_outage_in_which_its_alert_began() -> None:
    found = {"figures": [figure((1_000_000, 2_000_000), (3_000_000, 4_000_000))]}
    put_notices(found, [notice(1_100_000, 1_200_000), notice(1_100_000, 3_500_000, what="resolved")])

    assert beside(found) == [[1_200_000, 3_500_000], None]
    assert found["figures"][0]["outages"][0]["notified"][0] == {
        "alert": "SlamonServiceDown",
        "severity": None,
        "agreement": None,
        "what": "firing",
        "at_ms": 1_200_000,
        "alert_start_ms": 1_100_000,
        "receiver": "pages",
        "author": None,
        "words": None,
    }


def test_an_alert_may_begin_shortly_after_a_short_outage_and_not_before_it() -> None:
    found = {"figures": [figure((1_000_000, 1_060_000))]}
    put_notices(found, [notice(999_999, 1_100_000), notice(1_360_000, 1_370_000)])
    assert beside(found) == [None]
    put_notices(found, [notice(1_359_999, 1_370_000)])
    assert beside(found) == [[1_370_000]]


def test_an_alert_on_an_agreement_stands_beside_its_own_outages() -> None:
    found = {"figures": [figure((0, 10)), figure((0, 10), agreement="silver"), figure((0, 10), service="mail")]}
    put_notices(found, [notice(5, 6, "silver")])

    assert beside(found) == [None, [6], None]
    assert services_of(found) == {"shop", "mail"}
