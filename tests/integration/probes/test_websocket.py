"""websocket probes: handshake, dialogue, ping, fragments, close, compression; and servers that break the rules."""

import asyncio
import resource
import struct
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from slamon.accounting.facts import Verdict
from slamon.catalogue.kinds.websocket import WebsocketOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason
from slamon.probes.course import Failure
from slamon.probes.websocket_frames import MOST_READ, Closed, Frames, Message
from wsproto.events import BytesMessage, CloseConnection, Request, TextMessage

from .authority import Credential, in_days, unix
from .conftest import GENEROUS_S, run
from .nameserver import name_server
from .servers import Handler, answer, free_port, listening, says, silent
from .websocket_server import Say, accepting, echo, frame, talking

Probing = Callable[..., Awaitable[Outcome]]
TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n"
WAIT = [{"expect": "never"}]


def websocket_probe(context: ProbeContext, url: str, **options: Any) -> Any:
    return KINDS["websocket"](WebsocketOptions.model_validate({"url": url, **options}), context)


@pytest.fixture
def ws(context: ProbeContext) -> Probing:
    async def probing(address: str, within: float = GENEROUS_S, **options: Any) -> Outcome:
        url = address if "://" in address else f"ws://{address}/updates"
        return await run(websocket_probe(context, url, **options), within)

    return probing


class TestHandshake:
    """The handshake by itself."""

    async def test_opened_is_up(self, ws: Probing) -> None:
        async with listening(talking(echo)) as server:
            outcome = await ws(server.address)
        assert (outcome.verdict, outcome.reason, outcome.message) == (Verdict.UP, None, "")
        assert list(outcome.phases) == ["connect", "processing", "transfer"]
        assert sum(outcome.phases.values()) == outcome.duration_us > 0
        assert outcome.address == server.address

    async def test_what_is_asked_for(self, ws: Probing) -> None:
        asked: list[Request] = []
        async with listening(talking(echo, requests=asked, subprotocol="v2")) as server:
            outcome = await ws(
                f"ws://{server.address}/a|b?x=ü",
                headers={"X-Key": "geheim", "Host": "shop.example.org"},
                origin="https://shop.example.org",
                subprotocols=["v2", "v1"],
                basic_auth={"username": "u", "password": "pässwort"},
            )
        assert outcome.verdict is Verdict.UP, outcome
        assert outcome.details == {"subprotocol": "v2"}
        [request] = asked
        sent = dict(request.extra_headers)
        assert (request.target, request.host) == ("/a|b?x=%C3%BC", "shop.example.org")
        assert request.subprotocols == ["v2", "v1"]
        assert request.extensions == []
        assert sent[b"origin"] == b"https://shop.example.org"
        assert sent[b"x-key"] == b"geheim"
        assert sent[b"authorization"] == b"Basic dTpww6Rzc3dvcnQ="

    async def test_bearer(self, ws: Probing) -> None:
        asked: list[Request] = []
        async with listening(talking(echo, requests=asked)) as server:
            await ws(server.address, bearer="abc")
        assert dict(asked[0].extra_headers)[b"authorization"] == b"Bearer abc"

    @pytest.mark.parametrize(
        ("handler", "reason", "words"),
        [
            (talking(echo, refuse=403), Reason.STATUS, "answered 403 to the handshake, expected 101"),
            (says(answer("hello")), Reason.STATUS, "answered 200 to the handshake"),
            (says(b"SSH-2.0-x\r\n\r\n"), Reason.PROTOCOL, "did not answer in HTTP"),
            (says(b""), Reason.PROTOCOL, "closed the connection without an answer"),
            (says(b"HTTP/1.1 101 x\r\n\r\n"), Reason.PROTOCOL, "it does not upgrade to websocket"),
            (accepting(upgrade=b"h2c"), Reason.PROTOCOL, "it does not upgrade to websocket"),
            (accepting(accept=b"x"), Reason.PROTOCOL, "its proof does not belong to our key"),
            (accepting(headers=DEFLATE), Reason.PROTOCOL, "an extension that was not offered"),
            (accepting(headers=b"Sec-WebSocket-Protocol: x\r\n"), Reason.PROTOCOL, "a subprotocol that was not"),
            (says(b"HTTP/1.1 101 x\r\nX: " + b"y" * 20_000), Reason.TOO_LARGE, "endless headers"),
            (says(b"HTTP/1.1 100 x\r\n\r\n" * 5000), Reason.TOO_LARGE, "endless headers"),
        ],
    )
    async def test_refused_or_broken(self, handler: Handler, reason: Reason, words: str, ws: Probing) -> None:
        async with listening(handler) as server:
            outcome = await ws(server.address)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, reason), outcome
        assert words in outcome.message

    async def test_an_interim_answer_is_passed_over(self, ws: Probing) -> None:
        async with listening(says(b"HTTP/1.1 103 x\r\n\r\n", answer(status=401))) as server:
            assert "answered 401" in (await ws(server.address)).message

    async def test_none_of_the_subprotocols(self, ws: Probing) -> None:
        async with listening(talking(echo)) as server:
            outcome = await ws(server.address, subprotocols=["v1"])
        assert (outcome.reason, "none of the subprotocols v1" in outcome.message) == (Reason.PROTOCOL, True)

    async def test_names_are_ours(self) -> None:
        async with name_server({"shop.test": ["127.0.0.1"]}) as names, listening(talking(echo)) as server:
            context = ProbeContext(nameservers=[names.address])
            found = await run(websocket_probe(context, f"ws://shop.test:{server.port}/"))
            hanging = await run(websocket_probe(context, "ws://shop.dead/"), within=0.2)
            await context.close()
        assert (found.verdict, found.address) == (Verdict.UP, server.address)
        assert found.phases["resolve"] > 0
        assert hanging.reason is Reason.DNS

    async def test_nobody_listens(self, ws: Probing) -> None:
        assert (await ws(f"127.0.0.1:{free_port()}")).reason is Reason.REFUSED


class TestTls:
    """wss, with the options of the other kinds."""

    async def test_verified(self, ws: Probing, root: Credential, ca_file: str, tmp_path: Path) -> None:
        leaf = root.leaf("localhost", ends=in_days(20))
        async with listening(talking(echo), tls=leaf.server(tmp_path)) as server:
            url = f"wss://localhost:{server.port}/"
            trusting: dict[str, Any] = {"tls": {"ca_file": ca_file}, "ip_family": 4}
            outcome = await ws(url, **trusting)
            expiring = await ws(url, **trusting, expect={"certificate_days": 30})
            unknown = await ws(url, ip_family=4)
            other = await ws(f"wss://{server.address}/", tls={"ca_file": ca_file})
            named = await ws(f"wss://{server.address}/", tls={"ca_file": ca_file, "server_name": "localhost"})
        assert outcome.verdict is Verdict.UP, outcome
        assert list(outcome.phases)[-4:] == ["connect", "tls", "processing", "transfer"]
        assert outcome.certificate_expiry == unix(leaf.certificate.not_valid_after_utc)
        assert outcome.details["tls_version"] == "TLSv1.3"
        assert (expiring.verdict, expiring.reason) == (Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING)
        assert (unknown.reason, other.reason, named.verdict) == (Reason.CERTIFICATE, Reason.CERTIFICATE, Verdict.UP)

    async def test_tls_that_stalls(self, ws: Probing) -> None:
        async with listening(silent) as server:
            outcome = await ws(f"wss://{server.address}/", within=0.3)
        assert (outcome.reason, "TLS handshake" in outcome.message) == (Reason.TIMEOUT, True)


class TestDialogue:
    """Messages, pings, and the end."""

    async def test_captures_and_what_does_not_match(self, ws: Probing) -> None:
        async with listening(talking(echo, greeting='{"session": "s-17"}')) as server:
            outcome = await ws(
                server.address,
                dialogue=[
                    {"expect": '"session": "(?P<id>[^"]+)"', "send": "noise"},
                    {"send": "subscribe ${id} ${1}"},
                    {"expect": "^subscribe s-17 s-17$"},
                ],
            )
        assert outcome.verdict is Verdict.UP, outcome

    async def test_binary(self, ws: Probing) -> None:
        async with listening(talking(echo)) as server:
            right = await ws(server.address, dialogue=[{"send_hex": "00 ff 10"}, {"expect_hex": "ff ??"}])
            wrong = await ws(
                server.address, dialogue=[{"send_hex": "00 ff 10"}, {"expect_hex": "aa", "reject_hex": "00 ff"}]
            )
        assert right.verdict is Verdict.UP
        assert (wrong.reason, wrong.message) == (
            Reason.DIALOGUE,
            f"{server.address} sent what is rejected; the last message was 00 ff 10",
        )

    async def test_what_is_rejected(self, ws: Probing) -> None:
        async with listening(talking(echo)) as server:
            outcome = await ws(server.address, dialogue=[{"send": "error 5"}, {"expect": "ok", "reject": "^error"}])
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.DIALOGUE)
        assert outcome.message.endswith("sent what is rejected; the last message was '***'")

    async def test_a_message_that_does_not_come(self, ws: Probing) -> None:
        async with listening(talking(echo, greeting="hello")) as server:
            outcome = await ws(server.address, within=0.4, dialogue=[{"expect": "bye"}])
        assert outcome.reason is Reason.TIMEOUT
        assert "sent no message that matches 'bye' within" in outcome.message

    async def test_ping(self, ws: Probing) -> None:
        async with listening(talking(echo)) as server:
            right = await ws(server.address, dialogue=[{"ping": True}, {"ping": True}])
        async with listening(accepting(frame(PONG, b"another"))) as server:
            wrong = await ws(server.address, within=0.3, dialogue=[{"ping": True}])
        assert right.verdict is Verdict.UP
        assert (wrong.reason, "no answer to a ping" in wrong.message) == (Reason.TIMEOUT, True)

    async def test_pings_are_answered(self, ws: Probing) -> None:
        got = asyncio.Event()

        async def pings(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accepting(frame(PING, b"are you there"), close=True)(reader, writer)
            head = await reader.readexactly(6)
            mask, data = head[2:], await reader.readexactly(head[1] & 127)
            assert head[0] == 0x8A
            assert bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)) == b"are you there"
            writer.write(frame(TEXT, b"fine"))
            got.set()
            await reader.read()

        async with listening(pings) as server:
            assert (await ws(server.address, dialogue=[{"expect": "fine"}])).verdict is Verdict.UP
        assert got.is_set()

    async def test_fragments_with_a_ping_between(self, ws: Probing) -> None:
        text = "Größe".encode()
        pieces = frame(TEXT, text[:3], fin=False) + frame(PING, b"x") + frame(CONTINUATION, text[3:])
        async with listening(accepting(pieces, slowly=True)) as server:
            assert (await ws(server.address, dialogue=[{"expect": "^Größe$"}])).verdict is Verdict.UP

    async def test_the_servers_close(self, ws: Probing) -> None:
        async with listening(talking(echo, close_with=4001)) as server:
            right = await ws(server.address, dialogue=[{"expect_close": [4000, 4001]}])
            other = await ws(server.address, dialogue=[{"expect_close": 1000}])
            early = await ws(server.address, dialogue=[{"expect": "hello"}])
        assert right.verdict is Verdict.UP
        assert other.message == f"{server.address} closed with 4001 ('genug'), expected 1000"
        assert other.reason is early.reason is Reason.DIALOGUE
        assert "closed with 4001 ('genug') and sent no message that matches 'hello'" in early.message

    async def test_our_close_is_answered(self, ws: Probing) -> None:
        steps = [{"close": 1000}, {"expect_close": 1000}]
        async with listening(talking(echo)) as server:
            right = await ws(server.address, dialogue=steps)
        async with listening(accepting(frame(CLOSE))) as server:
            without = await ws(server.address, dialogue=[{"close": 1000}, {"expect_close": 1005}])
        async with listening(accepting()) as server:
            hanging = await ws(server.address, within=0.3, dialogue=steps)
        async with listening(accepting(close=True)) as server:
            dropped = await ws(server.address, dialogue=[{"expect_close": 1000}])
        assert right.verdict is without.verdict is Verdict.UP
        assert (hanging.reason, "did not close with 1000" in hanging.message) == (Reason.TIMEOUT, True)
        assert dropped.message.endswith("closed the connection without closing with 1000")

    async def test_secrets_that_come_back_are_not_shown(self, ws: Probing) -> None:
        async def leaks(say: Say, message: str | bytes) -> None:
            await say(TextMessage(data=f"no such token {message!r}"), CloseConnection(code=4003, reason=str(message)))

        async with listening(talking(leaks)) as server:
            outcome = await ws(server.address, dialogue=[{"send": "geheim-123"}, {"expect": "^fine"}])
        assert "geheim" not in outcome.message
        assert "closed with 4003 ('***')" in outcome.message


class TestCompression:
    """permessage-deflate, when asked for."""

    async def test_unpacked(self, ws: Probing) -> None:
        async def long(say: Say, message: str | bytes) -> None:
            for _ in range(3):
                await say(BytesMessage(data=b"abc" * 1000), TextMessage(data="done"))

        asked: list[Request] = []
        async with listening(talking(long, requests=asked, deflate=True)) as server:
            steps = [{"send": "go"}, *[{"expect": "^(abc){1000}$"}, {"expect": "^done$"}] * 3]
            with_it = await ws(server.address, compression=True, dialogue=steps)
            without = await ws(server.address, dialogue=steps)
        assert (with_it.verdict, with_it.details["compression"]) == (Verdict.UP, "agreed")
        assert (without.verdict, without.details) == (Verdict.UP, {})
        assert asked[0].extensions == ["permessage-deflate"]

    async def test_a_server_that_does_not(self, ws: Probing) -> None:
        async with listening(talking(echo)) as server:
            outcome = await ws(server.address, compression=True, dialogue=[{"send": "a"}, {"expect": "a"}])
        assert (outcome.verdict, outcome.details["compression"]) == (Verdict.UP, "none")

    async def test_a_bomb(self, ws: Probing) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = (packer.compress(bytes(200 * 2**20)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        before = peak_kib()
        async with listening(accepting(frame(BINARY, bomb, rsv1=True), headers=DEFLATE)) as server:
            outcome = await ws(server.address, compression=True, dialogue=WAIT)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE)
        assert "more than 1 MiB once unpacked" in outcome.message
        assert peak_kib() - before < 32 * 1024

    @pytest.mark.parametrize(
        "data",
        [
            frame(TEXT, b"\xff\xff\xff", rsv1=True),
            frame(PING, b"", rsv1=True),
            frame(TEXT, b"", fin=False, rsv1=True) + frame(CONTINUATION, b"", rsv1=True),
        ],
    )
    async def test_broken(self, data: bytes, ws: Probing) -> None:
        async with listening(accepting(data, headers=DEFLATE)) as server:
            outcome = await ws(server.address, compression=True, dialogue=WAIT)
        assert outcome.reason is Reason.PROTOCOL


class TestHostile:
    """Each ends at the deadline or before it, with a reason, in bounded memory."""

    @pytest.mark.parametrize(
        "data",
        [
            frame(TEXT, b"x", rsv1=True),
            frame(3, b"x"),
            frame(11, b"x"),
            frame(CONTINUATION, b"x"),
            frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"),
            frame(TEXT, b"\xff"),
            frame(TEXT, b"\xe2", fin=False) + frame(CONTINUATION, b""),
            frame(PING, b"x" * 126),
            frame(PING, b"x", fin=False),
            frame(CLOSE, b"\x03"),
            frame(CLOSE, struct.pack(">H", 1005)),
            frame(CLOSE, struct.pack(">H", 12)),
            frame(CLOSE, struct.pack(">H", 1000) + b"\xff"),
            bytes((0x81, 0x81)) + b"maskx",
            bytes((0x81, 126)) + b"\0\1x",
            bytes((0x82, 127)) + b"\xff" * 8,
            b"\xff" * 32,
        ],
    )
    async def test_broken_frames(self, data: bytes, ws: Probing) -> None:
        async with listening(accepting(data)) as server:
            outcome = await ws(server.address, dialogue=WAIT)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.PROTOCOL), outcome
        assert "broke the rules of WebSocket" in outcome.message

    @pytest.mark.parametrize(
        "handler",
        [
            silent,
            accepting(),
            accepting(b"\x81", slowly=True),
            accepting(frame(TEXT, b"x" * 100), slowly=True),
            accepting(frame(TEXT, b"x", length=2**40)),
        ],
    )
    async def test_what_never_ends_ends_at_the_deadline(self, handler: Handler, ws: Probing) -> None:
        async with listening(handler) as server:
            outcome = await ws(server.address, within=0.4, dialogue=WAIT)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TIMEOUT), outcome

    @pytest.mark.parametrize(
        ("handler", "words"),
        [
            (accepting(frame(BINARY, b"", length=2**40), forever=bytes(65_536)), "more than 1 MiB"),
            (accepting(frame(TEXT, b"", fin=False), forever=frame(CONTINUATION, b"", fin=False) * 100), "20000 frames"),
            (accepting(forever=frame(PING, b"") * 100), "20000 frames"),
            (accepting(forever=frame(TEXT, b"noise") * 100), "20000 frames"),
            (accepting(forever=frame(TEXT, b"x" * 60_000)), "more than 1 MiB"),
        ],
        ids=["gigabytes", "continuations", "pings", "messages", "long messages"],
    )
    async def test_floods_are_bounded(self, handler: Handler, words: str, ws: Probing) -> None:
        before = peak_kib()
        async with listening(handler) as server:
            outcome = await ws(server.address, dialogue=WAIT)
        assert (outcome.verdict, outcome.reason) == (Verdict.DOWN, Reason.TOO_LARGE), outcome
        assert words in outcome.message
        assert peak_kib() - before < 32 * 1024

    async def test_a_reset(self, ws: Probing) -> None:
        async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await accepting(close=True)(reader, writer)
            writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER: reset at close

        async with listening(resets) as server:
            outcome = await ws(server.address, dialogue=WAIT)
        assert outcome.verdict is Verdict.DOWN
        assert outcome.reason in (Reason.PROTOCOL, Reason.DIALOGUE)


def peak_kib() -> int:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class TestParser:
    """Any bytes, cut anywhere, are events or a failure."""

    @settings(max_examples=500, deadline=None)
    @given(st.binary(max_size=300), st.integers(1, 40), st.booleans())
    def test_any_bytes(self, data: bytes, cut: int, compressed: bool) -> None:
        frames = Frames("peer", compressed=compressed)
        with suppress(Failure):
            for at in range(0, len(data), cut):
                list(frames.events(data[at : at + cut]))

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.binary(max_size=200), max_size=5), st.integers(1, 40))
    def test_messages_come_whole(self, messages: list[bytes], cut: int) -> None:
        whole = b"".join(
            frame(BINARY, message[:3], fin=False) + frame(CONTINUATION, message[3:]) for message in messages
        ) + frame(CLOSE, struct.pack(">H", 1000))
        frames = Frames("peer", compressed=False)
        events = [event for at in range(0, len(whole), cut) for event in frames.events(whole[at : at + cut])]
        assert events == [*map(Message, messages), Closed(1000, "")]

    def test_the_bound_counts_what_was_taken(self) -> None:
        frames = Frames("peer", compressed=False)
        list(frames.events(frame(BINARY, bytes(MOST_READ - 20))))
        with pytest.raises(Failure, match="more than 1 MiB"):
            list(frames.events(bytes(100)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "https://shop.example.org/"}, "ws:// or wss://"),
        ({"url": "ws://shop.example.org:99999/"}, "a port up to 65535"),
        ({"url": "ws://u:p@shop.example.org/"}, "basic_auth"),
        ({"url": "ws://shop.example.org/#x"}, "without a fragment"),
        ({"headers": {"Sec-WebSocket-Key": "x"}}, "a header of your own"),
        ({"headers": {"Upgrade": "x"}}, "a header of your own"),
        ({"origin": "shop"}, "an origin"),
        ({"subprotocols": ["a b"]}, "a subprotocol's name"),
        ({"subprotocols": ["a", "a"]}, "each once"),
        ({"bearer": "x", "basic_auth": {"username": "u", "password": "p"}}, "one of them"),
        ({"dialogue": [{}]}, "expect, expect_hex"),
        ({"dialogue": [{"expect": "a", "expect_close": 1000}]}, "one of them"),
        ({"dialogue": [{"reject": "a"}]}, "expect or expect_hex beside it"),
        ({"dialogue": [{"reject": "a", "expect_close": 1000}]}, "expect or expect_hex beside it"),
        ({"dialogue": [{"send": "a", "send_hex": "00"}]}, "one of them"),
        ({"dialogue": [{"close": 1005}]}, "1000, or one that the server knows"),
        ({"dialogue": [{"close": 1000}, {"send": "a"}]}, "expect_close after close"),
        ({"dialogue": [{"expect_close": 1000}, {"ping": True}]}, "nothing after it"),
        ({"dialogue": [{"expect_close": 1000, "send": "x"}]}, "expect_close alone"),
        ({"dialogue": [{"send": "${1}"}]}, "of a pattern before it"),
    ],
)
def test_mistakes(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        WebsocketOptions.model_validate({"url": "ws://shop.example.org/", **options})


def test_what_is_no_host_is_a_mistake_of_the_catalogue() -> None:
    with pytest.raises(ValidationError, match=r"url\n"):
        websocket_probe(ProbeContext(), "ws://x..y/")
