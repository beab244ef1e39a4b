"""What may be put into the register: read, checked against the catalogue and the entries there, and stored."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from slamon.catalogue import Catalogue
from slamon.desk import folding
from slamon.errors import UsageError
from slamon.ledger import Ledger
from slamon.ledger.personal import ERASURE
from slamon.ledger.register import CORRECTION, CORRECTION_APPROVAL, CORRECTION_REJECTION, REVOCATION
from slamon.running.closings import APPROVAL, CLOSING, DISPUTE, RESTATEMENT
from slamon.running.entering import (
    actions,
    closings,
    complaints,
    corrections,
    erasing,
    importing,
    reviews,
    satisfaction,
)
from slamon.running.entering.ground import (
    Entered,
    Ground,
    Prepared,
    explained,
    must_be_agreement,
    must_be_customer,
    must_be_service,
    must_be_team,
)

__all__ = [
    "Entered",
    "enter",
    "must_be_agreement",
    "must_be_customer",
    "must_be_service",
    "must_be_team",
]


def enter(catalogue: Catalogue, ledger: Ledger, value: object, now: int, *, running: bool = False) -> Entered:
    """Store what `value` (JSON) says, as of `now` (ms), all or nothing; blocks until it is on the disk.

    `running`: by the system that probes. UsageError names what is wrong with it.
    """
    what = value.get("what") if isinstance(value, dict) else None
    prepare = _KINDS.get(str(what))
    try:
        if what == ERASURE:
            return erasing.erase(ledger, value, now)
        if prepare is None:
            raise UsageError(f"what is entered is unknown: expected what: {' or '.join([*_KINDS, ERASURE])}")
        ground = Ground(catalogue, ledger.path, now, running, lambda: ledger.entries().result())
        prepared = prepare(ground, value)
    except ValidationError as error:
        raise UsageError(explained(error)) from None
    return Entered(tuple(ledger.enter(prepared.entries, now, prepared.guard).result()), now, prepared.more)


_KINDS: dict[str, Callable[[Ground, Any], Prepared]] = {
    CORRECTION: corrections.correction,
    REVOCATION: corrections.revocation,
    CORRECTION_APPROVAL: corrections.decision,
    CORRECTION_REJECTION: corrections.decision,
    CLOSING: closings.freezing,
    RESTATEMENT: closings.freezing,
    APPROVAL: closings.saying,
    DISPUTE: closings.saying,
    folding.COMPLAINT: complaints.complaint,
    folding.ANSWER: complaints.remark,
    folding.SOLUTION: complaints.remark,
    folding.REOPENING: complaints.remark,
    folding.LINK: complaints.link,
    folding.SATISFACTION: satisfaction.score,
    importing.COMPLAINTS: importing.importing,
    importing.SCORES: importing.importing,
    folding.REVIEW: reviews.review,
    folding.ACTION: actions.action,
    folding.MOVE: actions.move,
    folding.DONE: actions.end,
    folding.DROPPED: actions.end,
}
