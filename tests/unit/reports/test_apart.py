"""A call in a child of its own gives what it gives, raises what it raises, and leaves nothing behind."""

import os

import pytest
from slamon.errors import SlamonError, UsageError
from slamon.reports.apart import apart


def test_what_is_given_comes_back_and_the_child_was_another_process() -> None:
    large, process = apart(lambda: (b"x" * 3_000_000, os.getpid()))
    assert (len(large), process != os.getpid()) == (3_000_000, True)


def test_what_is_raised_is_raised_here() -> None:
    def call() -> None:
        raise UsageError("no such thing")

    with pytest.raises(UsageError, match="no such thing"):
        apart(call)


def test_a_child_that_is_killed_is_told_of() -> None:
    with pytest.raises(SlamonError, match="ended without it"):
        apart(lambda: os.kill(os.getpid(), 9))
