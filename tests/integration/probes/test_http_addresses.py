"""Where an http probe connects to: names, families, a node behind a name; and where the time went."""

import asyncio
import socket
from contextlib import AsyncExitStack

import pytest
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext, Reason

from .conftest import Probing, http_probe, run
from .nameserver import name_server
from .servers import answer, free_port, listening, says, silent, site


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


async def test_names_are_resolved_by_the_name_server_given() -> None:
    async with name_server({"shop.test": ["127.0.0.1"]}) as names, site() as shop:
        context = ProbeContext(nameservers=[names.address])
        outcome = await run(http_probe(context, shop.url(host="shop.test")))
        await context.close()
    assert outcome.verdict is Verdict.UP
    assert shop.last.header("Host") == f"shop.test:{shop.listener.port}"
    assert outcome.phases["resolve"] > 0
    assert outcome.address == shop.listener.address
    assert "shop.test" in names.asked


async def test_a_name_that_is_not_there_and_a_failing_server_are_dns() -> None:
    async with name_server({"v4.test": ["127.0.0.1"]}) as names:
        context = ProbeContext(nameservers=[names.address])
        missing = await run(http_probe(context, "http://nosuch.test/"))
        broken = await run(http_probe(context, "http://x.broken/"))
        no_six = await run(http_probe(context, "http://v4.test/", ip_family=6))
        await context.close()
    assert (missing.verdict, missing.reason, missing.message) == (
        Verdict.DOWN,
        Reason.DNS,
        "there is no name nosuch.test",
    )
    assert (broken.reason, broken.message) == (
        Reason.DNS,
        "x.broken was not resolved: its name server reports a failure",
    )
    assert (no_six.reason, no_six.message) == (Reason.DNS, "v4.test has no IPv6 address")


async def test_a_name_server_that_is_silent_ends_at_the_deadline() -> None:
    async with name_server({}) as names:
        context = ProbeContext(nameservers=[names.address])
        outcome = await run(http_probe(context, "http://shop.dead/"), within=0.2)
        await context.close()
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DNS)
    assert outcome.message == "shop.dead was not resolved within 0.2 s"
    assert 150_000 < outcome.duration_us < 5_000_000
    assert outcome.phases == {"resolve": outcome.duration_us}


@pytest.mark.parametrize("more", [[], ["127.0.0.9"]])
@pytest.mark.parametrize("connection", ["fresh", "reuse"])
async def test_a_name_that_moves_is_followed(connection: str, more: list[str]) -> None:
    """Within a second or so; one address and several go to libcurl by different ways."""
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(name_server({"shop.test": ["127.0.0.1", *more]}))
        old = await stack.enter_async_context(site())
        await stack.enter_async_context(listening(says(answer("new")), host="127.0.0.2", port=old.listener.port))
        context = ProbeContext(nameservers=[names.address])
        probe = http_probe(context, old.url(host="shop.test"), connection=connection)
        assert (await run(probe)).verdict is Verdict.UP
        names.known["shop.test"] = ["127.0.0.2", *more]
        while (outcome := await run(probe)).address == old.listener.address:
            assert outcome.verdict is Verdict.UP
            await asyncio.sleep(0.01)
        await context.close()
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.address == f"127.0.0.2:{old.listener.port}"


@ipv6
@pytest.mark.parametrize(("family", "address"), [(4, "127.0.0.1"), (6, "[::1]")])
async def test_ip_family_chooses_among_the_addresses(family: int, address: str) -> None:
    async with name_server({"both.test": ["127.0.0.1", "::1"]}) as names, site() as shop, site(host="::1") as six:
        port = (shop if family == 4 else six).listener.port
        context = ProbeContext(nameservers=[names.address])
        outcome = await run(http_probe(context, f"http://both.test:{port}/", ip_family=family))
        await context.close()
    assert outcome.verdict is Verdict.UP
    assert outcome.address == f"{address}:{port}"


@ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_any_family_finds_the_address_that_answers(host: str) -> None:
    async with name_server({"both.test": ["127.0.0.1", "::1"]}) as names, site(host=host) as shop:
        context = ProbeContext(nameservers=[names.address])
        outcome = await run(http_probe(context, f"http://both.test:{shop.listener.port}/"))
        again = await run(http_probe(context, f"http://both.test:{shop.listener.port}/"))
        await context.close()
    assert (outcome.verdict, again.verdict) == (Verdict.UP, Verdict.UP)
    assert outcome.address == shop.listener.address


async def test_an_address_of_the_other_family_is_told(http: Probing) -> None:
    outcome = await http("http://127.0.0.1:9/", ip_family=6)
    assert (outcome.reason, outcome.message) == (Reason.DNS, "127.0.0.1 is no IPv6 address")


@pytest.mark.parametrize("with_port", [True, False])
async def test_resolve_to_probes_one_node_behind_a_name(http: Probing, with_port: bool) -> None:
    async with site() as node:
        port = node.listener.port
        url = "http://shop.invalid/" if with_port else f"http://shop.invalid:{port}/"
        outcome = await http(url, resolve_to=f"127.0.0.1:{port}" if with_port else "127.0.0.1")
    assert outcome.verdict is Verdict.UP, outcome
    assert node.last.header("Host") == ("shop.invalid" if with_port else f"shop.invalid:{port}")
    assert outcome.address == node.listener.address


async def test_resolve_to_a_host_is_resolved_and_holds_for_the_first_host_alone(http: Probing) -> None:
    async with site() as other:
        moved = answer("", 302, Location=other.url())
        async with site(moved) as node:
            outcome = await http("http://shop.invalid/", resolve_to=f"localhost:{node.listener.port}")
    assert outcome.verdict is Verdict.UP
    assert (len(node.requests), len(other.requests)) == (1, 1)


def test_resolve_to_nonsense_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(ValidationError, match="resolve_to"):
        http_probe(ProbeContext(), "http://shop.invalid/", resolve_to="not a host")


async def test_one_probes_address_never_serves_another(context: ProbeContext) -> None:
    async with site(answer("one")) as one, site(answer("two")) as two:
        url = "http://shop.invalid/"
        first = http_probe(context, url, resolve_to=one.listener.address, expect={"body_contains": "one"})
        second = http_probe(context, url, resolve_to=two.listener.address, expect={"body_contains": "two"})
        for _ in range(3):
            outcomes = await asyncio.gather(run(first), run(second))
            assert [outcome.verdict for outcome in outcomes] == [Verdict.UP, Verdict.UP]


async def test_the_systems_resolver(http: Probing) -> None:
    async with site() as shop:
        outcome = await http(shop.url(host="localhost"), resolver="system", ip_family=4)
        assert outcome.verdict is Verdict.UP
        assert outcome.phases["resolve"] > 0
    outcome = await http("http://no-such-name.invalid/", resolver="system")
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DNS)


async def test_nobody_listens(http: Probing) -> None:
    port = free_port()
    outcome = await http(f"http://127.0.0.1:{port}/")
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REFUSED)
    assert outcome.message == f"127.0.0.1:{port} refused the connection"


class FullQueue:
    """Connections that fill a server's queue, so that nobody else is taken in."""

    def __init__(self, server: socket.socket) -> None:
        self._address = server.getsockname()
        self._waiting: list[socket.socket] = []

    def __enter__(self) -> None:
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(self._address)
            self._waiting.append(one)

    def __exit__(self, *error: object) -> None:
        for one in self._waiting:
            one.close()


async def test_no_connection_in_time(http: Probing) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with FullQueue(full):
            outcome = await http(f"http://127.0.0.1:{full.getsockname()[1]}/", within=0.3)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)


async def test_phases_are_where_the_time_went(http: Probing) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"k")

    async with listening(slow) as server:
        outcome = await http(f"http://localhost:{server.port}/")
    assert list(outcome.phases) == ["resolve", "connect", "processing", "transfer"]
    assert outcome.phases["processing"] >= 45_000
    assert outcome.phases["transfer"] >= 45_000
    assert sum(outcome.phases.values()) == outcome.duration_us


async def test_a_failure_books_its_time_on_the_phase_it_did_not_get_out_of(http: Probing) -> None:
    async with listening(silent) as server:
        outcome = await http(f"http://{server.address}/", within=0.2)
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.phases["processing"] > 100_000
    assert sum(outcome.phases.values()) == outcome.duration_us
