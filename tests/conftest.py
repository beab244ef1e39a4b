"""What holds for all tests."""

import signal
from collections.abc import Iterator

import pytest
import structlog


def pytest_configure() -> None:
    """A shell that starts us in the background has Ctrl-C ignored, and children inherit that: tests send it to them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A test that sets the log up leaves nothing of it to the next one."""
    yield
    structlog.reset_defaults()
