"""Conditions in CEL held against a body as JSON. The library bounds their steps; they run in a thread."""

import asyncio
import json
from typing import Any

from slamon.catalogue.blackbox.expression import program

LARGEST = 4 * 2**20
"""Bytes of a body that is looked at."""


class CelError(Exception):
    """The expression has no answer for this body: a sentence."""


async def holds(expression: str, document: Any) -> bool:
    """Whether it is true of the document. Raises CelError."""
    return await asyncio.to_thread(_holds, expression, document)


def _holds(expression: str, document: Any) -> bool:
    try:
        value = program(expression).eval(data={"body": document}).plain_value()
    except Exception as error:  # noqa: BLE001  the library raises errors of its own making
        raise CelError(next(iter(str(error).splitlines()), "it cannot be evaluated")) from None
    if not isinstance(value, bool):
        raise CelError("it gives no truth value")
    return value


def document_of(body: bytes) -> Any:
    """The body as JSON, its numbers all of one kind. Raises CelError."""
    if len(body) > LARGEST:
        raise CelError(f"the body is longer than {LARGEST // 2**20} MiB")
    try:
        return json.loads(body, parse_int=float, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise CelError("the body is not JSON") from None


def _no_json(text: str) -> Any:
    raise ValueError(text)
