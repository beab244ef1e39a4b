"""Jobs and other systems report to the real process: accepted is stored, and a token is written nowhere."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import requests
import yaml
from slamon.accounting import Verdict
from slamon.ledger import read_only

from tests.system.running import Slamon, command, samples, wait_for

KILLS = 4


def made() -> tuple[str, str]:
    """A token and its SHA-256, of the command."""
    done = command("heartbeat", "token")
    assert done.returncode == 0
    found = yaml.safe_load(done.stdout)
    return found["token"], found["token_sha256"]


@pytest.fixture(scope="module")
def tokens() -> list[tuple[str, str]]:
    return [made(), made()]


def written(folder: Path, tokens: list[tuple[str, str]], **more: Any) -> Path:
    checks = {
        "nightly": {"heartbeat": {"token": "${env:NIGHTLY}", "every": "1h", "grace": "5m", **more}},
        "hashed": {"heartbeat": {"token_sha256": tokens[1][1], "cron": "@daily", "timezone": "Europe/Berlin"}},
        "robot": {"external": {"source": "Leitstand"}, "interval": "5m", "confirm": 1},
    }
    config = folder / "slamon.yml"
    whole = {
        "slamon": 1,
        "customers": {"c": {"name": "C", "kind": "internal"}},
        "services": {"jobs": {"checks": checks}},
        "agreements": {"a": {"customer": "c", "services": ["jobs"], "target": "99%", "timezone": "UTC"}},
    }
    config.write_text(yaml.safe_dump(whole))
    return config


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def push(slamon: Slamon, *observations: dict[str, Any]) -> requests.Response:
    told = [{"check": "jobs/robot", "verdict": "up", **one} for one in observations]
    return requests.post(f"{slamon.url}/api/observations", json=told, timeout=30)


def beat(slamon: Slamon, token: str, signal: str = "", **more: Any) -> int:
    return requests.post(f"{slamon.url}/heartbeat/{token}{signal}", timeout=30, **more).status_code


def check_of(slamon: Slamon, name: str) -> Any:
    return next(check for check in slamon.status()["services"][0]["checks"] if check["check"] == name)


def test_every_accepted_report_survives_kill_nine(tmp_path: Path, tokens: list[tuple[str, str]]) -> None:
    config, data = written(tmp_path, tokens), tmp_path / "data"
    accepted = {"jobs/nightly": 0, "jobs/robot": 0}
    for life in range(KILLS):
        slamon = Slamon(config, data, env={"NIGHTLY": tokens[0][0]}).ready()
        for number in range(5):
            accepted["jobs/nightly"] += beat(slamon, tokens[0][0], "" if number % 2 else "/fail") == 200
            answer = push(slamon, {"at": ago(0.001), "id": f"{life}-{number}"})
            assert answer.status_code == 200, answer.text
            accepted["jobs/robot"] += answer.json()["accepted"]
        slamon.kill()  # at once: nothing but what was answered says that it is stored
        stored = read_only(data / "slamon.db")
        reported = stored.arrivals
        assert len(reported["jobs/nightly"]) == accepted["jobs/nightly"] == 5 * (life + 1)
        assert len(reported["jobs/robot"]) == accepted["jobs/robot"] == 5 * (life + 1)
        seen = sum(run.count for run in stored.runs.get("jobs/robot", ())) + len(stored.tails.get("jobs/robot", ()))
        assert seen == accepted["jobs/robot"]
    slamon = Slamon(config, data, env={"NIGHTLY": tokens[0][0]}).ready()
    try:
        newest = reported["jobs/nightly"][-1]
        assert newest.what == Verdict.DOWN.value
        assert check_of(slamon, "nightly")["state"] == "down"  # a restart does not forgive,
        assert check_of(slamon, "nightly")["report"]["last_ms"] == newest.at
        assert check_of(slamon, "hashed")["state"] == "unknown"  # nor blame
        again = push(slamon, {"at": ago(1), "id": f"{KILLS - 1}-4"})
        assert again.status_code == 409
    finally:
        slamon.stop()


def test_what_is_told_of_a_job_and_what_never(tmp_path: Path, tokens: list[tuple[str, str]]) -> None:
    config, data = written(tmp_path, tokens, max_runtime="30m"), tmp_path / "data"
    web = tmp_path / "web.yml"
    hashed = bcrypt.hashpw(b"word", bcrypt.gensalt(4)).decode()
    web.write_text(yaml.safe_dump({"basic_auth_users": {"anna": hashed}}))
    (token, _), (second, _) = tokens
    env = {"NIGHTLY": token}
    with_words = [str(word) for word in ("-c", config, "-d", data)]
    assert command("check", *with_words, "--connect", env=env).returncode == 0  # nothing runs, nothing is asked
    slamon = Slamon(config, data, "--web-config", str(web), "--debug", env=env)
    try:
        wait_for(lambda: (data / "control.sock").exists(), "slamon listens")
        wait_for(lambda: command("status", *with_words, env=env).returncode in {0, 1}, "slamon answers")
        assert beat(slamon, token, "/start") == 200
        assert beat(slamon, token, data=f"42 files, {token} {{{{ 7 * 7 }}}} [bold]x[/bold]") == 200
        assert beat(slamon, second, "/3", data="disk full") == 200
        assert beat(slamon, token + "x") == 404
        assert beat(slamon, "wrong", "/start") == 404
        assert requests.get(f"{slamon.url}/metrics", timeout=30).status_code == 401
        shown = {name: _shown(name, with_words, env) for name in ("status", "probe jobs", "check --connect")}
        user = ("anna", "word")
        pages = [requests.get(f"{slamon.url}{p}", auth=user, timeout=30).text for p in ("/", "/metrics", "/api/status")]
        reasons = samples(pages[1], "slamon_check_failures_by_reason_total", check="hashed", reason="job_failed")
        assert wait_for(lambda: reasons or _reasons(slamon, user), "the failure is counted") == [1.0]
    finally:
        slamon.stop()
    assert "42 files, *** {{ 7 * 7 }} [bold]x[/bold]" in shown["probe jobs"]
    assert "the job ended with 3" in shown["status"]
    assert "next one due" in shown["probe jobs"]
    kept = [file.read_bytes() for file in data.iterdir() if file.is_file()]
    written_down = [slamon.text(), *shown.values(), *pages, *(content.decode("latin-1") for content in kept)]
    for word in (token, second):
        assert [text for text in written_down if word in text] == []
    assert "42 files" not in pages[1] + slamon.text()


def _reasons(slamon: Slamon, user: tuple[str, str]) -> list[float]:
    text = requests.get(f"{slamon.url}/metrics", auth=user, timeout=30).text
    return samples(text, "slamon_check_failures_by_reason_total", check="hashed", reason="job_failed")


def _shown(words: str, where: list[str], env: dict[str, str]) -> str:
    name, *rest = words.split()
    done = command(name, *rest, *where, env={**env, "COLUMNS": "400"})
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout + done.stderr


def test_what_another_system_saw_is_taken_once_and_in_order(tmp_path: Path, tokens: list[tuple[str, str]]) -> None:
    config, data = written(tmp_path, tokens), tmp_path / "data"
    slamon = Slamon(config, data, env={"NIGHTLY": tokens[0][0]}).ready()
    try:
        first, later = ago(20), ago(10)
        whole = [{"at": first, "duration_ms": 7}, {"at": later, "verdict": "down", "reason": "arm 3 stands still"}]
        assert push(slamon, *whole).json() == {"accepted": 2, "duplicates": 0, "rejected": []}
        again = push(slamon, *whole)
        assert (again.status_code, again.json()["duplicates"]) == (200, 2)
        other = push(slamon, {"at": later, "verdict": "up"}, {"at": ago(5), "id": "new", "verdict": "down"})
        assert (other.status_code, other.json()["accepted"]) == (409, 1)
        assert [one["index"] for one in other.json()["rejected"]] == [0]
        early = push(slamon, {"at": ago(15)})
        assert (early.status_code, early.json()["rejected"][0]["index"]) == (409, 0)
        assert "not later" in early.json()["rejected"][0]["error"]
        assert "older" in push(slamon, {"at": ago(3600)}).json()["rejected"][0]["error"]
        future = push(slamon, {"at": ago(2)}, {"at": ago(-3600)})
        assert (future.status_code, future.json()["problems"][0]["index"]) == (400, 1)
        assert "future" in future.json()["problems"][0]["error"]
        rejected = samples(slamon.metrics(), "slamon_observations_rejected_total")
        assert rejected == [3.0]
        check = check_of(slamon, "robot")
        assert (check["state"], check["target"]) == ("down", "Leitstand")
        assert wait_for(lambda: samples(slamon.metrics(), "slamon_check_observations_total", check="robot"), "") == [
            3.0
        ]
    finally:
        slamon.stop()
    told = [(arrival.what, arrival.reason) for arrival in read_only(data / "slamon.db").arrivals["jobs/robot"]]
    assert told == [("up", None), ("down", "reported"), ("down", "reported")]


@pytest.mark.parametrize(
    ("wrong", "key", "words"),
    [
        ({"check": "jobs/robto"}, "check", "did you mean 'jobs/robot'"),
        ({"check": "jobs/nightly"}, "check", "kind heartbeat"),
        ({"at": "2026-10-05T12:00:00"}, "at", "offset"),
        ({"at": 17}, "at", "offset"),
        ({"verdict": "broken"}, "verdict", "up"),
        ({"duration_ms": -1}, "duration_ms", "greater"),
        ({"duration_ms": "7"}, "duration_ms", "integer"),
        ({"reason": "two\nlines"}, "reason", "printable"),
        ({"colour": "red"}, "colour", "unknown key"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_taken(
    asked: Slamon, wrong: dict[str, Any], key: str, words: str
) -> None:
    answer = push(asked, {"at": ago(9)}, {"at": ago(8), **wrong})
    assert answer.status_code == 400
    (problem,) = answer.json()["problems"]
    assert (problem["index"], problem["key"]) == (1, key)
    assert words in problem["error"]
    assert check_of(asked, "robot")["last_ms"] is None


@pytest.mark.parametrize("value", [{}, "x", 3, [3], [[]], [{}], [{"check": "jobs/robot"}] * 1001])
def test_what_is_no_list_of_observations_is_refused(asked: Slamon, value: Any) -> None:
    answer = requests.post(f"{asked.url}/api/observations", json=value, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["problems"]
    assert json.dumps(answer.json())


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, tokens: list[tuple[str, str]]) -> Any:
    folder = tmp_path_factory.mktemp("asked")
    slamon = Slamon(written(folder, tokens), folder / "data", env={"NIGHTLY": tokens[0][0]}).ready()
    yield slamon
    slamon.stop()
