"""Actions: what somebody promised, until when, and what is to be better then."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Literal

from pydantic import model_validator

from slamon.catalogue import Catalogue
from slamon.catalogue.base import Model, Name
from slamon.catalogue.quantities import CalendarDate, InstantMs, duration_ms, percent, whole_number
from slamon.desk import Action, ActionState, Desk, Improvement
from slamon.desk.folding import ACTION, MOVE
from slamon.errors import UsageError
from slamon.ledger import Entry
from slamon.running.entering.complaints import must_be_new
from slamon.running.entering.ground import (
    Ground,
    Named,
    Number,
    Prepared,
    Words,
    must_be_agreement,
    must_be_customer,
    must_be_service,
    must_be_team,
    must_not_be_a_day_ahead,
    unknown_number,
)
from slamon.running.entering.outages import outage_at
from slamon.shown import instant_text

_RATIOS = (Improvement.AVAILABILITY, Improvement.LATENCY)


class Expecting(Model):
    """What is to be better: a figure of a service under an agreement. `value`: 99.95%, 30m or a number, a month."""

    figure: Improvement
    agreement: str
    service: str | None = None
    value: str | int


class Promised(Model):
    """An action as it is entered, and as minutes tell it."""

    title: Name
    owner: Name
    team: str | None = None
    due: CalendarDate
    service: str | None = None
    outage: InstantMs | None = None
    expected: Expecting | None = None
    reference: Named = None


class Acting(Promised):
    """An action by itself. `origin`: the complaint or review that it came of; `outage`: a moment inside one."""

    what: Literal["action"]
    author: Name
    customer: str | None = None
    origin: Number | None = None


class Moving(Model):
    """Another due day, owner or team."""

    what: Literal["action_move"]
    author: Name
    entry: Number
    due: CalendarDate | None = None
    owner: Name | None = None
    team: str | None = None
    text: Words = ""

    @model_validator(mode="after")
    def _moves(self) -> "Moving":
        if self.due is None and self.owner is None and self.team is None:
            raise ValueError("a move says what changes: another due day, owner or team")
        return self


class Ending(Model):
    """That it is done, or dropped; of a dropped one the text says why."""

    what: Literal["action_done", "action_dropped"]
    author: Name
    entry: Number
    day: CalendarDate | None = None
    text: Words = ""


def action(ground: Ground, value: Any) -> Prepared:
    """An action that was not entered before."""
    said = Acting.model_validate(value)
    if said.customer is not None:
        must_be_customer(ground.catalogue, said.customer)
    entry = entry_of(ground, said, said.author, said.customer, said.origin)

    def guard(there: Sequence[Entry]) -> None:
        desk = Desk.of(there)
        must_be_new("action", said.reference, desk.actions.values())
        known = {*desk.complaints, *desk.reviews}
        if said.origin is not None and said.origin not in known:
            raise unknown_number("complaint or review", said.origin, known)

    return Prepared([entry], guard)


def entry_of(ground: Ground, said: Promised, author: str, customer: str | None, origin: int | None) -> Entry:
    """An action checked against catalogue and facts, as an entry."""
    if said.team is not None:
        must_be_team(ground.catalogue, said.team)
    if said.service is not None:
        must_be_service(ground.catalogue, said.service)
    if said.outage is not None and said.service is None:
        raise UsageError("outage: name its service too")
    outage = None if said.outage is None else outage_at(ground, str(said.service), said.outage)
    body = {
        "title": said.title,
        "owner": said.owner,
        "team": said.team,
        "due": said.due.isoformat(),
        "customer": customer,
        "origin": origin,
        "outage_ms": outage,
        "expected": None if said.expected is None else _expected(ground.catalogue, said.expected, said.service),
        "reference": said.reference,
    }
    return Entry(ACTION, author, body, service=said.service)


def _expected(catalogue: Catalogue, said: Expecting, of_action: str | None) -> dict[str, str]:
    must_be_agreement(catalogue, said.agreement)
    services = catalogue.agreements[said.agreement].services
    service = said.service or (of_action if of_action in services else None)
    if service is None and len(services) == 1:
        service = services[0]
    if service not in services:
        raise UsageError(
            f"expected: {said.agreement} has no service {service!r}: name one of {', '.join(services)}"
            if service is not None
            else f"expected: {said.agreement} has several services: name one of {', '.join(services)}"
        )
    value = _value(said.figure, str(said.value))
    return {"figure": said.figure.value, "agreement": said.agreement, "service": service, "value": str(value)}


def _value(figure: Improvement, text: str) -> Fraction:
    try:
        if figure in _RATIOS:
            return percent(text)
        if figure is Improvement.DOWNTIME:
            return Fraction(duration_ms(text))
    except ValueError as error:
        raise UsageError(f"expected: {figure.value} {text!r:.60}: expected {error}") from None
    number = whole_number(text)
    if number is None:
        raise UsageError(f"expected: {figure.value} {text!r:.60}: expected a whole number, for example 2")
    return Fraction(number)


def move(ground: Ground, value: Any) -> Prepared:
    """An open action gets another day, owner or team; what is not named stays."""
    said = Moving.model_validate(value)
    if said.team is not None:
        must_be_team(ground.catalogue, said.team)
    body: dict[str, Any] = {"entry": said.entry, "text": said.text}

    def guard(there: Sequence[Entry]) -> None:
        found = must_be_open(Desk.of(there), said.entry)
        body["due"] = (said.due or found.due).isoformat()
        body["owner"] = said.owner or found.owner
        body["team"] = said.team or found.team
        if [body["due"], body["owner"], body["team"]] == [found.due.isoformat(), found.owner, found.team]:
            raise UsageError(f"action {said.entry} is so already: due {found.due}, {found.owner}")

    return Prepared([Entry(MOVE, said.author, body)], guard)


def end(ground: Ground, value: Any) -> Prepared:
    """An open action ends."""
    said = Ending.model_validate(value)
    if said.what == "action_dropped" and not said.text:
        raise UsageError("text: say why it is dropped, --text TEXT")
    entry = ended(said.what, said.author, said.entry, said.day or day_of(ground.now), said.text, ground)

    def guard(there: Sequence[Entry]) -> None:
        must_be_open(Desk.of(there), said.entry)

    return Prepared([entry], guard)


def ended(what: str, author: str, number: int, day: date, text: str, ground: Ground) -> Entry:
    """That an action ended on a day that has come."""
    must_not_be_a_day_ahead("day", day, ground.now)
    return Entry(what, author, {"entry": number, "day": day.isoformat(), "text": text})


def day_of(now: int) -> date:
    """The day of an instant (ms), UTC."""
    return datetime.fromtimestamp(now / 1000, UTC).date()


def must_be_open(desk: Desk, number: int) -> Action:
    """The action of a number that has not ended; UsageError."""
    if number not in desk.actions:
        raise unknown_number("action", number, desk.actions)
    found = desk.actions[number]
    if found.state is not ActionState.OPEN:
        last = found.remarks[-1]
        raise UsageError(
            f"action {number} is {found.state.value} since {found.ended}, "
            f"entered by {last.author} at {instant_text(last.entered)}"
        )
    return found
