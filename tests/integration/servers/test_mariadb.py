"""The example for MariaDB against the real server: up, and broken in the ways a greeting and a login show."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, listens, probed, up, wait_for

FEWEST = 10
"""So many connections are the least that the server can be set to; one more is kept for its administrator."""
PASSWORD = 'geheim wie\'s "ist"'

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become mysql")


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    socket: Path

    def sql(self, text: str) -> None:
        """Have its administrator say it."""
        words = ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", "--execute", text]
        subprocess.run(words, capture_output=True, check=True)


@contextmanager
def running(*more: str, begun: str = "") -> Iterator[Server]:
    """A new server; `begun`: what it is told while it starts."""
    port = free_port()
    with folder("mysql") as place:
        data, log, first = place / "data", place / "log", place / "first.sql"
        first.write_text(begun)
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
            f"--init-file={first}",
            *more,
        ]
        log.touch()
        with child(words, log, user="mysql") as process:
            up(process, port, log)
            yield Server(port, place / "socket")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as found:
        wait_for(lambda: greeting(found.port).verdict is Verdict.UP, "it greets")
        found.sql(f"CREATE USER slamon@localhost IDENTIFIED BY {quoted(PASSWORD)}")
        yield found


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def greeting(port: int, within: float = 20) -> Outcome:
    return probed("mariadb", "erp-db.example.org:3306", port, {"MARIADB_PASSWORD": ""}, within)


def login(port: int, password: str = PASSWORD, within: float = 20) -> Outcome:
    here = {"--hostname=erp-db.example.org": "--hostname=127.0.0.1", "--port=3306": f"--port={port}"}
    env = {"MARIADB_PASSWORD": password}
    return probed("mariadb", "erp-db.example.org:3306", port, env, within, "anmeldung", here)


def test_up(server: Server) -> None:
    assert greeting(server.port).verdict is Verdict.UP
    found = login(server.port)
    assert found.verdict in (Verdict.UP, Verdict.DEGRADED), found  # a busy machine may be slow


def test_a_wrong_password(server: Server) -> None:
    found = login(server.port, "verkehrt")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.PLUGIN)
    assert "Access denied" in found.message
    assert greeting(server.port).verdict is Verdict.UP, "a greeting does not show it"


def test_a_replica_that_takes_no_writes(server: Server) -> None:
    server.sql("SET GLOBAL read_only = ON")
    try:
        found = login(server.port)
    finally:
        server.sql("SET GLOBAL read_only = OFF")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.PLUGIN)
    assert "returned 1.0" in found.message
    assert login(server.port).verdict is not Verdict.DOWN


def test_no_connection_is_free(server: Server) -> None:
    with ExitStack() as held:
        for _ in range(FEWEST + 1):
            taken = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            taken.settimeout(20)
            taken.recv(1)
        found, refused = greeting(server.port), login(server.port)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert (refused.verdict, refused.reason) == (Verdict.DOWN, Reason.PLUGIN)
    assert "Too many connections" in found.message
    assert "Too many connections" in refused.message
    wait_for(lambda: login(server.port).verdict is not Verdict.DOWN, "connections are free again")


def test_starting_up() -> None:
    """It listens already, and is still at what it is to do first."""
    with running(begun="SELECT SLEEP(3600);") as server:
        assert listens(server.port)
        found, silent = greeting(server.port, 1), login(server.port, within=1)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.TIMEOUT)
    assert (silent.verdict, silent.reason) == (Verdict.DOWN, Reason.TIMEOUT)


def test_stopped() -> None:
    port = free_port()
    assert greeting(port).reason is Reason.REFUSED
    found = login(port)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.PLUGIN)
    assert "connect" in found.message
