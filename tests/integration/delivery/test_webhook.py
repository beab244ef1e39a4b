"""Webhooks against a real server: what is sent, what is refused, what is not followed, and no secret told."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.reporting import Webhook
from slamon.delivery.made import Made
from slamon.delivery.patience import NotDelivered
from slamon.delivery.webhook import post

from tests.integration.delivery.servers import Hook, silent_server, webhook_server

KEY = "schluessel-4711"


def known(url: str, **more: Any) -> Webhook:
    return Webhook.model_validate({"url": url, "headers": {"X-Api-Key": KEY}} | more)


def test_the_figures_are_sent_as_json_and_files_by_name_and_digest(made: Made) -> None:
    hook = Hook()
    with webhook_server(hook) as url:
        post(known(url), made)
        post(known(url, username="u", password="p-geheim"), made)
    (path, headers, body), (_, second, _) = hook.got
    assert (path, headers["content-type"], headers["x-api-key"]) == ("/reports", "application/json", KEY)
    assert headers["idempotency-key"] == second["idempotency-key"] == body["id"] == made.id
    assert "authorization" not in headers
    assert second["authorization"] == "Basic " + base64.b64encode(b"u:p-geheim").decode()
    content = made.files[0].read_bytes()
    assert body == {
        "id": made.id, "report": "monthly", "period": "2026-10", "at_ms": made.at, "language": "de",
        "agreements": made.agreements, "left_out": made.left_out,
        "files": [
            {"name": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in made.files
        ],
    }  # fmt: skip
    assert len(content) == body["files"][0]["bytes"]


def test_the_files_go_along_where_that_is_wanted(made: Made) -> None:
    hook = Hook()
    with webhook_server(hook) as url:
        post(known(url, files=True), made)
    files = hook.got[0][2]["files"]
    assert [base64.b64decode(one["base64"]) for one in files] == [path.read_bytes() for path in made.files]


def test_what_is_refused_is_told_without_secrets(made: Made) -> None:
    hook = Hook(status=503, words=f"not now, {KEY}\n\x07{'x' * 5000}".encode())
    with webhook_server(hook) as url, pytest.raises(NotDelivered) as refused:
        post(known(url), made)
    told = str(refused.value)
    assert told.startswith("webhook: it answered 503 not now, ***")
    assert len(told) < 300


def test_a_redirect_is_not_followed_with_what_is_secret(made: Made) -> None:
    other, hook = Hook(), Hook(status=307)
    with webhook_server(other) as elsewhere, webhook_server(hook) as url:
        hook.headers = {"Location": elsewhere}
        with pytest.raises(NotDelivered, match="it answered 307"):
            post(known(url), made)
    assert other.got == []


@pytest.mark.parametrize(("words", "drip"), [(b"", b""), (b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n")])
def test_one_that_hangs_or_drips_is_left_in_time(made: Made, words: bytes, drip: bytes) -> None:
    with (
        silent_server(words, drip=drip) as port,
        pytest.raises(NotDelivered, match=r"not done within|no answer in time"),
    ):
        post(known(f"http://127.0.0.1:{port}/x?token={KEY}", timeout="1s"), made)


def test_nobody_there_and_no_url_in_the_words(made: Made, tmp_path: Path) -> None:
    with silent_server() as port:
        pass
    with pytest.raises(NotDelivered) as refused:
        post(known(f"http://127.0.0.1:{port}/x?token=abc"), made)
    assert "token" not in str(refused.value)
