"""What is to be agreed: agreements that end or change, and the targets that history speaks for."""

from collections.abc import Iterator
from dataclasses import dataclass

from slamon.accounting import Revision
from slamon.accounting.proposal import LeftOut, Proposal
from slamon.catalogue.agreements import Agreement
from slamon.catalogue.terms import stages
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Instant,
    Many,
    Paragraph,
    PeriodName,
    Said,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.parts import agreed, ratio
from slamon.reports.review.material import CONFIDENCE, DAY_MS, Bound, Material, agreements_of

Row = tuple[Cell, ...]
FEW = 6
"""With fewer counted periods a proposal says next to nothing."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """An agreement that ends at an instant (ms), or whose next revision begins then.

    Its terms are told as they are written: the accounting's dates (holidays, recurrences) are made anew by revision.
    """

    agreement: str
    at: int
    before: Agreement
    after: Agreement | None


def renewals(material: Material) -> list[Renewal]:
    """Every end and revision that is to come, and the ends in the reviewed period and since; the first one first."""
    found = []
    for name in agreements_of(material.catalogue, material.customer):
        written = stages(material.catalogue.agreements[name])
        for before, after in zip(written, (*written[1:], None), strict=True):
            since = material.period.start if after is None else material.now
            if before.end is not None and before.end > since:
                found.append(Renewal(name, before.end, before.written, None if after is None else after.written))
    return sorted(found, key=lambda renewal: (renewal.at, renewal.agreement))


def due(material: Material) -> list[Renewal]:
    """Those within the days that are looked ahead, and those that are over."""
    return [one for one in renewals(material) if one.at <= material.horizon]


def renewing(material: Material) -> Section:
    """The agreements that end or change, how soon, and what changes."""
    found = renewals(material)
    section = say("section.renewals")
    if not found:
        return Section("renewals", section, (Paragraph(say("renewals.none")),))
    soon = len(due(material))
    columns = (
        Column("column.agreement"), Column("column.at"), Column("column.days", right=True), Column("column.what"),
        Column("column.terms", wide=True),
    )  # fmt: skip
    rows = tuple(
        (Text(one.agreement), Instant(one.at), _days(material, one), _what(material, one), _terms(one))
        for one in found
    )  # fmt: skip
    ahead = Count(material.ahead)
    told = Paragraph(say("renewals.soon" if soon else "renewals.later", n=Count(soon), ahead=ahead))
    return Section("renewals", section, (told, Table("renewals", columns, rows)))


def _days(material: Material, one: Renewal) -> Cell:
    return Count(-(-(one.at - material.now) // DAY_MS)) if one.at > material.now else NOTHING


def _what(material: Material, one: Renewal) -> Cell:
    if one.at <= material.now:
        return say("renewal.ended")
    return say("renewal.ends" if one.after is None else "renewal.changes")


def _terms(one: Renewal) -> Cell:
    """What becomes otherwise; of an end, the terms that run out."""
    before, after = one.before, one.after
    if after is None:
        return say("renewal.target", target=agreed(before.target))
    told: list[Cell] = []
    if before.target != after.target:
        told.append(say("renewal.target_changes", before=agreed(before.target), after=agreed(after.target)))
    if before.service_hours != after.service_hours:
        hours = {"before": Text(before.service_hours), "after": Text(after.service_hours)}
        told.append(say("renewal.hours", **hours))
    names = ("period", "timezone", "response", "rules", "latency", "credits", "maintenance")
    told += [say(f"renewal.{name}") for name in names if getattr(before, name) != getattr(after, name)]
    return Many(tuple(told)) if told else NOTHING


# -- proposals


def proposals(material: Material) -> Section:
    """The strictest target that was always kept, with what that proves, and what was not counted."""
    rows, notes = [], []
    for bound in material.agreements:
        for service, proposal in bound.proposals:
            rows.append(_proposal_row(bound, service, proposal))
            notes += list(_notes(bound, service, proposal))
    section = say("section.proposals")
    if not rows:
        return Section("proposals", section, (Paragraph(say("proposals.none")),))
    columns = (
        Column("column.agreement"), Column("column.service"), Column("column.target", right=True),
        Column("column.proposed", right=True), Column("column.kept", right=True), Column("column.bound", right=True),
        Column("column.assessment", wide=True),
    )  # fmt: skip
    blocks: list[Block] = [
        Paragraph(say("proposals.how", confidence=agreed(CONFIDENCE))),
        Table("proposals", columns, tuple(rows)),
        *(Paragraph(note) for note in notes),
    ]
    return Section("proposals", section, tuple(blocks))


def _proposal_row(bound: Bound, service: str, proposal: Proposal) -> Row:
    revision = bound.grounds.parts[-1].revision
    name = Text(bound.grounds.service_name(service))
    best = proposal.proposed
    if best is None:
        return (Text(bound.id), name, agreed(revision.target), NOTHING, NOTHING, NOTHING, _none(proposal))
    kept = say("facts.of", count=Count(best.kept), total=Count(len(proposal.counted)))
    return (Text(bound.id), name, agreed(revision.target), agreed(best.target), kept, ratio(best.bound, 1),
            _assessed(proposal, revision))  # fmt: skip


def _none(proposal: Proposal) -> Said:
    return say("proposal.none" if proposal.counted else "proposal.unseen")


def _assessed(proposal: Proposal, revision: Revision) -> Cell:
    assert proposal.proposed is not None
    target = proposal.proposed.target
    key = "stricter" if target > revision.target else "same" if target == revision.target else "looser"
    told = say(f"proposal.{key}")
    few = len(proposal.counted)
    return Many((told, say("proposal.few", n=Count(few)))) if few < FEW else told


def _notes(bound: Bound, service: str, proposal: Proposal) -> Iterator[Said]:
    """Which periods were not counted, and why: a proposal does not speak for what nobody saw."""
    if not proposal.left_out:
        return
    periods = Many(tuple(_left(bound, out) for out in proposal.left_out))
    yield say("proposal.left_out", agreement=Text(bound.id), service=Text(bound.grounds.service_name(service)),
              periods=periods)  # fmt: skip


def _left(bound: Bound, out: LeftOut) -> Cell:
    name = PeriodName(out.period, bound.own[-1][0].kind)
    return say(f"left_out.{out.reason}", period=name, coverage=ratio(out.coverage, 2))
