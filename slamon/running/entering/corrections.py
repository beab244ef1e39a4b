"""Corrections and their revocations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from slamon.accounting import CorrectionCause, CorrectionKind
from slamon.catalogue.base import Model, Name
from slamon.catalogue.quantities import InstantMs
from slamon.catalogue.registering import Approval
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.ledger.erasing import same
from slamon.ledger.register import (
    CORRECTION,
    CORRECTION_APPROVAL,
    CORRECTION_REJECTION,
    NEEDS_APPROVAL,
    REVOCATION,
    CorrectionState,
    Standing,
    standings,
)
from slamon.running.entering.ground import Ground, Number, Prepared, Reason, Words, must_be_agreement, unknown_number
from slamon.shown import instant_text


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


class Deciding(Model):
    """That another person approves a correction, or rejects it; a rejection says why."""

    what: Literal["correction_approval", "correction_rejection"]
    author: Name
    entry: Number
    text: Words = ""


class Revoking(Model):
    """That an earlier correction counts for nothing from now on."""

    what: Literal["revocation"]
    author: Name
    entry: Number
    reason: Reason


def correction(ground: Ground, value: Any) -> Prepared:
    """One more correction."""
    said = Correcting.model_validate(value)
    must_be_agreement(ground.catalogue, said.agreement)
    if said.end <= said.start:
        raise UsageError(
            f"the end {instant_text(said.end)} is not after the start {instant_text(said.start)}: give a later --end"
        )
    body: dict[str, Any] = {
        "kind": said.kind.value,
        "start_ms": said.start,
        "end_ms": said.end,
        "cause": said.cause.value,
        "reason": said.reason,
        "ticket": said.ticket,
    }
    if ground.catalogue.approval(said.agreement) is Approval.REQUIRED:
        body[NEEDS_APPROVAL] = True
    return Prepared([Entry(CORRECTION, said.author, body, said.agreement)])


def decision(_ground: Ground, value: Any) -> Prepared:
    """A correction that waits for it is approved or rejected, by another person than its author."""
    said = Deciding.model_validate(value)
    if said.what == CORRECTION_REJECTION and not said.text:
        raise UsageError("text: say why it is rejected, --text TEXT")
    entry = Entry(said.what, said.author, {"entry": said.entry, "text": said.text})

    def guard(there: Sequence[Entry]) -> Sequence[Entry]:
        found = _known(there, said.entry)
        if found.state is not CorrectionState.PENDING:
            raise UsageError(f"correction {said.entry} does not wait for approval: {_standing(found)}")
        if same(found.entry.author) == same(said.author):
            raise UsageError(
                f"author: correction {said.entry} was entered by {found.entry.author}: another person has to decide"
            )
        return [replace(entry, agreement=found.entry.agreement)]

    return Prepared([entry], guard)


def revocation(_ground: Ground, value: Any) -> Prepared:
    """A correction of the register that was not revoked or rejected yet is revoked; one that waits never counts."""
    said = Revoking.model_validate(value)

    def guard(there: Sequence[Entry]) -> None:
        found = _known(there, said.entry)
        if found.state in (CorrectionState.REVOKED, CorrectionState.REJECTED):
            raise UsageError(f"correction {said.entry} {_standing(found)}")

    return Prepared([Entry(REVOCATION, said.author, {"entry": said.entry, "reason": said.reason})], guard)


def _known(there: Sequence[Entry], number: int) -> Standing:
    known = standings(there)
    if number not in known:
        raise unknown_number("correction", number, known)
    return known[number]


def _standing(found: Standing) -> str:
    """What became of it, in words that follow its number."""
    last = found.revoked or found.decided
    if last is None:
        return "it needs none"
    word = {CORRECTION_APPROVAL: "approved", CORRECTION_REJECTION: "rejected"}.get(last.kind, "revoked")
    return f"was {word} by {last.author} at {instant_text(last.entered)}"
