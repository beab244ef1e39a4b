"""Corrections and their revocations."""

from collections.abc import Sequence
from typing import Any, Literal

from slamon.accounting import CorrectionCause, CorrectionKind
from slamon.catalogue.base import Model, Name
from slamon.catalogue.quantities import InstantMs
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.ledger.register import CORRECTION, REVOCATION
from slamon.running.entering.ground import Ground, Number, Prepared, Reason, must_be_agreement
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
    body = {
        "kind": said.kind.value,
        "start_ms": said.start,
        "end_ms": said.end,
        "cause": said.cause.value,
        "reason": said.reason,
        "ticket": said.ticket,
    }
    return Prepared([Entry(CORRECTION, said.author, body, said.agreement)])


def revocation(_ground: Ground, value: Any) -> Prepared:
    """A correction of the register that was not revoked yet is revoked."""
    said = Revoking.model_validate(value)

    def guard(there: Sequence[Entry]) -> None:
        found = next((e for e in there if e.id == said.entry and e.kind == CORRECTION), None)
        if found is None:
            known = ", ".join(str(e.id) for e in there if e.kind == CORRECTION)
            raise UsageError(f"there is no correction {said.entry} in the register; there are: {known or 'none'}")
        for e in there:
            if e.kind == REVOCATION and e.body["entry"] == said.entry:
                raise UsageError(f"correction {said.entry} was revoked by {e.author} at {instant_text(e.entered)}")

    return Prepared([Entry(REVOCATION, said.author, {"entry": said.entry, "reason": said.reason})], guard)
