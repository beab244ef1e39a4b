"""Names whose DNS is dead fail for themselves; all other probes stay as they were."""

import asyncio

import pytest
from slamon.accounting.facts import Verdict
from slamon.probes import ProbeContext, Reason

from .conftest import http_probe, run, tcp_probe
from .nameserver import name_server
from .servers import listening, silent, site

LATE_S = 2.0
"""Far above what a probe on loopback takes, far below the deadline of the hanging ones."""


@pytest.mark.parametrize("dead", [10, 100])
async def test_dead_names_leave_other_probes_alone(dead: int) -> None:
    loop = asyncio.get_running_loop()
    async with name_server({"shop.test": ["127.0.0.1"]}) as names, site() as shop, listening(silent) as port:
        context = ProbeContext(nameservers=[names.address])
        hanging = [
            asyncio.ensure_future(run(http_probe(context, f"http://shop-{number}.dead/"), within=60))
            if number % 2
            else asyncio.ensure_future(run(tcp_probe(context, f"db-{number}.dead:1"), within=60))
            for number in range(dead)
        ]
        while len({name for name in names.asked if name.endswith(".dead")}) < dead:
            await asyncio.sleep(0)
        for _ in range(20):
            begun = loop.time()
            outcomes = await asyncio.gather(
                run(http_probe(context, shop.url())),
                run(http_probe(context, shop.url(host="shop.test"))),
                run(tcp_probe(context, f"shop.test:{port.port}")),
                run(tcp_probe(context, port.address)),
            )
            assert [outcome.verdict for outcome in outcomes] == [Verdict.UP] * 4, outcomes
            assert loop.time() - begun < LATE_S
        assert not any(task.done() for task in hanging)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await context.close()


async def test_a_dead_name_is_down_at_its_deadline() -> None:
    async with name_server({}) as names:
        context = ProbeContext(nameservers=[names.address])
        probes = [http_probe(context, f"http://shop-{number}.dead/") for number in range(50)]
        outcomes = await asyncio.gather(*(run(probe, within=0.3) for probe in probes))
        await context.close()
    assert {outcome.reason for outcome in outcomes} == {Reason.DNS}
    assert all(outcome.duration_us < 10_000_000 for outcome in outcomes)


async def test_a_dead_name_server_beside_a_living_one() -> None:
    """The second server of resolv.conf answers when the first does not; a probe has the time to see it."""
    async with name_server({"shop.test": ["127.0.0.1"]}) as living, site() as shop:
        context = ProbeContext(nameservers=["127.0.0.1:9", living.address])
        outcome = await run(http_probe(context, shop.url(host="shop.test")))
        await context.close()
    assert outcome.verdict is Verdict.UP, outcome


async def test_half_an_answer_is_enough() -> None:
    """A server that never answers for IPv6 delays the probe, and no more than that."""
    async with name_server({"half.test": ["127.0.0.1"]}) as names, site() as shop:
        names.ignored = {28}
        context = ProbeContext(nameservers=[names.address])
        outcome = await run(http_probe(context, shop.url(host="half.test")))
        await context.close()
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.phases["resolve"] > 500_000


async def test_an_answer_serves_for_a_moment_and_no_longer() -> None:
    """Many checks of one host ask once; a name server that dies is seen all the same."""
    async with name_server({"shop.test": ["127.0.0.1"]}) as names, site() as shop:
        context = ProbeContext(nameservers=[names.address])
        probe = http_probe(context, shop.url(host="shop.test"))
        for _ in range(5):
            assert (await run(probe)).verdict is Verdict.UP
        assert len(names.asked) < 10  # two a lookup, one for each family
        names.known.clear()
        while (outcome := await run(probe)).verdict is Verdict.UP:
            await asyncio.sleep(0.01)
        await context.close()
    assert outcome.reason is Reason.DNS
