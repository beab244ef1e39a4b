"""The example for SMTP against the real Postfix: up, and broken in the ways it breaks."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, listens, probed, wait_for

MAIN = """
compatibility_level = 3.6
queue_directory = {place}/queue
data_directory = {place}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mydestination = example.org
local_recipient_maps = inline:{{ {recipient}=x }}
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_peername_lookup = no
alias_maps =
maillog_file = /dev/stdout
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
qmgr unix n - n 300 1 qmgr
pickup unix n - n 60 1 pickup
tlsmgr unix - - n 1000? 1 tlsmgr
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start postfix")


@contextlib.contextmanager
def postfix(recipient: str = "info", *more: str) -> Iterator[int]:
    port = free_port()
    with folder() as place:
        config = place / "config"
        config.mkdir()
        (place / "queue").mkdir()
        (place / "data").mkdir()
        subprocess.run(["chown", "postfix", place / "data"], check=True)
        main = MAIN.format(place=place, recipient=recipient)
        (config / "main.cf").write_text(main + "\n".join(more) + "\n")
        (config / "master.cf").write_text(MASTER.format(port=port))
        log = place / "log"
        with child(["postfix", "-c", config, "start-fg"], log) as process:

            def listening() -> bool:
                assert process.poll() is None, log.read_text(errors="replace")
                return listens(port)

            wait_for(listening, "postfix listens", 60)
            yield port
            subprocess.run(["postfix", "-c", config, "stop"], capture_output=True, check=False)


def ask(port: int) -> Outcome:
    return probed("postfix", "mail.example.org:25", port, {})


def test_up() -> None:
    with postfix() as port:
        found = ask(port)
        assert found.verdict is Verdict.UP, found


def test_an_unknown_recipient() -> None:
    with postfix("somebody-else") as port:
        found = ask(port)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "550" in found.message


def test_a_client_that_is_refused() -> None:
    with postfix("info", "smtpd_client_restrictions = reject") as port:
        found = ask(port)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "554 5.7.1" in found.message


def test_a_full_disk() -> None:
    """It wants more free space in its queue than there is."""
    with postfix("info", f"queue_minfree = {1 << 60}", "message_size_limit = 1000") as port:
        found = ask(port)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "452 4.3.1 Insufficient system storage" in found.message


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
