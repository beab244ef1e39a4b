"""What makes an answer up, degraded or down: every expectation, met and not met."""

import asyncio
import threading
from typing import Any

import pytest
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext, Reason
from slamon.probes.expect import Answer, Expectations

from .conftest import Probing, http_probe
from .servers import answer, listening, read_request, site

DOCUMENT = (
    '{"status": "ok", "ready": true, "nodes": [{"name": "a", "load": 0.5}, {"name": "b", "load": 12}],'
    ' "a key": {"x.y": null}, "count": 3}'
)


@pytest.mark.parametrize(
    ("status", "expected", "up"),
    [
        (200, None, True),
        (204, None, True),
        (404, None, False),
        (500, ["2xx"], False),
        (404, [404], True),
        (401, ["4xx", 200], True),
        (503, [200, "5xx"], True),
        (201, [200], False),
        (299, ["2xx"], True),
    ],
)
async def test_status_codes_and_classes(http: Probing, status: int, expected: Any, up: bool) -> None:
    async with site(answer("", status)) as shop:
        outcome = await http(shop.url(), expect={} if expected is None else {"status": expected})
    assert outcome.details["status"] == str(status)
    if up:
        assert outcome.verdict is Verdict.UP
    else:
        wanted = ", ".join(map(str, expected or ["2xx"]))
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.STATUS)
        assert outcome.message == f"answered {status}, expected {wanted}"


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"body_contains": "Warenkorb"}, None),
        ({"body_contains": ["Waren", "Kasse"]}, "the body does not contain 'Kasse'"),
        ({"body_matches": r"Waren\w+ \(\d+\)"}, None),
        ({"body_matches": ["Waren", r"leer\b"]}, r"the body does not match 'leer\\b'"),
        ({"body_not_matches": "Fehler"}, None),
        ({"body_not_matches": ["(?i)warenKORB"]}, "the body matches '(?i)warenKORB', which it must not"),
        ({"body_contains": "Größe"}, None),
        ({"body_matches": "Gr.ße"}, None),
    ],
)
async def test_bodies(http: Probing, expect: dict[str, Any], message: str | None) -> None:
    async with site(answer("Ihr Warenkorb (3), Größe L")) as shop:
        outcome = await http(shop.url(), expect=expect)
    assert (outcome.verdict is Verdict.UP) is (message is None), outcome
    if message is not None:
        assert (outcome.reason, outcome.message) == (Reason.BODY, message)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Content-Type": "^text/html"}, None),
        ({"content-TYPE": "html"}, None),
        ({"X-Many": "^two$"}, None),
        ({"Content-Type": "json"}, "header Content-Type does not match 'json'"),
        ({"X-Missing": ".*"}, "the answer has no header X-Missing"),
    ],
)
async def test_headers(http: Probing, headers: dict[str, str], message: str | None) -> None:
    sent = {"Content-Type": "text/html; charset=utf-8", "X-Many": ["one", "two"]}
    async with site(answer("x", headers=sent)) as shop:
        outcome = await http(shop.url(), expect={"headers": headers})
    assert (outcome.verdict is Verdict.UP) is (message is None), outcome
    if message is not None:
        assert (outcome.reason, outcome.message) == (Reason.HEADER, message)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"path": "status", "equals": "ok"}, None),
        ({"path": "$.status", "not_equals": "error"}, None),
        ({"path": "nodes[1].load", "above": 10, "below": 13}, None),
        ({"path": "nodes[-1].name", "equals": "b"}, None),
        ({"path": '["a key"]["x.y"]', "equals": None}, None),
        ({"path": "ready", "equals": True}, None),
        ({"path": "fehler", "exists": False}, None),
        ({"path": "count", "exists": True}, None),
        ({"path": "status", "matches": "^o"}, None),
        ({"path": "nodes", "matches": '"load": 12'}, None),
        ({"path": "status", "equals": "error"}, 'status is "ok", expected "error"'),
        ({"path": "status", "not_equals": "ok"}, 'status is "ok", which it must not'),
        ({"path": "ready", "equals": 1}, "ready is true, expected 1"),
        ({"path": "nodes[0].load", "above": 0.5}, "nodes[0].load is 0.5, expected above 0.5"),
        ({"path": "count", "below": 3}, "count is 3, expected below 3"),
        ({"path": "status", "above": 1}, 'status is "ok", expected a number'),
        ({"path": "nodes[2].name", "equals": "c"}, "nodes[2].name is not in the JSON"),
        ({"path": "count", "exists": False}, "count is in the JSON, which it must not"),
        ({"path": "status", "matches": "^x"}, "status is \"ok\", expected a match of '^x'"),
    ],
)
async def test_json(http: Probing, rule: dict[str, Any], message: str | None) -> None:
    async with site(answer(DOCUMENT, Content_Type="application/json")) as api:
        outcome = await http(api.url(), expect={"json": [rule]})
    assert (outcome.verdict is Verdict.UP) is (message is None), outcome
    if message is not None:
        assert (outcome.reason, outcome.message) == (Reason.JSON, message)


@pytest.mark.parametrize("body", ["", "<html>", "{", "[" * 100_000, '{"a": 1', "1e" + "9" * 5000, "9" * 100_000])
async def test_what_is_no_json(http: Probing, body: str) -> None:
    async with site(answer(body)) as api:
        outcome = await http(api.url(), expect={"json": [{"path": "a", "exists": True}]})
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.JSON), outcome


def test_a_malformed_path_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(ValidationError, match="a path into JSON"):
        http_probe(ProbeContext(), "http://x.invalid/", expect={"json": [{"path": "a[b", "exists": True}]})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Größe".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("Größe".encode("utf-16"), "text/plain; charset=utf-16"),
        ("Größe".encode("cp1252"), 'text/html; charset="windows-1252"; x=y'),
        (b"\xef\xbb\xbfGr\xc3\xb6\xc3\x9fe", "text/plain"),
        (b"\xff\xfe\x00 Gr\xc3\xb6\xc3\x9fe \xc3", "text/plain"),
        ("Größe".encode(), "text/plain; charset=no-such-charset"),
        ("Größe".encode(), "text/plain; charset=zlib"),
    ],
)
async def test_bodies_that_are_not_utf_8(http: Probing, body: bytes, content_type: str) -> None:
    async with site(answer(body, Content_Type=content_type)) as shop:
        outcome = await http(shop.url(), expect={"body_contains": "Größe", "body_matches": "Gr.{2}e"})
    assert outcome.verdict is Verdict.UP, outcome


@pytest.mark.parametrize(
    ("pattern", "body"),
    [("(a+)+$", "a" * 200_000 + "!"), ("(a|aa)*c", "a" * 200_000), ("(.*)(.*)(.*)(.*)x$", "y" * 200_000)],
)
async def test_a_catastrophic_pattern_on_a_hostile_body_ends(http: Probing, pattern: str, body: str) -> None:
    async with site(answer(body)) as shop:
        outcome = await http(shop.url(), expect={"body_matches": pattern})
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.BODY)
    assert len(outcome.message) < 300


async def test_slow_is_degraded(http: Probing) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        await asyncio.sleep(0.05)
        writer.write(answer())
        await writer.drain()

    async with listening(slow) as server:
        outcome = await http(f"http://{server.address}/", expect={"degraded_over": "20ms"})
        calm = await http(f"http://{server.address}/", expect={"degraded_over": "15s"})
    assert (outcome.verdict, outcome.reason) == (Verdict.DEGRADED, Reason.SLOW)
    assert outcome.message.endswith("over 20 ms")
    assert calm.verdict is Verdict.UP


async def test_down_counts_before_slow(http: Probing) -> None:
    async with site(answer("", 500)) as shop:
        outcome = await http(shop.url(), expect={"degraded_over": "1ms"})
    assert outcome.reason is Reason.STATUS


@pytest.mark.parametrize(("length", "beside"), [(64 * 1024, False), (64 * 1024 + 1, True)])
async def test_a_long_body_is_looked_at_beside_the_loop(
    http: Probing, monkeypatch: pytest.MonkeyPatch, length: int, beside: bool
) -> None:
    """RE2 takes 40 ms for a mebibyte of a hostile body; the loop is never held that long."""
    threads: list[threading.Thread] = []
    judge = Expectations.judge

    def watched(self: Expectations, seen: Answer) -> None:
        threads.append(threading.current_thread())
        judge(self, seen)

    monkeypatch.setattr(Expectations, "judge", watched)
    async with site(answer("a" * length)) as shop:
        outcome = await http(shop.url(), expect={"body_matches": "(a+)+!"})
        assert outcome.reason is Reason.BODY
        assert (await http(shop.url(), expect={"body_matches": "(a+)+$"})).verdict is Verdict.UP
    assert [thread is threading.main_thread() for thread in threads] == [not beside, not beside]
