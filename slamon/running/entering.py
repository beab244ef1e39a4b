"""What may be put into the register: read, checked against the catalogue and the entries there, and stored."""

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
from slamon.ledger.register import CORRECTION, REVOCATION, Guard
from slamon.shown import instant_text

Reason = Annotated[str, Field(min_length=1, max_length=4000)]
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


_KINDS: dict[str, Callable[[Catalogue, Any], Prepared]] = {"correction": _correction, "revocation": _revocation}
