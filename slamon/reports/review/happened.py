"""What happened: outages with cause, ticket and what is done about them."""

from dataclasses import dataclass

from slamon.accounting import Outage, Span
from slamon.desk import Action, Complaint
from slamon.desk.reconciling import Finding
from slamon.desk.sighting import Sight
from slamon.reports.causes import failed, roots
from slamon.reports.document import (
    NOTHING,
    Cell,
    Column,
    Count,
    Instant,
    Many,
    Paragraph,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.grounds import Ground
from slamon.reports.outages import ending, what_failed
from slamon.reports.parts import up
from slamon.reports.review.material import Bound, Material

Row = tuple[Cell, ...]
LONGEST = 280
"""So much of what somebody wrote stands in a table; the whole stands in the register."""


def shortened(words: str) -> Text:
    """Somebody's words on one line, cut where they are long."""
    line = " ".join(words.split())
    return Text(line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…")


# -- outages


@dataclass(frozen=True, slots=True)
class _Happened:
    """An outage that counted, and the whole of it, which may reach over the period's ends."""

    bound: Bound
    ground: Ground
    outage: Outage
    whole: Span


def _outages(material: Material) -> list[_Happened]:
    found = [
        _Happened(bound, ground, outage, _whole(ground, outage))
        for bound in material.agreements
        for ground in bound.grounds.parts
        for outage in ground.figure.outages
    ]
    return sorted(found, key=lambda one: one.outage.start)


def _whole(ground: Ground, outage: Outage) -> Span:
    spans = ground.part.account.track.outages()
    return next((s for s in spans if s.start < outage.end and outage.start < s.end), Span(outage.start, outage.end))


def outages(material: Material) -> Section:
    """Every outage that counted, with its cause, its ticket and the actions that came of it."""
    found = _outages(material)
    if not found:
        return Section("outages", say("section.outages"), (Paragraph(say("outages.none")),))
    columns = (
        Column("column.agreement"), Column("column.service"), Column("column.begin"), Column("column.end"),
        Column("column.counted", right=True), Column("column.cause", wide=True), Column("column.ticket"),
        Column("column.actions", wide=True),
    )  # fmt: skip
    rows = tuple(
        (Text(one.bound.id), Text(one.bound.grounds.service_name(one.ground.figure.service)),
         Instant(one.outage.start), ending(one.outage), up(one.outage.counted_ms), _cause(one),
         _tickets(material, one), _actions(material, one))
        for one in found
    )  # fmt: skip
    total = Paragraph(say("outages.some", n=Count(len(found))))
    return Section("outages", say("section.outages"), (total, Table("outages", columns, rows)))


def _cause(one: _Happened) -> Cell:
    """What failed; before it, what it began in where that is another service."""
    grounds = one.bound.grounds
    others = [root for root in roots(one.ground, one.outage.start) if root != one.ground.figure.service]
    told = what_failed(failed(one.ground, one.outage.start, one.outage.end))
    if not others:
        return told
    began = say("outage.began", service=Many(tuple(Text(grounds.service_name(root)) for root in others)))
    return Many((began, told))


def _concerns(one: _Happened, outage: tuple[str, int] | None) -> bool:
    """Whether a link (service, begin) means this outage or the one of a service that it began in."""
    if outage is None:
        return False
    service, at = outage
    mine = one.ground.figure.service == service or service in roots(one.ground, one.outage.start)
    return mine and (one.whole.start <= at < one.whole.end or one.outage.start <= at < one.outage.end)


def _complaints(material: Material, one: _Happened) -> list[Complaint]:
    """Those that are linked to it, and those that the same outage was measured for."""
    return [c for c in material.desk.complaints.values() if _about(material, one, c)]


def _about(material: Material, one: _Happened, complaint: Complaint) -> bool:
    if any(_concerns(one, link) for link in complaint.outages):
        return True
    found = material.reconciled.get(complaint.number)
    if found is None or found.finding is not Finding.AGREES or complaint.service != one.ground.figure.service:
        return False
    return any(s.sight is Sight.OUTAGE and s.start < one.whole.end and one.whole.start < s.end for s in found.seen)


def _tickets(material: Material, one: _Happened) -> Cell:
    """The tickets of corrections in it, and the numbers that its complaints and actions have elsewhere."""
    corrections = [c for c in one.ground.figure.corrections if c.start < one.outage.end and one.outage.start < c.end]
    found = [c.ticket for c in corrections]
    found += [c.reference for c in _complaints(material, one)]
    found += [action.reference for action in _acted(material, one)]
    cells = tuple(Text(ticket) for ticket in dict.fromkeys(found) if ticket)
    return Many(cells) if cells else NOTHING


def _acted(material: Material, one: _Happened) -> list[Action]:
    """The actions that name the outage, or came of a complaint that is linked to it."""
    origins = {complaint.number for complaint in _complaints(material, one)}
    return [a for a in material.desk.actions.values() if _concerns(one, a.outage) or a.origin in origins]


def _actions(material: Material, one: _Happened) -> Cell:
    cells = tuple(numbered(action) for action in _acted(material, one))
    return Many(cells) if cells else say("outage.no_action")


def numbered(action: Action) -> Cell:
    """An action's number, title and state."""
    state = say(f"action.{action.state.value}")
    return say("action.named", number=Count(action.number), title=shortened(action.title), state=state)
