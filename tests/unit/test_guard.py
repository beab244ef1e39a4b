"""The guard of the unit tests guards."""

import socket

import pytest


def test_connecting_to_the_world_raises() -> None:
    with socket.socket() as sock, pytest.raises(RuntimeError, match=r"connects to 192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))
