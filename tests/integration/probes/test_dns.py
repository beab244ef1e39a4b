"""dns probes of a name server on loopback: what is asked, over what, and what is expected of the answer."""

import asyncio
import socket
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import dns.flags
import dns.rdatatype
import pytest
from pydantic import ValidationError
from slamon.accounting import Verdict
from slamon.catalogue import load_value
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.probes import KINDS, Outcome, ProbeContext, ProbeNotRunError, Reason, made_ready
from slamon.running.sampling import Newest

from .authority import Credential, in_days, unix
from .conftest import GENEROUS_S, run
from .dns_servers import Records, framed, serving, speaking
from .nameserver import name_server
from .servers import Request, answer, free_port, listening, site


async def ask(context: ProbeContext, server: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
    """Probe once, as the catalogue reads the options; for the A records of www.example.org unless told otherwise."""
    given = {"server": server, "name": "www.example.org", **options}
    return await run(KINDS["dns"](DnsOptions.model_validate(given), context), within)


@pytest.fixture
def records() -> Records:
    held = Records()
    held.add("www.example.org.", "A", "192.0.2.80", "192.0.2.81")
    held.add("example.org.", "SOA", "ns1.example.org. hostmaster.example.org. 2026112501 7200 3600 1209600 3600")
    held.add("example.org.", "TXT", '"' + "x" * 200 + '"', '"' + "y" * 200 + '"')
    return held


@pytest.fixture
async def server(records: Records) -> AsyncIterator[str]:
    async with serving(records) as address:
        yield address


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_an_answer_is_up_and_shown(context: ProbeContext, server: str, transport: str) -> None:
    outcome = await ask(context, server, transport=transport)
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.address == server
    assert outcome.details["rcode"] == "NOERROR"
    assert outcome.details["flags"] == "qr aa rd"
    shown = {outcome.details["answer 1"], outcome.details["answer 2"]}
    assert shown == {f"www.example.org. 300 IN A 192.0.2.{last}" for last in (80, 81)}
    assert set(outcome.phases) == {"processing"} if transport == "udp" else {"connect", "processing", "transfer"}
    assert outcome.duration_us == sum(outcome.phases.values())


async def test_the_answer_is_reachable_in_a_typed_way(context: ProbeContext, server: str) -> None:
    outcome = await ask(context, server, name="example.org", type="SOA")
    assert outcome.dns is not None
    line = "example.org.\t300\tIN\tSOA\tns1.example.org. hostmaster.example.org. 2026112501 7200 3600 1209600 3600"
    assert (outcome.dns.rcode, outcome.dns.answers, outcome.dns.authority) == ("NOERROR", (line,), ())
    assert outcome.dns.counts == (1, 0, 1), "the head counts OPT"
    assert outcome.dns.additional == ()
    assert outcome.dns.serial == outcome.soa_serial == 2026112501


async def test_what_is_kept_for_display_is_the_serial_and_not_the_answer(context: ProbeContext, server: str) -> None:
    newest = Newest()
    newest.put("zone", 1, await ask(context, server, name="example.org", type="SOA"))
    kept = newest.outcomes["zone"][1]
    assert (kept.dns, kept.soa_serial) == (None, 2026112501)


async def test_the_question_is_as_the_options_say(context: ProbeContext, server: str, records: Records) -> None:
    await ask(context, server, type="TYPE65280", recursion=False, udp_size=0, expect={"rcode": ["NOERROR"]})
    await ask(context, server, type="any", dnssec="ad", udp_size=4096, **{"class": "CH"})
    plain, signed = records.asked
    assert (plain.question[0].rdtype, plain.flags & dns.flags.RD, plain.edns) == (65280, 0, -1)
    assert (signed.question[0].rdtype, signed.question[0].rdclass) == (dns.rdatatype.ANY, dns.rdataclass.CH)
    assert signed.flags & dns.flags.RD
    assert signed.flags & dns.flags.AD
    assert signed.ednsflags & dns.flags.DO
    assert signed.payload == 4096


async def test_a_name_beyond_ascii_is_asked_for_as_dns_knows_it(
    context: ProbeContext, server: str, records: Records
) -> None:
    records.add("xn--bcher-kva.example.", "A", "192.0.2.1")
    assert (await ask(context, server, name="bücher.example")).verdict is Verdict.UP


async def test_each_question_has_a_number_of_its_own(context: ProbeContext, server: str, records: Records) -> None:
    for _ in range(8):
        await ask(context, server)
    assert len({query.id for query in records.asked}) > 4


async def test_a_server_that_is_named_is_resolved_by_us(context: ProbeContext, records: Records) -> None:
    async with name_server({"ns.example.org": ["127.0.0.1"]}) as names, serving(records) as server:
        own = ProbeContext(nameservers=[names.address])
        outcome = await ask(own, f"ns.example.org:{server.rpartition(':')[2]}")
        absent = await ask(own, "ns.example.net")
        await own.close()
    assert outcome.verdict is Verdict.UP, outcome
    assert "resolve" in outcome.phases
    assert absent.reason is Reason.DNS


async def test_both_families_must_answer(context: ProbeContext, records: Records) -> None:
    async with name_server({"ns.example.org": ["127.0.0.1", "::1"]}) as names, serving(records, "::1") as server:
        own = ProbeContext(nameservers=[names.address])
        given = {"server": f"ns.example.org:{server.rpartition(':')[2]}", "name": "www.example.org"}
        either = await run(KINDS["dns"](DnsOptions.model_validate(given), own))
        check = load_value(
            {"slamon": 1, "services": {"zone": {"checks": {"ns": {"dns": {**given, "ip_family": "both"}}}}}}
        ).checks["zone/ns"]
        both = await run(made_ready(check, own))
        await own.close()
    assert either.verdict is Verdict.UP, either
    assert either.address == server
    assert (both.verdict, both.reason) == (Verdict.DOWN, Reason.REFUSED)
    assert both.message.startswith("over IPv4: ")


async def test_a_silent_address_does_not_hide_one_that_answers(records: Records) -> None:
    """The preferred address takes packets and says nothing: the next is asked beside it."""
    async with serving(records) as server:
        port = int(server.rpartition(":")[2])
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as silent:
            silent.bind(("::1", port))
            async with name_server({"ns.example.org": ["::1", "127.0.0.1"]}) as names:
                own = ProbeContext(nameservers=[names.address])
                outcome = await ask(own, f"ns.example.org:{port}")
                await own.close()
    assert (outcome.verdict, outcome.address) == (Verdict.UP, server), outcome


async def test_nobody_listens(context: ProbeContext) -> None:
    for transport in ("udp", "tcp"):
        outcome = await ask(context, f"127.0.0.1:{free_port()}", transport=transport)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REFUSED), transport


# -- where it comes from, and how strict it is


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("source", ["127.0.0.5", "127.0.0.1"])
async def test_questions_come_from_the_source_address(context: ProbeContext, transport: str, source: str) -> None:
    seen: list[str] = []

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peername")[0])

    if transport == "tcp":
        async with listening(stream) as server:
            await ask(context, server.address, transport="tcp", source_address=source)
    else:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            sock.bind(("127.0.0.1", 0))
            asked = asyncio.ensure_future(
                ask(context, f"127.0.0.1:{sock.getsockname()[1]}", 0.2, source_address=source)
            )
            seen.append((await loop.sock_recvfrom(sock, 512))[1][0])
            await asked
    assert seen == [source]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_source_that_is_not_ours_is_our_fault(context: ProbeContext, server: str, transport: str) -> None:
    with pytest.raises(ProbeNotRunError, match=r"192\.0\.2\.7 is no address of this machine"):
        await ask(context, server, transport=transport, source_address="192.0.2.7")


async def test_a_name_is_asked_at_the_family_of_the_source(records: Records) -> None:
    async with serving(records) as four, name_server({"ns.test": ["127.0.0.1", "::1"]}) as names:
        context, port = ProbeContext(nameservers=[names.address]), four.rpartition(":")[2]
        outcome = await ask(context, f"ns.test:{port}", source_address="127.0.0.5")
        assert (outcome.verdict, outcome.address) == (Verdict.UP, four)
        await context.close()


NOT_STRICT: dict[str, Callable[[bytes], bytes]] = {
    "no question": lambda sound: sound[:4] + b"\0\0" + sound[6:29] + sound[35:],
    "another question": lambda sound: sound[:13] + b"x" + sound[14:],
    "more behind it": lambda sound: sound + b"more",
    "no mark of an answer": lambda sound: sound[:2] + bytes([sound[2] & 0x7F]) + sound[3:],
    "a bare head": lambda sound: sound[:12],
}


@pytest.mark.parametrize("manner", NOT_STRICT)
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_servers_that_break_rules_are_taken_where_that_is_wanted(
    context: ProbeContext, records: Records, manner: str, transport: str
) -> None:
    records.sets.clear()
    records.add("www.example.org.", "A", "192.0.2.80")

    def say(query: bytes) -> bytes:
        return NOT_STRICT[manner](records.answer(query))

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(framed(say(await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big")))))

    async with speaking(lambda query: [say(query)], stream) as server:
        options: dict[str, Any] = {"transport": transport, "udp_size": 0, "expect": {"answers": {}}}
        strict = await ask(context, server, **options)
        assert (strict.verdict, strict.reason) == (Verdict.DOWN, Reason.PROTOCOL), strict
        loose = await ask(context, server, strict=False, **options)
    assert loose.verdict is Verdict.UP, loose
    assert loose.dns is not None
    assert loose.dns.counts == ((0, 0, 0) if manner == "a bare head" else (1, 0, 0))


@pytest.mark.parametrize("manner", ["number", "cut short"])
async def test_what_is_no_answer_at_all_is_none_without_rules_either(
    context: ProbeContext, records: Records, manner: str
) -> None:
    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sound = records.answer(await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big")))
        odd = bytes([sound[0] ^ 1]) + sound[1:] if manner == "number" else sound[:-3]
        writer.write(framed(odd))

    async with listening(stream) as server:
        outcome = await ask(context, server.address, transport="tcp", strict=False, udp_size=0)
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL), outcome


async def test_an_answer_cut_over_tcp_is_taken_where_that_is_wanted(context: ProbeContext, records: Records) -> None:
    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sound = records.answer(await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big")))
        writer.write(framed(sound[:2] + bytes([sound[2] | 0x02]) + sound[3:]))

    async with listening(stream) as server:
        refused = await ask(context, server.address, transport="tcp")
        taken = await ask(context, server.address, transport="tcp", on_truncation="accept")
    assert (refused.reason, taken.verdict) == (Reason.PROTOCOL, Verdict.UP)


# -- truncation


async def test_a_cut_answer_is_asked_for_again_over_tcp(context: ProbeContext, server: str, records: Records) -> None:
    records.udp_limit = 300
    outcome = await ask(context, server, name="example.org", type="TXT")
    assert outcome.verdict is Verdict.UP, outcome
    assert set(outcome.phases) == {"connect", "processing", "transfer"}
    assert "TCP" in outcome.details["truncated"]


async def test_a_cut_answer_may_be_taken_as_it_came(context: ProbeContext, server: str, records: Records) -> None:
    records.udp_limit = 300
    options: dict[str, Any] = {"name": "example.org", "type": "TXT", "on_truncation": "accept"}
    assert (await ask(context, server, **options)).reason is Reason.RECORDS
    outcome = await ask(context, server, **options, expect={"answers": {"min": 0}})
    assert outcome.verdict is Verdict.UP
    assert outcome.dns is not None
    assert "tc" in outcome.dns.flags


async def test_a_cut_answer_of_a_server_without_tcp(context: ProbeContext, records: Records) -> None:
    records.udp_limit = 50
    async with speaking(records.datagrams) as server:
        outcome = await ask(context, server)
    assert outcome.reason is Reason.REFUSED


# -- expectations


EXPECTED: list[tuple[dict[str, Any], Reason | None, str]] = [
    ({}, None, ""),
    ({"rcode": "NXDOMAIN"}, Reason.RCODE, "answered NOERROR, expected NXDOMAIN"),
    ({"rcode": ["NXDOMAIN", "noerror"]}, None, ""),
    ({"answers": {"min": 2}}, None, ""),
    ({"answers": {"min": 3}}, Reason.RECORDS, "there are 2 records in the answer section, expected 3 at least"),
    ({"answers": {"matches": [r"\.80$", r"\.81$"]}}, None, ""),
    ({"answers": {"matches": [r"\.80$", r"\.82$"]}}, Reason.RECORDS, r"no record in the answer section matches"),
    ({"answers": {"not_matches": r"\.82$"}}, None, ""),
    ({"answers": {"not_matches": r"\.81$"}}, Reason.RECORDS, "'www.example.org. 300 IN A 192.0.2.81'"),
    ({"answers": {"all_match": r"^www\.example\.org\.\t300\tIN\tA\t192\.0\.2\.\d+$"}}, None, ""),
    ({"answers": {"all_match": r"\.80$"}}, Reason.RECORDS, "does not match"),
    ({"answers": {"any_match": [r"\.80$", r"\.99$"]}}, None, ""),
    ({"answers": {"any_match": [r"\.98$", r"\.99$"]}}, Reason.RECORDS, "matches any of"),
    ({"answers": {"not_all_match": r"\.80$"}}, None, ""),
    ({"answers": {"not_all_match": r"192\.0\.2"}}, Reason.RECORDS, "every record"),
    ({"authority": {"min": 0}}, None, ""),
    ({"authority": {"min": 1}}, Reason.RECORDS, "there are no records in the authority section"),
    ({"additional": {"all_match": "x"}}, Reason.RECORDS, "there is no record in the additional section"),
    ({"additional": {"not_matches": "."}}, None, ""),
]


@pytest.mark.parametrize(("expect", "reason", "words"), EXPECTED)
async def test_expectations(
    context: ProbeContext, server: str, expect: dict[str, Any], reason: Reason | None, words: str
) -> None:
    outcome = await ask(context, server, expect=expect)
    assert outcome.reason is reason, outcome
    assert words in outcome.message


async def test_an_empty_answer_is_down_unless_it_is_meant(context: ProbeContext, server: str) -> None:
    outcome = await ask(context, server, type="AAAA")
    assert (outcome.reason, outcome.dns is not None and outcome.dns.rcode) == (Reason.RECORDS, "NOERROR")
    assert (await ask(context, server, type="AAAA", expect={"answers": {"min": 0}})).verdict is Verdict.UP
    assert (await ask(context, server, name="no.example.org")).reason is Reason.RCODE
    assert (await ask(context, server, name="no.example.org", expect={"rcode": "NXDOMAIN"})).verdict is Verdict.UP


async def test_slow_is_degraded(context: ProbeContext, server: str) -> None:
    outcome = await ask(context, server, transport="tcp", expect={"degraded_over": "1ms"})
    assert outcome.verdict in (Verdict.UP, Verdict.DEGRADED)
    assert (outcome.reason is Reason.SLOW) == (outcome.duration_us > 1000)


async def test_the_bit_ad_must_be_set(context: ProbeContext, records: Records) -> None:
    def vouched(wire: bytes) -> list[bytes]:
        sent = bytearray(records.answer(wire))
        sent[3] |= 0x20
        return [bytes(sent)]

    async with speaking(vouched) as good, serving(records) as silent:
        assert (await ask(context, good, dnssec="ad")).verdict is Verdict.UP
        outcome = await ask(context, silent, dnssec="ad")
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DNSSEC)


# -- serials


async def test_all_servers_must_have_the_same_serial(context: ProbeContext, server: str, records: Records) -> None:
    behind, empty = Records(), Records()
    behind.add("example.org.", "SOA", "ns1.example.org. hostmaster.example.org. 2026112500 7200 3600 1209600 3600")
    async with serving(records) as same, serving(behind) as late, serving(empty) as lame:

        async def compared(*servers: str) -> Outcome:
            expect = {"same_serial_as": list(servers)}
            return await ask(context, server, name="example.org", type="SOA", expect=expect)

        assert (await compared(same)).verdict is Verdict.UP
        older = await compared(same, late)
        none = await compared(same, lame)
        gone = await compared(same, f"127.0.0.1:{free_port()}")
    assert older.reason is Reason.SERIAL
    assert older.message == f"{late} has serial 2026112500, {server} has 2026112501"
    assert none.reason is Reason.SERIAL
    assert lame in none.message
    assert gone.reason is Reason.REFUSED


# -- TLS and HTTPS


async def test_dot(context: ProbeContext, root: Credential, ca_file: str, records: Records, tmp_path: Path) -> None:
    ends = in_days(20)
    async with listening(records.stream, tls=root.leaf(ends=ends).server(tmp_path)) as port:
        options: dict[str, Any] = {"transport": "tls", "tls": {"ca_file": ca_file}}
        outcome = await ask(context, port.address, **options)
        soon = await ask(context, port.address, **options, expect={"certificate_days": 30})
        other = await ask(
            context, port.address, transport="tls", tls={"ca_file": ca_file, "server_name": "ns.example.org"}
        )
        stranger = await ask(context, port.address, transport="tls")
        skipping = await ask(context, port.address, transport="tls", tls={"skip_verification": True})
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.certificate_expiry == unix(ends)
    assert set(outcome.phases) == {"connect", "tls", "processing", "transfer"}
    assert (soon.verdict, soon.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING)
    assert other.reason is stranger.reason is Reason.CERTIFICATE
    assert skipping.verdict is Verdict.UP


def resolving(records: Records, **headers: str) -> Any:
    """A DoH server's answer."""

    def handle(request: Request) -> bytes:
        if request.method == "GET":
            query = request.path.partition("?dns=")[2]
            wire = urlsafe_b64decode(query + "=" * (-len(query) % 4))
        else:
            assert request.header("content-type") == "application/dns-message"
            wire = request.body
        return answer(records.answer(wire), headers={"Content-Type": "application/dns-message", **headers})

    return handle


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_doh(
    context: ProbeContext, root: Credential, ca_file: str, records: Records, tmp_path: Path, method: str
) -> None:
    ends = in_days(20)
    async with site({"/q": resolving(records)}, tls=root.leaf(ends=ends).server(tmp_path)) as doh:
        options: dict[str, Any] = {"transport": "https", "method": method, "path": "/q", "tls": {"ca_file": ca_file}}
        outcome = await ask(context, doh.listener.address, **options)
        soon = await ask(context, doh.listener.address, **options, expect={"certificate_days": 30})
    assert outcome.verdict is Verdict.UP, outcome
    assert (outcome.certificate_expiry, outcome.address) == (unix(ends), doh.listener.address)
    assert soon.reason is Reason.CERTIFICATE_EXPIRING
    assert doh.last.method == method
    assert doh.last.header("accept") == "application/dns-message"
    assert {query.id for query in records.asked} == {0}


async def test_doh_that_is_none(
    context: ProbeContext, root: Credential, ca_file: str, records: Records, tmp_path: Path
) -> None:
    big = answer(b"\0" * 70_000, headers={"Content-Type": "application/dns-message"})
    pages = {
        "/page": answer("<html>", headers={"Content-Type": "text/html"}),
        "/short": answer("x", headers={"Content-Type": "application/dns-message"}),
        "/big": big,
        "/moved": answer("", 302, headers={"Location": "/big"}),
    }
    found = {}
    async with site(pages, tls=root.leaf().server(tmp_path)) as doh:
        for path in (*pages, "/absent"):
            options: dict[str, Any] = {"transport": "https", "path": path, "tls": {"ca_file": ca_file}}
            found[path] = (await ask(context, doh.listener.address, **options)).reason
    assert found == {
        "/page": Reason.PROTOCOL,
        "/short": Reason.PROTOCOL,
        "/big": Reason.TOO_LARGE,
        "/moved": Reason.STATUS,
        "/absent": Reason.STATUS,
    }


async def test_further_servers_are_asked_over_the_same_transport(
    context: ProbeContext, root: Credential, ca_file: str, records: Records, tmp_path: Path
) -> None:
    first, second = root.leaf().server(tmp_path), root.leaf(ends=in_days(3)).server(tmp_path)
    async with listening(records.stream, tls=first) as one, listening(records.stream, tls=second) as two:
        expect = {"same_serial_as": two.address, "certificate_days": 7}
        options: dict[str, Any] = {"transport": "tls", "tls": {"ca_file": ca_file}, "expect": expect}
        outcome = await ask(context, one.address, name="example.org", type="SOA", **options)
    assert (one.connections, two.connections) == (1, 1)
    assert outcome.reason is Reason.CERTIFICATE_EXPIRING, "the further server's certificate counts as well"


# -- what cannot be


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"server": "a..b"}, "server"),
        ({"transport": "tls", "tls": {"server_name": "a b"}}, "tls.server_name"),
        ({"type": "SOA", "expect": {"same_serial_as": "a..b"}}, "expect.same_serial_as"),
    ],
)
def test_hosts_that_are_none_are_a_mistake(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DnsOptions.model_validate({"server": "127.0.0.1", "name": "example.org", **options})


async def test_the_loop_is_not_held_by_a_long_answer(context: ProbeContext) -> None:
    """Names that unpack to far more than was sent: read beside the loop, which goes on all the while."""
    name = b"".join(b"\x01a" for _ in range(120)) + b"\0"
    record = b"\xc0\x0c\0\x02\0\x01\0\0\0\x01\0\x02\xc0\x0c"
    count = (65_000 - 12 - len(name) - 4) // len(record)

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        head = wire[:2] + b"\x84\0\0\1" + count.to_bytes(2, "big") + b"\0\0\0\0"
        writer.write(framed(head + name + b"\0\x02\0\x01" + record * count))
        await writer.drain()

    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    async with speaking(handler=stream) as server:
        beside = asyncio.ensure_future(turning())
        outcome = await ask(context, server, name="a." * 120, type="NS", transport="tcp", udp_size=0)
        beside.cancel()
    assert outcome.reason is Reason.TOO_LARGE, outcome
    assert turns > 5
