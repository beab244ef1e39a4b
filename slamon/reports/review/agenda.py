"""The order of the meeting on a page: what needs a decision comes first, each item with its minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slamon.accounting import AgreementVerdict
from slamon.desk import ComplaintState
from slamon.reports.document import Cell, Column, Count, Many, Paragraph, Section, Table, Text, say
from slamon.reports.review.changed import differing
from slamon.reports.review.coming import due
from slamon.reports.review.cover import verdict_of
from slamon.reports.review.felt import felt_in, unseen
from slamon.reports.review.material import Material

LEAST = 2
"""No item has fewer minutes."""

USUAL_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Item:
    """An item: what is talked about, why, and how much time it deserves beside the others. `decides`: it needs one."""

    key: str
    why: Cell
    weight: int
    decides: bool = True


def items(material: Material) -> list[Item]:
    """What needs a decision, the gravest first; then what is told; the round at the end."""
    deciding = list(_deciding(material))
    told = list(_told(material, {item.key for item in deciding}))
    return [*deciding, *told, Item("close", say("agenda.close_why"), 2, decides=False)]


def _deciding(material: Material) -> Iterator[Item]:
    missed = [b for b in material.agreements if verdict_of(b) is AgreementVerdict.BREACHED]
    if missed:
        names = Many(tuple(Text(b.id) for b in missed))
        yield Item("missed", say("agenda.missed_why", n=Count(len(missed)), names=names), 6 + 2 * len(missed))
    unsure = [b.id for b in material.agreements if verdict_of(b) in (_UNSEEN, _NO_DATA)]
    unsure += [name for name, _ in material.missing]
    if unsure:
        names = Many(tuple(Text(name) for name in unsure))
        yield Item("unseen", say("agenda.unseen_why", n=Count(len(unsure)), names=names), 4)
    waiting = [c for c in material.felt() if c.state is not ComplaintState.SOLVED]
    if waiting:
        told = say("agenda.complaints_why", n=Count(len(waiting)), unseen=Count(len(unseen(material))))
        yield Item("complaints", told, 4 + 2 * len(waiting))
    late = material.overdue()
    if late:
        numbers = Many(tuple(Count(action.number) for action in late))
        yield Item("overdue", say("agenda.overdue_why", n=Count(len(late)), numbers=numbers), 4 + len(late))
    disputed = [one for one in material.closed if one.state != "approved"]
    if disputed or differing(material):
        number = len({(o.agreement, o.period.name) for o in (*disputed, *differing(material))})
        yield Item("closed", say("agenda.closed_why", n=Count(number)), 4)
    renewing = due(material)
    if renewing:
        yield Item("renewals", say("agenda.renewals_why", n=Count(len(renewing)), names=_agreements(renewing)), 6)
    better = _better(material)
    if better:
        yield Item("proposals", say("agenda.proposals_why", n=Count(better)), 4)


_UNSEEN, _NO_DATA = AgreementVerdict.INSUFFICIENT_DATA, AgreementVerdict.NO_DATA


def _agreements(renewing: Sequence[object]) -> Cell:
    return Many(tuple(Text(name) for name in dict.fromkeys(str(getattr(one, "agreement", "")) for one in renewing)))


def _better(material: Material) -> int:
    """Of how many figures another usual target than the agreed one is what history speaks for."""
    found = 0
    for bound in material.agreements:
        target = bound.grounds.parts[-1].figure.target
        found += sum(p.proposed is not None and p.proposed.target != target for _, p in bound.proposals)
    return found


def _told(material: Material, deciding: set[str]) -> Iterator[Item]:
    if material.last is not None:
        yield Item("decisions", say("agenda.decisions_why", number=Count(material.last.number)), 3, decides=False)
    if "missed" not in deciding:
        yield Item("figures", say("agenda.figures_why", n=Count(len(material.agreements))), 4, decides=False)
    number = sum(len(ground.figure.outages) for bound in material.agreements for ground in bound.grounds.parts)
    if number:
        yield Item("outages", say("agenda.outages_why", n=Count(number)), 3 + min(number, 6), decides=False)
    yield Item("satisfaction", felt_in(material), 2, decides=False)
    if "overdue" not in deciding:
        yield Item("actions", say("agenda.actions_why", n=Count(len(material.open_actions()))), 2, decides=False)
    yield Item("changes", say("agenda.changes_why", ahead=Count(material.ahead)), 2, decides=False)


def minutes(weights: Sequence[int], total: int) -> list[int]:
    """Whole minutes for each item that sum to `total`, by weight (largest remainders), none below LEAST.

    Where `total` is too short for that, every item has LEAST and the sum is longer.
    """
    spare = total - LEAST * len(weights)
    if spare <= 0:
        return [LEAST] * len(weights)
    whole = sum(weights)
    parts = [divmod(spare * weight, whole) for weight in weights]
    left = spare - sum(part for part, _ in parts)
    order = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    more = set(order[:left])
    return [LEAST + part + (place in more) for place, (part, _) in enumerate(parts)]


def agenda(material: Material, length: int) -> tuple[Section, ...]:
    """The page."""
    found = items(material)
    given = minutes([item.weight for item in found], length)
    columns = (
        Column("column.number", right=True), Column("column.from_minute", right=True),
        Column("column.minutes", right=True), Column("column.item", wide=True), Column("column.why", wide=True),
        Column("column.wanted"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for number, (item, several) in enumerate(zip(found, given, strict=True), 1):
        begin = sum(given[: number - 1])
        wanted = say("agenda.decide" if item.decides else "agenda.inform")
        rows.append((Count(number), Count(begin), Count(several), say(f"agenda.{item.key}"), item.why, wanted))
    deciding = sum(item.decides for item in found)
    told = say("agenda.decisions_due" if deciding else "agenda.nothing_due", n=Count(deciding), total=Count(sum(given)))
    return (Section("agenda", say("section.agenda"), (Paragraph(told), Table("agenda", columns, tuple(rows)))),)
