"""The example for PostgreSQL against the real server: up, and broken in the ways it breaks."""

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, wait_for

PASSWORD = "geheim-und-lang"
[BIN] = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:] or [Path("/usr/lib/postgresql")]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become postgres")


def made(data: Path, *words: str) -> None:
    """Run one of PostgreSQL's programs as its user."""
    subprocess.run([BIN / words[0], *words[1:]], user="postgres", cwd=data.parent, capture_output=True, check=True)


@contextlib.contextmanager
def postgres(data: Path, **settings: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The server over a data folder; ends as fast as it can."""
    port = free_port()
    chosen = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
    } | settings
    words: list[str | Path] = [BIN / "postgres", "-D", data]
    for name, value in chosen.items():
        words += ["-c", f"{name}={value}"]
    log = data.parent / f"log-{port}"
    log.touch()
    with child(words, log, user="postgres") as process:
        try:
            yield port, process
        finally:
            process.send_signal(signal.SIGINT)


def message(password: str) -> str:
    """What POSTGRES_PASSWORD_MESSAGE is."""
    return (b"p" + (len(password) + 5).to_bytes(4, "big") + password.encode() + b"\0").hex()


def ask(port: int, password: str = PASSWORD) -> Outcome:
    return probed("postgresql", "db.example.org:5432", port, {"POSTGRES_PASSWORD_MESSAGE": message(password)})


def becomes_up(port: int) -> None:
    wait_for(lambda: ask(port).verdict is Verdict.UP, "the database takes writes", 60)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A cluster with the user slamon."""
    with folder("postgres") as place:
        found = place / "data"
        made(found, "initdb", "-D", str(found), "-A", "trust", "--no-sync")
        sql = f"CREATE USER slamon PASSWORD '{PASSWORD}'\n".encode()
        words = [BIN / "postgres", "--single", "-D", found, "postgres"]
        subprocess.run(words, input=sql, user="postgres", cwd=place, capture_output=True, check=True)
        (found / "pg_hba.conf").write_text(
            "host replication all 127.0.0.1/32 trust\nhost postgres slamon 127.0.0.1/32 password\n"
        )
        yield found


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[int]:
    with postgres(data) as (port, _):
        becomes_up(port)
        yield port


def test_a_wrong_password(server: int) -> None:
    found = ask(server, "verkehrt")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "password authentication failed for user" in found.message
    assert ask(server).verdict is Verdict.UP


def test_a_standby_takes_no_writes(server: int, data: Path) -> None:
    copy = data.parent / "standby"
    made(
        copy,
        "pg_basebackup",
        "-h",
        "127.0.0.1",
        "-p",
        str(server),
        "-U",
        "postgres",
        "-D",
        str(copy),
        "-R",
        "-X",
        "stream",
    )
    with postgres(copy) as (port, _):
        row = bytes.fromhex("440000000b00010000000174").hex(" ")
        wait_for(lambda: f"what is rejected: {row}" in ask(port).message, "it says that it is in recovery", 60)
        assert (ask(port).verdict, ask(port).reason) == (Verdict.DOWN, Reason.DIALOGUE)


def test_no_connection_is_free(data: Path, server: int) -> None:
    copy = data.parent / "full"
    made(copy, "pg_basebackup", "-h", "127.0.0.1", "-p", str(server), "-U", "postgres", "-D", str(copy), "-X", "stream")
    with postgres(copy, max_connections="1", superuser_reserved_connections="0", max_wal_senders="0") as (port, _):
        becomes_up(port)
        with socket.create_connection(("127.0.0.1", port)) as taken:
            taken.sendall(bytes.fromhex("0000002700030000") + b"user\0slamon\0database\0postgres\0\0")
            assert taken.recv(1) == b"R"
            taken.sendall(bytes.fromhex(message(PASSWORD)))
            wait_for(lambda: ask(port).verdict is Verdict.DOWN, "the only connection is taken")
            assert ask(port).reason is Reason.DIALOGUE
        becomes_up(port)


def test_while_it_recovers_from_a_crash(data: Path, server: int) -> None:
    """A standby that has not reached a consistent state refuses connections: the database system is starting up."""
    copy = data.parent / "starting"
    made(copy, "pg_basebackup", "-h", "127.0.0.1", "-p", str(server), "-U", "postgres", "-D", str(copy), "-X", "none")
    (copy / "standby.signal").touch()
    with postgres(copy, restore_command="false") as (port, _):
        wait_for(lambda: "the database system is starting up" in ask(port).message, "it says that it starts up", 60)
        assert (ask(port).verdict, ask(port).reason) == (Verdict.DOWN, Reason.DIALOGUE)


def test_stopped() -> None:
    assert ask(free_port()).reason is Reason.REFUSED
