"""Planned maintenance in a real Alertmanager: made once, ended when it is cancelled or moved, people left alone."""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from slamon.catalogue import load_value
from slamon.catalogue.instance import Alertmanager as Known
from slamon.commands import silences as command
from slamon.errors import UsageError
from slamon.export.silences import Synced, silences
from slamon.running.alertmanager import Api, NotTold, compared, sync

from tests.integration.alerting.test_inhibition import quiet
from tests.system.alerting_peers import Alertmanager, alertmanager
from tests.system.endpoints import page, silent
from tests.system.running import free_port, running, samples, wait_for

WEEK = 7 * 86_400_000


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Alertmanager]:
    with alertmanager(tmp_path, quiet()) as found:
        yield found


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def hence(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def maintenance(begins: float, ends: float, summary: str = "Patch") -> dict[str, Any]:
    return {"start": hence(begins), "end": hence(ends), "summary": summary}


def catalogue(*planned: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "slamon": 1,
        "customers": {"k": {"name": 'Müller & "Söhne" {{ }}', "kind": "external"}},
        "services": {"shop": {"checks": {"page": {"tcp": {"address": "127.0.0.1:9"}}}}},
        "agreements": {
            "gold": {
                "customer": "k",
                "services": ["shop"],
                "target": "99%",
                "valid_from": "2026-01-01",
                "maintenance": list(planned),
            }
        },
    } | more


def synced(found: Alertmanager, *planned: dict[str, Any], author: str = "slamon") -> Synced:
    known = Known.model_validate({"url": found.url, "author": author})
    now = now_ms()
    return sync(known, silences(load_value(catalogue(*planned)), now, WEEK), now)


def counts(done: Synced) -> tuple[int, int]:
    assert not done.refused
    return len(done.made), len(done.ended)


def of_person(found: Alertmanager, author: str = "anna") -> str:
    body = {
        "matchers": [{"name": "service", "value": "shop", "isRegex": False, "isEqual": True}],
        "startsAt": hence(0),
        "endsAt": hence(60),
        "createdBy": author,
        "comment": "I am at it",
    }
    return str(requests.post(f"{found.url}/api/v2/silences", json=body, timeout=10).json()["silenceID"])


def by_id(silences: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Alertmanager tells them in any order."""
    return {one["id"]: one for one in silences}


def test_silences_are_made_once_and_ended_when_the_maintenance_is_cancelled(told: Alertmanager) -> None:
    planned = maintenance(-10, 30), maintenance(120, 180, "Umzug")

    assert counts(synced(told, *planned)) == (4, 0)
    before = told.silences()
    assert counts(synced(told, *planned)) == (0, 0)
    assert by_id(told.silences()) == by_id(before)
    assert sorted(one["status"]["state"] for one in before) == ["active", "active", "pending", "pending"]
    assert {one["createdBy"] for one in before} == {"slamon"}
    assert any("Umzug" in one["comment"] for one in before)

    assert counts(synced(told, planned[0])) == (0, 2)
    assert counts(synced(told)) == (0, 2)
    assert told.silences() == []


def test_a_moved_maintenance_moves_its_silences(told: Alertmanager) -> None:
    synced(told, maintenance(-10, 30))
    later = maintenance(60, 90)

    assert counts(synced(told, later)) == (2, 2)
    assert [one["status"]["state"] for one in told.silences()] == ["pending", "pending"]
    assert counts(synced(told, later)) == (0, 0)


def test_silences_of_people_are_never_touched(told: Alertmanager) -> None:
    theirs = {of_person(told), of_person(told, "slamon")}
    planned = maintenance(-10, 30)
    synced(told, planned)
    [changed] = [one for one in told.silences() if '"gold"' in json.dumps(one["matchers"]) and one["createdBy"]]
    longer = {key: changed[key] for key in ("id", "matchers", "startsAt", "createdBy", "comment")}
    requests.post(f"{told.url}/api/v2/silences", json=longer | {"endsAt": hence(300)}, timeout=10).raise_for_status()

    assert counts(synced(told)) == (0, 1)
    assert {one["id"] for one in told.silences()} >= theirs | {changed["id"]}


def test_what_two_made_at_the_same_time_is_there_once_in_the_end(told: Alertmanager) -> None:
    planned = maintenance(-10, 30)
    synced(told, planned)
    wanted = silences(load_value(catalogue(planned)), now_ms(), WEEK)
    with Api(Known.model_validate({"url": told.url})) as api:
        for one in wanted:
            api.put(one.written("slamon"))
    assert len(told.silences()) == 4

    assert counts(synced(told, planned)) == (0, 2)
    assert counts(synced(told, planned)) == (0, 0)


def test_two_systems_with_authors_of_their_own_leave_each_other_alone(told: Alertmanager) -> None:
    synced(told, maintenance(-10, 30), author="slamon-north")

    assert counts(synced(told, author="slamon-south")) == (0, 0)
    assert len(told.silences()) == 2


def test_alerts_of_the_maintained_service_are_silenced_and_no_others(told: Alertmanager) -> None:
    synced(told, maintenance(-10, 30))
    labels = [
        {"alertname": "SlamonServiceDown", "service": "shop"},
        {"alertname": "SlamonBudgetBurn", "service": "shop", "agreement": "gold"},
        {"alertname": "SlamonBudgetBurn", "service": "shop", "agreement": "silver"},
        {"alertname": "SlamonServiceDown", "service": "mail"},
        {"alertname": "DiskFull", "service": "shop"},
    ]
    told.post(*({"labels": one} for one in labels))
    wait_for(lambda: len(told.alerts()) == len(labels), "all alerts are there")
    found = {json.dumps(one["labels"], sort_keys=True): bool(one["status"]["silencedBy"]) for one in told.alerts()}

    assert [found[json.dumps(one, sort_keys=True)] for one in labels] == [True, True, False, False, False]


def test_amtool_imports_what_is_exported(
    told: Alertmanager, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "slamon.yml").write_text(yaml.safe_dump(catalogue(maintenance(-10, 30))))
    assert command.export(tmp_path / "slamon.yml", WEEK, "slamon") == 0
    (tmp_path / "silences.json").write_text(capsys.readouterr().out)
    done = subprocess.run(
        ["amtool", f"--alertmanager.url={told.url}", "silence", "import", str(tmp_path / "silences.json")],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(told.silences()) == 2


def test_the_command_tells_what_it_would_do_and_does_it(
    told: Alertmanager, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "slamon.yml"
    file.write_text(yaml.safe_dump(catalogue(maintenance(-10, 30))))

    assert command.sync(file, told.url, dry_run=True) == 0
    assert "would make: shop (gold), " in capsys.readouterr().out
    assert told.silences() == []
    assert command.sync(file, told.url, dry_run=False) == 0
    assert "2 made, 0 ended, 2 are planned" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no Alertmanager is known"):
        command.sync(file, None, dry_run=False)
    with pytest.raises(UsageError, match=r"--url ftp://x: expected"):
        command.sync(file, "ftp://x", dry_run=False)


def test_who_does_not_answer_is_given_up_in_time() -> None:
    with silent() as address:
        known = Known.model_validate({"url": f"http://{address}", "timeout": "200ms", "bearer": "geheim"})
        with pytest.raises(NotTold, match="no answer within") as told:
            compared(known, [])
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize("body", [b"[", b"[" * 100_000, b"null", b'[{"id": 1}]', b'{"a": 1}', b'[{"status": 5}]'])
def test_an_answer_that_makes_no_sense_is_our_failure(body: bytes) -> None:
    with page() as found:
        found.body = body
        with pytest.raises(NotTold):
            compared(Known.model_validate({"url": found.url}), [])


def test_the_running_system_keeps_them_as_the_catalogue_says_and_outlives_a_missing_one(tmp_path: Path) -> None:
    """Counted while Alertmanager is away, made when it is there, ended after a reload without the maintenance."""
    config, port = tmp_path / "slamon.yml", free_port()
    known = {"url": f"http://127.0.0.1:{port}", "every": "200ms"}
    config.write_text(yaml.safe_dump(catalogue(maintenance(-10, 30), alertmanager=known)))
    with running(config, tmp_path / "data") as slamon:

        def failures() -> float:
            return samples(slamon.metrics(), "slamon_component_errors_total", component="silences")[0]

        wait_for(lambda: failures() >= 2, "failures are counted")
        with alertmanager(tmp_path, quiet(), port) as told:
            wait_for(lambda: len(told.silences()) == 2, "the silences are made")
            config.write_text(yaml.safe_dump(catalogue(alertmanager=known)))
            wait_for(lambda: not told.silences(), "they are ended")
        assert slamon.text().count("could not be told to Alertmanager") <= 3
