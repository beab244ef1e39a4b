"""Reloads when the catalogue's files change: looked at every second, taken up when they have come to rest."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

LOOK_S = 1.0

State = tuple[int, int, int]
Stamp = dict[str, State]
_MISSING: State = (0, -1, 0)


def stamp(paths: Iterable[Path]) -> Stamp:
    """What tells one state of the files from another; a missing file is one too."""
    found: Stamp = {}
    for path in paths:
        try:
            status = path.stat()
            found[str(path)] = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            found[str(path)] = _MISSING
    return found


async def watch(paths: Callable[[], Iterable[Path]], changed: Callable[[], Awaitable[None]]) -> None:
    """Call `changed` once the files are others than before and the same for a second. Runs until cancelled.

    `paths` is asked in a thread. What is written while `changed` runs is a change too; and so is a file that was not
    looked at before, for whether it was there when `changed` looked nobody can tell.
    """
    known = await asyncio.to_thread(_stamped, paths)
    seen = known
    while True:
        await asyncio.sleep(LOOK_S)
        found = await asyncio.to_thread(_stamped, paths)
        if found != known and found == seen:
            await changed()
            after = await asyncio.to_thread(_stamped, paths)
            known = {path: found.get(path, _MISSING) for path in after}
            seen = known
        else:
            seen = found


def _stamped(paths: Callable[[], Iterable[Path]]) -> Stamp:
    """A folder that cannot be looked through is one more state of the files."""
    try:
        return stamp(paths())
    except OSError:
        return {}
