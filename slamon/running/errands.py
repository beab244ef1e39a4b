"""Work that would hold the loop, done by a child process in a group of its own: JSON lines in and out."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from slamon.errors import SlamonError

COMMAND = (sys.executable, "-m", "slamon.delivery.errand")
LIMIT_S = 1800.0
"""The most that an errand may take."""

_LONGEST_LINE = 512 * 1024 * 1024
_COMPLAINT = 2000
_END_S = 5.0


class ErrandFailed(SlamonError):
    """The child process came to no end of its own, or says why it could not do what was asked."""


class Errands:
    """Starts the children, one at a time."""

    def __init__(
        self,
        config: Path,
        data: Path | None,
        ledger: Path,
        env: Mapping[str, str] | None,
        *,
        command: Sequence[str] = COMMAND,
        limit_s: float = LIMIT_S,
    ) -> None:
        """`config` and `data` as the command line names them; `env` None: our own environment."""
        self._where = {
            "config": str(config.absolute()),
            "data": None if data is None else str(data.absolute()),
            "ledger": str(ledger.absolute()),
        }
        self._env = dict(os.environ if env is None else env)
        self._command = command
        self._limit_s = limit_s
        self._turn = asyncio.Lock()

    async def send(self, what: str, **words: Any) -> AsyncIterator[dict[str, Any]]:
        """What the child says, line by line; ErrandFailed where it fails, is killed, or takes too long."""
        async with self._turn:
            child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._env,
                start_new_session=True,
                limit=_LONGEST_LINE,
            )
            complaint = asyncio.create_task(_complaint(child))
            try:
                async with asyncio.timeout(self._limit_s):
                    async for told in self._talk(child, {"what": what, **self._where, **words}):
                        yield told
                    code = await child.wait()
                if code:
                    said = (await complaint).strip().rpartition("\n")[2]
                    raise ErrandFailed(f"the process that does it ended with {code}: {said or 'without a word'}")
            except TimeoutError:
                raise ErrandFailed(f"not done within {self._limit_s:g} s") from None
            finally:
                complaint.cancel()
                await _ended(child)

    async def _talk(self, child: asyncio.subprocess.Process, asked: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        with suppress(ConnectionError):
            await child.stdin.drain()
        while line := await child.stdout.readline():
            told = json.loads(line)
            if "error" in told:
                raise ErrandFailed(str(told["error"]))
            yield told


async def _complaint(child: asyncio.subprocess.Process) -> str:
    """The last of what it writes to standard error."""
    assert child.stderr is not None
    kept = b""
    while piece := await child.stderr.read(65_536):
        kept = (kept + piece)[-_COMPLAINT:]
    return kept.decode("utf-8", "replace")


async def _ended(child: asyncio.subprocess.Process) -> None:
    """Take it and all that it began away."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_END_S):
            await child.wait()
