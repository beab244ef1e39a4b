"""What an http probe sends: every option of a request arrives as it was written."""

import asyncio
import os
from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext, ProbeNotRunError, Reason

from .conftest import Probing, http_probe, run
from .nameserver import name_server
from .servers import OK, Request, answer, listening, read_request, silent, site
from .socks import SocksProxy


async def test_a_plain_probe_is_up_and_says_how_it_went(http: Probing) -> None:
    async with site() as shop:
        outcome = await http(shop.url())
    assert outcome.verdict is Verdict.UP
    assert (outcome.reason, outcome.message) == (None, "")
    assert outcome.address == shop.listener.address
    assert outcome.details == {"status": "200", "http_version": "1.1"}
    assert shop.last.method == "GET"
    assert shop.last.header("User-Agent").startswith("slamon/")
    assert shop.last.header("Host") == f"127.0.0.1:{shop.listener.port}"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
async def test_method(http: Probing, method: str) -> None:
    async with site() as shop:
        outcome = await http(shop.url(), method=method)
    assert outcome.verdict is Verdict.UP
    assert shop.last.method == method


async def test_head_waits_for_no_body(http: Probing) -> None:
    async with site(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n") as shop:
        outcome = await http(shop.url(), method="HEAD")
    assert outcome.verdict is Verdict.UP
    assert shop.last.method == "HEAD"


async def test_repeated_headers_arrive_in_order_and_host_is_replaced(http: Probing) -> None:
    async with site() as shop:
        await http(
            shop.url(), headers={"X-Via": ["one", "two"], "Host": "shop.example.org", "X-Empty": "", "User-Agent": "me"}
        )
    assert shop.last.all("X-Via") == ["one", "two"]
    assert shop.last.header("Host") == "shop.example.org"
    assert shop.last.header("X-Empty") == ""
    assert shop.last.header("User-Agent") == "me"


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
async def test_body_is_sent_whatever_the_method(http: Probing, method: str) -> None:
    async with site() as shop:
        await http(shop.url(), method=method, body='{"artikel": "Tür"}', headers={"Content-Type": "application/json"})
    assert shop.last.method == method
    assert shop.last.body == '{"artikel": "Tür"}'.encode()
    assert shop.last.header("Content-Type") == "application/json"


async def test_no_content_type_is_made_up(http: Probing) -> None:
    async with site() as shop:
        await http(shop.url(), method="POST", body="x")
    assert shop.last.header("Content-Type") is None
    assert shop.last.header("Expect") is None


async def test_body_file_is_read_again_when_it_changes(context: ProbeContext, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_bytes(b"\x00first\xff")
    async with site() as shop:
        probe = http_probe(context, shop.url(), method="POST", body_file=str(file))
        await run(probe)
        assert shop.last.body == b"\x00first\xff"
        file.write_bytes(b"second")
        os.utime(file, ns=(1, 1))
        await run(probe)
        assert shop.last.body == b"second"


async def test_a_body_file_that_is_gone_is_our_own_failure(http: Probing, tmp_path: Path) -> None:
    async with site() as shop:
        with pytest.raises(ProbeNotRunError, match="body_file cannot be read"):
            await http(shop.url(), method="POST", body_file=str(tmp_path / "missing"))
    assert shop.requests == []


async def test_basic_and_bearer(http: Probing) -> None:
    async with site() as shop:
        await http(shop.url(), basic_auth={"username": "probe", "password": "pass:wörd"})
        assert shop.last.header("Authorization") == "Basic " + b64encode("probe:pass:wörd".encode()).decode()
        await http(shop.url(), bearer="token-1")
        assert shop.last.header("Authorization") == "Bearer token-1"


async def test_nothing_of_the_environment_is_used(
    http: Probing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password netrc-secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with site() as shop:
        outcome = await http(shop.url())
    assert outcome.verdict is Verdict.UP
    assert shop.last.header("Authorization") is None


async def test_every_probe_is_a_new_connection_unless_reuse_is_chosen(context: ProbeContext) -> None:
    async with site() as shop:
        fresh = http_probe(context, shop.url())
        for _ in range(3):
            assert (await run(fresh)).phases["connect"] > 0
        assert shop.listener.connections == 3
        kept = http_probe(context, shop.url(), connection="reuse")
        for _ in range(3):
            assert (await run(kept)).verdict is Verdict.UP
        assert shop.listener.connections == 4


async def test_a_kept_connection_the_server_closed_is_made_anew(context: ProbeContext) -> None:
    async def one_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer())
        await writer.drain()

    async with listening(one_each) as server:
        kept = http_probe(context, f"http://{server.address}/", connection="reuse")
        for _ in range(3):
            assert (await run(kept)).verdict is Verdict.UP


async def test_a_probe_that_ran_twice_at_once_keeps_both_apart(context: ProbeContext) -> None:
    async with site(lambda request: answer(request.path)) as shop:
        probe = http_probe(context, shop.url(), expect={"body_contains": "/"})
        outcomes = await asyncio.gather(*(run(probe) for _ in range(20)))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.UP}


async def test_a_cancelled_probe_leaves_nothing_behind(context: ProbeContext) -> None:
    async with listening(silent) as server, site() as shop:
        waiting = asyncio.ensure_future(run(http_probe(context, f"http://{server.address}/")))
        while server.connections == 0:
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await run(http_probe(context, shop.url()))).verdict is Verdict.UP


async def test_path_and_query_go_out_as_written_and_blanks_are_encoded(http: Probing) -> None:
    async with site({"/a/../b": answer(), "/ü": answer()}) as shop:
        await http(shop.url("/a/../b?q=%20x&y=[1]"))
        assert shop.last.path == "/a/../b?q=%20x&y=[1]"
        await http(shop.url("/ü?ä=1"))
        assert shop.last.path == "/%C3%BC?%C3%A4=1"


async def test_three_without_tls_is_a_mistake_of_the_catalogue(context: ProbeContext) -> None:
    with pytest.raises(ValidationError, match="a url of https"):
        http_probe(context, "http://127.0.0.1/", http_version="3")


class TestProxy:
    """A proxy gets the request, or makes a tunnel; its faults have a reason of their own."""

    async def test_plain_http_goes_through_the_proxy_with_its_credentials(self, http: Probing) -> None:
        def relay(request: Request) -> bytes:
            return answer(f"for {request.path}")

        async with site({"http": relay}) as proxy:
            proxy.answers = {"http://shop.invalid/page": relay}
            outcome = await http(
                "http://shop.invalid/page",
                proxy=f"http://user:proxy-secret@127.0.0.1:{proxy.listener.port}",
                expect={"body_contains": "for http://shop.invalid/page"},
            )
        assert outcome.verdict is Verdict.UP, outcome
        assert proxy.last.header("Proxy-Authorization") == "Basic " + b64encode(b"user:proxy-secret").decode()
        assert proxy.last.header("Host") == "shop.invalid"

    async def test_a_refused_login_and_a_dead_proxy_are_told_as_the_proxys(self, http: Probing) -> None:
        async with site({"http://shop.invalid/": answer("", 407)}) as proxy:
            outcome = await http("http://shop.invalid/", proxy=f"http://u:wrong@127.0.0.1:{proxy.listener.port}")
        assert outcome.reason is Reason.PROXY
        assert "407" in outcome.message
        outcome = await http("http://shop.invalid/", proxy=f"http://127.0.0.1:{proxy.listener.port}")
        assert outcome.reason is Reason.PROXY
        assert "the proxy refused" in outcome.message
        outcome = await http("http://shop.invalid/", proxy="http://proxy.invalid:3128", resolver="system")
        assert outcome.reason is Reason.PROXY

    async def test_a_refused_tunnel(self, http: Probing) -> None:
        async with site({"shop.invalid:443": answer("no", 403)}) as proxy:
            outcome = await http("https://shop.invalid/", proxy=f"http://127.0.0.1:{proxy.listener.port}")
        assert proxy.last.method == "CONNECT"
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROXY)
        assert "403" in outcome.message

    @pytest.mark.parametrize(("scheme", "asked"), [("socks5", "127.0.0.1"), ("socks5h", "localhost")])
    async def test_socks_proxies_get_addresses_or_names(self, http: Probing, scheme: str, asked: str) -> None:
        socks = SocksProxy()
        async with site() as shop, listening(socks) as proxy:
            url = shop.url(host="localhost")
            outcome = await http(url, proxy=f"{scheme}://{proxy.address}", ip_family=4)
        assert outcome.verdict is Verdict.UP, outcome
        assert socks.wanted == [asked]

    async def test_a_proxy_named_by_name_is_resolved_by_us(self) -> None:
        async with name_server({"proxy.test": ["127.0.0.1"]}) as names, site({"http://a.invalid/": OK}) as proxy:
            context = ProbeContext(nameservers=[names.address])
            probe = http_probe(context, "http://a.invalid/", proxy=f"http://proxy.test:{proxy.listener.port}")
            outcome = await run(probe)
            dead = http_probe(context, "http://a.invalid/", proxy="http://proxy.dead:3128")
            waiting = await run(dead, within=0.2)
            await context.close()
        assert outcome.verdict is Verdict.UP, outcome
        assert outcome.phases["resolve"] > 0
        assert (waiting.verdict, waiting.reason) == (Verdict.DOWN, Reason.PROXY)
        assert waiting.phases["resolve"] == waiting.duration_us > 100_000
