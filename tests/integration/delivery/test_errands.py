"""Children that do the work: what they say line by line, and every way in which they may end badly."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from slamon.running.errands import COMMAND, ErrandFailed, Errands

ECHO = "import sys; line = sys.stdin.readline(); print(line, end=''); print(line, end='')"
HANG = "import sys, time; print('{\"pid\": %d}' % __import__('os').getpid(), flush=True); time.sleep(3600)"


def errands(folder: Path, program: str, *, limit_s: float = 60.0) -> Errands:
    where = folder / "slamon.yml"
    return Errands(
        where, None, folder / "slamon.db", {"KEY": "v"}, command=(sys.executable, "-c", program), limit_s=limit_s
    )


async def said(found: Errands) -> list[dict[str, Any]]:
    return [told async for told in found.send("report", period="2026-10")]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_the_child_is_told_where_things_are_and_what_it_says_comes_line_by_line(tmp_path: Path) -> None:
    found = await said(errands(tmp_path, ECHO))
    told = {
        "what": "report", "config": str(tmp_path / "slamon.yml"), "data": None,
        "ledger": str(tmp_path / "slamon.db"), "period": "2026-10",
    }  # fmt: skip
    assert found == [told, told]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise SystemExit('bad thing')", "ended with 1: bad thing"),
        ("import sys; sys.exit(7)", "ended with 7: without a word"),
        ("import os; os.kill(os.getpid(), 9)", "ended with -9"),
        ('print(\'{"error": "no space"}\')', "no space"),
    ],
)
async def test_a_bad_end_is_told(tmp_path: Path, program: str, why: str) -> None:
    with pytest.raises(ErrandFailed, match=why):
        await said(errands(tmp_path, program))


async def test_one_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    pids: list[int] = []

    async def ask() -> None:
        async for told in errands(tmp_path, HANG, limit_s=3.0).send("report"):
            pids.append(told["pid"])

    with pytest.raises(ErrandFailed, match="not done within"):
        await ask()
    assert [gone(pid) for pid in pids] == [True] * len(pids)


async def test_one_is_ended_with_who_asked(tmp_path: Path) -> None:
    started = asyncio.Event()
    pids: list[int] = []

    async def ask() -> None:
        async for told in errands(tmp_path, HANG).send("report"):
            pids.append(told["pid"])
            started.set()

    task = asyncio.create_task(ask())
    await asyncio.wait_for(started.wait(), 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert gone(pids[0])


async def test_the_real_child_ends_when_the_system_is_gone(tmp_path: Path) -> None:
    """As after a kill of the system: its standard input ends, here while it waits for a file that nobody writes."""
    config = tmp_path / "slamon.yml"
    os.mkfifo(config)
    asked = {"what": "report", "config": str(config), "data": None, "ledger": str(tmp_path / "no.db")}
    child = await asyncio.create_subprocess_exec(*COMMAND, stdin=asyncio.subprocess.PIPE, start_new_session=True)
    assert child.stdin is not None
    child.stdin.write(json.dumps(asked).encode() + b"\n")
    await child.stdin.drain()
    child.stdin.close()
    assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL
