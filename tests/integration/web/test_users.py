"""Users, headers and the rate limit of the web configuration file."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import yaml

from tests.integration.web.backend import FakeBackend
from tests.integration.web.client import ask, served

PASSWORD = "Straße: 7"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
OF_HTPASSWD = HASH.replace("$2b$", "$2y$")
OTHER = bcrypt.hashpw(b"other", bcrypt.gensalt(4)).decode()


def written(folder: Path, **keys: Any) -> Path:
    path = folder / "web.yml"
    (folder / "web.new").write_text(yaml.safe_dump(keys))
    (folder / "web.new").replace(path)
    return path


def basic(name: str, password: str) -> list[tuple[str, str]]:
    return [("Authorization", "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode())]


async def test_every_page_needs_a_user_and_the_control_socket_none(backend: FakeBackend, folder: Path) -> None:
    path, control = written(folder, basic_auth_users={"anna": OF_HTPASSWD, "bob": OTHER}), folder / "control.sock"
    async with served(backend, control, path) as (url,):
        for page in ("/", "/metrics", "/-/healthy", "/api/status", "/static/slamon.css", "/nope"):
            without = await ask(url, page)
            assert without.status == 401, page
            assert without.headers["www-authenticate"].startswith('Basic realm="slamon"')
            assert without.headers["x-content-type-options"] == "nosniff"
            assert (await ask(url, page, headers=basic("anna", PASSWORD))).status in {200, 404}
        assert (await ask(url, "/", headers=basic("bob", "other"))).status == 200
        assert (await ask(control, "/metrics")).status == 200


@pytest.mark.parametrize(
    "fields",
    [
        basic("anna", "wrong"),
        basic("anna", ""),
        basic("anna", PASSWORD + "\0"),
        basic("anna", "\0"),
        basic("bob", PASSWORD),
        basic("nobody", PASSWORD),
        basic("", ""),
        basic("anna", "x" * 20_000),
        [("Authorization", "Basic")],
        [("Authorization", "Basic !!!")],
        [("Authorization", "Basic " + base64.b64encode(b"no colon").decode())],
        [("Authorization", "Basic " + base64.b64encode(b"\xff\xfe:x").decode())],
        [("Authorization", "Bearer " + HASH)],
        basic("anna", HASH),
    ],
)
async def test_what_proves_no_user_is_refused_again_and_again(
    backend: FakeBackend, folder: Path, fields: list[tuple[str, str]]
) -> None:
    async with served(backend, web_config=written(folder, basic_auth_users={"anna": HASH, "bob": OTHER})) as (url,):
        assert [(await ask(url, "/metrics", headers=fields)).status for _ in range(2)] == [401, 401]


async def test_a_password_is_hashed_once_in_a_thread_and_the_unknown_cost_as_much(
    backend: FakeBackend, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[bytes] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        costs.append(hashed[:7])
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    async with served(backend, web_config=written(folder, basic_auth_users={"anna": HASH})) as (url,):
        answers = await asyncio.gather(*(ask(url, "/", headers=basic("anna", PASSWORD)) for _ in range(5)))
        assert {answer.status for answer in answers} == {200}
        assert costs == [b"$2b$04$"]
        await ask(url, "/", headers=basic("nobody", PASSWORD))
        assert costs == [b"$2b$04$"] * 2


async def test_a_changed_password_holds_at_once(backend: FakeBackend, folder: Path) -> None:
    async with served(backend, web_config=written(folder, basic_auth_users={"anna": HASH})) as (url,):
        assert (await ask(url, "/", headers=basic("anna", PASSWORD))).status == 200
        written(folder, basic_auth_users={"anna": OTHER})
        assert (await ask(url, "/", headers=basic("anna", PASSWORD))).status == 401
        assert (await ask(url, "/", headers=basic("anna", "other"))).status == 200
        written(folder, basic_auth_users={})
        assert (await ask(url, "/")).status == 200


async def test_a_user_may_reload_from_anywhere_but_not_through_another_sites_page(
    backend: FakeBackend, folder: Path
) -> None:
    far = [("X-Forwarded-For", "198.51.100.7"), ("Host", "slamon.example.org")]
    async with served(backend, web_config=written(folder, basic_auth_users={"anna": HASH})) as (url,):
        assert (await ask(url, "/-/reload", "POST", far)).status == 401
        assert (await ask(url, "/-/reload", "POST", [*far, *basic("anna", PASSWORD)])).status == 200
        foreign = [*basic("anna", PASSWORD), ("Origin", "https://evil.example.org")]
        assert (await ask(url, "/-/reload", "POST", foreign)).status == 403
    assert backend.reloads == 1


async def test_the_five_headers_replace_ours_and_an_empty_one_leaves_it_out(backend: FakeBackend, folder: Path) -> None:
    headers = {
        "Content-Security-Policy": "default-src 'self'",
        "X-Frame-Options": "sameorigin",
        "X-Content-Type-Options": "",
        "X-XSS-Protection": "0",
        "Strict-Transport-Security": "max-age=60",
    }
    async with served(backend, web_config=written(folder, http_server_config={"headers": headers})) as (url,):
        got = (await ask(url, "/")).headers
    assert "x-content-type-options" not in got
    assert {name: got[name.lower()] for name in headers if headers[name]} == {k: v for k, v in headers.items() if v}


async def test_beyond_the_burst_requests_are_refused_but_not_on_the_control_socket(
    backend: FakeBackend, folder: Path
) -> None:
    path, control = written(folder, rate_limit={"interval": "1h", "burst": 3}), folder / "control.sock"
    async with served(backend, control, path) as (url,):
        assert [(await ask(url, "/-/healthy")).status for _ in range(5)] == [200, 200, 200, 429, 429]
        assert (await ask(control, "/-/healthy")).status == 200
        written(folder, rate_limit={"interval": 0})
        assert (await ask(url, "/-/healthy")).status == 200
