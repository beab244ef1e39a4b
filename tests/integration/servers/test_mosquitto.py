"""The example for MQTT against the real Mosquitto: up, and broken in the ways it breaks."""

import contextlib
import subprocess
from collections.abc import Iterator

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, up

PASSWORD = "geheim-und-lang"
EVERYTHING = "user slamon\ntopic readwrite #\n"
READ_ONLY = "user slamon\ntopic read #\n"


@contextlib.contextmanager
def mosquitto(rights: str = EVERYTHING, *settings: str) -> Iterator[int]:
    port = free_port()
    with folder() as place:
        passwords, acl, config, log = (place / name for name in ("passwords", "acl", "config", "log"))
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "slamon", PASSWORD], check=True)
        acl.write_text(rights)
        lines = [f"listener {port} 127.0.0.1", "allow_anonymous false", f"password_file {passwords}", f"acl_file {acl}"]
        config.write_text("\n".join([*lines, "user root", *settings]) + "\n")
        with child(["mosquitto", "-c", config], log) as process:
            up(process, port, log)
            yield port


def packet(password: str) -> str:
    """What MQTT_CONNECT is."""
    texts = b"".join(len(text).to_bytes(2, "big") + text for text in (b"slamon", b"slamon", password.encode()))
    rest = b"\x00\x04MQTT\x04\xc2\x00\x3c" + texts
    return (b"\x10" + bytes([len(rest)]) + rest).hex()


def ask(port: int, password: str = PASSWORD, within: float = 20) -> Outcome:
    return probed("mosquitto", "broker.example.org:1883", port, {"MQTT_CONNECT": packet(password)}, within)


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with mosquitto() as port:
        yield port


def test_up(server: int) -> None:
    found = ask(server)
    assert found.verdict is Verdict.UP, found


def test_a_wrong_password(server: int) -> None:
    found = ask(server, "verkehrt")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "20 02 00 05" in found.message


def test_a_message_that_does_not_come_back() -> None:
    """Taken by the broker and given to nobody: a user without the right to publish."""
    with mosquitto(READ_ONLY) as port:
        found = ask(port, within=2)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
