"""What holds for all tests."""

import signal
from collections.abc import Iterator

import pytest
import structlog


def pytest_configure() -> None:
    """A shell that starts us in the background has Ctrl-C ignored, and children inherit that: tests send it to them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


SHARED = ("system", "servers", "alerting")
"""Folders whose files share servers among their tests."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run beside each other, those of a file that starts servers stay together: each server starts once."""
    for item in items:
        if not item.path.parent.name.startswith(SHARED) and "dropin" not in item.path.parts:
            continue
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A test that sets the log up leaves nothing of it to the next one."""
    yield
    structlog.reset_defaults()
