"""`POST /api/complaints`: who has a sender's token needs no user, and nobody else gets in."""

import hashlib
import json
from pathlib import Path

from slamon.errors import LedgerFull, UsageError
from slamon.web.complaints import OF_A_CLIENT, OF_A_TOKEN

from tests.integration.web.backend import FakeBackend
from tests.integration.web.client import ask, served
from tests.integration.web.test_users import OF_HTPASSWD, PASSWORD, basic, written

TOKEN = "Zk3vQ9_xT-7LmW2cB8yHs5Rd"
JSON = [("Content-Type", "application/json")]
BEARER = [("Authorization", f"Bearer {TOKEN}"), *JSON]
PATH = "/api/complaints"


def knowing(backend: FakeBackend) -> FakeBackend:
    backend.tokens.add(hashlib.sha256(TOKEN.encode()).hexdigest())
    return backend


async def test_a_sender_needs_its_token_and_no_user(backend: FakeBackend, folder: Path) -> None:
    path = written(folder, basic_auth_users={"anna": OF_HTPASSWD})
    async with served(knowing(backend), web_config=path) as (url,):
        assert (await ask(url, PATH, "POST", BEARER, body=b"{}")).status == 200
        wrong = [("Authorization", f"Bearer {TOKEN}x"), *JSON]
        for headers in (wrong, JSON, [*basic("anna", PASSWORD), *JSON], [("Authorization", "Bearer"), *JSON]):
            answer = await ask(url, PATH, "POST", headers, body=b"{}")
            assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        for other in (f"{PATH}/", f"{PATH}x", "//api/complaints", "/metrics"):
            assert (await ask(url, other, "POST", BEARER, body=b"{}")).status == 401, other
    assert backend.entered == [{}]


async def test_a_token_is_not_tried_by_its_length_and_a_body_is_bounded(backend: FakeBackend) -> None:
    async with served(knowing(backend)) as (url,):
        long = [("Authorization", f"Bearer {'x' * 3000}"), *JSON]
        assert (await ask(url, PATH, "POST", long, body=b"{}")).status == 401
        assert (await ask(url, PATH, "POST", BEARER, body=b'"' + b"x" * 300_000 + b'"')).status == 413
        assert (await ask(url, PATH, "POST", BEARER[:1], body=b"{}")).status == 415
        assert (await ask(url, PATH, "POST", BEARER, body=b"{")).status == 400
    assert backend.entered == []


async def test_what_cannot_be_stored_is_to_be_sent_again(backend: FakeBackend) -> None:
    knowing(backend).problem = LedgerFull("no space is left")
    async with served(backend) as (url,):
        answer = await ask(url, PATH, "POST", BEARER, body=b"{}")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        backend.problem = UsageError("there is no customer 'x'")
        answer = await ask(url, PATH, "POST", BEARER, body=b"{}")
        assert (answer.status, json.loads(answer.body)) == (400, {"error": "there is no customer 'x'"})


async def test_many_at_once_are_told_to_wait(backend: FakeBackend) -> None:
    async with served(knowing(backend)) as (url,):
        most = max(OF_A_CLIENT.burst, OF_A_TOKEN.burst) + 40
        codes = [(await ask(url, PATH, "POST", BEARER, body=b"{}")).status for _ in range(most)]
    assert set(codes) == {200, 429}
    assert codes[0] == 200
