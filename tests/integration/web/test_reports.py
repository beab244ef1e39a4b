"""What is not probed comes in over HTTP: reports of jobs, observations of other systems."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from slamon.errors import LedgerFull, UsageError
from slamon.web.heartbeat import OF_A_CLIENT, OF_A_TOKEN, HeartbeatPages
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tests.integration.web.backend import FakeBackend
from tests.integration.web.client import ask, served
from tests.integration.web.test_users import OF_HTPASSWD, PASSWORD, basic, written

TOKEN = "Zk3vQ9_xT-7LmW2cB8yHs5Rd"
JSON = [("Content-Type", "application/json")]


@pytest.fixture
def known(backend: FakeBackend) -> FakeBackend:
    backend.tokens.add(hashlib.sha256(TOKEN.encode()).hexdigest())
    return backend


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_a_job_says_that_it_ended_started_or_failed(known: FakeBackend, method: str) -> None:
    async with served(known) as (url,):
        for signal in ("", "/start", "/fail", "/0", "/7", "/255"):
            answer = await ask(url, f"/heartbeat/{TOKEN}{signal}", method)
            assert answer.status == 200, signal
            assert answer.headers["cache-control"] == "no-store"
    assert [code for code, _, _ in known.reports] == [0, None, 1, 0, 7, 255]


async def test_the_token_may_stand_in_a_header(known: FakeBackend) -> None:
    bearer = [("Authorization", f"Bearer {TOKEN}")]
    async with served(known) as (url,):
        for signal in ("", "/start", "/3"):
            assert (await ask(url, f"/heartbeat{signal}", "POST", bearer)).status == 200
        assert (await ask(url, "/heartbeat", "POST")).status == 404
    assert [code for code, _, _ in known.reports] == [0, None, 3]


async def test_a_wrong_token_is_a_page_that_is_not_there(known: FakeBackend) -> None:
    async with served(known) as (url,):
        nowhere = await ask(url, "/nowhere")
        for path in (
            "/heartbeat/wrong",
            "/heartbeat/wrong/start",
            f"/heartbeat/{TOKEN}x",
            f"/heartbeat/{TOKEN}/stop",
            f"/heartbeat/{TOKEN}/256",
            f"/heartbeat/{TOKEN}/-1",
            f"/heartbeat/{'x' * 3000}",
            "/heartbeat/%00%ff",
        ):
            answer = await ask(url, path)
            assert (answer.status, answer.body) == (nowhere.status, nowhere.body), path
    assert known.reports == []


async def test_no_user_is_needed_for_a_report_and_one_for_all_else(known: FakeBackend, folder: Path) -> None:
    path = written(folder, basic_auth_users={"anna": OF_HTPASSWD})
    async with served(known, web_config=path) as (url,):
        assert (await ask(url, f"/heartbeat/{TOKEN}")).status == 200
        assert (await ask(url, "/heartbeat/wrong")).status == 404
        for other in ("/heartbeatx", "/heartbeats/x", "/%2fheartbeat/x", "//heartbeat/x", "/metrics"):
            assert (await ask(url, other)).status == 401, other
        for trick in ("/heartbeat/../metrics", f"/heartbeat/{TOKEN}/../../api/status", "/heartbeat/%2e%2e/metrics"):
            assert (await ask(url, trick)).status == 404, trick
        assert (await ask(url, "/api/observations", "POST", JSON, body=b"[]")).status == 401
        user = [*basic("anna", PASSWORD), *JSON]
        assert (await ask(url, "/api/observations", "POST", user, body=b"[]")).status == 200


async def test_a_body_is_kept_to_a_limit_without_control_characters_and_token(known: FakeBackend) -> None:
    async with served(known) as (url,):
        path = f"/heartbeat/{TOKEN}"
        assert (await ask(url, path, "POST", body=b"x" * 60_000)).status == 200
        assert (await ask(url, path, "POST", body=f"\x1b[31mred\x00 {TOKEN} {{{{x}}}}".encode())).status == 200
        assert (await ask(url, path, "POST", body=b"\xff\xfe")).status == 200
        assert (await ask(url, path, "POST", body=b"x" * 1_100_000)).status == 413
    assert [words for _, _, words in known.reports] == ["x" * 10_000, "[31mred  *** {{x}}", "��"]


async def test_a_duration_may_be_told(known: FakeBackend) -> None:
    async with served(known) as (url,):
        assert (await ask(url, f"/heartbeat/{TOKEN}?duration=1m30s")).status == 200
        for wrong in ("90", "-1s", "x", "500d", ""):
            assert (await ask(url, f"/heartbeat/{TOKEN}?duration={wrong}")).status == 400, wrong
    assert [duration for _, duration, _ in known.reports] == [90_000]


def asked(first: str, host: str) -> Request:
    """A report as it gets to the page."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": f"/heartbeat/{first}", "path_params": {"first": first}}
    return Request({**scope, "headers": [], "query_string": b"", "client": (host, 1)}, receive)


async def test_a_token_is_limited_in_rate_whoever_has_it(known: FakeBackend) -> None:
    now = 0.0
    pages = HeartbeatPages(known, lambda: now)
    answers = [(await pages.report(asked(TOKEN, f"192.0.2.{number}"))).status_code for number in range(40)]
    assert answers == [200] * OF_A_TOKEN.burst + [429] * (40 - OF_A_TOKEN.burst)
    now = 2.0
    assert [(await pages.report(asked(TOKEN, "192.0.2.1"))).status_code for _ in range(3)] == [200, 200, 429]
    assert len(known.reports) == OF_A_TOKEN.burst + 2


async def test_a_client_is_limited_in_rate_whatever_it_guesses(known: FakeBackend) -> None:
    pages = HeartbeatPages(known, lambda: 0.0)
    for number in range(OF_A_CLIENT.burst):
        with pytest.raises(HTTPException, match="404"):
            await pages.report(asked(f"guess-{number}", "192.0.2.1"))
    assert (await pages.report(asked(TOKEN, "192.0.2.1"))).status_code == 429
    assert (await pages.report(asked(TOKEN, "192.0.2.2"))).status_code == 200


async def test_what_cannot_be_stored_is_not_accepted(known: FakeBackend) -> None:
    known.problem = LedgerFull("no space is left")
    async with served(known) as (url,):
        answer = await ask(url, f"/heartbeat/{TOKEN}")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert (await ask(url, "/api/observations", "POST", JSON, body=b"[]")).status == 503


async def test_observations_are_json_and_from_here(backend: FakeBackend) -> None:
    one = json.dumps([{"check": "a/b"}]).encode()
    async with served(backend) as (url,):
        assert (await ask(url, "/api/observations", "POST", JSON, body=one)).status == 200
        assert (await ask(url, "/api/observations", "GET")).status == 405
        assert (await ask(url, "/api/observations", "POST", body=one)).status == 415
        form = [("Content-Type", "text/plain")]
        assert (await ask(url, "/api/observations", "POST", form, body=one)).status == 415
        for foreign in (("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Host", "evil.example")):
            assert (await ask(url, "/api/observations", "POST", [*JSON, foreign], body=one)).status == 403, foreign
        proxied = [*JSON, ("X-Forwarded-For", "203.0.113.7")]
        assert (await ask(url, "/api/observations", "POST", proxied, body=one)).status == 403
    assert backend.pushed == [[{"check": "a/b"}]]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"[NaN]", b"\xff", b"[1e999999999999]"[:3]])
async def test_what_is_no_json_is_refused(backend: FakeBackend, body: bytes) -> None:
    async with served(backend) as (url,):
        answer = await ask(url, "/api/observations", "POST", JSON, body=body)
        assert answer.status == 400
        assert "error" in answer.json
        assert (await ask(url, "/api/observations", "POST", JSON, body=b" " * 300_000)).status == 413
    assert backend.pushed == []


async def test_what_is_refused_is_told_by_its_place(backend: FakeBackend) -> None:
    class WrongError(UsageError):
        problems: Any = ({"index": 3, "key": "at", "error": "it is missing"},)

    async with served(backend) as (url,):
        backend.rejected = [{"index": 0, "error": "not later"}]
        answer = await ask(url, "/api/observations", "POST", JSON, body=b"[]")
        assert (answer.status, answer.json["rejected"][0]["index"]) == (409, 0)
        backend.problem = WrongError("nothing was taken")
        answer = await ask(url, "/api/observations", "POST", JSON, body=b"[]")
        assert (answer.status, answer.json["problems"][0]["index"]) == (400, 3)
