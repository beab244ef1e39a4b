"""ssh probes against Debian's real sshd, and against servers that break the rules before encryption."""

import asyncio
import base64
import hashlib
import hmac
import os
import struct
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.ssh import SshOptions
from slamon.probes import KINDS, Outcome, ProbeContext, ProbeNotRunError, Reason
from slamon.probes.known_hosts import KnownHosts
from slamon.probes.ssh_exchange import EXCHANGES, KEX_REPLY, KEXINIT, half
from slamon.probes.ssh_keys import ALGORITHMS, HostKey
from slamon.probes.ssh_packets import BrokenError, Reader, integer, names, packet, string

from tests.integration.servers.debian import child, folder, free_port, up

from .conftest import GENEROUS_S, run
from .nameserver import name_server
from .servers import Handler, answer, listening, says, silent
from .servers import free_port as nobodys_port

TYPES = ("ed25519", "ecdsa", "rsa")
Probing = Callable[..., Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Sshd:
    """A running sshd, its public keys and fingerprints by type."""

    port: int
    public: dict[str, str]
    fingerprints: dict[str, str]

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"


@contextmanager
def sshd(*settings_: str, types: tuple[str, ...] = TYPES) -> Iterator[Sshd]:
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # what the unit of Debian does before it starts
    with folder() as place:
        public, fingerprints, port = {}, {}, free_port()
        lines = [f"Port {port}", "ListenAddress 127.0.0.1", "PidFile none", "UsePAM no", *settings_]
        for kind in types:
            file = place / kind
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(file)], check=True)
            public[kind] = " ".join(Path(f"{file}.pub").read_text().split()[:2])
            shown = subprocess.run(["ssh-keygen", "-lf", str(file)], check=True, capture_output=True, text=True)
            fingerprints[kind] = shown.stdout.split()[1]
            lines.append(f"HostKey {file}")
        (place / "conf").write_text("\n".join(lines) + "\n")
        log = place / "log"
        with child(["/usr/sbin/sshd", "-D", "-e", "-f", place / "conf"], log) as process:
            up(process, port, log)
            yield Sshd(port, public, fingerprints)


@pytest.fixture(scope="module")
def server() -> Iterator[Sshd]:
    with sshd() as running:
        yield running


def ssh_probe(context: ProbeContext, address: str, **options: Any) -> Any:
    return KINDS["ssh"](SshOptions.model_validate({"address": address, **options}), context)


@pytest.fixture
def ssh(context: ProbeContext) -> Probing:
    async def probing(address: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        return await run(ssh_probe(context, address, **options), within)

    return probing


class TestRealServer:
    """OpenSSH as Debian ships it."""

    async def test_identification_and_host_key(self, ssh: Probing, server: Sshd) -> None:
        outcome = await ssh(server.address)
        assert (outcome.verdict, outcome.reason, outcome.message) == (Verdict.UP, None, "")
        assert outcome.details["banner"].startswith("SSH-2.0-OpenSSH_")
        assert outcome.details["host_key"] == f"ssh-ed25519 {server.fingerprints['ed25519']}"
        assert outcome.details["key_exchange"] == "curve25519-sha256"
        assert outcome.details["cipher"] == "chacha20-poly1305@openssh.com"
        assert list(outcome.phases) == ["connect", "processing", "transfer"]
        assert sum(outcome.phases.values()) == outcome.duration_us > 0
        assert outcome.address == server.address

    @pytest.mark.parametrize("kind", TYPES)
    async def test_each_type_of_key_is_pinned(self, kind: str, ssh: Probing, server: Sshd) -> None:
        pins = server.fingerprints
        right = await ssh(server.address, host_key_type=kind, expect={"host_key": pins[kind]})
        other = next(pin for name, pin in pins.items() if name != kind)
        wrong = await ssh(server.address, host_key_type=kind, expect={"host_key": [other]})
        assert right.verdict is Verdict.UP
        assert (wrong.verdict, wrong.reason) == (Verdict.DOWN, Reason.HOST_KEY)
        assert pins[kind] in wrong.message
        assert "is none of those expected" in wrong.message

    @pytest.mark.parametrize("exchange", [name for name in EXCHANGES if not name.startswith("curve25519-sha256@")])
    async def test_each_key_exchange(self, exchange: str, ssh: Probing) -> None:
        with sshd(f"KexAlgorithms {exchange}", types=("ed25519",)) as one:
            outcome = await ssh(one.address)
        assert outcome.verdict is Verdict.UP, outcome
        assert outcome.details["key_exchange"] == exchange

    @pytest.mark.parametrize("algorithm", ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"])
    async def test_each_signature_of_rsa(self, algorithm: str, ssh: Probing) -> None:
        with sshd(f"HostKeyAlgorithms {algorithm}", types=("rsa",)) as one:
            outcome = await ssh(one.address, expect={"host_key": one.fingerprints["rsa"]})
        assert outcome.verdict is Verdict.UP, outcome

    async def test_no_algorithm_in_common(self, ssh: Probing) -> None:
        with sshd("KexAlgorithms diffie-hellman-group16-sha512", types=("ed25519",)) as one:
            outcome = await ssh(one.address)
            no_such_key = await ssh(one.address, host_key_type="rsa")
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.ALGORITHM)
        assert "it offers diffie-hellman-group16-sha512" in outcome.message
        assert no_such_key.reason is Reason.ALGORITHM

    async def test_what_must_not_be_offered(self, ssh: Probing) -> None:
        with sshd("Ciphers aes256-ctr,aes128-cbc", types=("ed25519",)) as one:
            weak = await ssh(one.address, expect={"not_offered": ["sha1$", "-cbc$"]})
        with sshd("Ciphers aes256-ctr", "MACs hmac-sha2-256", types=("ed25519",)) as one:
            strong = await ssh(one.address, expect={"not_offered": ["sha1$", "-cbc$"]})
        assert (weak.verdict, weak.reason) == (Verdict.DOWN, Reason.ALGORITHM)
        assert "matches" in weak.message
        assert strong.verdict is Verdict.UP

    async def test_the_banner(self, ssh: Probing, server: Sshd) -> None:
        right = await ssh(server.address, expect={"banner": "^SSH-2.0-OpenSSH_"}, key_exchange=False)
        wrong = await ssh(server.address, expect={"banner": "dropbear"})
        assert right.verdict is Verdict.UP
        assert set(right.details) == {"banner"}
        assert (wrong.verdict, wrong.reason) == (Verdict.DOWN, Reason.BANNER)
        assert "does not match 'dropbear'" in wrong.message

    async def test_slow_is_degraded(self, ssh: Probing, server: Sshd) -> None:
        outcome = await ssh(server.address, expect={"degraded_over": "1ms"})
        assert outcome.duration_us <= 1000 or outcome.reason is Reason.SLOW

    async def test_names_are_ours(self, server: Sshd) -> None:
        async with name_server({"git.test": ["127.0.0.1"]}) as known:
            context = ProbeContext(nameservers=[known.address])
            found = await run(ssh_probe(context, f"git.test:{server.port}"))
            missing = await run(ssh_probe(context, f"none.test:{server.port}"))
            hanging = await run(ssh_probe(context, "git.dead:1"), within=0.2)
            await context.close()
        assert (found.verdict, found.address) == (Verdict.UP, server.address)
        assert found.phases["resolve"] > 0
        assert (missing.reason, hanging.reason) == (Reason.DNS, Reason.DNS)


class TestKnownHosts:
    """A file as OpenSSH writes it."""

    async def test_of_ssh_keyscan(self, ssh: Probing, server: Sshd, tmp_path: Path) -> None:
        file = tmp_path / "known_hosts"
        for hashed in ([], ["-H"]):
            words = ["ssh-keyscan", *hashed, "-p", str(server.port), "127.0.0.1"]
            file.write_bytes((await asyncio.to_thread(subprocess.run, words, capture_output=True, check=True)).stdout)
            assert file.read_bytes().strip()
            assert (await ssh(server.address, known_hosts=str(file))).verdict is Verdict.UP

    async def test_the_type_that_is_known_is_asked_for(self, ssh: Probing, server: Sshd, tmp_path: Path) -> None:
        file = tmp_path / "known_hosts"
        file.write_text(f"# of ours\n[127.0.0.1]:{server.port} {server.public['rsa']} the comment\n")
        outcome = await ssh(server.address, known_hosts=str(file))
        assert outcome.verdict is Verdict.UP
        assert outcome.details["host_key"].startswith("ssh-rsa ")

    async def test_another_key_and_a_revoked_one(self, ssh: Probing, server: Sshd, tmp_path: Path) -> None:
        with sshd(types=("ed25519",)) as stranger:
            foreign = stranger.public["ed25519"]
        file, name = tmp_path / "known_hosts", f"[127.0.0.1]:{server.port}"
        file.write_text(f"{name} {foreign}\n")
        other = await ssh(server.address, known_hosts=str(file))
        own = server.public["ed25519"]
        file.write_text(f"{name} {own}\n@revoked * {own}\n")
        os.utime(file, ns=(1, 1))
        revoked = await ssh(server.address, known_hosts=str(file))
        assert (other.verdict, other.reason) == (Verdict.DOWN, Reason.HOST_KEY)
        assert "is not the one in known_hosts" in other.message
        assert (revoked.verdict, revoked.reason) == (Verdict.DOWN, Reason.HOST_KEY)
        assert "is revoked" in revoked.message

    async def test_what_is_our_fault(self, ssh: Probing, server: Sshd, tmp_path: Path) -> None:
        file = tmp_path / "known_hosts"
        with pytest.raises(ProbeNotRunError, match="known_hosts cannot be read"):
            await ssh(server.address, known_hosts=str(file))
        file.write_text("other.example.org ssh-ed25519 AAAA\n@cert-authority * ssh-ed25519 AAAA\nx\n|1|a|b ssh-rsa A\n")
        with pytest.raises(ProbeNotRunError, match="known_hosts has no key of 127"):
            await ssh(server.address, known_hosts=str(file))

    def test_patterns(self, tmp_path: Path) -> None:
        blob = base64.b64encode(string(b"ssh-ed25519") + string(bytes(32))).decode()
        salt = base64.b64encode(b"salt").decode()
        hashed = base64.b64encode(hmac.new(b"salt", b"hash.example.org", hashlib.sha1).digest()).decode()
        file = tmp_path / "known_hosts"
        file.write_text(
            f"*.example.org,!bad.example.org,h?st ssh-ed25519 {blob}\n|1|{salt}|{hashed} ssh-ed25519 {blob}\n"
            f"[gate.example.net]:2222 ssh-ed25519 {blob}\n"
        )
        known = KnownHosts.read(file)
        found = {
            (name, port): bool(known.keys(name, port)[0])
            for name in ("git.example.org", "bad.example.org", "host", "gate.example.net", "hash.example.org")
            for port in (22, 2222)
        }
        assert {place for place, is_known in found.items() if is_known} == {
            ("git.example.org", 22),
            ("host", 22),
            ("hash.example.org", 22),
            ("gate.example.net", 2222),
        }


OFFER = (EXCHANGES, ALGORITHMS, ("aes256-ctr",), ("aes256-ctr",), ("hmac-sha2-256",), ("hmac-sha2-256",))
HELLO = b"SSH-2.0-hostile\r\n"


def kexinit(lists: tuple[tuple[str, ...], ...] = OFFER, follows: int = 0) -> bytes:
    whole = (*lists, ("none",), ("none",), (), ())
    return bytes((KEXINIT,)) + bytes(16) + b"".join(map(names, whole)) + bytes((follows,)) + bytes(4)


def reply(blob: bytes, theirs: bytes, signature: bytes) -> bytes:
    return bytes((KEX_REPLY,)) + string(blob) + string(theirs) + string(signature)


def talks(*pieces: bytes, forever: bytes = b"", slowly: bool = False, close: bool = False) -> Handler:
    """A server that says these bytes, and perhaps more without end."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            for part in [piece[at : at + 1] for at in range(len(piece))] if slowly else [piece]:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.05 if slowly else 0)
        while forever:
            writer.write(forever)
            await writer.drain()
        if not close:
            while await reader.read(65_536):
                pass

    return handle


ED25519 = string(b"ssh-ed25519") + string(bytes(31) + b"\x01")
POINT = half("curve25519-sha256").ours()[4:]
UNSIGNED = string(b"ssh-ed25519") + string(bytes(64))
GREAT_RSA = string(b"ssh-rsa") + integer(65_537) + integer(1 << 20_000 | 1)
RSA_ONLY = (EXCHANGES, ("rsa-sha2-512",), *OFFER[2:])


class TestHostile:
    """Each ends at the deadline or before it, with a reason."""

    @pytest.mark.parametrize(
        ("handler", "reason", "words"),
        [
            (says(answer("no")), Reason.TIMEOUT, "sent no SSH identification within"),
            (talks(b"HTTP/1.1 400 Bad Request\r\n\r\n", close=True), Reason.PROTOCOL, "400 Bad Request'"),
            (talks(b"Exceeded MaxStartups\r\n", close=True), Reason.PROTOCOL, "line was 'Exceeded MaxStartups'"),
            (talks(b"SSH-1.5-old\n"), Reason.PROTOCOL, "another version of SSH: 'SSH-1.5-old'"),
            (talks(HELLO, close=True), Reason.PROTOCOL, "closed the connection in the middle of the key exchange"),
            (talks(HELLO, b"\xff\xff\xff\xff\x00"), Reason.TOO_LARGE, "a packet of 4294967295 bytes"),
            (talks(HELLO, b"\0\0\0\x04\xff" + bytes(3)), Reason.PROTOCOL, "malformed SSH packet"),
            (talks(HELLO, b"\0\0\0\0\0"), Reason.PROTOCOL, "malformed SSH packet"),
            (talks(HELLO, packet(b"\x01\0\0\0\x0b" + string(b"too many"))), Reason.PROTOCOL, "disconnected: too m"),
            (talks(HELLO, packet(b"\x01")), Reason.PROTOCOL, "disconnected"),
            (talks(HELLO, packet(b"\x15")), Reason.PROTOCOL, "did not begin with its algorithms"),
            (talks(HELLO, packet(bytes((KEXINIT,)) + bytes(16) + b"\xff" * 8)), Reason.PROTOCOL, "cut off"),
            (talks(HELLO, packet(kexinit((tuple("ab" * 500), *OFFER[1:])))), Reason.PROTOCOL, "endless lists"),
            (talks(HELLO, packet(kexinit((("x",), *OFFER[1:])))), Reason.ALGORITHM, "no key exchange that we take"),
            (talks(HELLO, packet(kexinit()), packet(b"\x15")), Reason.PROTOCOL, "its reply did not come"),
            (
                talks(HELLO, packet(kexinit()), packet(reply(ED25519, POINT, UNSIGNED))),
                Reason.HOST_KEY,
                "does not have the private key of its host key SHA256:",
            ),
            (
                talks(HELLO, packet(kexinit(follows=1)), packet(reply(ED25519, POINT, UNSIGNED))),
                Reason.HOST_KEY,
                "does not have the private key",
            ),
            (
                talks(
                    HELLO,
                    packet(kexinit((("x", *EXCHANGES), *OFFER[1:]), 1)),
                    packet(b"\x1fguess"),
                    packet(reply(ED25519, POINT, UNSIGNED)),
                ),
                Reason.HOST_KEY,
                "does not have the private key",
            ),
            (
                talks(HELLO, packet(kexinit()), packet(reply(ED25519, bytes(32), UNSIGNED))),
                Reason.PROTOCOL,
                "a key that is none",
            ),
            (
                talks(HELLO, packet(kexinit()), packet(reply(ED25519, b"x", UNSIGNED))),
                Reason.PROTOCOL,
                "a key that is none",
            ),
            (
                talks(HELLO, packet(kexinit()), packet(reply(b"junk", POINT, UNSIGNED))),
                Reason.PROTOCOL,
                "cut off",
            ),
            (
                talks(HELLO, packet(kexinit()), packet(reply(ED25519, POINT, string(b"ssh-rsa") + string(b"")))),
                Reason.PROTOCOL,
                "a signature of another algorithm",
            ),
            (
                talks(
                    HELLO,
                    packet(kexinit(RSA_ONLY)),
                    packet(reply(GREAT_RSA, POINT, string(b"rsa-sha2-512") + string(bytes(2500)))),
                ),
                Reason.PROTOCOL,
                "RSA beyond all bounds",
            ),
        ],
    )
    async def test_broken_rules(self, handler: Handler, reason: Reason, words: str, ssh: Probing) -> None:
        async with listening(handler) as server:
            outcome = await ssh(server.address, within=1.0 if reason is Reason.TIMEOUT else GENEROUS_S)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
        assert words in outcome.message

    @pytest.mark.parametrize("handler", [silent, talks(HELLO), talks(HELLO * 9, slowly=True)])
    async def test_what_never_ends_ends_at_the_deadline(self, handler: Handler, ssh: Probing) -> None:
        async with listening(handler) as server:
            outcome = await ssh(server.address, within=0.4)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome

    @pytest.mark.parametrize(
        ("handler", "words"),
        [
            (talks(forever=b"Welcome\r\n" * 100), "endless lines"),
            (talks(forever=b"x" * 1000), "endless lines"),
            (talks(forever=b"\n" * 500), "endless lines"),
            (talks(HELLO, forever=packet(b"\x02" + string(b"ignore")) * 100), "more than 256 KiB"),
        ],
        ids=["lines", "one line", "empty lines", "ignored packets"],
    )
    async def test_floods_are_bounded(self, handler: Handler, words: str, ssh: Probing) -> None:
        async with listening(handler) as server:
            outcome = await ssh(server.address)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE)
        assert words in outcome.message

    async def test_a_reset(self, ssh: Probing) -> None:
        async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: reset at close
            await reader.read(1)

        async with listening(resets) as server:
            outcome = await ssh(server.address)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL)

    async def test_nobody_listens(self, ssh: Probing) -> None:
        assert (await ssh(f"127.0.0.1:{nobodys_port()}")).reason is Reason.REFUSED


class TestParsers:
    """Any bytes are read, or a mistake of the other side."""

    @settings(max_examples=500, deadline=None)
    @given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(ALGORITHMS))
    def test_keys_and_signatures(self, key: bytes, proof: bytes, algorithm: str) -> None:
        kind = b"ssh-rsa" if "rsa" in algorithm else algorithm.encode()
        curve = string(algorithm[-8:].encode()) if "ecdsa" in algorithm else b""
        for blob in (key, string(kind) + key, string(kind) + curve + string(key), string(kind) + string(key) * 2):
            for signature in (proof, string(algorithm.encode()) + string(proof)):
                try:
                    signed = HostKey(blob).signed(signature, b"data", algorithm)
                except BrokenError:
                    continue
                assert signed is False

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=100), st.sampled_from(EXCHANGES))
    def test_their_halves(self, theirs: bytes, exchange: str) -> None:
        try:
            field, secret = half(exchange).shared(theirs)
        except ValueError:
            return
        assert secret >= 0
        assert field

    @given(st.integers(min_value=0, max_value=2**2100))
    def test_integers(self, value: int) -> None:
        assert Reader(integer(value)).integer() == value

    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.text(alphabet="|1@*![]:, =a\t#", max_size=40), max_size=5))
    def test_known_hosts(self, lines: list[str]) -> None:
        import tempfile

        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_text("\n".join(lines))
            assert KnownHosts.read(Path(file.name)).keys("a", 22) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"expect": {"host_key": "MD5:aa"}}, "a fingerprint as ssh-keygen"),
        ({"expect": {"host_key": "SHA256:short"}}, "a fingerprint as ssh-keygen"),
        ({"key_exchange": False, "known_hosts": "x"}, "key_exchange: true"),
        ({"key_exchange": False, "host_key_type": "rsa"}, "key_exchange: true"),
        ({"key_exchange": False, "expect": {"not_offered": "x"}}, "key_exchange: true"),
        ({"host_key_type": "dsa"}, "ed25519"),
    ],
)
def test_mistakes(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SshOptions.model_validate({"address": "127.0.0.1:22", **options})


def test_what_is_no_host_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(ValidationError, match=r"address\n"):
        ssh_probe(ProbeContext(), "x..y:22")
