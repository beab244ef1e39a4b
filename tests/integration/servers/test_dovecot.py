"""The example for IMAP against the real Dovecot: up, and broken in the ways it breaks."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, up

PASSWORD = "geheim-und-lang"
CONFIG = """
base_dir = {place}/run
log_path = {place}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = dovecot
default_login_user = dovenull
mail_location = maildir:{place}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={place}/mail
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start dovecot")


@contextlib.contextmanager
def dovecot() -> Iterator[tuple[int, Path]]:
    port = free_port()
    with folder() as place:
        mail, config, log = place / "mail", place / "dovecot.conf", place / "log"
        mail.mkdir()
        mail.chmod(0o777)
        config.write_text(CONFIG.format(place=place, password=PASSWORD, port=port))
        with child(["/usr/sbin/dovecot", "-F", "-c", config], place / "out") as process:
            up(process, port, log if log.exists() else place / "out")
            yield port, mail


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Path]]:
    with dovecot() as found:
        yield found


def ask(port: int, password: str = PASSWORD) -> Outcome:
    return probed("dovecot", "imap.example.org:143", port, {"IMAP_PASSWORD": password})


def test_up(server: tuple[int, Path]) -> None:
    found = ask(server[0])
    assert found.verdict is Verdict.UP, found


def test_a_wrong_password(server: tuple[int, Path]) -> None:
    found = ask(server[0], "verkehrt-und-lang")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "AUTHENTICATIONFAILED" in found.message
    assert "verkehrt" not in found.message


def test_a_mailbox_that_cannot_be_opened(server: tuple[int, Path]) -> None:
    port, mail = server
    assert ask(port).verdict is Verdict.UP  # the folder is there
    box = mail / "slamon"
    mode = box.stat().st_mode
    for part in (box / "cur", box / "new", box):
        part.chmod(0)
    try:
        found = ask(port)
    finally:
        for part in (box, box / "new", box / "cur"):
            part.chmod(mode & 0o7777)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert ask(port).verdict is Verdict.UP


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
