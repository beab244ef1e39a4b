"""dns probes of the real BIND: over UDP, TCP, TLS and HTTPS, a signed zone, a resolver that checks it, two in step."""

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import dns.dnssec
import dns.name
import dns.zone
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from slamon.accounting import Verdict
from slamon.catalogue.kinds.dns import DnsOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason

from tests.integration.probes.authority import Credential
from tests.integration.servers.debian import child, folder, free_port, up

HOUR = 3600

ZONE = """$TTL 300
@ IN SOA ns1 hostmaster 2026112501 7200 3600 1209600 300
@ IN NS ns1
ns1 IN A 127.0.0.1
www IN A 192.0.2.80
www IN A 192.0.2.81
alias IN CNAME www
*.wild IN TXT "anything"
large IN TXT {large}
"""

UNSIGNED = "below IN NS ns.elsewhere.example.\n"

CONFIGURATION = """
options {{
  directory "{place}"; pid-file "{place}/pid-{port}"; listen-on-v6 {{ none; }};
  listen-on port {port} {{ 127.0.0.1; }};
  {secure}
  recursion {recursion}; allow-query {{ any; }}; notify no; {forward}
  dnssec-validation {validation};
}};
controls {{ }};
{statements}
"""

SECURE = """listen-on port {tls} tls own {{ 127.0.0.1; }};
  listen-on port {https} tls own http own {{ 127.0.0.1; }};"""

OWN = """tls own {{ cert-file "{place}/server.pem"; key-file "{place}/server.pem"; }};
http own {{ endpoints {{ "/dns-query"; }}; }};"""


class Bind(NamedTuple):
    """A running server: ports by transport, the anchor of its zone, the authority of its certificate."""

    ports: dict[str, int]
    anchor: str
    ca_file: str


def zone_file(place: Path, *, end: int, serial: int = 2026112501) -> str:
    """A signed zone; its anchor."""
    large = " ".join(f'"{"x" * 250}"' for _ in range(8))
    text = ZONE.format(large=large).replace("2026112501", str(serial))
    zone = dns.zone.from_text(text, "example.org.", relativize=False)
    private = ec.generate_private_key(ec.SECP256R1())
    key: DNSKEY = dns.dnssec.make_dnskey(private.public_key(), "ECDSAP256SHA256", 257)
    now = int(time.time())
    dns.dnssec.sign_zone(zone, keys=[(private, key)], inception=now - 24 * HOUR, expiration=now + end)
    zone.to_file(place / "example.org.zone", relativize=False)
    return f"example.org. DS {dns.dnssec.make_ds(dns.name.from_text('example.org.'), key, 'SHA256')}"


def hashed_zone_file(place: Path, *words: str) -> str:
    """A zone with NSEC3 records, signed by BIND's own tools; its anchor."""
    large = " ".join(f'"{"x" * 250}"' for _ in range(8))
    plain, signed = place / "plain.zone", place / "example.org.zone"
    plain.write_text(ZONE.format(large=large) + UNSIGNED)

    def tool(*command: str | Path) -> None:
        subprocess.run([str(word) for word in command], check=True, capture_output=True, cwd=place, timeout=60)

    for flags in ((), ("-f", "KSK")):
        tool("dnssec-keygen", "-q", "-K", place, "-a", "ECDSAP256SHA256", *flags, "example.org")
    tool("dnssec-signzone", "-q", "-S", "-K", place, "-3", "aabb", *words, "-o", "example.org", "-f", signed, plain)
    tag, algorithm, kind, *digest = (
        (place / "dsset-example.org.").read_text().splitlines()[0].partition(" DS ")[2].split()
    )
    return f"example.org. DS {tag} {algorithm} {kind} {''.join(digest)}"


@contextlib.contextmanager
def named(place: Path, port: int, **settings: str) -> Iterator[None]:
    """One server."""
    given = {"secure": "", "recursion": "no", "forward": "", "validation": "no", "statements": "", **settings}
    file, log = place / f"named-{port}.conf", place / f"log-{port}"
    file.write_text(CONFIGURATION.format(place=place, port=port, **given))
    with child(["named", "-f", "-n", "1", "-c", file], log) as process:
        up(process, port, log)
        yield


@contextlib.contextmanager
def bind(*, end: int = HOUR, serial: int = 2026112501, hashed: tuple[str, ...] | None = None) -> Iterator[Bind]:
    """The zone's own server, with a certificate of its own; `hashed`: by NSEC3, with these words to its signer."""
    ports = {"udp": free_port(), "tls": free_port(), "https": free_port()}
    with folder() as place:
        root = Credential.root()
        root.leaf().write(place / "server.pem")
        (place / "ca.pem").write_bytes(root.pem)
        anchor = zone_file(place, end=end, serial=serial) if hashed is None else hashed_zone_file(place, *hashed)
        zone = f'zone "example.org" {{ type primary; file "{place}/example.org.zone"; }};'
        statements = OWN.format(place=place) + zone
        with named(place, ports["udp"], secure=SECURE.format(**ports), statements=statements):
            yield Bind({**ports, "tcp": ports["udp"]}, anchor, str(place / "ca.pem"))


@contextlib.contextmanager
def resolver(of: Bind) -> Iterator[int]:
    """A server that asks the other one and checks signatures from the zone's anchor on."""
    port = free_port()
    name, _, record = of.anchor.partition(" DS ")
    tag, algorithm, digest_type, digest = record.split()
    with folder() as place:
        anchors = f'trust-anchors {{ "{name}" static-ds {tag} {algorithm} {digest_type} "{digest}"; }};'
        forward = f"forward only; forwarders {{ 127.0.0.1 port {of.ports['udp']}; }};"
        with named(place, port, recursion="yes", forward=forward, validation="yes", statements=anchors):
            yield port


@pytest.fixture(scope="module")
def server() -> Iterator[Bind]:
    with bind() as running:
        yield running


def ask(server: Bind, transport: str = "udp", port: int | None = None, **options: Any) -> Outcome:
    """Probe once."""
    given = {"name": "www.example.org", "transport": transport, "recursion": False, **options}
    given["server"] = f"127.0.0.1:{port or server.ports[transport]}"
    if transport in ("tls", "https"):
        given["tls"] = {"ca_file": server.ca_file}

    async def once() -> Outcome:
        context = ProbeContext()
        try:
            probe = KINDS["dns"](DnsOptions.model_validate(given), context)
            return await probe(asyncio.get_running_loop().time() + 20)
        finally:
            await context.close()

    return asyncio.run(once())


TRANSPORTS = [("udp", {}), ("tcp", {}), ("tls", {}), ("https", {"method": "POST"}), ("https", {"method": "GET"})]


@pytest.mark.parametrize(("transport", "options"), TRANSPORTS)
def test_every_transport(server: Bind, transport: str, options: dict[str, Any]) -> None:
    expect = {"answers": {"min": 2, "all_match": r"^www\.example\.org\.\t300\tIN\tA\t192\.0\.2\.8[01]$"}}
    outcome = ask(server, transport, expect=expect, **options)
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.dns is not None
    assert "aa" in outcome.dns.flags
    assert (outcome.certificate_expiry is not None) == (transport in ("tls", "https"))


@pytest.mark.parametrize(("transport", "options"), TRANSPORTS)
def test_signatures_over_every_transport(server: Bind, transport: str, options: dict[str, Any]) -> None:
    for name in ("www.example.org", "alias.example.org"):
        outcome = ask(server, transport, name=name, dnssec="validate", trust_anchors=[server.anchor], **options)
        assert outcome.verdict is Verdict.UP, outcome
        assert outcome.details["chain"].startswith("1 zone, ")


def test_a_wildcard_and_the_soa_record_are_signed(server: Bind) -> None:
    validate: dict[str, Any] = {"dnssec": "validate", "trust_anchors": [server.anchor]}
    assert ask(server, name="x.wild.example.org", type="TXT", **validate).verdict is Verdict.UP
    outcome = ask(server, name="example.org", type="SOA", **validate)
    assert (outcome.verdict, outcome.soa_serial) == (Verdict.UP, 2026112501)


ABSENT = (
    ({"name": "no.example.org", "expect": {"rcode": "NXDOMAIN"}}, "a name"),
    ({"name": "x.www.example.org", "expect": {"rcode": "NXDOMAIN"}}, "a name below one that is there"),
    ({"name": "www.example.org", "type": "MX", "expect": {"answers": {"min": 0}}}, "a type"),
    ({"name": "wild.example.org", "type": "A", "expect": {"answers": {"min": 0}}}, "a name on the way to others"),
    ({"name": "x.wild.example.org", "type": "A", "expect": {"answers": {"min": 0}}}, "a type of a wildcard"),
    ({"name": "x.wild.example.org", "type": "TXT"}, "anything closer than a wildcard"),
)


@pytest.fixture(scope="module")
def hashing() -> Iterator[Bind]:
    with bind(hashed=("-H", "5")) as running:
        yield running


@pytest.mark.parametrize("asked", [asked for asked, _ in ABSENT], ids=[what for _, what in ABSENT])
@pytest.mark.parametrize("kind", ["nsec", "nsec3"])
def test_what_is_not_there_is_proved(server: Bind, hashing: Bind, kind: str, asked: dict[str, Any]) -> None:
    of = server if kind == "nsec" else hashing
    with_anchor = {"dnssec": "validate", "trust_anchors": [of.anchor]}
    outcome = ask(of, **asked, **with_anchor)
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.details["chain"].startswith("1 zone, ")


def test_proofs_go_through_a_resolver(hashing: Bind) -> None:
    asked: dict[str, Any] = {"name": "no.example.org", "expect": {"rcode": "NXDOMAIN"}}
    with resolver(hashing) as port:
        outcome = ask(hashing, port=port, recursion=True, dnssec="validate", trust_anchors=[hashing.anchor], **asked)
    assert outcome.verdict is Verdict.UP, outcome


def test_room_for_unsigned_delegations_proves_nothing() -> None:
    asked: dict[str, Any] = {"name": "no.example.org", "expect": {"rcode": "NXDOMAIN"}, "dnssec": "validate"}
    with bind(hashed=("-A",)) as of:
        outcome = ask(of, trust_anchors=[of.anchor], **asked)
    assert outcome.reason is Reason.DNSSEC, outcome
    assert outcome.message.startswith("nothing proves that no.example.org. does not exist: its NSEC3 records ")
    assert "(opt-out)" in outcome.message


def test_what_is_not_there_and_what_is_refused(server: Bind) -> None:
    assert ask(server, name="no.example.org", expect={"rcode": "NXDOMAIN"}).verdict is Verdict.UP
    absent, refused = ask(server, name="no.example.org"), ask(server, name="example.net")
    assert (absent.reason, refused.reason) == (Reason.RCODE, Reason.RCODE)
    assert "REFUSED" in refused.message
    assert ask(server, type="MX").reason is Reason.RECORDS


def test_a_large_answer_comes_over_tcp(server: Bind) -> None:
    outcome = ask(server, name="large.example.org", type="TXT")
    assert outcome.verdict is Verdict.UP, outcome
    assert "truncated" in outcome.details
    assert "connect" in outcome.phases


def test_the_version_of_the_server(server: Bind) -> None:
    outcome = ask(server, name="version.bind", type="TXT", **{"class": "CH"})
    assert outcome.verdict is Verdict.UP, outcome
    assert outcome.dns is not None
    assert outcome.dns.answers[0].startswith("version.bind.\t0\tCH\tTXT\t")


def test_servers_in_step_and_out_of_step(server: Bind) -> None:
    soa: dict[str, Any] = {"name": "example.org", "type": "SOA"}
    with bind(serial=2026112502) as ahead:
        same = ask(server, expect={"same_serial_as": f"127.0.0.1:{server.ports['udp']}"}, **soa)
        other = ask(server, expect={"same_serial_as": [f"127.0.0.1:{ahead.ports['udp']}"]}, **soa)
    assert same.verdict is Verdict.UP, same
    assert other.reason is Reason.SERIAL
    assert "has serial 2026112502" in other.message


def test_a_resolver_vouches_and_may_be_checked_itself(server: Bind) -> None:
    with resolver(server) as port:
        vouched = ask(server, port=port, recursion=True, dnssec="ad")
        checked = ask(server, port=port, recursion=True, dnssec="validate", trust_anchors=[server.anchor])
    assert vouched.verdict is Verdict.UP, vouched
    assert checked.verdict is Verdict.UP, checked
    assert ask(server, dnssec="ad").reason is Reason.DNSSEC, "the zone's own server does not vouch for itself"


def test_expired_signatures_are_found_by_us_and_by_a_resolver() -> None:
    with bind(end=-HOUR) as expired, resolver(expired) as port:
        ours = ask(expired, dnssec="validate", trust_anchors=[expired.anchor])
        through = ask(expired, port=port, recursion=True, dnssec="validate", trust_anchors=[expired.anchor])
        vouched = ask(expired, port=port, recursion=True, dnssec="ad")
    assert (ours.reason, through.reason) == (Reason.DNSSEC, Reason.DNSSEC)
    assert " expired on " in ours.message
    assert " expired on " in through.message, "CD: the resolver gives what it finds wrong"
    assert vouched.reason is Reason.RCODE
    assert "SERVFAIL" in vouched.message


def test_another_anchor(server: Bind) -> None:
    other = server.anchor[:-8] + ("00000000" if not server.anchor.endswith("00000000") else "11111111")
    outcome = ask(server, dnssec="validate", trust_anchors=[other])
    assert outcome.reason is Reason.DNSSEC
    assert "no DNSKEY of example.org. is one that the trust anchor names" in outcome.message
