"""Long work in the event loop, in pieces: others get their turn every few milliseconds."""

import asyncio
import time
from collections.abc import Iterable

TURN_S = 0.004
"""So long a piece may go on before the loop gets its turn; a single step may take a little longer."""


async def in_turns(steps: Iterable[object]) -> None:
    """Exhaust the steps, giving the loop its turn."""
    end = time.perf_counter() + TURN_S
    for _ in steps:
        if time.perf_counter() >= end:
            await asyncio.sleep(0)
            end = time.perf_counter() + TURN_S
