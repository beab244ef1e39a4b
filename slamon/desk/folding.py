"""From the register's entries to what is on the desk now: entries are never changed, later ones say what became."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from slamon.desk.things import (
    Action,
    ActionState,
    Channel,
    Complaint,
    ComplaintState,
    Expectation,
    Improvement,
    Remark,
    Review,
    Satisfaction,
    Scale,
)
from slamon.ledger import Entry

COMPLAINT = "complaint"
ANSWER = "complaint_answer"
SOLUTION = "complaint_solution"
REOPENING = "complaint_reopening"
LINK = "complaint_link"
SATISFACTION = "satisfaction"
REVIEW = "review"
ACTION = "action"
MOVE = "action_move"
DONE = "action_done"
DROPPED = "action_dropped"

_STATES = {ANSWER: ComplaintState.ANSWERED, SOLUTION: ComplaintState.SOLVED, REOPENING: ComplaintState.OPEN}
_ENDS = {DONE: ActionState.DONE, DROPPED: ActionState.DROPPED}


@dataclass(slots=True)
class Desk:
    """Everything that people entered, by its number, in the order of entry."""

    complaints: dict[int, Complaint]
    satisfaction: dict[int, Satisfaction]
    reviews: dict[int, Review]
    actions: dict[int, Action]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Desk":
        """Entries of other kinds are passed over."""
        return cls({}, {}, {}, {}).after(entries)

    def after(self, entries: Iterable[Entry]) -> "Desk":
        """Another one, with these entries after those that it was made of."""
        desk = Desk(dict(self.complaints), dict(self.satisfaction), dict(self.reviews), dict(self.actions))
        for entry in entries:
            take = _KINDS.get(entry.kind)
            if take is not None:
                take(desk, entry)
        return desk


def _complaint(desk: Desk, entry: Entry) -> None:
    body = entry.body
    desk.complaints[entry.id] = Complaint(
        entry.id,
        entry.entered,
        entry.author,
        body["customer"],
        str(entry.service),
        body["felt_from_ms"],
        body["felt_to_ms"],
        body["text"],
        Channel(body["channel"]),
        body["who"],
        body["reference"],
    )


def _remark(entry: Entry) -> Remark:
    return Remark(entry.id, entry.entered, entry.author, entry.kind, entry.body.get("text", ""))


def _complained(desk: Desk, entry: Entry) -> None:
    """`body`: entry (the complaint's number), text; of a link also outage_ms, begin of an outage of `service`."""
    found = desk.complaints[entry.body["entry"]]
    linked = ((str(entry.service), entry.body["outage_ms"]),) if entry.kind == LINK else ()
    desk.complaints[found.number] = replace(
        found,
        state=_STATES.get(entry.kind, found.state),
        outages=(*found.outages, *(outage for outage in linked if outage not in found.outages)),
        remarks=(*found.remarks, _remark(entry)),
    )


def _satisfaction(desk: Desk, entry: Entry) -> None:
    body = entry.body
    desk.satisfaction[entry.id] = Satisfaction(
        entry.id,
        entry.entered,
        entry.author,
        body["customer"],
        entry.service,
        Scale(body["scale"]),
        body["score"],
        date.fromisoformat(body["asked"]),
        body["who"],
        body["comment"],
        body["reference"],
    )


def _review(desk: Desk, entry: Entry) -> None:
    body = entry.body
    desk.reviews[entry.id] = Review(
        entry.id,
        entry.entered,
        entry.author,
        body["customer"],
        body["period"],
        date.fromisoformat(body["held"]),
        tuple(body["participants"]),
        body["minutes"],
        tuple(body["decisions"]),
        reference=body["reference"],
    )


def _action(desk: Desk, entry: Entry) -> None:
    body = entry.body
    outage = body["outage_ms"]
    action = Action(
        entry.id,
        entry.entered,
        entry.author,
        body["title"],
        body["owner"],
        body["team"],
        date.fromisoformat(body["due"]),
        body["customer"],
        entry.service,
        body["origin"],
        None if outage is None else (str(entry.service), outage),
        _expectation(body["expected"]),
        reference=body["reference"],
    )
    desk.actions[entry.id] = action
    review = desk.reviews.get(action.origin) if action.origin is not None else None
    if review is not None:
        desk.reviews[review.number] = replace(review, actions=(*review.actions, action.number))


def _expectation(told: Mapping[str, Any] | None) -> Expectation | None:
    if told is None:
        return None
    return Expectation(Improvement(told["figure"]), told["agreement"], told["service"], Fraction(told["value"]))


def _acted(desk: Desk, entry: Entry) -> None:
    """`body`: entry (the action's number), text; of a move also due, owner, team; of an end also day."""
    body = entry.body
    found = desk.actions[body["entry"]]
    changed = replace(found, remarks=(*found.remarks, _remark(entry)))
    if entry.kind == MOVE:
        changed = replace(changed, due=date.fromisoformat(body["due"]), owner=body["owner"], team=body["team"])
    else:
        changed = replace(changed, state=_ENDS[entry.kind], ended=date.fromisoformat(body["day"]))
    desk.actions[found.number] = changed


_KINDS: dict[str, Callable[[Desk, Entry], None]] = {
    COMPLAINT: _complaint,
    ANSWER: _complained,
    SOLUTION: _complained,
    REOPENING: _complained,
    LINK: _complained,
    SATISFACTION: _satisfaction,
    REVIEW: _review,
    ACTION: _action,
    MOVE: _acted,
    DONE: _acted,
    DROPPED: _acted,
}
