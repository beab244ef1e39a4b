"""tcp probes: connecting, TLS, dialogues with captures, STARTTLS; all of it within one deadline."""

import asyncio
import socket
import ssl
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.catalogue.secret import Secret
from slamon.probes import ProbeContext, ProbeNotRunError, Reason

from .authority import Credential, in_days, unix
from .conftest import Probing, run, tcp_probe
from .nameserver import name_server
from .servers import Handler, free_port, listening, silent

MAIL = [
    {"expect": r"^220 (?P<host>\S+)", "send": "EHLO ${host}\r\n"},
    {"expect": "^250 ", "send": "STARTTLS\r\n"},
    {"expect": "^220 ", "starttls": True},
    {"send": "EHLO again\r\n"},
    {"expect": "^250 AUTH"},
]


def greeting(*words: bytes, then_close: bool = False) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for word in words:
            writer.write(word)
            await writer.drain()
        if not then_close:
            await reader.read()

    return handle


async def test_a_port_that_accepts_is_up(tcp: Probing) -> None:
    async with listening(silent) as server:
        outcome = await tcp(server.address)
    assert (outcome.verdict, outcome.reason, outcome.message) == (Verdict.UP, None, "")
    assert list(outcome.phases) == ["connect"]
    assert outcome.duration_us == outcome.phases["connect"] > 0
    assert outcome.address == server.address
    assert outcome.certificate_expiry is None


async def test_a_port_where_nobody_listens(tcp: Probing) -> None:
    port = free_port()
    outcome = await tcp(f"127.0.0.1:{port}")
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.REFUSED)
    assert outcome.message == f"127.0.0.1:{port} refused the connection"


async def test_no_connection_in_time(tcp: Probing) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        outcome = await tcp(f"127.0.0.1:{full.getsockname()[1]}", within=0.3)
        for one in waiting:
            one.close()
    assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
    assert outcome.message.startswith("no connection to 127.0.0.1:")


class TestAddresses:
    """Names through our resolver, families, the first address that answers."""

    async def test_the_first_address_that_answers(self) -> None:
        names_known = {"db.test": ["127.0.0.2", "127.0.0.3", "127.0.0.1"], "dead.test": ["127.0.0.2", "127.0.0.3"]}
        async with name_server(names_known) as names, listening(silent) as server:
            context = ProbeContext(nameservers=[names.address])
            found = await run(tcp_probe(context, f"db.test:{server.port}"))
            refused = await run(tcp_probe(context, f"dead.test:{server.port}"))
            missing = await run(tcp_probe(context, f"none.test:{server.port}"))
            hanging = await run(tcp_probe(context, "db.dead:1"), within=0.2)
            await context.close()
        assert (found.verdict, found.address) == (Verdict.UP, server.address)
        assert found.phases["resolve"] > 0
        assert refused.reason is Reason.REFUSED
        assert (missing.reason, missing.message) == (Reason.DNS, "there is no name none.test")
        assert (hanging.verdict, hanging.reason) == (Verdict.DOWN, Reason.DNS)

    @pytest.mark.parametrize("family", [4, 6])
    async def test_ip_family(self, family: int) -> None:
        host = "127.0.0.1" if family == 4 else "::1"
        async with name_server({"both.test": ["127.0.0.1", "::1"]}) as names, listening(silent, host=host) as server:
            context = ProbeContext(nameservers=[names.address])
            chosen = await run(tcp_probe(context, f"both.test:{server.port}", ip_family=family))
            either = await run(tcp_probe(context, f"both.test:{server.port}"))
            await context.close()
        assert (chosen.verdict, chosen.address) == (Verdict.UP, server.address)
        assert (either.verdict, either.address) == (Verdict.UP, server.address)

    async def test_an_address_of_the_other_family(self, tcp: Probing) -> None:
        outcome = await tcp("[::1]:9", ip_family=4)
        assert (outcome.reason, outcome.message) == (Reason.DNS, "::1 is no IPv4 address")

    async def test_the_systems_resolver(self, tcp: Probing) -> None:
        async with listening(silent) as server:
            outcome = await tcp(f"localhost:{server.port}", resolver="system", ip_family=4)
        assert outcome.verdict is Verdict.UP

    @pytest.mark.parametrize("host", ["a" * 64 + ".example.org", "x..y", "b%ad"])
    def test_what_is_no_host_is_a_mistake_of_the_catalogue(self, host: str) -> None:
        with pytest.raises(ValidationError, match=r"address\n.*1 to 63 letters"):
            tcp_probe(ProbeContext(), f"{host}:25")


class TestTls:
    """TLS from the start."""

    async def test_version_expiry_and_phase(self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        middle = root.authority(ends=in_days(20))
        async with listening(silent, tls=middle.leaf(ends=in_days(80)).server(tmp_path)) as server:
            outcome = await tcp(server.address, tls={"ca_file": ca_file})
        assert outcome.verdict is Verdict.UP, outcome
        assert list(outcome.phases) == ["connect", "tls"]
        assert sum(outcome.phases.values()) == outcome.duration_us
        assert outcome.certificate_expiry == unix(middle.certificate.not_valid_after_utc)
        assert outcome.details["tls_version"] == "TLSv1.3"

    @pytest.mark.parametrize(
        ("names", "ends", "trusted", "words"),
        [
            (("127.0.0.1",), 90, False, "unable to get local issuer certificate"),
            (("127.0.0.1",), -1, True, "certificate has expired"),
            (("other.example.org",), 90, True, "IP address mismatch, certificate is not valid for '127.0.0.1'"),
        ],
    )
    async def test_certificates_that_are_not_valid(
        self,
        tcp: Probing,
        root: Credential,
        ca_file: str,
        tmp_path: Path,
        names: Sequence[str],
        ends: int,
        trusted: bool,
        words: str,
    ) -> None:
        signer = root if trusted else Credential.root("Somebody Else")
        async with listening(silent, tls=signer.leaf(*names, ends=in_days(ends)).server(tmp_path)) as server:
            outcome = await tcp(server.address, tls={"ca_file": ca_file})
            skipping = await tcp(server.address, tls={"skip_verification": True})
            judged = await tcp(server.address, tls={"skip_verification": True}, expect={"certificate_days": 14})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.CERTIFICATE)
        assert outcome.message == f"the certificate of {server.address} is not valid: {words}"
        assert skipping.verdict is Verdict.UP
        assert skipping.certificate_expiry is not None
        assert judged.verdict is (Verdict.DOWN if ends < 0 else Verdict.UP)

    async def test_certificate_days(self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        async with listening(silent, tls=root.leaf(ends=in_days(9)).server(tmp_path)) as server:
            outcome = await tcp(server.address, tls={"ca_file": ca_file}, expect={"certificate_days": 14})
        assert (outcome.verdict, outcome.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING)

    async def test_server_name_and_client_certificate(
        self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path
    ) -> None:
        me = str(root.leaf("probe").write(tmp_path / "me.pem"))
        theirs = root.leaf("db.example.org").server(tmp_path, client_ca=Path(ca_file))
        options: dict[str, Any] = {"ca_file": ca_file, "server_name": "db.example.org"}
        async with listening(greeting(b"hello\n"), tls=theirs) as server:
            known = await tcp(server.address, tls={**options, "certificate": me}, dialogue=[{"expect": "hello"}])
            unknown = await tcp(server.address, tls=options, dialogue=[{"expect": "hello"}])
        assert known.verdict is Verdict.UP, known
        assert unknown.verdict is Verdict.DOWN
        assert unknown.reason in {Reason.TLS, Reason.PROTOCOL, Reason.DIALOGUE}

    async def test_min_version(self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        theirs = root.leaf().server(tmp_path)
        theirs.maximum_version = ssl.TLSVersion.TLSv1_2
        async with listening(silent, tls=theirs) as server:
            outcome = await tcp(server.address, tls={"ca_file": ca_file, "min_version": "1.3"})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TLS)

    @pytest.mark.parametrize(
        ("handler", "reason"),
        [
            (greeting(b"220 no TLS here\r\n"), Reason.TLS),
            (greeting(then_close=True), Reason.TLS),
            (silent, Reason.TIMEOUT),
        ],
    )
    async def test_servers_that_speak_no_tls(self, tcp: Probing, handler: Handler, reason: Reason) -> None:
        async with listening(handler) as server:
            within = 0.2 if reason is Reason.TIMEOUT else 20
            outcome = await tcp(server.address, within=within, tls={"skip_verification": True})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
        assert "TLS" in outcome.message

    @pytest.mark.parametrize(("count", "up"), [(2_000, True), (20_000, False)])
    async def test_a_certificate_with_thousands_of_names(
        self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path, count: int, up: bool
    ) -> None:
        names = ("127.0.0.1", *(f"name-{number}.example.org" for number in range(count)))
        async with listening(silent, tls=root.leaf(*names).server(tmp_path)) as server:
            outcome = await tcp(server.address, tls={"ca_file": ca_file})
        assert (outcome.verdict is Verdict.UP) is up, outcome
        assert len(outcome.message) < 300

    async def test_files_of_ours_that_cannot_be_used(self, tcp: Probing, tmp_path: Path) -> None:
        async with listening(silent) as server:
            for key in ("ca_file", "certificate"):
                with pytest.raises(ProbeNotRunError, match=key):
                    await tcp(server.address, tls={key: str(tmp_path / "missing.pem")})


class TestDialogue:
    """Lines are awaited, texts are sent, captures come back."""

    async def test_captures_are_sent_back_by_number_and_by_name(self, tcp: Probing) -> None:
        said: list[bytes] = []

        async def challenge(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"welcome\r\nchallenge 4711 from ${user}$1 end\r\n")
            said.append(await reader.readline())
            writer.write(b"accepted\n")
            await writer.drain()
            said.append(await reader.readline())

        steps = [
            {"expect": r"^challenge (\d+) from (?P<who>\S+)", "send": "answer ${1} ${who} ${2}\n"},
            {"expect": "^accepted$", "send": "bye ${1}\n"},
        ]
        async with listening(challenge) as server:
            outcome = await tcp(server.address, dialogue=steps)
            while len(said) < 2:
                await asyncio.sleep(0)
        assert outcome.verdict is Verdict.UP, outcome
        assert list(outcome.phases) == ["connect", "processing", "transfer"]
        assert said == [b"answer 4711 ${user}$1 ${user}$1\n", b"bye 4711\n"]

    async def test_pieces_make_lines_and_several_lines_come_in_one_piece(self, tcp: Probing) -> None:
        async with listening(greeting(b"on", b"e\ntwo\nthr", b"ee\n")) as server:
            steps = [{"expect": "^one$"}, {"expect": "^two$"}, {"expect": "^three$"}]
            assert (await tcp(server.address, dialogue=steps)).verdict is Verdict.UP

    async def test_an_unfinished_line_counts_at_the_end(self, tcp: Probing) -> None:
        async with listening(greeting(b"+PONG", then_close=True)) as server:
            assert (await tcp(server.address, dialogue=[{"expect": "^.PONG$"}])).verdict is Verdict.UP

    async def test_lines_over_several_steps_and_pieces(self, tcp: Probing) -> None:
        pieces = [b"a\nb\nc", b"d\n", b"e\r\n\r\nf", b"g\n"]
        async with listening(greeting(*pieces)) as server:
            steps = [{"expect": f"^{line}$"} for line in ("a", "cd", "e", "", "fg")]
            assert (await tcp(server.address, dialogue=steps)).verdict is Verdict.UP

    async def test_the_wrong_line_and_the_end(self, tcp: Probing) -> None:
        async with listening(greeting(b"554 go away\r\n", then_close=True)) as server:
            outcome = await tcp(server.address, dialogue=[{"expect": "^220 "}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DIALOGUE)
        assert outcome.message == (
            f"{server.address} sent no line that matches '^220 ' and closed the connection; "
            "the last line was '554 go away'"
        )

    async def test_a_server_that_says_nothing(self, tcp: Probing) -> None:
        async with listening(silent) as server:
            outcome = await tcp(server.address, within=0.2, dialogue=[{"expect": "^220 "}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert outcome.message.startswith(f"{server.address} sent no line that matches '^220 ' within ")
        assert outcome.phases["processing"] > 100_000
        assert sum(outcome.phases.values()) == outcome.duration_us

    async def test_a_server_that_drips(self, tcp: Probing) -> None:
        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)

        async with listening(drip) as server:
            outcome = await tcp(server.address, within=0.3, dialogue=[{"expect": "never"}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert 250_000 < outcome.duration_us < 5_000_000

    @pytest.mark.parametrize("piece", [b"y" * 10_000, b"line\n" * 2_000])
    async def test_an_endless_talker_is_not_listened_to(self, tcp: Probing, piece: bytes) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                writer.write(piece)
                await writer.drain()

        async with listening(talk) as server:
            outcome = await tcp(server.address, dialogue=[{"expect": "never"}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE)
        assert outcome.message == f"{server.address} sent more than 256 KiB"

    async def test_a_client_that_never_gets_rid_of_its_words(self, tcp: Probing) -> None:
        """A server that reads nothing: sending ends at the deadline."""
        hold = asyncio.Event()

        async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reader.set_exception(ConnectionError())
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            await hold.wait()

        async with listening(deaf) as server:
            outcome = await tcp(server.address, within=0.3, dialogue=[{"send": "x" * 50_000_000}])
            hold.set()
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert outcome.message.startswith(f"{server.address} did not take what was sent within ")

    async def test_a_catastrophic_pattern_on_a_hostile_line_ends(self, tcp: Probing) -> None:
        async with listening(greeting(b"a" * 200_000 + b"!\n", then_close=True)) as server:
            outcome = await tcp(server.address, dialogue=[{"expect": "^(a+)+$"}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DIALOGUE)
        assert len(outcome.message) < 400

    async def test_lines_that_are_no_text(self, tcp: Probing) -> None:
        binary = zlib.compress(b"x") + b"\xff\xfe\x00 8.0.36 \x80\n"
        async with listening(greeting(binary)) as server:
            outcome = await tcp(server.address, dialogue=[{"expect": r"(8\.0\.\d+)", "send": "${1}"}])
        assert outcome.verdict is Verdict.UP

    async def test_a_reset_connection(self, tcp: Probing) -> None:
        async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            writer.transport.abort()

        async with listening(reset) as server:
            outcome = await tcp(server.address, dialogue=[{"send": "hello\n"}, {"expect": "x"}])
        assert outcome.verdict is Verdict.DOWN
        assert outcome.reason in {Reason.PROTOCOL, Reason.DIALOGUE}

    async def test_slow_is_degraded(self, tcp: Probing) -> None:
        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.05)
            writer.write(b"220 hello\n")
            await writer.drain()

        async with listening(slow) as server:
            outcome = await tcp(server.address, dialogue=[{"expect": "220"}], expect={"degraded_over": "20ms"})
        assert (outcome.verdict, outcome.reason) == (Verdict.DEGRADED, Reason.SLOW)


def mail_server(tls: ssl.SSLContext, *, before_tls: bytes = b"") -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test ESMTP\r\n")
        assert await reader.readline() == b"EHLO mail.test\r\n"
        writer.write(b"250-mail.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n")
        assert await reader.readline() == b"STARTTLS\r\n"
        writer.write(b"220 go ahead\r\n" + before_tls)
        await writer.drain()
        await writer.start_tls(tls)
        assert await reader.readline() == b"EHLO again\r\n"
        writer.write(b"250 AUTH PLAIN\r\n")
        await writer.drain()
        await reader.read()

    return handle


class TestStarttls:
    """TLS in the middle of a dialogue."""

    async def test_mail(self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        ends = in_days(9)
        tls = root.leaf(ends=ends).server(tmp_path)
        async with listening(mail_server(tls)) as server:
            outcome = await tcp(
                server.address, tls={"ca_file": ca_file}, dialogue=MAIL, expect={"certificate_days": 14}
            )
        assert (outcome.verdict, outcome.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING), outcome
        assert outcome.certificate_expiry == unix(ends)
        assert set(outcome.phases) == {"connect", "processing", "transfer", "tls"}
        assert sum(outcome.phases.values()) == outcome.duration_us

    async def test_a_certificate_that_is_not_valid(self, tcp: Probing, root: Credential, tmp_path: Path) -> None:
        async with listening(mail_server(Credential.root().leaf().server(tmp_path))) as server:
            ca = tmp_path / "other.pem"
            ca.write_bytes(root.pem)
            outcome = await tcp(server.address, tls={"ca_file": str(ca)}, dialogue=MAIL)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.CERTIFICATE)

    async def test_words_slipped_in_before_tls_are_refused(
        self, tcp: Probing, root: Credential, ca_file: str, tmp_path: Path
    ) -> None:
        async with listening(mail_server(root.leaf().server(tmp_path), before_tls=b"250 AUTH forged\r\n")) as server:
            outcome = await tcp(server.address, tls={"ca_file": ca_file}, dialogue=MAIL)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL)
        assert outcome.message == f"{server.address} went on in the clear where TLS was to begin"


class TestBytes:
    """Binary protocols: bytes in hexadecimal are sent and awaited; what is rejected ends it at once."""

    async def test_bytes_are_sent_and_awaited_whatever_else_comes(self, tcp: Probing) -> None:
        said: list[bytes] = []

        async def postgres(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            said.append(await reader.readexactly(8))
            writer.write(b"noise\x00\x52\x00\x00")
            await writer.drain()
            writer.write(b"\x07\x08\x5a")
            await writer.drain()
            await reader.read()

        steps = [
            {"send_hex": "00 00 00 08 04 D2 16 2f"},
            {"expect_hex": "52 ?? ?? ?? 08"},
            {"expect_hex": "5a"},
        ]
        async with listening(postgres) as server:
            outcome = await tcp(server.address, dialogue=steps)
        assert outcome.verdict is Verdict.UP, outcome
        assert said == [bytes.fromhex("0000000804d2162f")]

    async def test_other_bytes_and_the_end(self, tcp: Probing) -> None:
        async with listening(greeting(b"\x15\x03\x01", then_close=True)) as server:
            outcome = await tcp(server.address, dialogue=[{"expect_hex": "16 03"}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DIALOGUE)
        assert outcome.message == (
            f"{server.address} sent no bytes 16 03 and closed the connection; the last bytes were 15 03 01"
        )

    @pytest.mark.parametrize(
        ("sent", "step", "found"),
        [
            (b"-ERR no\r\n", {"expect": r"^\+OK", "reject": "^-"}, "the last line was '-ERR no'"),
            (b"\x45rr", {"expect_hex": "52", "reject_hex": "45 ??"}, "what is rejected: 45 72 72"),
        ],
    )
    async def test_what_is_rejected_is_down_at_once(
        self, tcp: Probing, sent: bytes, step: dict[str, str], found: str
    ) -> None:
        async with listening(greeting(sent)) as server:  # which stays open
            outcome = await tcp(server.address, within=60, dialogue=[step])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DIALOGUE)
        assert found in outcome.message

    async def test_what_is_expected_first_counts(self, tcp: Probing) -> None:
        async with listening(greeting(b"\x52\x45")) as server:
            outcome = await tcp(server.address, dialogue=[{"expect_hex": "52", "reject_hex": "45"}])
        assert outcome.verdict is Verdict.UP

    async def test_a_secret_that_is_sent_back_is_not_shown(self, tcp: Probing) -> None:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"\x01" + await reader.readexactly(12))
            writer.close()

        secret = b"\x00\x00geheim42\x00\x00"
        async with listening(echo) as server:
            steps = [{"send_hex": Secret(secret.hex(), referred=True)}, {"expect_hex": "ff"}]
            outcome = await tcp(server.address, dialogue=steps)
        assert outcome.reason is Reason.DIALOGUE
        assert b"geheim42".hex(" ") not in outcome.message
        assert "***" in outcome.message

    async def test_endless_bytes_are_not_listened_to(self, tcp: Probing) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                writer.write(b"\x00" * 10_000)
                await writer.drain()

        async with listening(talk) as server:
            outcome = await tcp(server.address, dialogue=[{"expect_hex": "ff"}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE)
