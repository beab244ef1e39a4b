"""What a closing or a restatement froze, and what people say of a closed period."""

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from slamon.catalogue.base import Model, Name, Whole
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.ledger.register import REVOCATION, sha256
from slamon.running.closings import APPROVAL, CLOSING, DISPUTE, RESTATEMENT, closing_of
from slamon.running.entering.ground import Ground, Prepared, Reason, must_be_agreement
from slamon.shown import instant_text

MOST_FROZEN = 256 * 1024 * 1024


class Freezing(Model):
    """What a closing or a restatement froze. `after`: the newest entry that it knew; `content`: zlib in base64."""

    what: Literal["closing", "restatement"]
    author: Name
    agreement: str
    period: Name
    after: Annotated[Whole, Field(ge=0)]
    content: Annotated[str, Field(min_length=1)]
    reason: Reason | None = None


class Saying(Model):
    """That a closed period is approved or disputed."""

    what: Literal["approval", "dispute"]
    author: Name
    agreement: str
    period: Name
    text: Annotated[str, Field(max_length=4000)] = ""


def freezing(ground: Ground, value: Any) -> Prepared:
    """What was made to be frozen, by one who knew all entries about the agreement."""
    said = Freezing.model_validate(value)
    must_be_agreement(ground.catalogue, said.agreement)
    try:
        packed = base64.b64decode(said.content, validate=True)
        text = _unpacked(packed)
        content = json.loads(text)
        start, end, at = content["period"]["start_ms"], content["period"]["end_ms"], content["at_ms"]
    except (ValueError, zlib.error, KeyError, TypeError, RecursionError):
        raise UsageError("the frozen content cannot be read: close the period with this version's slamon") from None
    if said.what == RESTATEMENT and said.reason is None:
        raise UsageError("reason: a restatement needs one, --reason TEXT")
    number = 0

    def guard(there: Sequence[Entry]) -> None:
        found = closing_of(there, said.agreement, said.period)
        if said.what == CLOSING and found is not None:
            first = found.entries[0]
            raise UsageError(
                f"{said.period} of {said.agreement} was closed by {first.author} at {instant_text(first.entered)}"
            )
        if said.what == RESTATEMENT and found is None:
            raise UsageError(f"{said.period} of {said.agreement} is provisional: it is not closed, so not restated")
        if any(e.id > said.after and (e.agreement == said.agreement or e.kind == REVOCATION) for e in there):
            raise UsageError(f"something was entered about {said.agreement} meanwhile: run the command again")
        body["number"] = number if found is None else len(found.frozen)

    body = {
        "period": said.period,
        "start_ms": start,
        "end_ms": end,
        "at_ms": at,
        "number": number,
        "content_sha256": sha256(text),
        **({} if said.reason is None else {"reason": said.reason}),
    }
    return Prepared([Entry(said.what, said.author, body, said.agreement, content=packed)], guard)


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, MOST_FROZEN)
    if not unpacking.eof:
        raise ValueError("cut off, or too long")
    return text


def saying(ground: Ground, value: Any) -> Prepared:
    """An approval or a dispute of a closed period."""
    said = Saying.model_validate(value)
    must_be_agreement(ground.catalogue, said.agreement)
    if said.what == DISPUTE and not said.text.strip():
        raise UsageError("text: a dispute says what is disputed, --text TEXT")

    def guard(there: Sequence[Entry]) -> None:
        found = closing_of(there, said.agreement, said.period)
        if found is None:
            raise UsageError(f"{said.period} of {said.agreement} is provisional: close it first")
        newest = found.entries[-1]
        if said.what == APPROVAL and newest.kind == APPROVAL:
            raise UsageError(
                f"{said.period} of {said.agreement} was approved by {newest.author} at {instant_text(newest.entered)}"
            )

    return Prepared([Entry(said.what, said.author, {"period": said.period, "text": said.text}, said.agreement)], guard)
