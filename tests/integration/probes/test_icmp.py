"""icmp probes: real echoes on loopback and over routers, a far host that answers as it likes, and missing rights.

Each test has a network of its own (namespaces.py), so nothing of this machine's is touched.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue import load_value
from slamon.catalogue.kinds.icmp import IcmpOptions
from slamon.probes import KINDS, Outcome, Probe, ProbeContext, ProbeNotRunError, Reason, made_ready

from tests.system.running import wait_for

from .conftest import run
from .nameserver import name_server
from .namespaces import Far, Namespace, Packet, far, namespaces, needs_root
from .test_loops import loops

pytestmark = needs_root

HOSTS = {"IPv4": "10.99.0.2", "IPv6": "fd99::2"}
HERE = {"IPv4": "10.99.0.9", "IPv6": "fd99::9"}
STRANGER = {"10.99.0.2": "10.99.0.66", "fd99::2": "fd99::66"}
EVERYBODY, NOBODY = "0 2147483647", "1 0"
SOON = 0.5
"""Long enough for what comes at once, where something is waited for that never comes."""
BRIEFLY = 0.1
"""Where nothing at all may come."""

Icmp = Callable[..., Awaitable[Outcome]]


def icmp_probe(context: ProbeContext, address: str, **options: Any) -> Probe:
    """An icmp check made ready, as the prober does it."""
    value = {"slamon": 1, "services": {"s": {"checks": {"c": {"icmp": {"address": address, **options}}}}}}
    return made_ready(load_value(value).checks["s/c"], context)


@pytest.fixture(params=["ping", "raw"])
def sort(request: pytest.FixtureRequest) -> str:
    """Of socket."""
    return str(request.param)


@pytest.fixture
def space(sort: str) -> Iterator[Namespace]:
    with namespaces(1) as [found]:
        found.set("ipv4/ping_group_range", EVERYBODY if sort == "ping" else NOBODY)
        yield found


@pytest.fixture
async def beyond(space: Namespace) -> AsyncIterator[Far]:
    with far(space) as found:
        yield found


@pytest.fixture
async def icmp(space: Namespace) -> AsyncIterator[Icmp]:
    """`await icmp(address, within=seconds, **options)` in the namespace."""
    context = ProbeContext()

    async def probing(address: str, within: float = 20, **options: Any) -> Outcome:
        return await run(icmp_probe(context, address, **options), within)

    with space.inside():
        yield probing
        await context.close()


def every(requests: list[Packet], wanted: Callable[[int], bool]) -> Callable[[Packet], list[Packet]]:
    """Answer the packets (from 1) that are wanted."""
    return lambda request: [request.reply()] if wanted(len(requests)) else []


class TestFigures:
    """Count, loss, round trips."""

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    async def test_this_machine_answers(self, icmp: Icmp, sort: str, address: str) -> None:
        found = await icmp(address)
        assert (found.verdict, found.address, found.message) == (Verdict.UP, address, "")
        assert found.details["socket"] == sort
        assert (found.details["sent"], found.details["answered"], found.details["lost"]) == ("1", "1", "0%")
        assert set(found.phases) == {"processing"}
        assert found.duration_us == found.phases["processing"]

    @pytest.mark.parametrize("address", HOSTS.values())
    async def test_all_figures_are_told(self, icmp: Icmp, beyond: Far, address: str) -> None:
        beyond.answering = lambda request: [replace(request.reply(), hops=57)]
        found = await icmp(address, count=4, interval="5ms")
        assert found.verdict is Verdict.UP, found
        details = found.details
        assert [details[name] for name in ("sent", "answered", "lost", "answer_ttl")] == ["4", "4", "0%", "57"]
        least, mean, most = (float(details[f"round_trip_{name}"].split()[0]) for name in ("min", "mean", "max"))
        assert 0 <= least <= mean <= most
        assert "jitter" in details
        assert not {"duplicates", "strangers"} & details.keys()
        assert abs(found.duration_us / 1000 - mean) < 0.01, "the duration is the mean round trip"
        assert [request.sequence for request in beyond.requests] == [1, 2, 3, 4]

    @pytest.mark.parametrize(("lost", "limit", "verdict"), [(1, "40%", "up"), (2, "40%", "down"), (4, "100%", "up")])
    @pytest.mark.parametrize("address", HOSTS.values())
    async def test_loss(self, icmp: Icmp, beyond: Far, address: str, lost: int, limit: str, verdict: str) -> None:
        """Of five packets; what is not less than the limit is down."""
        beyond.answering = every(beyond.requests, lambda number: number > lost)
        found = await icmp(address, SOON, count=5, interval="1ms", expect={"loss_below": limit})
        assert found.verdict.value == verdict, found
        assert (found.details["sent"], found.details["lost"]) == ("5", f"{lost * 20}%")
        if verdict == "down":
            assert found.reason is Reason.LOSS
            assert found.message == f"2 of 5 packets to {address} were lost (40%), not less than 40%"

    @pytest.mark.parametrize("address", HOSTS.values())
    async def test_nothing_comes_back(self, icmp: Icmp, beyond: Far, address: str) -> None:
        beyond.answering = lambda _: []
        found = await icmp(address, BRIEFLY, count=3, interval="1ms")
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert found.message.startswith(f"{address} did not answer any of 3 echo requests within ")
        assert found.details["lost"] == "100%"
        assert found.duration_us >= 50_000, "what was waited"

    async def test_a_long_way_is_degraded(self, icmp: Icmp, beyond: Far) -> None:
        def late(request: Packet) -> list[Packet]:
            asyncio.get_running_loop().call_later(0.05, beyond.send, [request.reply()])
            return []

        beyond.answering = late
        found = await icmp(HOSTS["IPv4"], count=2, interval="1ms", expect={"degraded_over": "20ms"})
        assert (found.verdict, found.reason) == (Verdict.DEGRADED, Reason.SLOW)
        assert found.duration_us >= 45_000

    async def test_packets_have_half_the_time_to_leave(self, icmp: Icmp, beyond: Far) -> None:
        """A hundred packets a minute apart, in three seconds: they leave closer together, and all are answered."""
        found = await icmp(HOSTS["IPv4"], 3.0, count=100, interval="1m")
        assert (found.verdict, found.details["sent"]) == (Verdict.UP, "100"), found

    async def test_twice_answered_is_once_answered(self, icmp: Icmp, beyond: Far) -> None:
        beyond.answering = lambda request: [] if request.sequence == 3 else [request.reply()] * 2
        found = await icmp(HOSTS["IPv4"], SOON, count=3, interval="1ms")
        assert (found.details["answered"], found.details["lost"]) == ("2", "33.3%")
        assert found.details["duplicates"] == "2"


@pytest.mark.parametrize("address", HOSTS.values())
class TestPackets:
    """What goes out."""

    async def test_each_probe_has_a_random_id_and_payload(self, icmp: Icmp, beyond: Far, address: str) -> None:
        """After a loss as well: nothing of an earlier probe is used again."""
        beyond.answering = every(beyond.requests, lambda number: number > 4)
        outcomes = [await icmp(address, SOON, count=2, interval="1ms") for _ in range(8)]
        assert [outcome.verdict for outcome in outcomes] == [Verdict.DOWN] * 2 + [Verdict.UP] * 6
        probes = [beyond.requests[at : at + 2] for at in range(0, 16, 2)]
        assert all(one.ident == other.ident and one.payload == other.payload for one, other in probes)
        assert len({request.ident for request in beyond.requests}) >= 7, "eight drawn of 65,535"
        assert len({request.payload for request in beyond.requests}) == 8

    async def test_time_to_live(self, icmp: Icmp, beyond: Far, address: str) -> None:
        assert (await icmp(address, ttl=7)).verdict is Verdict.UP
        assert (await icmp(address)).verdict is Verdict.UP
        assert [request.hops for request in beyond.requests] == [7, 64]

    async def test_payload(self, icmp: Icmp, beyond: Far, address: str) -> None:
        for size in ("0B", "1B", "1400B"):
            assert (await icmp(address, payload_size=size)).verdict is Verdict.UP
        assert (await icmp(address)).verdict is Verdict.UP
        assert [len(request.payload) for request in beyond.requests] == [0, 1, 1400, 56]

    async def test_source_address(self, icmp: Icmp, beyond: Far, address: str) -> None:
        source = HERE["IPv6" if ":" in address else "IPv4"]
        assert (await icmp(address, source_address=source)).verdict is Verdict.UP
        assert [request.source for request in beyond.requests] == [source]
        with pytest.raises(ProbeNotRunError, match="source_address is no address of this machine"):
            await icmp(address, source_address="fd99::77" if ":" in address else "10.99.0.77")

    async def test_do_not_fragment(self, icmp: Icmp, beyond: Far, address: str) -> None:
        """The interface takes 1500 bytes: what is bigger leaves in parts, or not at all."""
        await icmp(address, 0.1, payload_size="4000B")
        assert len(beyond.parts) > 1
        found = await icmp(address, payload_size="4000B", do_not_fragment=True)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.FRAGMENTATION_NEEDED)
        assert "does not fit on the way" in found.message
        assert "this machine says" in found.message
        assert (await icmp(address, do_not_fragment=True)).verdict is Verdict.UP
        if ":" not in address:
            assert [request.whole for request in beyond.requests] == [True]
            await icmp(address)
            assert not beyond.requests[-1].whole


HOSTILE: dict[str, Callable[[Packet], Packet | bytes]] = {
    "another id": lambda right: replace(right, ident=right.ident ^ 1),
    "a sequence number that was not sent": lambda right: replace(right, sequence=77),
    "another payload": lambda right: replace(right, payload=bytes(len(right.payload))),
    "one wrong byte at the end": lambda right: replace(right, payload=right.payload[:-1] + b"?"),
    "more than was sent": lambda right: replace(right, payload=right.payload + b"more"),
    "too little": lambda right: replace(right, payload=right.payload[:15]),
    "no payload": lambda right: replace(right, payload=b""),
    "half a header": lambda right: right.packed(cut=4),
    "an empty message": lambda right: right.packed(cut=0),
    "another code": lambda right: replace(right, code=1),
    "the request itself": lambda right: replace(right, kind=128 if right.six else 8),
    "a timestamp's reply": lambda right: replace(right, kind=14),
    "a long message": lambda right: replace(right, payload=bytes(20_000)),
    "somebody else": lambda right: replace(right, source=STRANGER[right.source]),
    "an error about another id": lambda right: replace(right.reply(), ident=1, kind=8).error(3, 1),
    "an error with half a quote": lambda right: right.reply().error(1 if right.six else 3, 1, quoted=4),
}
"""What is no answer, made of the right one."""


@pytest.mark.parametrize("address", HOSTS.values())
class TestStrangers:
    """Who is not asked is not heard."""

    @pytest.mark.parametrize("name", HOSTILE)
    async def test_it_is_no_answer(self, icmp: Icmp, beyond: Far, address: str, name: str) -> None:
        beyond.answering = lambda request: [HOSTILE[name](request.reply())]
        found = await icmp(address, BRIEFLY)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT), found
        assert found.details["answered"] == "0"

    @pytest.mark.parametrize("name", HOSTILE)
    async def test_it_hides_no_answer(self, icmp: Icmp, beyond: Far, address: str, name: str) -> None:
        copies = 2 if name == "a long message" else 50  # not so much that the kernel has no room for it
        beyond.answering = lambda request: [HOSTILE[name](request.reply())] * copies + [request.reply()]
        found = await icmp(address, count=3, interval="1ms")
        assert (found.verdict, found.details["answered"]) == (Verdict.UP, "3"), found

    async def test_they_are_counted(self, icmp: Icmp, beyond: Far, address: str) -> None:
        beyond.answering = lambda request: [replace(request.reply(), payload=bytes(56)), request.reply()]
        assert (await icmp(address, count=2, interval="1ms")).details["strangers"] == "2"

    async def test_a_host_that_cuts_long_payloads(self, icmp: Icmp, beyond: Far, address: str) -> None:
        beyond.answering = lambda request: [replace(request.reply(), payload=request.payload[:16])]
        assert (await icmp(address, payload_size="1000B")).verdict is Verdict.UP

    async def test_an_endless_flood_ends_at_the_deadline(self, icmp: Icmp, beyond: Far, address: str) -> None:
        flooding = asyncio.Event()

        async def flood(request: Packet) -> None:
            wrong = replace(request.reply(), payload=bytes(56)).packed()
            while not flooding.is_set():
                beyond.send([wrong] * 50)
                await asyncio.sleep(0)

        tasks: list[asyncio.Task[None]] = []

        def begin(request: Packet) -> list[Packet]:
            tasks.append(asyncio.ensure_future(flood(request)))
            return []

        beyond.answering = begin
        found = await icmp(address, SOON)
        flooding.set()
        await asyncio.gather(*tasks)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)


class TestErrors:
    """Somebody on the way says why; the probe ends then, long before its deadline."""

    @pytest.mark.parametrize(
        ("family", "error", "reason", "words"),
        [
            ("IPv4", (3, 0), Reason.UNREACHABLE, "the network is unreachable, 10.99.0.254 says"),
            ("IPv4", (3, 1), Reason.UNREACHABLE, "the host is unreachable, 10.99.0.254 says"),
            ("IPv4", (3, 13), Reason.UNREACHABLE, "a firewall forbids it"),
            ("IPv4", (3, 4, 576), Reason.FRAGMENTATION_NEEDED, "a link takes 576 bytes, 10.99.0.254 says"),
            ("IPv4", (11, 0), Reason.TTL_EXCEEDED, "the time to live ended on the way to 10.99.0.2, 10.99.0.254"),
            ("IPv4", (12, 0), Reason.PROTOCOL, "are not understood, 10.99.0.254 says"),
            ("IPv6", (1, 0), Reason.UNREACHABLE, "there is no route, fd99::fe says"),
            ("IPv6", (1, 1), Reason.UNREACHABLE, "a firewall forbids it"),
            ("IPv6", (1, 3), Reason.UNREACHABLE, "the host is unreachable"),
            ("IPv6", (2, 0, 1280), Reason.FRAGMENTATION_NEEDED, "a link takes 1280 bytes, fd99::fe says"),
            ("IPv6", (3, 0), Reason.TTL_EXCEEDED, "the time to live ended on the way to fd99::2, fd99::fe says"),
            ("IPv6", (3, 1), Reason.TTL_EXCEEDED, "fragments for fd99::2 did not arrive in time"),
            ("IPv6", (4, 1), Reason.PROTOCOL, "are not understood"),
        ],
    )
    async def test_it_is_told(
        self, icmp: Icmp, beyond: Far, family: str, error: tuple[int, ...], reason: Reason, words: str
    ) -> None:
        sayer = "10.99.0.254" if family == "IPv4" else "fd99::fe"
        kind, code, *info = error
        beyond.answering = lambda request: [request.error(kind, code, *info, sayer=sayer)]
        options = {"do_not_fragment": True, "payload_size": "1400B"} if info else {}
        found = await icmp(HOSTS[family], count=2, interval="1ms", within=8, **options)
        assert (found.verdict, found.reason) == (Verdict.DOWN, reason), found
        assert words in found.message
        assert found.duration_us < 30_000_000

    async def test_a_quote_of_eight_bytes_is_enough(self, icmp: Icmp, beyond: Far) -> None:
        beyond.answering = lambda request: [request.error(3, 1, quoted=8)]
        assert (await icmp(HOSTS["IPv4"], within=60)).reason is Reason.UNREACHABLE

    async def test_an_answer_after_an_error_counts(self, icmp: Icmp, beyond: Far) -> None:
        """Two packets: the first meets an error, then an answer all the same."""

        def both(request: Packet) -> list[Packet | bytes]:
            if request.sequence == 1:
                return [request.error(3, 1)]
            return [replace(request.reply(), sequence=1), request.reply()]

        beyond.answering = both
        found = await icmp(HOSTS["IPv4"], count=2, interval="1ms")
        assert (found.verdict, found.details["answered"]) == (Verdict.UP, "2")

    async def test_why_packets_were_lost(self, icmp: Icmp, beyond: Far) -> None:
        beyond.answering = lambda request: [request.error(3, 1) if request.sequence % 2 else request.reply()]
        found = await icmp(HOSTS["IPv4"], count=4, interval="1ms", expect={"loss_below": "40%"})
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.LOSS)
        assert found.message.endswith("; 10.99.0.2 is unreachable: the host is unreachable, 10.99.0.2 says")


class TestAddresses:
    """Names, and which of their addresses is asked."""

    async def ask(self, known: list[str], within: float = 20, **options: Any) -> Outcome:
        async with name_server({"gw.test": known}) as names:
            context = ProbeContext(nameservers=[names.address])
            found = await run(icmp_probe(context, "gw.test", **options), within)
            await context.close()
        return found

    async def test_families(self, space: Namespace, beyond: Far) -> None:
        both = list(HOSTS.values())
        with space.inside():
            for family, addresses in ((4, both[:1]), (6, both[1:]), ("any", both), ("both", both)):
                found = await self.ask(both, ip_family=family)
                assert found.verdict is Verdict.UP, found
                assert found.address in addresses
                assert found.phases.keys() == {"resolve", "processing"}
            assert {request.to for request in beyond.requests[-2:]} == set(both), "each family was asked"
            beyond.answering = lambda request: [] if request.six else [request.reply()]
            found = await self.ask(both, SOON, ip_family="both")
            assert (found.verdict, found.reason, found.address) == (Verdict.DOWN, Reason.TIMEOUT, "fd99::2")
            assert found.message.startswith("over IPv6: ")
            found = await self.ask(both[:1], ip_family=6)
            assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DNS)

    async def test_the_first_that_answers_gets_all_packets(self, space: Namespace, beyond: Far) -> None:
        beyond.answering = lambda request: [request.reply()] if request.to == "10.99.0.4" else []
        with space.inside():
            found = await self.ask(["10.99.0.2", "10.99.0.3", "10.99.0.4"], 10, count=3, interval="1ms")
        assert (found.verdict, found.address, found.details["sent"]) == (Verdict.UP, "10.99.0.4", "3"), found

    async def test_one_lost_packet_makes_no_address_dead(self, space: Namespace, beyond: Far) -> None:
        """The only address that lives loses its first packet: its later ones are sent, and told."""
        beyond.answering = lambda request: (
            [request.reply()]
            if (request.to, request.sequence > 1)
            == (
                "10.99.0.2",
                True,
            )
            else []
        )
        with space.inside():
            found = await self.ask(["10.99.0.2", "10.99.0.3"], 2, count=5, interval="1ms")
        assert (found.verdict, found.address) == (Verdict.UP, "10.99.0.2"), found
        assert (found.details["sent"], found.details["lost"]) == ("5", "20%")

    async def test_an_address_of_a_family_that_is_not_here(self, space: Namespace, beyond: Far) -> None:
        """No route to one family: the other one is asked at once."""
        space.ip("addr del fd99::1/64 dev far", "addr del fd99::9/64 dev far")
        with space.inside():
            found = await self.ask(["10.99.0.2", "2001:db8::2"])
            assert (found.verdict, found.address) == (Verdict.UP, "10.99.0.2")
            found = await self.ask(["10.99.0.2", "2001:db8::2"], ip_family="both")
            assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.UNREACHABLE)

    async def test_a_link_local_address_with_its_interface(self, icmp: Icmp, beyond: Far, space: Namespace) -> None:
        space.ip("addr add fe80::1/64 dev far nodad")
        wait_for(space.is_settled, "the address is in use")
        assert (await icmp("fe80::2%far")).verdict is Verdict.UP
        with pytest.raises(ProbeNotRunError, match="this machine has no such interface"):
            await icmp("fe80::2%gone")


@pytest.fixture
def routed(sort: str) -> Iterator[tuple[Namespace, Namespace]]:
    """We, and a router; behind it 10.97.0.2 and fd97::2 over a link that takes 1300 bytes."""
    with namespaces(3) as [we, router, host]:
        for net, here, there in ((98, we, router), (97, router, host)):
            here.ip(f"link add name to{net} type veth peer name from{net} netns {there.path}")
            for number, space, name in ((1, here, f"to{net}"), (2, there, f"from{net}")):
                space.ip(
                    f"link set {name} mtu {1300 if net == 97 else 1500}",
                    f"addr add 10.{net}.0.{number}/24 dev {name}",
                    f"addr add fd{net}::{number}/64 dev {name} nodad",
                    f"link set {name} up",
                )
        we.ip("route add default via 10.98.0.2", "route add default via fd98::2")
        host.ip("route add default via 10.97.0.1", "route add default via fd97::1")
        router.set("ipv4/ip_forward", "1")
        router.set("ipv6/conf/all/forwarding", "1")
        for space in (we, router, host):
            space.set("ipv4/icmp_ratelimit", "0")
            space.set("ipv6/icmp/ratelimit", "0")
        we.set("ipv4/ping_group_range", EVERYBODY if sort == "ping" else NOBODY)
        for space in (we, router, host):
            wait_for(space.is_settled, "all addresses are in use")
        yield we, router


@pytest.mark.parametrize("address", ["10.97.0.2", "fd97::2"])
class TestRouters:
    """Linux as the router, and as the host behind it."""

    async def ask(self, space: Namespace, address: str, within: float = 60, **options: Any) -> Outcome:
        context = ProbeContext()
        with space.inside():
            found = await run(icmp_probe(context, address, **options), within)
        await context.close()
        return found

    async def test_time_to_live(self, routed: tuple[Namespace, Namespace], address: str) -> None:
        we, _ = routed
        found = await self.ask(we, address, ttl=2)
        assert (found.verdict, found.details["answer_ttl"]) == (Verdict.UP, "63")
        found = await self.ask(we, address, ttl=1)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TTL_EXCEEDED)
        assert found.message.endswith("fd98::2 says" if ":" in address else "10.98.0.2 says")

    async def test_a_narrow_link(self, routed: tuple[Namespace, Namespace], address: str) -> None:
        """Each time anew, whatever the kernel has learnt; without the wish, parts go through."""
        we, _ = routed
        for _ in range(2):
            found = await self.ask(we, address, payload_size="1400B", do_not_fragment=True)
            assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.FRAGMENTATION_NEEDED), found
            size = 1448 if ":" in address else 1428
            assert f"a packet of {size} bytes does not fit" in found.message
            assert "a link takes 1300 bytes" in found.message
        assert (await self.ask(we, address, payload_size="1200B", do_not_fragment=True)).verdict is Verdict.UP
        for _ in range(2):
            found = await self.ask(we, address, payload_size="1400B", count=3, interval="20ms")
            assert (found.verdict, found.details["lost"]) == (Verdict.UP, "0%"), found

    async def test_the_router_has_no_way(self, routed: tuple[Namespace, Namespace], address: str) -> None:
        we, router = routed
        found = {}
        for route in ("unreachable", "prohibit", "blackhole"):
            router.ip(f"route add {route} {address}")
            found[route] = await self.ask(we, address, within=SOON if route == "blackhole" else 60)
            router.ip(f"route del {route} {address}")
        assert {outcome.verdict for outcome in found.values()} == {Verdict.DOWN}
        reasons = [Reason.UNREACHABLE, Reason.UNREACHABLE, Reason.TIMEOUT]
        assert [outcome.reason for outcome in found.values()] == reasons, found
        assert "a firewall forbids it" in found["prohibit"].message

    async def test_we_have_no_way(self, routed: tuple[Namespace, Namespace], address: str) -> None:
        """Our own routes are as those of the path; a rule of ours that forbids it blames nobody."""
        we, _ = routed
        for route in ("unreachable", "blackhole"):
            we.ip(f"route add {route} {address}")
            found = await self.ask(we, address)
            assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.UNREACHABLE), found
            we.ip(f"route del {route} {address}")
        we.ip(f"route add prohibit {address}")
        with pytest.raises(ProbeNotRunError, match="this machine forbids"):
            await self.ask(we, address)

    async def test_nobody_is_there(self, routed: tuple[Namespace, Namespace], address: str) -> None:
        """In our own network: no neighbour has the address."""
        we, _ = routed
        family = "ipv6" if ":" in address else "ipv4"
        we.set(f"{family}/neigh/to98/retrans_time_ms", "50")
        found = await self.ask(we, "fd98::77" if ":" in address else "10.98.0.77")
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.UNREACHABLE)
        assert "neither it nor a gateway to it answers" in found.message


CHILD = """
import asyncio, json, os, sys
from slamon.catalogue.kinds.icmp import IcmpOptions
from slamon.probes import KINDS, ProbeContext, ProbeNotRunError

async def told():
    probes = [KINDS["icmp"](IcmpOptions(address=address), ProbeContext()) for address in ("127.0.0.1", "::1")]
    found = []
    for probe in probes:
        try:
            outcome = await probe(asyncio.get_running_loop().time() + 20)
            found.append([outcome.verdict.value, outcome.details["socket"]])
        except ProbeNotRunError as error:
            found.append(["not run", str(error)])
    return found

asyncio.run(told())
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
print(json.dumps(asyncio.run(told())))
"""


class TestRights:
    """Without root, and without more rights than are needed."""

    def as_nobody(self, groups: str) -> list[list[str]]:
        with namespaces(1) as [space]:
            space.set("ipv4/ping_group_range", groups)
            done = subprocess.run(
                ["nsenter", f"--net={space.path}", sys.executable, "-c", CHILD],
                capture_output=True,
                text=True,
                check=True,
            )
        found: list[list[str]] = json.loads(done.stdout)
        return found

    def test_a_group_that_may_ping(self) -> None:
        assert self.as_nobody("65534 65534") == [["up", "ping"]] * 2

    def test_neither_is_allowed(self) -> None:
        """It names both remedies."""
        for verdict, sentence in self.as_nobody("0 0"):
            assert verdict == "not run"
            assert "sysctl -w net.ipv4.ping_group_range='0 2147483647'" in sentence
            assert "CAP_NET_RAW" in sentence

    def test_the_remedies_of_the_message_are_those_of_the_manual(self) -> None:
        manual = (Path(__file__).parents[3] / "docs/reference/kinds/icmp.md").read_text(encoding="utf-8")
        for remedy in ("net.ipv4.ping_group_range='0 2147483647'", "AmbientCapabilities=CAP_NET_RAW"):
            assert remedy in manual


class TestOwnFaults:
    """What we could not do blames nobody, and nothing is left open."""

    async def test_no_descriptor(self, icmp: Icmp) -> None:
        assert (await icmp("127.0.0.1")).verdict is Verdict.UP
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        held = [os.open(os.devnull, os.O_RDONLY)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (held[0] + 1, hard))
        try:
            while True:
                try:
                    held.append(os.dup(held[0]))
                except OSError:
                    break
            with pytest.raises(ProbeNotRunError, match="no file descriptor is left"):
                await icmp("127.0.0.1")
        finally:
            for descriptor in held:
                os.close(descriptor)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    async def test_nothing_stays_open(self, icmp: Icmp, beyond: Far) -> None:
        async def many() -> int:
            beyond.answering = lambda request: [request.reply()] if len(beyond.requests) % 2 else []
            await asyncio.gather(*(icmp(HOSTS["IPv4"], 0.05, count=2, interval="1ms") for _ in range(20)))
            beyond.answering = lambda request: [request.error(3, 1)]
            await asyncio.gather(*(icmp(HOSTS["IPv4"]) for _ in range(20)))
            return sum(1 for _ in Path("/proc/self/fd").iterdir())

        assert await many() == await many()

    async def test_a_probe_that_is_ended_closes_its_socket(self, icmp: Icmp, beyond: Far) -> None:
        before = sum(1 for _ in Path("/proc/self/fd").iterdir())
        beyond.answering = lambda _: []
        waiting = [asyncio.ensure_future(icmp(HOSTS["IPv4"], 60)) for _ in range(10)]
        while len(beyond.requests) < 10:
            await asyncio.sleep(0)
        for probe in waiting:
            probe.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before


@pytest.mark.parametrize("sort", ["ping", "raw"])
@pytest.mark.parametrize("loop", loops())
def test_each_loop(loop: str, sort: str) -> None:
    """Errors come by the error queue, which the loops watch differently."""

    async def main(space: Namespace) -> None:
        context = ProbeContext()
        with far(space) as beyond:

            def turns(request: Packet) -> list[Packet | bytes]:
                return [request.error(3, 1) if request.sequence == 2 else request.reply()]

            beyond.answering = turns
            found = await run(icmp_probe(context, HOSTS["IPv4"], count=4, interval="10ms"))
            assert (found.verdict, found.details["answered"]) == (Verdict.UP, "3"), found
            beyond.answering = lambda request: [request.error(11, 0)]
            found = await run(icmp_probe(context, HOSTS["IPv4"], count=3, interval="10ms"), 60)
            assert found.reason is Reason.TTL_EXCEEDED
        await context.close()

    with namespaces(1) as [space], space.inside():
        space.set("ipv4/ping_group_range", EVERYBODY if sort == "ping" else NOBODY)
        with asyncio.Runner(loop_factory=loops()[loop]) as runner:
            runner.run(main(space))


async def test_many_at_once_hear_each_their_own(icmp: Icmp, beyond: Far) -> None:
    """Two hundred probes of one host, of which every second is answered: no socket takes another's."""
    wanted: dict[int, bool] = {}

    def second(request: Packet) -> list[Packet]:
        wanted.setdefault(request.ident, len(wanted) % 2 == 0)
        return [request.reply()] if wanted[request.ident] else []

    beyond.answering = second
    outcomes = await asyncio.gather(*(icmp(HOSTS["IPv4"], 3) for _ in range(200)))
    up = sum(outcome.verdict is Verdict.UP for outcome in outcomes)
    assert 90 <= up <= 110, "but for ids that were drawn twice"


def test_the_kind_is_there() -> None:
    assert isinstance(IcmpOptions(address="127.0.0.1"), IcmpOptions)
    assert "icmp" in KINDS
