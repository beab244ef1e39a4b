"""No sentence, detail or error of ours holds a secret, even when the other side echoes it."""

import asyncio
import base64
from typing import Any

import pytest
from slamon.probes import Outcome, ProbeNotRunError

from .conftest import Probing
from .servers import Request, answer, listening, silent, site

SECRET = "hunter2-geheim"
BASIC = base64.b64encode(f"probe:{SECRET}".encode()).decode()

CARRIERS: dict[str, dict[str, Any]] = {
    "header": {"headers": {"X-Api-Key": SECRET}},
    "cookie": {"headers": {"Cookie": f"session={SECRET}; x=y"}},
    "basic": {"basic_auth": {"username": "probe", "password": SECRET}},
    "bearer": {"bearer": SECRET},
    "body": {"method": "POST", "body": SECRET},
    "json body": {"method": "POST", "body": f'{{"token": "{SECRET}"}}'},
}


def told(outcome: Outcome) -> str:
    """All that is told of an outcome, the target apart."""
    return f"{outcome.message} {outcome.details} {outcome.address} {outcome.phases}"


def echo(request: Request) -> bytes:
    """Everything that was sent, as a JSON string, a header and a location."""
    sent = " ".join(value for _, value in request.headers) + " " + request.body.decode()
    said = base64.b64decode(BASIC).decode() if BASIC in sent else ""
    text = (sent + " " + said).replace('"', "'")
    return answer(f'{{"echo": "{text}"}}', 200, {"X-Echo": text.replace("\n", " ")})


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    "expect",
    [
        {"status": [500]},
        {"json": [{"path": "echo", "equals": "something else"}]},
        {"json": [{"path": "echo", "above": 1}]},
        {"body_contains": "not there"},
        {"headers": {"X-Echo": "^nothing$"}},
    ],
)
async def test_an_echoing_server(http: Probing, carrier: str, expect: dict[str, Any]) -> None:
    async with site(echo) as server:
        outcome = await http(server.url("/"), expect=expect, **CARRIERS[carrier])
    assert outcome.message
    assert SECRET not in told(outcome), outcome
    assert BASIC not in told(outcome), outcome
    assert SECRET in str(server.last) or BASIC in str(server.last)


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_every_way_to_fail(http: Probing, carrier: str) -> None:
    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)

    async with listening(closing) as broken, site() as away:
        path = f"/{SECRET}?key={SECRET}"

        def elsewhere(request: Request) -> bytes:
            return answer("", 307, Location=away.url(path))

        async with site({"/": elsewhere}) as first:
            outcomes = [
                await http(f"http://{broken.address}/?key={SECRET}", **CARRIERS[carrier]),
                await http(f"http://{broken.address}/?key={SECRET}", within=-1, **CARRIERS[carrier]),
                await http(f"https://{broken.address}/?key={SECRET}", **CARRIERS[carrier]),
                await http(first.url(f"/?key={SECRET}"), expect={"status": [500]}, **CARRIERS[carrier]),
            ]
    for outcome in outcomes:
        assert outcome.message
        assert SECRET not in told(outcome), outcome
        assert BASIC not in told(outcome), outcome


async def test_the_proxys_password(http: Probing) -> None:
    async with site({"http://shop.invalid/": answer("", 407)}) as proxy:
        url = f"http://user:{SECRET}@127.0.0.1:{proxy.listener.port}"
        outcomes = [await http("http://shop.invalid/", proxy=url), await http("https://shop.invalid/", proxy=url)]
    outcomes.append(await http("http://shop.invalid/", proxy=url))
    for outcome in outcomes:
        assert SECRET not in told(outcome), outcome


async def test_what_a_dialogue_sends(tcp: Probing) -> None:
    async def echoing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 unknown command: " + await reader.readline())
        await writer.drain()

    async with listening(echoing) as server:
        steps = [{"send": f"AUTH PLAIN {SECRET}\r\n"}, {"expect": "^235 "}]
        outcome = await tcp(server.address, dialogue=steps)
    assert "554 unknown command" in outcome.message
    assert SECRET not in told(outcome)


async def test_our_own_failures(http: Probing) -> None:
    async with listening(silent) as server:
        with pytest.raises(ProbeNotRunError) as raised:
            await http(f"https://{server.address}/", tls={"ca_file": "/nonexistent"}, bearer=SECRET)
    assert SECRET not in str(raised.value)


async def test_a_sentence_is_one_printable_line_of_bounded_length(http: Probing) -> None:
    hostile = "\x1b[31m\u202e" + "x" * 5000 + "\n<script>{0}%s${x}"
    async with site(answer('{"a": "' + hostile.replace("\n", "\\n").replace("\x1b", "\\u001b") + '"}')) as server:
        outcome = await http(server.url(), expect={"json": [{"path": "a", "equals": 1}]})
    assert outcome.message.isprintable()
    assert len(outcome.message) < 300
