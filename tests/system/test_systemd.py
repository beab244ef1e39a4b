"""The unit: what the service manager is told, and how little the service may do."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import Slamon

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "slamon.service"
MINIMAL = 'slamon: 1\nservices: {s: {checks: {c: {tcp: {address: "127.0.0.1:9"}}}}}\n'
PATIENCE_S = 60


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket of a service manager that wants a sign of life every three seconds."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(PATIENCE_S)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    with listening:
        yield listening


def told(manager: socket.socket, wanted: str) -> list[str]:
    """What comes up to a word, it included."""
    found: list[str] = []
    while not found or not found[-1].startswith(wanted):
        found.append(manager.recv(4096).decode())
    return found


def test_ready_alive_loading_and_stopping_are_told(tmp_path: Path, manager: socket.socket) -> None:
    config = tmp_path / "slamon.yml"
    config.write_text(MINIMAL)
    slamon = Slamon(config, tmp_path / "data")
    try:
        assert told(manager, "READY=1")[-1] == "READY=1"
        slamon.ready()
        assert "WATCHDOG=1" in told(manager, "WATCHDOG=1")
        assert "WATCHDOG=1" in told(manager, "WATCHDOG=1"), "only once"
        slamon.process.send_signal(signal.SIGHUP)
        assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", told(manager, "RELOADING=1")[-1])
        told(manager, "READY=1")
    finally:
        assert slamon.stop() == 0
    told(manager, "STOPPING=1")


def test_the_unit_is_sound_and_may_do_little() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"SYSTEMD_COLORS": "0"},
    )
    exposure = re.search(r"Overall exposure level for slamon.service: ([0-9.]+)", done.stdout)

    assert exposure is not None, done.stdout + done.stderr
    assert float(exposure[1]) < 2.0
    text = UNIT.read_text()
    assert "Type=notify" in text
    assert "WatchdogSec=" in text
