"""Reviews: a meeting's minutes, with the actions that were decided and those that were found done, all or nothing."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from slamon.accounting import parse_period
from slamon.catalogue.base import Model, Name
from slamon.catalogue.quantities import CalendarDate
from slamon.desk import Desk
from slamon.desk.folding import DONE, REVIEW
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.running.entering.actions import Promised, ended, entry_of, must_be_open
from slamon.running.entering.complaints import must_be_new
from slamon.running.entering.ground import (
    Ground,
    Named,
    Number,
    Prepared,
    Text,
    Words,
    must_be_customer,
    must_not_be_a_day_ahead,
)
from slamon.shown import instant_text

_MOST = 200


def _as_text(value: object) -> object:
    """A year in YAML is a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _period(value: str) -> str:
    parse_period(value, "UTC")
    return value


class Minutes(Model):
    """What the form of `slamon review` holds once it is filled in."""

    customer: str
    period: Annotated[str, BeforeValidator(_as_text), AfterValidator(_period)]
    held: CalendarDate
    participants: Annotated[tuple[Name, ...], Field(min_length=1, max_length=_MOST)]
    minutes: Words = ""
    decisions: Annotated[tuple[Text, ...], Field(max_length=_MOST)] = ()
    actions: Annotated[tuple[Promised, ...], Field(max_length=_MOST)] = ()
    done: Annotated[tuple[Number, ...], Field(max_length=_MOST)] = ()
    reference: Named = None


class Reviewing(Minutes):
    """A review as it is entered."""

    what: Literal["review"]
    author: Name


def review(ground: Ground, value: Any) -> Prepared:
    """A review that was not entered before, its actions with its number as their origin."""
    said = Reviewing.model_validate(value)
    must_be_customer(ground.catalogue, said.customer)
    must_not_be_a_day_ahead("held", said.held, ground.now)
    late = next((a for a in said.actions if a.due < said.held), None)
    if late is not None:
        raise UsageError(f"actions: {late.title!r:.60} was due on {late.due}, before the review on {said.held}")
    twice = next((number for number in said.done if said.done.count(number) > 1), None)
    if twice is not None:
        raise UsageError(f"done: action {twice} stands there twice")
    actions = [entry_of(ground, a, said.author, said.customer, 0) for a in said.actions]
    ends = [ended(DONE, said.author, number, said.held, "", ground) for number in said.done]

    def guard(there: Sequence[Entry]) -> None:
        desk = Desk.of(there)
        must_be_new("review", said.reference, desk.reviews.values())
        _must_be_the_first(desk, said)
        for number in said.done:
            must_be_open(desk, number)
        for promised in said.actions:
            must_be_new("action", promised.reference, desk.actions.values())
        for action in actions:
            assert isinstance(action.body, dict)
            action.body["origin"] = there[-1].id + 1 if there else 1

    return Prepared([Entry(REVIEW, said.author, _body(said)), *actions, *ends], guard)


def _must_be_the_first(desk: Desk, said: Reviewing) -> None:
    for other in desk.reviews.values():
        if (other.customer, other.period, other.held) == (said.customer, said.period, said.held):
            raise UsageError(
                f"review {other.number} is of {said.customer}, {said.period} and {said.held} already: "
                f"entered by {other.author} at {instant_text(other.entered)}"
            )


def _body(said: Reviewing) -> dict[str, Any]:
    return {
        "customer": said.customer,
        "period": said.period,
        "held": said.held.isoformat(),
        "participants": list(said.participants),
        "minutes": said.minutes,
        "decisions": list(said.decisions),
        "reference": said.reference,
    }
