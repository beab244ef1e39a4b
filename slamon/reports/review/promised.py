"""What was promised: the decisions of the last review, actions that are open, overdue and done."""

from fractions import Fraction

from slamon.desk import Action, ActionState, Improvement
from slamon.desk.improving import Improved
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Day,
    Many,
    Number,
    Paragraph,
    Percent,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.parts import up
from slamon.reports.review.happened import numbered, shortened
from slamon.reports.review.material import Material

Row = tuple[Cell, ...]


def team_name(material: Material, team: str | None) -> Cell:
    """As people read it; its id where the catalogue knows it no more."""
    if team is None:
        return NOTHING
    found = material.catalogue.teams.get(team)
    return Text(team if found is None else found.name)


def actions(material: Material) -> Section:
    """Open ones, the overdue first; then what was done or dropped since the period began."""
    opened, overdue, ended = material.open_actions(), material.overdue(), material.ended_actions()
    blocks: list[Block] = []
    if opened:
        blocks.append(Paragraph(say("actions.open", n=Count(len(opened)), overdue=_overdue(len(overdue)))))
        blocks.append(_open_table(material, opened))
    else:
        blocks.append(Paragraph(say("actions.none")))
    if ended:
        blocks.append(_ended_table(material, ended))
    else:
        blocks.append(Paragraph(say("actions.none_ended")))
    return Section("actions", say("section.actions"), tuple(blocks))


def _overdue(number: int) -> Cell:
    return say("actions.overdue", n=Count(number)) if number else say("actions.none_overdue")


def _open_table(material: Material, opened: list[Action]) -> Table:
    columns = (
        Column("column.number", right=True), Column("column.action", wide=True), Column("column.service"),
        Column("column.owner"), Column("column.team"), Column("column.entered_day"), Column("column.due"),
        Column("column.state"), Column("column.expected", wide=True), Column("column.ticket"),
    )  # fmt: skip
    rows = tuple(
        (Count(a.number), shortened(a.title), NOTHING if a.service is None else material.service_name(a.service),
         Text(a.owner), team_name(material, a.team), Day(material.day(a.entered)), Day(a.due), standing(material, a),
         expectation(a), Text(a.reference) if a.reference else NOTHING)
        for a in opened
    )  # fmt: skip
    return Table("open", columns, rows, title=say("table.open"))


def standing(material: Material, action: Action) -> Cell:
    """Open, or for how many days it is overdue."""
    if not action.overdue(material.today):
        return say("action.open")
    return say("action.overdue", n=Count((material.today - action.due).days))


def _ended_table(material: Material, ended: list[Action]) -> Table:
    columns = (
        Column("column.number", right=True), Column("column.action", wide=True), Column("column.service"),
        Column("column.owner"), Column("column.ended"), Column("column.state"), Column("column.expected", wide=True),
        Column("column.figure_before", right=True), Column("column.figure_after", right=True), Column("column.outcome"),
    )  # fmt: skip
    rows = tuple(
        (Count(a.number), shortened(a.title), NOTHING if a.service is None else material.service_name(a.service),
         Text(a.owner), Day(a.ended) if a.ended else NOTHING, say(f"action.{a.state.value}"), expectation(a),
         *_improvement(material, material.improved.get(a.number)))
        for a in ended
    )  # fmt: skip
    return Table("ended", columns, rows, title=say("table.ended"))


def expectation(action: Action) -> Cell:
    """What it is to better, and to which value."""
    expected = action.expected
    if expected is None:
        return NOTHING
    value = _figure(expected.figure, expected.value)
    return say(f"expected.{expected.figure.value}", value=value, agreement=Text(expected.agreement))


def _figure(figure: Improvement, value: Fraction) -> Cell:
    if figure in (Improvement.AVAILABILITY, Improvement.LATENCY):
        return Percent(value)
    return up(value.__ceil__()) if figure is Improvement.DOWNTIME else Number(value)


def _improvement(material: Material, found: Improved | None) -> Row:
    """The figure before and after, and what became of the expectation."""
    if found is None:
        return (NOTHING, NOTHING, NOTHING)
    cells = tuple(
        NOTHING if span is None or span.value is None else _figure(found.expected.figure, span.value)
        for span in (found.before, found.after)
    )
    day = NOTHING if found.possible_from is None else Day(material.day(found.possible_from))
    return (*cells, say(f"outcome.{found.outcome.value}", day=day))


def decisions(material: Material) -> Section:
    """What the review before decided, and where its actions stand."""
    last = material.last
    section = say("section.decisions")
    if last is None:
        return Section("decisions", section, (Paragraph(say("decisions.no_review")),))
    people = Many(tuple(Text(name) for name in last.participants)) if last.participants else NOTHING
    head = say(
        "decisions.held",
        number=Count(last.number),
        day=Day(last.held),
        period=material.named(last.period),
        people=people,
    )
    blocks: list[Block] = [Paragraph(head)]
    if last.decisions:
        rows = tuple((Count(place), shortened(decided)) for place, decided in enumerate(last.decisions, 1))
        columns = (Column("column.number", right=True), Column("column.decision", wide=True))
        blocks.append(Table("decisions", columns, rows))
    else:
        blocks.append(Paragraph(say("decisions.none")))
    there = [material.desk.actions[number] for number in last.actions if number in material.desk.actions]
    if there:
        waiting = sum(action.state is ActionState.OPEN for action in there)
        told = Many(tuple(numbered(action) for action in there))
        key = "decisions.actions" if waiting else "decisions.all_ended"
        blocks.append(Paragraph(say(key, n=Count(waiting), actions=told)))
    return Section("decisions", section, tuple(blocks))
