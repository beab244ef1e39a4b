"""A TCP connection to the first address that answers (happy eyeballs, RFC 8305), without a thread."""

import asyncio
import errno
import itertools
import socket
from collections.abc import Sequence

from slamon.probes.failures import OURS, connect_failure

STAGGER_S = 0.2
"""After this time without an answer the next address is tried beside it; libcurl waits as long."""


async def connected(addresses: Sequence[str], port: int, whom: str, source: str | None = None) -> socket.socket:
    """A connected, non-blocking socket; the caller closes it. `source`: the address of this machine to come from.

    Raises Failure (connect, refused) when no address answers, ProbeNotRunError when we could not try. Waits without
    bound: the caller has the deadline.
    """
    try:
        if len(addresses) == 1:
            return await _attempt(addresses[0], port, source)
        return await _race(interleaved(addresses), port, source)
    except OSError as error:
        raise connect_failure(error.errno or 0, whom, source) from None


def interleaved(addresses: Sequence[str]) -> list[str]:
    """The addresses with their families in turn, beginning with that of the first."""
    six = ":" in addresses[0]
    first = [address for address in addresses if (":" in address) is six]
    second = [address for address in addresses if (":" in address) is not six]
    return [one for pair in itertools.zip_longest(first, second) for one in pair if one is not None]


async def _attempt(address: str, port: int, source: str | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source is not None:
            sock.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


async def _race(addresses: Sequence[str], port: int, source: str | None) -> socket.socket:
    waiting: set[asyncio.Task[socket.socket]] = set()
    errors: list[OSError] = []
    left = list(addresses)
    try:
        while left or waiting:
            if left:
                waiting.add(asyncio.ensure_future(_attempt(left.pop(0), port, source)))
            ended, waiting = await asyncio.wait(
                waiting, timeout=STAGGER_S if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            winner = _winner(ended, errors)
            if winner is not None:
                return winner
    finally:
        for attempt in waiting:
            attempt.cancel()
            attempt.add_done_callback(_close)
    raise telling(errors)


def _winner(ended: set[asyncio.Task[socket.socket]], errors: list[OSError]) -> socket.socket | None:
    winner: socket.socket | None = None
    for attempt in ended:
        error = attempt.exception()
        if error is None and winner is None:
            winner = attempt.result()
        elif error is None:
            attempt.result().close()
        elif isinstance(error, OSError):
            errors.append(error)
        else:
            raise error
    return winner


def _close(attempt: asyncio.Task[socket.socket]) -> None:
    """A late attempt: nobody wants it any more."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


def telling(errors: Sequence[OSError]) -> OSError:
    """The error that says most of the other side: a refusal, then one that is not our own fault, then the first."""
    refused = (error for error in errors if error.errno == errno.ECONNREFUSED)
    theirs = (error for error in errors if error.errno not in OURS)
    return next(refused, None) or next(theirs, None) or errors[0]
