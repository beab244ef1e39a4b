"""Scores that customers gave."""

from collections.abc import Sequence
from typing import Any, Literal

from slamon.catalogue.base import Model, Name, Whole
from slamon.catalogue.quantities import CalendarDate
from slamon.desk import Desk, Scale
from slamon.desk.folding import SATISFACTION
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.running.entering.complaints import must_be_new
from slamon.running.entering.ground import (
    Ground,
    Named,
    Prepared,
    Words,
    must_be_customer,
    must_be_service,
    must_not_be_a_day_ahead,
)


class Scoring(Model):
    """One respondent's score. Without a service it is of all that the customer has."""

    what: Literal["satisfaction"]
    author: Name
    customer: str
    service: str | None = None
    scale: Scale
    score: Whole
    asked: CalendarDate
    who: Named = None
    comment: Words = ""
    reference: Named = None


def score(ground: Ground, value: Any) -> Prepared:
    """A score on its scale that was not entered before."""
    said = Scoring.model_validate(value)
    must_be_customer(ground.catalogue, said.customer)
    if said.service is not None:
        must_be_service(ground.catalogue, said.service)
    lowest, highest = said.scale.lowest, said.scale.highest
    if not lowest <= said.score <= highest:
        raise UsageError(f"score: {said.score} is not on the scale {said.scale.value}, from {lowest} to {highest}")
    must_not_be_a_day_ahead("asked", said.asked, ground.now)

    def guard(there: Sequence[Entry]) -> None:
        must_be_new("satisfaction", said.reference, Desk.of(there).satisfaction.values())

    return Prepared([entry_of(said)], guard)


def entry_of(said: Scoring) -> Entry:
    """A checked score as an entry."""
    body = {
        "customer": said.customer,
        "scale": said.scale.value,
        "score": said.score,
        "asked": said.asked.isoformat(),
        "who": said.who,
        "comment": said.comment,
        "reference": said.reference,
    }
    return Entry(SATISFACTION, said.author, body, service=said.service)
