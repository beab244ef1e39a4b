"""A connection whose other side has said all it will say, and a place to run what waits for it."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any, cast

from slamon.clock import SystemClock
from slamon.probes.course import Course
from slamon.probes.stages import Stages
from slamon.probes.wire import Wire

PIECE = 7
"""So few bytes come at once at first: words are cut anywhere."""


class Said:
    """What a `Wire` is to a talk."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    async def receive(self) -> bytes:
        """The next bytes; none at the end."""
        piece = self._data[self._at : self._at + (PIECE if self._at < 10 * PIECE else 4096)]
        self._at += len(piece)
        return piece

    async def send(self, data: bytes) -> None:
        """Nobody listens."""


def wire(data: bytes) -> Wire:
    """As the talk takes it."""
    return cast(Wire, Said(data))


def stages() -> Stages:
    """Of a probe that is nobody's."""
    return Stages(Course(), SystemClock())


@cache
def _runner() -> asyncio.Runner:
    return asyncio.Runner()


def waited(talk: Coroutine[Any, Any, object]) -> None:
    """Run it to its end."""
    _runner().run(talk)
