"""The guard of the unit tests guards."""

import os
import socket

import pytest


def test_connecting_to_the_world_raises() -> None:
    with socket.socket() as sock, pytest.raises(RuntimeError, match=r"connects to 192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="elsewhere tests may be skipped for want of rights")
def test_no_test_is_skipped_for_want_of_rights_where_all_must_pass() -> None:
    """Namespaces, mounts and servers that need users of their own are tested by root only."""
    assert os.geteuid() == 0
