"""Reloads when the catalogue's files change: looked at every second, taken up when they have come to rest."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

LOOK_S = 1.0

Stamp = tuple[tuple[str, int, int, int], ...]


def stamp(paths: Iterable[Path]) -> Stamp:
    """What tells one state of the files from another; a missing file is one too."""
    found = []
    for path in sorted(set(paths)):
        try:
            status = path.stat()
            found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
        except OSError:
            found.append((str(path), 0, -1, 0))
    return tuple(found)


async def watch(paths: Callable[[], Iterable[Path]], changed: Callable[[], Awaitable[None]]) -> None:
    """Call `changed` once the files are others than before and the same for a second. Runs until cancelled."""
    known = await asyncio.to_thread(stamp, paths())
    seen = known
    while True:
        await asyncio.sleep(LOOK_S)
        found = await asyncio.to_thread(stamp, paths())
        if found != known and found == seen:
            await changed()
            known = await asyncio.to_thread(stamp, paths())
            seen = known
        else:
            seen = found
