"""What is on the desk as JSON values, the same for commands, exports and interfaces."""

from collections.abc import Sequence
from typing import Any

from slamon.desk.things import Action, Complaint, Expectation, Remark, Review, Satisfaction


def complaint(told: Complaint) -> dict[str, Any]:
    """A complaint with all that was said of it later."""
    return {
        "number": told.number,
        "entered_ms": told.entered,
        "author": told.author,
        "customer": told.customer,
        "service": told.service,
        "felt_from_ms": told.felt_from,
        "felt_to_ms": told.felt_to,
        "text": told.text,
        "channel": told.channel.value,
        "who": told.who,
        "reference": told.reference,
        "state": told.state.value,
        "outages": [_outage(*one) for one in told.outages],
        "remarks": _remarks(told.remarks),
    }


def satisfaction(told: Satisfaction) -> dict[str, Any]:
    """A score."""
    return {
        "number": told.number,
        "entered_ms": told.entered,
        "author": told.author,
        "customer": told.customer,
        "service": told.service,
        "scale": told.scale.value,
        "score": told.score,
        "asked": told.asked.isoformat(),
        "who": told.who,
        "comment": told.comment,
        "reference": told.reference,
    }


def review(told: Review) -> dict[str, Any]:
    """A review with the numbers of its actions."""
    return {
        "number": told.number,
        "entered_ms": told.entered,
        "author": told.author,
        "customer": told.customer,
        "period": told.period,
        "held": told.held.isoformat(),
        "participants": list(told.participants),
        "minutes": told.minutes,
        "decisions": list(told.decisions),
        "actions": list(told.actions),
        "reference": told.reference,
    }


def action(told: Action) -> dict[str, Any]:
    """An action as it stands now."""
    return {
        "number": told.number,
        "entered_ms": told.entered,
        "author": told.author,
        "title": told.title,
        "owner": told.owner,
        "team": told.team,
        "due": told.due.isoformat(),
        "customer": told.customer,
        "service": told.service,
        "origin": told.origin,
        "outage": None if told.outage is None else _outage(*told.outage),
        "expected": None if told.expected is None else _expectation(told.expected),
        "state": told.state.value,
        "ended": None if told.ended is None else told.ended.isoformat(),
        "reference": told.reference,
        "remarks": _remarks(told.remarks),
    }


def _outage(service: str, begin: int) -> dict[str, Any]:
    return {"service": service, "begin_ms": begin}


def _expectation(told: Expectation) -> dict[str, Any]:
    """The value is exact: a whole number, or a fraction as 1999/2000."""
    return {
        "figure": told.figure.value,
        "agreement": told.agreement,
        "service": told.service,
        "value": str(told.value),
    }


def _remarks(told: Sequence[Remark]) -> list[dict[str, Any]]:
    return [
        {"number": r.number, "entered_ms": r.entered, "author": r.author, "kind": r.kind, "text": r.text} for r in told
    ]
