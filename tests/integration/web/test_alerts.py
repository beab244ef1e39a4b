"""`POST /api/alerts`: who may tell, how much, and that what is kept is kept once, in the ledger."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from slamon.ledger.notices import notices
from slamon.web.alerts import MOST_BYTES

from tests.integration.alerting.test_silences import catalogue, maintenance, of_person, quiet
from tests.system.alerting_peers import alertmanager
from tests.system.endpoints import page
from tests.system.running import Slamon, figures, running, wait_for

WORDS = {"Content-Type": "application/json"}


def message(starts: str, status: str = "firing", **labels: str) -> dict[str, Any]:
    told = {"alertname": "SlamonServiceDown", "service": "shop", "severity": "page"} | labels
    return {
        "receiver": "pages",
        "alerts": [{"status": status, "labels": told, "startsAt": starts, "fingerprint": "0123456789abcdef"}],
    }


def tell(slamon: Slamon, body: Any, **headers: str) -> requests.Response:
    data = body if isinstance(body, bytes) else None
    return requests.post(
        f"{slamon.url}/api/alerts", json=body if data is None else None, data=data, headers=WORDS | headers, timeout=20
    )


def ledger(slamon: Slamon) -> Path:
    return slamon.data / "slamon.db"


def test_what_is_told_is_kept_once(tmp_path: Path) -> None:
    (tmp_path / "slamon.yml").write_text(yaml.safe_dump(catalogue()))
    with running(tmp_path / "slamon.yml", tmp_path / "data") as slamon:
        first = message("2026-10-05T12:00:00Z")
        assert tell(slamon, first).json() == {"kept": 1}
        [before] = notices(ledger(slamon), ["shop"], 1 << 60)
        assert tell(slamon, first).json() == {"kept": 1}
        assert tell(slamon, message("2026-10-05T12:00:00Z", "resolved")).json() == {"kept": 1}
        assert tell(slamon, message("2026-10-05T12:00:00Z", service="x'); drop table notice; --")).json() == {"kept": 0}
        found = notices(ledger(slamon), ["shop"], 1 << 60)

    assert [one.what for one in found] == ["firing", "resolved"]
    assert found[0] == before
    with running(tmp_path / "slamon.yml", tmp_path / "data") as slamon:
        assert list(notices(ledger(slamon), ["shop"], 1 << 60)) == list(found)


def test_strangers_and_nonsense_are_refused(tmp_path: Path) -> None:
    (tmp_path / "slamon.yml").write_text(yaml.safe_dump(catalogue()))
    with running(tmp_path / "slamon.yml", tmp_path / "data") as slamon:
        right = message("2026-10-05T12:00:00Z")
        for headers in ({"X-Forwarded-For": "192.0.2.7"}, {"Host": "slamon.example.org"}, {"Origin": "http://evil"}):
            assert tell(slamon, right, **headers).status_code == 403, headers
        assert tell(slamon, right, **{"Content-Type": "text/plain"}).status_code == 415
        assert requests.get(f"{slamon.url}/api/alerts", timeout=10).status_code == 405
        for body in (b"", b"{", b"[" * 100_000, b'"' + b"\xff" * 9, b"NaN", b"null", b"[]", b'{"alerts":[{}]}'):
            answered = tell(slamon, body)
            assert answered.status_code == 400, body[:20]
            assert len(answered.json()["error"]) < 300
        assert tell(slamon, b" " * (MOST_BYTES + 1)).status_code == 413
        assert notices(ledger(slamon), ["shop"], 1 << 60) == []


def test_who_was_told_and_who_silenced_stand_beside_the_outage(tmp_path: Path) -> None:
    with page() as found, alertmanager(tmp_path, quiet()) as told:
        found.status = 503
        of_person(told)
        config = catalogue(maintenance(-600, -500), alertmanager={"url": told.url, "every": "200ms"})
        config["services"]["shop"]["checks"] = {"page": {"http": {"url": found.url}, "interval": "1s"}}
        (tmp_path / "slamon.yml").write_text(yaml.safe_dump(config))
        with running(tmp_path / "slamon.yml", tmp_path / "data") as slamon:
            wait_for(lambda: outages(slamon), "the outage is accounted")
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            assert tell(slamon, message(now)).json() == {"kept": 1}
            told.post({"labels": message(now)["alerts"][0]["labels"], "startsAt": now})
            beside = wait_for(
                lambda: [one for one in outages(slamon)[0]["notified"] if one["what"] == "silenced"],
                "who silenced it is known",
            )
            assert (beside[0]["author"], beside[0]["words"], beside[0]["receiver"]) == ("anna", "I am at it", None)
            shown = " ".join(requests.get(f"{slamon.url}/outages", timeout=10).text.split())
            assert "now: it is not over" in shown
            assert "SlamonServiceDown (page), told pages" in shown
            assert "SlamonServiceDown (page), silenced by anna: I am at it" in shown
            words = ["-c", str(slamon.config), "-d", str(slamon.data)]
            assert [one["what"] for one in figures(*words)["figures"][0]["outages"][0]["notified"]][:1] == ["firing"]
        stopped = figures(*words)["figures"][0]["outages"][0]["notified"]
        assert {one["what"]: one["receiver"] for one in stopped} == {"firing": "pages", "silenced": None}


def outages(slamon: Slamon) -> list[dict[str, Any]]:
    found = requests.get(f"{slamon.url}/api/figures", timeout=10).json()
    return list(found["figures"][0]["outages"])


@pytest.mark.parametrize("user", [None, ("prometheus", "geheim")])
def test_where_there_are_users_it_needs_one(user: tuple[str, str] | None, tmp_path: Path) -> None:
    import bcrypt

    web = tmp_path / "web.yml"
    hashed = bcrypt.hashpw(b"geheim", bcrypt.gensalt(4)).decode()
    web.write_text(yaml.safe_dump({"basic_auth_users": {"prometheus": hashed}}))
    (tmp_path / "slamon.yml").write_text(yaml.safe_dump(catalogue()))
    slamon = Slamon(tmp_path / "slamon.yml", tmp_path / "data", "--web-config", str(web))
    try:
        code = wait_for(
            lambda: (
                requests.post(
                    f"{slamon.url}/api/alerts", json=message("2026-10-05T12:00:00Z"), auth=user, timeout=10
                ).status_code
            ),
            "it answers",
        )
        assert code == (401 if user is None else 200)
    finally:
        slamon.stop()
