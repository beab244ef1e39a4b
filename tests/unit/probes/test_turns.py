"""A flood that is there already leaves others their turns: reads do not follow each other without one."""

import asyncio
import socket

import pytest
from slamon.catalogue.probe_options import DialogueStep
from slamon.probes.course import Course, Failure
from slamon.probes.dialogue import LINES_AT_A_STRETCH, Conversation, Script
from slamon.probes.outcome import Reason
from slamon.probes.wire import CHUNK, Wire

FLOOD = 4 * CHUNK


async def turns(course: Course) -> None:
    """Count the turns of another task."""
    while True:
        course.duration_us += 1
        await asyncio.sleep(0)


async def flooded(data: bytes, counted: Course) -> tuple[Wire, asyncio.Task[None], socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.sendall(data)
    theirs.shutdown(socket.SHUT_WR)
    return Wire(ours, "peer"), asyncio.create_task(turns(counted)), theirs


async def test_reading() -> None:
    counted = Course()
    wire, other, theirs = await flooded(b"x" * FLOOD, counted)
    while await wire.receive():
        pass
    other.cancel()
    wire.close()
    theirs.close()
    assert counted.duration_us >= FLOOD // CHUNK


async def test_lines_that_are_passed_over() -> None:
    counted = Course()
    wire, other, theirs = await flooded(b"\n" * FLOOD, counted)
    script = Script([DialogueStep(expect="never")])

    async def secure(*_: object) -> None: ...

    with pytest.raises(Failure) as raised:
        await Conversation(script, wire, "peer", None).run(lambda: None, secure)
    other.cancel()
    wire.close()
    theirs.close()
    assert raised.value.reason is Reason.DIALOGUE
    assert counted.duration_us >= FLOOD // LINES_AT_A_STRETCH
