"""The example for MariaDB against the real server: up, and broken in the ways a greeting shows."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, up, wait_for

FEWEST = 10
"""So many connections are the least that the server can be set to; one more is kept for its administrator."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become mysql")


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    port = free_port()
    with folder("mysql") as place:
        data, log = place / "data", place / "log"
        made = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        subprocess.run(made, user="mysql", cwd=place, capture_output=True, check=True)
        words = [
            "/usr/sbin/mariadbd",
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={place / 'socket'}",
            f"--pid-file={place / 'pid'}",
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--max-connections={FEWEST}",
        ]
        log.touch()
        with child(words, log, user="mysql") as process:
            up(process, port, log)
            yield port


def ask(port: int) -> Outcome:
    return probed("mariadb", "erp-db.example.org:3306", port, {})


def test_up(server: int) -> None:
    wait_for(lambda: ask(server).verdict is Verdict.UP, "it greets")


def test_no_connection_is_free(server: int) -> None:
    with ExitStack() as held:
        for _ in range(FEWEST + 1):
            taken = held.enter_context(socket.create_connection(("127.0.0.1", server)))
            taken.settimeout(20)
            taken.recv(1)
        found = ask(server)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "Too many connections" in found.message
    wait_for(lambda: ask(server).verdict is Verdict.UP, "connections are free again")


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
