"""What may be put into the register: read, checked against the catalogue and the entries there, and stored."""

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from slamon.accounting import CorrectionCause, CorrectionKind
from slamon.catalogue import Catalogue
from slamon.catalogue.base import Model, Name, Whole
from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.quantities import InstantMs
from slamon.errors import UsageError
from slamon.ledger import Entry, Ledger
from slamon.ledger.register import CORRECTION, REVOCATION, Guard, sha256
from slamon.running.closings import APPROVAL, CLOSING, DISPUTE, RESTATEMENT, closing_of
from slamon.shown import instant_text

Reason = Annotated[str, Field(min_length=1, max_length=4000)]
MOST_FROZEN = 256 * 1024 * 1024
Prepared = tuple[list[Entry], Guard | None]


class Correcting(Model):
    """A correction as it is entered."""

    what: Literal["correction"]
    author: Name
    agreement: str
    kind: CorrectionKind
    start: InstantMs
    end: InstantMs
    cause: CorrectionCause
    reason: Reason
    ticket: Name | None = None


class Revoking(Model):
    """That an earlier correction counts for nothing from now on."""

    what: Literal["revocation"]
    author: Name
    entry: Annotated[Whole, Field(ge=1)]
    reason: Reason


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


def enter(catalogue: Catalogue, ledger: Ledger, value: object, now: int) -> list[Entry]:
    """Store what `value` (JSON) says, as of `now` (ms), all or nothing; blocks until it is on the disk.

    UsageError names what is wrong with it.
    """
    what = value.get("what") if isinstance(value, dict) else None
    prepare = _KINDS.get(str(what))
    if prepare is None:
        raise UsageError(f"what is entered is unknown: expected what: {' or '.join(_KINDS)}")
    try:
        entries, guard = prepare(catalogue, value)
    except ValidationError as error:
        raise UsageError(_explained(error)) from None
    return ledger.enter(entries, now, guard).result()


def must_be_agreement(catalogue: Catalogue, name: str) -> None:
    """UsageError with the agreements that there are."""
    if name not in catalogue.agreements:
        known = ", ".join(catalogue.agreements) or "none"
        hint = did_you_mean(name, catalogue.agreements)
        raise UsageError(f"there is no agreement {name!r}; there are: {known}{'; ' if hint else ''}{hint}")


def _correction(catalogue: Catalogue, value: Any) -> Prepared:
    said = Correcting.model_validate(value)
    must_be_agreement(catalogue, said.agreement)
    if said.end <= said.start:
        raise UsageError(
            f"the end {instant_text(said.end)} is not after the start {instant_text(said.start)}: give a later --end"
        )
    body = {
        "kind": said.kind.value,
        "start_ms": said.start,
        "end_ms": said.end,
        "cause": said.cause.value,
        "reason": said.reason,
        "ticket": said.ticket,
    }
    return [Entry(CORRECTION, said.author, body, said.agreement)], None


def _revocation(_catalogue: Catalogue, value: Any) -> Prepared:
    said = Revoking.model_validate(value)

    def guard(there: Sequence[Entry]) -> None:
        found = next((e for e in there if e.id == said.entry and e.kind == CORRECTION), None)
        if found is None:
            known = ", ".join(str(e.id) for e in there if e.kind == CORRECTION)
            raise UsageError(f"there is no correction {said.entry} in the register; there are: {known or 'none'}")
        for e in there:
            if e.kind == REVOCATION and e.body["entry"] == said.entry:
                raise UsageError(f"correction {said.entry} was revoked by {e.author} at {instant_text(e.entered)}")

    return [Entry(REVOCATION, said.author, {"entry": said.entry, "reason": said.reason})], guard


def _freezing(catalogue: Catalogue, value: Any) -> Prepared:
    said = Freezing.model_validate(value)
    must_be_agreement(catalogue, said.agreement)
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
    return [Entry(said.what, said.author, body, said.agreement, content=packed)], guard


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, MOST_FROZEN)
    if not unpacking.eof:
        raise ValueError("cut off, or too long")
    return text


def _saying(catalogue: Catalogue, value: Any) -> Prepared:
    said = Saying.model_validate(value)
    must_be_agreement(catalogue, said.agreement)
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

    return [Entry(said.what, said.author, {"period": said.period, "text": said.text}, said.agreement)], guard


def _explained(error: ValidationError) -> str:
    """What is wrong, key by key."""
    told = []
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"])
        message = detail["msg"].removeprefix("Value error, ")
        found = detail.get("input")
        said = f" (found {found!r:.60})" if isinstance(found, str | int) else ""
        told.append(f"{key}: {message}{said}")
    return "; ".join(told)


_KINDS: dict[str, Callable[[Catalogue, Any], Prepared]] = {
    CORRECTION: _correction,
    REVOCATION: _revocation,
    CLOSING: _freezing,
    RESTATEMENT: _freezing,
    APPROVAL: _saying,
    DISPUTE: _saying,
}
