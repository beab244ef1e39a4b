"""Unit tests touch no network but loopback and see no address of the real world."""

import socket
from typing import Any

import pytest


class RealNetworkError(RuntimeError):
    """A unit test reached for the network."""


def _guarded(address: Any) -> None:
    if isinstance(address, tuple) and str(address[0]) not in {"127.0.0.1", "::1", "localhost"}:
        raise RealNetworkError(f"a unit test connects to {address[0]}")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        _guarded(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
