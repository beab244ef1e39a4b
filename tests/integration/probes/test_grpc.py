"""grpc probes against the real grpcio server, and against servers that break the rules of HTTP/2 and gRPC."""

import asyncio
import struct
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.grpc import GrpcOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason
from slamon.probes.grpc_health import Health, Serving, StatusCode, request, serving, unframed

from .authority import Credential, in_days, unix
from .conftest import GENEROUS_S, run
from .grpc_server import health_server
from .nameserver import name_server
from .servers import Handler, answer, free_port, listening, says, silent

SERVING = b"\x08\x01"
CART = b"\x0a\x0cshop.v1.Cart"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
Probing = Callable[..., Awaitable[Outcome]]


def grpc_probe(context: ProbeContext, address: str, **options: Any) -> Any:
    return KINDS["grpc"](GrpcOptions.model_validate({"address": address, **options}), context)


@pytest.fixture
def check(context: ProbeContext) -> Probing:
    async def probing(address: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        return await run(grpc_probe(context, address, **options), within)

    return probing


class TestHealth:
    """What the health service says."""

    async def test_serving_is_up(self, check: Probing) -> None:
        with health_server({b"": SERVING}) as server:
            outcome = await check(server.address)
        assert (outcome.verdict, outcome.reason, outcome.message) == (Verdict.UP, None, "")
        assert outcome.grpc == Health(StatusCode.OK, Serving.SERVING)
        assert outcome.details == {"http_version": "2", "grpc_status": "OK", "serving_status": "SERVING"}
        assert list(outcome.phases) == ["connect", "processing", "transfer"]
        assert sum(outcome.phases.values()) == outcome.duration_us > 0
        assert outcome.address == server.address

    @pytest.mark.parametrize(
        ("message", "found", "words"),
        [
            (b"", Serving.UNKNOWN, "says that it does not know whether the service 'shop.v1.Cart' is serving"),
            (b"\x08\x00", Serving.UNKNOWN, "says that it does not know whether the service 'shop.v1.Cart' is serving"),
            (b"\x08\x02", Serving.NOT_SERVING, "says that the service 'shop.v1.Cart' is not serving"),
            (b"\x08\x03", Serving.SERVICE_UNKNOWN, "does not know the service 'shop.v1.Cart'"),
            (b"\x08\x63", Serving.UNKNOWN, "says that it does not know whether the service 'shop.v1.Cart' is serving"),
        ],
    )
    async def test_anything_else_is_down(self, message: bytes, found: Serving, words: str, check: Probing) -> None:
        with health_server({CART: message}) as server:
            outcome = await check(server.address, service="shop.v1.Cart")
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.NOT_SERVING)
        assert outcome.grpc == Health(StatusCode.OK, found)
        assert outcome.message == f"{server.address} {words}"

    async def test_fields_that_are_not_known_are_passed_over(self, check: Probing) -> None:
        with health_server({b"": b"\x12\x03abc\x1d\x00\x00\x00\x00\x21" + bytes(8) + b"\x28\x05\x08\x01"}) as server:
            assert (await check(server.address)).verdict is Verdict.UP

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (grpc.StatusCode.NOT_FOUND, "answered NOT_FOUND, it does not know the service: näh"),
            (grpc.StatusCode.UNAVAILABLE, "answered UNAVAILABLE, it is not available: näh"),
            (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED, it wants other credentials in the metadata: näh"),
            (grpc.StatusCode.PERMISSION_DENIED, "the credentials in the metadata do not suffice: näh"),
            (grpc.StatusCode.RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED, it has no resources left"),
            (grpc.StatusCode.DATA_LOSS, "answered DATA_LOSS: näh"),
        ],
    )
    async def test_status_codes(self, code: grpc.StatusCode, words: str, check: Probing) -> None:
        with health_server({b"": code}, message="näh") as server:
            outcome = await check(server.address)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.STATUS)
        assert outcome.grpc == Health(StatusCode[code.name], None)
        assert words in outcome.message

    async def test_a_server_without_health_service(self, check: Probing) -> None:
        with health_server({}, service="shop.v1.Cart") as server:
            outcome = await check(server.address)
        assert outcome.grpc == Health(StatusCode.UNIMPLEMENTED, None)
        assert "answered UNIMPLEMENTED, it has no health service" in outcome.message

    async def test_metadata_and_authority(self, check: Probing) -> None:
        with health_server({b"": SERVING}) as server:
            metadata = {"authorization": "Bearer geheim", "x-tag": ["a", "b"]}
            outcome = await check(server.address, metadata=metadata, authority="cart.example.org")
            [call] = server.calls
        assert outcome.verdict is Verdict.UP
        assert [v for n, v in call.metadata if n in metadata] == ["Bearer geheim", "a", "b"]
        assert call.authority == "cart.example.org"

    async def test_a_secret_that_comes_back_is_not_shown(self, check: Probing) -> None:
        with health_server({b"": grpc.StatusCode.UNAUTHENTICATED}, message="no user geheim123") as server:
            outcome = await check(server.address, metadata={"x-token": "geheim123"})
        assert "geheim123" not in outcome.message
        assert "no user ***" in outcome.message

    async def test_slow_is_degraded(self, check: Probing) -> None:
        with health_server({b"": SERVING}) as server:
            outcome = await check(server.address, expect={"degraded_over": "1ms"})
        assert outcome.duration_us <= 1000 or (outcome.verdict, outcome.reason) == (Verdict.DEGRADED, Reason.SLOW)

    async def test_a_call_that_hangs(self, check: Probing) -> None:
        with health_server({b"": 30.0}) as server:
            outcome = await check(server.address, within=0.3)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert outcome.grpc == Health()

    async def test_nobody_listens(self, check: Probing) -> None:
        assert (await check(f"127.0.0.1:{free_port()}")).reason is Reason.REFUSED

    async def test_names_are_ours(self) -> None:
        with health_server({b"": SERVING}) as server:
            async with name_server({"cart.test": ["127.0.0.1"]}) as names:
                context = ProbeContext(nameservers=[names.address])
                found = await run(grpc_probe(context, f"cart.test:{server.port}"))
                missing = await run(grpc_probe(context, f"none.test:{server.port}"))
                hanging = await run(grpc_probe(context, "cart.dead:1"), within=0.2)
                await context.close()
        assert (found.verdict, found.address) == (Verdict.UP, server.address)
        assert found.phases["resolve"] > 0
        assert (missing.reason, hanging.reason) == (Reason.DNS, Reason.DNS)


class TestTls:
    """The options of tls are those of the other kinds."""

    async def test_verified_with_its_expiry(self, check: Probing, root: Credential, ca_file: str) -> None:
        with health_server({b"": SERVING}, credential=root.leaf(ends=in_days(20))) as server:
            outcome = await check(server.address, tls={"ca_file": ca_file})
            expiring = await check(server.address, tls={"ca_file": ca_file}, expect={"certificate_days": 30})
            other = await check(server.address, tls={"ca_file": ca_file, "server_name": "cart.example.org"})
            unknown = await check(server.address, tls=True)
            taken = await check(server.address, tls={"skip_verification": True})
        assert outcome.verdict is Verdict.UP, outcome
        assert list(outcome.phases) == ["connect", "tls", "processing", "transfer"]
        assert outcome.certificate_expiry is not None
        assert abs(outcome.certificate_expiry - unix(in_days(20))) < 100
        assert outcome.details["tls_version"] == "TLSv1.3"
        assert (expiring.verdict, expiring.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING)
        assert (other.reason, unknown.reason) == (Reason.CERTIFICATE, Reason.CERTIFICATE)
        assert (taken.verdict, taken.certificate_expiry) == (Verdict.UP, outcome.certificate_expiry)

    async def test_server_name(self, check: Probing, root: Credential, ca_file: str) -> None:
        with health_server({b"": SERVING}, credential=root.leaf("cart.example.org")) as server:
            named = await check(server.address, tls={"ca_file": ca_file, "server_name": "cart.example.org"})
            unnamed = await check(server.address, tls={"ca_file": ca_file})
        assert (named.verdict, unnamed.reason) == (Verdict.UP, Reason.CERTIFICATE)

    async def test_a_client_certificate(self, check: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        own = str(root.leaf("probe").write(tmp_path / "own.pem"))
        with health_server({b"": SERVING}, credential=root.leaf(), client_ca=root.pem) as server:
            known = await check(server.address, tls={"ca_file": ca_file, "certificate": own})
            unknown = await check(server.address, tls={"ca_file": ca_file})
        assert known.verdict is Verdict.UP
        assert unknown.verdict is Verdict.DOWN
        assert unknown.reason in (Reason.TLS, Reason.PROTOCOL)

    async def test_a_server_of_http_1_only(
        self, check: Probing, root: Credential, ca_file: str, tmp_path: Path
    ) -> None:
        async with listening(says(answer("ok")), tls=root.leaf().server(tmp_path)) as server:
            outcome = await check(server.address, tls={"ca_file": ca_file})
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL)
        assert "HTTP/1.1, not HTTP/2" in outcome.message


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """A frame of HTTP/2."""
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def literal(name: bytes, value: bytes) -> bytes:
    """A header as HPACK writes it without any table; up to 126 bytes each."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value


SETTINGS = frame(4, 0, 0, b"")
OK_HEADERS = b"\x88" + literal(b"content-type", b"application/grpc")
HEADERS = frame(1, 4, 1, OK_HEADERS)
MESSAGE = b"\0\0\0\0\2" + SERVING
TRAILERS = frame(1, 5, 1, literal(b"grpc-status", b"0"))


def h2(*pieces: bytes, forever: bytes = b"", slowly: bool = False, close: bool = False) -> Handler:
    """A server that says these frames once the call has come, and perhaps more without end."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(PREFACE))
        writer.write(SETTINGS)
        for piece in pieces:
            if not slowly:
                writer.write(piece)
                await writer.drain()
                continue
            for at in range(len(piece)):
                writer.write(piece[at : at + 1])
                await asyncio.sleep(0.05)
        while forever:
            writer.write(forever)
            await writer.drain()
        if not close:
            await reader.read()
            while await reader.read(65_536):
                pass

    return handle


class TestHostile:
    """Each ends at the deadline or before it, with a reason."""

    async def test_the_frames_of_these_tests_are_right(self, check: Probing) -> None:
        async with listening(h2(HEADERS, frame(0, 0, 1, MESSAGE), TRAILERS)) as server:
            assert (await check(server.address)).verdict is Verdict.UP

    @pytest.mark.parametrize(
        ("handler", "reason", "words"),
        [
            (says(answer("ok")), Reason.PROTOCOL, ""),
            (h2(HEADERS, close=True), Reason.PROTOCOL, ""),
            (h2(frame(3, 0, 1, struct.pack(">I", 8))), Reason.PROTOCOL, ""),
            (h2(frame(7, 0, 0, struct.pack(">II", 0, 11))), Reason.PROTOCOL, ""),
            (h2(HEADERS, frame(0, 1, 1, MESSAGE)), Reason.PROTOCOL, "without a gRPC status"),
            (h2(HEADERS, TRAILERS), Reason.PROTOCOL, "ended without a message"),
            (h2(HEADERS, frame(0, 0, 1, b"\1\0\0\0\2" + SERVING), TRAILERS), Reason.PROTOCOL, "compressed its"),
            (h2(HEADERS, frame(0, 0, 1, MESSAGE * 2), TRAILERS), Reason.PROTOCOL, "not as long as it says"),
            (h2(HEADERS, frame(0, 0, 1, b"\0\xff\xff\xff\xff"), TRAILERS), Reason.PROTOCOL, "not as long"),
            (h2(HEADERS, frame(0, 0, 1, b"\0\0\0\0\2\x08\xff"), TRAILERS), Reason.PROTOCOL, "cut off"),
            (h2(HEADERS, frame(0, 0, 1, b"\0\0\0\0\2\x0f\x01"), TRAILERS), Reason.PROTOCOL, "no HealthCheck"),
            (h2(HEADERS, frame(1, 5, 1, literal(b"grpc-status", b"-1"))), Reason.PROTOCOL, "without a gRPC status"),
            (h2(HEADERS, frame(1, 5, 1, literal(b"grpc-status", b"99"))), Reason.STATUS, "answered UNKNOWN"),
            (h2(frame(1, 5, 1, b"\x88")), Reason.PROTOCOL, "did not answer in gRPC"),
            (h2(frame(1, 5, 1, b"\x8d")), Reason.STATUS, "answered UNIMPLEMENTED, it has no health service: HTTP st"),
            (h2(frame(1, 5, 1, b"\x8e")), Reason.STATUS, "answered UNKNOWN: HTTP status 500"),
            (h2(b"\xff" * 64), Reason.PROTOCOL, ""),
        ],
    )
    async def test_broken_rules(self, handler: Handler, reason: Reason, words: str, check: Probing) -> None:
        async with listening(handler) as server:
            outcome = await check(server.address)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
        assert words in outcome.message

    @pytest.mark.parametrize(
        "handler",
        [
            silent,
            h2(HEADERS),
            h2(HEADERS + frame(0, 0, 1, MESSAGE) + TRAILERS, slowly=True),
            h2(HEADERS, forever=frame(0, 0, 1, b"")),
        ],
    )
    async def test_what_never_ends_ends_at_the_deadline(self, handler: Handler, check: Probing) -> None:
        async with listening(handler) as server:
            outcome = await check(server.address, within=0.4)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome

    @pytest.mark.parametrize(
        ("handler", "reasons"),
        [
            (h2(HEADERS, forever=frame(0, 0, 1, bytes(16_000))), {Reason.TOO_LARGE}),
            (h2(frame(1, 0, 1, OK_HEADERS), forever=frame(9, 0, 1, literal(b"x", b"y" * 100) * 100)), None),
            (h2(HEADERS, forever=frame(4, 0, 0, struct.pack(">HI", 3, 100))), None),
            (h2(HEADERS, forever=frame(6, 0, 0, bytes(8))), None),
            (h2(forever=frame(1, 4, 1, b"\x08\x03100" + literal(b"x", b"y" * 100) * 100)), None),
        ],
        ids=["body", "continuation", "settings", "ping", "interim"],
    )
    async def test_floods_are_bounded(self, handler: Handler, reasons: set[Reason] | None, check: Probing) -> None:
        before = peak_kib()
        async with listening(handler) as server:
            outcome = await check(server.address, within=2)
        assert outcome.verdict is Verdict.DOWN
        assert outcome.reason in (reasons or {Reason.PROTOCOL, Reason.TOO_LARGE, Reason.TIMEOUT}), outcome
        assert peak_kib() - before < 64 * 1024

    async def test_tls_that_stalls(self, check: Probing) -> None:
        async with listening(silent) as server:
            outcome = await check(server.address, within=0.3, tls=True)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        assert "TLS handshake" in outcome.message


def peak_kib() -> int:
    """The most memory this process has had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class TestMessages:
    """The encoding of the two messages."""

    def test_request(self) -> None:
        assert request("") == b"\0\0\0\0\0"
        assert request("shop.v1.Cart") == b"\0\0\0\0\x0e" + CART
        assert request("x" * 300)[:8] == b"\0\0\0\1\x2f\x0a\xac\x02"

    @settings(max_examples=500, deadline=None)
    @given(st.binary(max_size=64))
    def test_any_bytes_are_a_status_or_a_mistake(self, data: bytes) -> None:
        for read in (serving, lambda body: serving(unframed(body))):
            with suppress(ValueError):
                assert read(data) in set(Serving)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"metadata": {"X-Tenant": "a"}}, "names of a-z"),
        ({"metadata": {"grpc-timeout": "1S"}}, "a name of your own"),
        ({"metadata": {"te": "x"}}, "a name of your own"),
        ({"metadata": {"x": "a\nb"}}, "a value of one line"),
        ({"authority": "a b"}, "a host"),
        ({"service": "a\nb"}, "a service's name"),
    ],
)
def test_mistakes(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GrpcOptions.model_validate({"address": "127.0.0.1:1", **options})


def test_what_is_no_host_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(ValidationError, match=r"address\n"):
        grpc_probe(ProbeContext(), "x..y:1")


def test_the_product_needs_no_grpcio() -> None:
    import subprocess

    program = "import sys, slamon.monitor, slamon.cli; assert not {'grpc', 'asyncssh'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
