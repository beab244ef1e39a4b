"""The example for a directory against the real OpenLDAP: up, and broken in the ways it breaks."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, up, wait_for

PASSWORD = "geheim"
NAME = "cn=slamon,dc=example,dc=org"
CONFIG = """
include /etc/ldap/schema/core.schema
{first}
pidfile {place}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example,dc=org"
rootdn "{name}"
rootpw {password}
directory {place}/db
{more}
"""


def bind(password: str) -> str:
    """What LDAP_BIND is."""
    name, words = NAME.encode(), password.encode()
    credentials = b"\x04" + bytes([len(name)]) + name + b"\x80" + bytes([len(words)]) + words
    request = b"\x02\x01\x03" + credentials
    rest = b"\x02\x01\x01\x60" + bytes([len(request)]) + request
    return (b"\x30" + bytes([len(rest)]) + rest).hex()


def ask(port: int, password: str = PASSWORD, within: float = 20) -> Outcome:
    return probed("openldap", "ldap.example.org:389", port, {"LDAP_BIND": bind(password)}, within)


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: "subprocess.Popen[bytes]"


@contextmanager
def slapd(more: str = "", first: str = "") -> Iterator[Server]:
    port = free_port()
    with folder() as place:
        config, log = place / "slapd.conf", place / "log"
        (place / "db").mkdir()
        config.write_text(CONFIG.format(place=place, name=NAME, password=PASSWORD, more=more, first=first))
        subprocess.run(["/usr/sbin/slaptest", "-u", "-f", config], capture_output=True, check=True)
        with child(["/usr/sbin/slapd", "-f", config, "-h", f"ldap://127.0.0.1:{port}/", "-d", "0"], log) as process:
            up(process, port, log)
            yield Server(port, process)


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with slapd() as found:
        yield found.port


@pytest.fixture(scope="module")
def strict() -> Iterator[int]:
    """One that binds nobody in the clear."""
    with slapd("security simple_bind=128") as found:
        yield found.port


def test_up(server: int) -> None:
    found = ask(server)
    assert found.verdict is Verdict.UP, found


def test_a_wrong_password(server: int) -> None:
    found = ask(server, "verkehrt")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "61 07 0a 01 31" in found.message, "invalidCredentials (49)"


def test_a_bind_that_is_refused(strict: int) -> None:
    found = ask(strict)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "what is rejected" in found.message


def test_it_is_unwilling() -> None:
    """As while its database is restored: binds are restricted."""
    with slapd(first="restrict bind") as closed:
        found = ask(closed.port)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "61" in found.message
    assert "0a 01 35" in found.message, "unwillingToPerform (53)"


def test_it_listens_and_does_not_get_on() -> None:
    """As while it starts with a large database, or is too busy: the kernel takes connections, and nobody answers."""
    with slapd() as busy:
        assert ask(busy.port).verdict is Verdict.UP
        busy.process.send_signal(signal.SIGSTOP)
        try:
            found = ask(busy.port, within=1)
        finally:
            busy.process.send_signal(signal.SIGCONT)
        assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)
        wait_for(lambda: ask(busy.port).verdict is Verdict.UP, "it answers again")


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
