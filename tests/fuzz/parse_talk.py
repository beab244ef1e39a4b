"""Talks: a server's words, fed to the side that waits for them."""

import ssl
from functools import cache

from slamon.catalogue.kinds.websocket import WebsocketStep
from slamon.catalogue.probe_options import DialogueStep
from slamon.probes.course import Failure
from slamon.probes.dialogue import Conversation
from slamon.probes.dialogue import Script as Dialogue
from slamon.probes.ssh_exchange import agreed
from slamon.probes.ssh_keys import ALGORITHMS
from slamon.probes.ssh_packets import Packets
from slamon.probes.starttls import STARTTLS, Preamble, begin
from slamon.probes.websocket_frames import Frames
from slamon.probes.websocket_handshake import Asking, opened
from slamon.probes.websocket_talk import Script, Talk
from slamon.probes.wire import Wire

from tests.fuzz.wires import stages, waited, wire

STEPS = (
    {"expect": "^220 (?P<name>[a-z.]+)", "reject": "^5", "send": "EHLO ${name}\r\n"},
    {"expect_hex": "00 0a", "reject_hex": "00 ff", "send_hex": "01 02"},
    {"expect": "^250"},
)
MESSAGES = ({"send": "hello"}, {"expect": "w(.)r", "send": "${1}"}, {"expect_hex": "00 ff"}, {"close": 1000})


def starttls(data: bytes) -> None:
    """The words before TLS, by every protocol."""
    for protocol in STARTTLS:
        try:
            waited(begin(protocol, Preamble(wire(data), "mail.example.org:25", "mail.example.org")))
        except Failure:
            pass


def ssh(data: bytes) -> None:
    """An identification and a key exchange."""

    async def talk() -> None:
        packets = Packets(wire(data), "gw:22", stages())
        await agreed(packets, "gw:22", await packets.identification(), ALGORITHMS)

    waited(talk())


@cache
def _script() -> Script:
    return Script([WebsocketStep.model_validate(step) for step in MESSAGES], ["geheim"])


def websocket(data: bytes) -> None:
    """A handshake, and messages as they may follow on it."""
    asking = Asking("/", ((b"Host", b"ws.example.org"),), ("chat",), True)
    head = data.partition(b"\r\n\r\n")[2]

    async def talk() -> None:
        for compressed in (True, False):
            try:
                frames = Frames("ws", compressed=compressed)
                await Talk(_script(), wire(head), frames, "ws", stages()).run(data[:10])
            except Failure:
                pass
        await opened(wire(data), asking, "ws", lambda: None)

    waited(talk())


@cache
def _dialogue() -> Dialogue:
    return Dialogue([DialogueStep.model_validate(step) for step in STEPS])


async def _never(_wire: Wire, _tls: ssl.SSLContext) -> None:
    raise AssertionError("no step begins TLS")


def dialogue(data: bytes) -> None:
    """What a server says in a dialogue of lines and bytes."""
    waited(Conversation(_dialogue(), wire(data), "db", None).run(lambda: None, _never))
