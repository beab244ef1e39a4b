"""The example for Redis against the real server: up, and broken in the ways it breaks."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from slamon.accounting import Verdict
from slamon.probes import Outcome, Reason

from tests.integration.servers.debian import child, folder, free_port, probed, up, wait_for

PASSWORD = "geheim-und-lang"


@contextlib.contextmanager
def redis(*settings: str) -> Iterator[tuple[int, Path]]:
    port = free_port()
    with folder() as place:
        words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD]
        log = place / "log"
        with child([*words, "--dir", place, *settings], log) as process:
            up(process, port, log)
            yield port, place


def ask(port: int, password: str = PASSWORD) -> Outcome:
    return probed("redis", "cache.example.org:6379", port, {"REDIS_PASSWORD": password})


def said(port: int, *words: str) -> str:
    cli = ["redis-cli", "-p", str(port), "--no-auth-warning", "-a", PASSWORD, *words]
    return subprocess.run(cli, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with redis() as (port, _):
        yield port


def test_up(server: int) -> None:
    assert ask(server).verdict is Verdict.UP


def test_a_wrong_password(server: int) -> None:
    found = ask(server, "verkehrt-und-lang")
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.DIALOGUE)
    assert "WRONGPASS" in found.message
    assert "verkehrt" not in found.message


def test_a_full_memory(server: int) -> None:
    said(server, "CONFIG", "SET", "maxmemory", "1")
    found = ask(server)
    said(server, "CONFIG", "SET", "maxmemory", "0")
    assert found.verdict is Verdict.DOWN
    assert "OOM" in found.message
    assert ask(server).verdict is Verdict.UP


def test_a_replica(server: int) -> None:
    with redis("--replicaof", f"127.0.0.1 {server}", "--masterauth", PASSWORD) as (port, _):
        found = ask(port)
    assert found.verdict is Verdict.DOWN
    assert "slave" in found.message


def test_while_it_loads() -> None:
    with redis() as (port, place):
        said(port, "EVAL", "for i=1,20000 do redis.call('SET', 'k'..i, i) end", "0")
        said(port, "SAVE")
        loading = ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"]
        another = free_port()
        words = ["redis-server", "--port", str(another), "--bind", "127.0.0.1", "--requirepass", PASSWORD]
        log = place / "loading"
        with child([*words, "--dir", place, *loading], log) as process:
            up(process, another, log)
            found = ask(another)
            assert found.verdict is Verdict.DOWN, found
            assert "LOADING" in found.message


def test_stopped(server: int) -> None:
    assert ask(free_port()).reason is Reason.REFUSED
    wait_for(lambda: ask(server).verdict is Verdict.UP, "the other one is up still")
