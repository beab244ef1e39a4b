"""The example for a directory against the real OpenLDAP: up, and broken in the ways it breaks."""

import subprocess
from collections.abc import Iterator

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, up

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


def ask(port: int, password: str = PASSWORD) -> Outcome:
    return probed("openldap", "ldap.example.org:389", port, {"LDAP_BIND": bind(password)})


def slapd(more: str = "", first: str = "") -> Iterator[int]:
    port = free_port()
    with folder() as place:
        config, log = place / "slapd.conf", place / "log"
        (place / "db").mkdir()
        config.write_text(CONFIG.format(place=place, name=NAME, password=PASSWORD, more=more, first=first))
        subprocess.run(["/usr/sbin/slaptest", "-u", "-f", config], capture_output=True, check=True)
        with child(["/usr/sbin/slapd", "-f", config, "-h", f"ldap://127.0.0.1:{port}/", "-d", "0"], log) as process:
            up(process, port, log)
            yield port


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    yield from slapd()


@pytest.fixture(scope="module")
def strict() -> Iterator[int]:
    """One that binds nobody in the clear."""
    yield from slapd("security simple_bind=128")


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


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
