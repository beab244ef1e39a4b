"""Conditions in CEL held against a body as JSON.

The library bounds their steps, but holds the interpreter: a short body is looked at in a thread, a longer one in a
process of its own that the deadline ends.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

from slamon.catalogue.blackbox.expression import program
from slamon.probes.outcome import ProbeNotRunError

LARGEST = 4 * 2**20
"""Bytes of a body that is looked at."""

SHORT = 32 * 1024
"""Bytes; a longer one goes to a process of its own."""

Condition = tuple[str, bool]
"""An expression, and what it must be."""

Wrong = tuple[str, str]
"""What is wrong, and the expression or the cause."""


async def judged(body: bytes, conditions: Sequence[Condition], children: asyncio.Semaphore) -> Wrong | None:
    """The first condition that does not hold, or None. Waits without bound: the caller has the deadline."""
    if len(body) > LARGEST:
        return "the body is too long for a condition", f"more than {LARGEST // 2**20} MiB"
    if len(body) <= SHORT:
        return await asyncio.to_thread(wrong, body, conditions)
    async with children:
        return await _in_a_process(body, conditions)


def wrong(body: bytes, conditions: Sequence[Condition]) -> Wrong | None:
    """The same, here and now."""
    try:
        document = json.loads(body, parse_int=float, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return "the body is not JSON", "it cannot be read"
    for text, truth in conditions:
        found = _value(text, document)
        if not isinstance(found, bool):
            return "the condition has no answer", str(found)[:500]
        if found is not truth:
            return "the condition does not hold" if truth else "the condition holds", text
    return None


def _value(expression: str, document: Any) -> object:
    """True, false, or what the library says instead."""
    try:
        return program(expression).eval(data={"body": document}).plain_value()
    except Exception as error:  # noqa: BLE001  the library raises errors of its own making
        return next(iter(str(error).splitlines()), "it cannot be evaluated")


def _no_json(text: str) -> Any:
    raise ValueError(text)


async def _in_a_process(body: bytes, conditions: Sequence[Condition]) -> Wrong | None:
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, stdin=-1, stdout=-1, stderr=-3, start_new_session=True
        )
    except OSError as error:
        raise ProbeNotRunError(f"no process can be started for a condition: {error.strerror}") from None
    try:
        said, _ = await child.communicate(json.dumps(conditions).encode() + b"\n" + body)
    finally:
        if child.returncode is None:
            child.kill()
    try:
        found = json.loads(said)
    except ValueError:
        raise ProbeNotRunError("the process for a condition ended without an answer") from None
    return None if found is None else (str(found[0]), str(found[1]))


def _main() -> None:
    conditions, _, body = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.write(json.dumps(wrong(body, [(text, truth) for text, truth in json.loads(conditions)])))


if __name__ == "__main__":
    _main()
