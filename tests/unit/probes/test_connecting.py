"""Which address is tried when, and whose error is told."""

import errno

import pytest
from slamon.probes.connecting import interleaved, telling


@pytest.mark.parametrize(
    ("addresses", "order"),
    [
        (["1.1.1.1"], ["1.1.1.1"]),
        (["::1", "::2", "1.1.1.1"], ["::1", "1.1.1.1", "::2"]),
        (["1.1.1.1", "1.1.1.2", "::1", "::2", "::3"], ["1.1.1.1", "::1", "1.1.1.2", "::2", "::3"]),
    ],
)
def test_families_take_turns(addresses: list[str], order: list[str]) -> None:
    assert interleaved(addresses) == order


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([errno.ENETUNREACH, errno.ECONNREFUSED], errno.ECONNREFUSED),
        ([errno.EADDRNOTAVAIL, errno.EHOSTUNREACH], errno.EHOSTUNREACH),
        ([errno.EMFILE, errno.ENOMEM], errno.EMFILE),
    ],
)
def test_the_error_that_says_most(numbers: list[int], told: int) -> None:
    assert telling([OSError(number, "") for number in numbers]).errno == told
