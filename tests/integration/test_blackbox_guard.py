"""Where /probe goes is checked at the address that is connected to: first, at every redirect, and of the proxy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.blackbox.asking import PROBERS, Answer, Prober, Question, Settings
from slamon.blackbox.guard import Limits
from slamon.catalogue.blackbox import load_blackbox_text
from slamon.probes.context import ProbeContext
from slamon.probes.outcome import ProbeNotRunError

from tests.integration.probes.nameserver import NameServer, name_server
from tests.integration.probes.servers import answer, listening, silent, site

MODULES: dict[str, Any] = {
    "http_2xx": {"prober": "http", "timeout": "5s"},
    "seen": {"prober": "http", "http": {"fail_if_body_not_matches_regexp": ["seen"]}},
    "tcp": {"prober": "tcp", "timeout": "5s"},
    "icmp": {"prober": "icmp", "timeout": "5s"},
    "dns": {"prober": "dns", "timeout": "5s", "dns": {"query_name": "a.example"}},
    "grpc": {"prober": "grpc", "timeout": "5s", "grpc": {"ip_protocol_fallback": True}},
    "websocket": {"prober": "websocket", "timeout": "5s"},
    "unix": {"prober": "unix"},
}


@asynccontextmanager
async def prober(
    *,
    allow: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    names: NameServer | None = None,
    modules: dict[str, Any] | None = None,
    settings: Settings | None = None,
) -> AsyncIterator[Prober]:
    nameservers = () if names is None else (names.address,)
    context = ProbeContext(evidence=True, nameservers=nameservers)
    file = load_blackbox_text(Path("b.yml"), yaml.safe_dump({"modules": MODULES | (modules or {})}).encode())
    try:
        yield Prober(file, Limits.of(allow, only), settings or Settings(), context)
    finally:
        await context.close()


async def ask(asked: Prober, target: str, module: str = "http_2xx") -> Answer:
    return await asked.ask(Question(target=target, module=module))


@pytest.mark.parametrize("module", ["http_2xx", "tcp", "icmp", "dns", "grpc", "websocket"])
@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "localhost"])
async def test_every_prober_refuses_what_is_not_public(module: str, host: str) -> None:
    async with listening(silent) as listener, prober() as asked:
        target = {"icmp": host, "websocket": f"ws://{host}:{listener.port}"}.get(module, f"{host}:{listener.port}")
        found = await ask(asked, target, module)
        assert found.status == 403, found.body
        assert b"--probe-allow" in found.body
        assert listener.connections == 0
        assert asked.recent()[0].success is False


async def test_a_socket_is_refused() -> None:
    async with prober(allow=("any",)) as asked:
        assert (await ask(asked, "/run/docker.sock", "unix")).status == 403


async def test_a_name_that_leads_inside_is_refused() -> None:
    async with site() as served, name_server({"evil.example": ["127.0.0.1"]}) as names, prober(names=names) as asked:
        found = await ask(asked, f"http://evil.example:{served.listener.port}/")
        assert found.status == 403
        assert served.requests == []


async def test_a_redirect_that_leads_inside_is_refused() -> None:
    async with site({"/": answer("seen")}) as inner:
        onward = {"/": answer("", 302, Location=inner.url("/").replace("127.0.0.1", "127.0.0.9"))}
        async with site(onward) as outer, prober(allow=("127.0.0.1/32",)) as asked:
            found = await ask(asked, outer.url("/"), "seen")
            assert found.status == 403
            assert b"127.0.0.9" in found.body
            assert inner.requests == []


async def test_a_redirect_to_a_name_that_leads_inside_is_refused() -> None:
    async with site() as inner, name_server({"evil.example": ["127.0.0.9"]}) as names:
        onward = {"/": answer("", 302, Location=f"http://evil.example:{inner.listener.port}/")}
        async with site(onward) as outer, prober(allow=("127.0.0.1/32",), names=names) as asked:
            assert (await ask(asked, outer.url("/"))).status == 403
            assert inner.requests == []


async def test_a_name_that_changes_is_connected_to_where_it_was_checked() -> None:
    """The address that was checked is the one that is used: the name is not looked up again."""
    async with site() as served, name_server({"turns.example": ["127.0.0.1"]}) as names:
        async with prober(allow=("127.0.0.1/32",), names=names) as asked:
            found = await ask(asked, f"http://turns.example:{served.listener.port}/")
            assert b"probe_success 1" in found.body
            assert served.last.header("host") == f"turns.example:{served.listener.port}"
        assert names.asked.count("turns.example") <= 2, "one question a family"


async def test_the_proxy_must_be_allowed_too() -> None:
    async with site({"/": answer("seen")}) as proxy:
        module = {"prober": "http", "http": {"proxy_url": f"http://127.0.0.1:{proxy.listener.port}"}}
        async with prober(modules={"proxied": module}) as asked:
            assert (await ask(asked, "http://192.88.99.1/", "proxied")).status == 403
            assert proxy.requests == []


async def test_what_a_proxy_resolves_is_refused_unless_it_is_named() -> None:
    async with site(lambda request: answer("seen")) as proxy:
        options = {"proxy_url": f"http://127.0.0.1:{proxy.listener.port}", "skip_resolve_phase_with_proxy": True}
        modules = {"proxied": {"prober": "http", "http": options}}
        async with prober(modules=modules, allow=("127.0.0.1/32",)) as asked:
            assert (await ask(asked, "http://inner.example/", "proxied")).status == 403
            assert proxy.requests == []
        async with prober(modules=modules, allow=("127.0.0.1/32",), only=("inner.example", "127.0.0.1")) as asked:
            assert (await ask(asked, "http://inner.example/", "proxied")).status == 200
            assert len(proxy.requests) == 1


async def test_no_more_probes_run_at_once_than_allowed() -> None:
    async with listening(silent) as listener, prober(allow=("any",), settings=Settings(at_once=2)) as asked:
        waiting = [asyncio.create_task(ask(asked, f"http://{listener.address}/")) for _ in range(2)]
        while listener.connections < 2:
            await asyncio.sleep(0.01)
        assert (await ask(asked, "http://127.0.0.1/")).status == 503
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert (await ask(asked, "/no/url", "websocket")).status == 200


async def test_credentials_do_not_leave_the_first_host() -> None:
    async with site(lambda request: answer("", 401 if request.header("authorization") else 200)) as other:
        onward = {"/": answer("", 302, Location=other.url("/", "localhost"))}
        module = {"prober": "http", "http": {"basic_auth": {"username": "anna", "password": "geheim"}}}
        async with site(onward) as first, prober(allow=("any",), modules={"login": module}) as asked:
            found = await ask(asked, first.url("/"), "login")
            assert first.last.header("authorization") is not None
            assert b"probe_success 1" in found.body
            assert "localhost" not in first.url("/")


async def test_a_fault_of_ours_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(run: Any) -> bool:
        raise ProbeNotRunError("no descriptor is left")

    monkeypatch.setitem(PROBERS, "http", broken)
    async with prober(allow=("any",)) as asked:
        found = await ask(asked, "http://127.0.0.1/")
        assert (found.status, found.is_metrics) == (503, False)
