"""The minutes of the meeting: a form that `slamon register review add --from` reads back in, and a page to print."""

import json
from collections.abc import Iterator

from slamon.desk import Action
from slamon.reports.document import Block, Cell, Column, Count, Day, Lines, Paragraph, Section, Table, Text, say
from slamon.reports.parts import pairs
from slamon.reports.review.happened import shortened
from slamon.reports.review.material import Material
from slamon.reports.tongue import Tongue, plain

_ROOM = 3
"""So many empty rows a printed table has."""

Row = tuple[Cell, ...]


def form(material: Material, language: str) -> bytes:
    """The form as YAML: prefilled where something is known, else empty with an example in a comment.

    Whatever names hold, it stays one line and data: texts are written as JSON strings, comments without line breaks.
    """
    tongue = Tongue(language, material.zone)

    def remark(key: str, **cells: Cell) -> str:
        return f"# {_line(tongue.text(say(key, **cells)))}"

    lines = [
        remark("form.head", customer=material.name, period=material.period_name),
        remark("form.back", file=Text(form_name(material))),
        "",
        f"customer: {_quoted(material.customer)}",
        f"period: {_quoted(material.period.name)}",
        "",
        remark("form.held"),
        f"held: {material.today.isoformat()}",
        "",
        remark("form.participants"),
        "participants: []",
        "",
        remark("form.minutes"),
        "minutes: |",
        "",
        remark("form.decisions"),
        "decisions: []",
        "",
        remark("form.actions"),
        *(f"# {line}" for line in _example(material)),
        "actions: []",
        "",
        remark("form.done" if material.open_actions() else "form.done_none"),
        *(f"# {line}" for line in _open(material, tongue)),
        "done: []",
        "",
        remark("form.reference"),
        "reference:",
    ]
    return ("\n".join(lines) + "\n").encode()


def form_name(material: Material) -> str:
    """Of ids alone, as the names of reports are."""
    period = "".join(c if c.isalnum() or c in "-_" else "_" for c in material.period.name.replace("/", "_to_"))
    return f"{period}_{material.customer[:60]}-minutes.yml"


def _line(words: str) -> str:
    """On one line for every reader of YAML, which knows more line breaks than most."""
    return plain(" ".join(words.split()))


def _quoted(words: str) -> str:
    return json.dumps(words)


def _example(material: Material) -> Iterator[str]:
    """An action as it is to be written, of services and agreements that there are."""
    agreement = next(iter([*(b.id for b in material.agreements), *(name for name, _ in material.missing)]))
    model = material.catalogue.agreements[agreement]
    service = model.services[0]
    team = material.catalogue.services[service].team
    yield "actions:"
    yield '  - title: "..."'
    yield '    owner: "..."'
    if team is not None:
        yield f"    team: {_quoted(team)}"
    yield f"    due: {material.day(material.horizon).isoformat()}"
    yield f"    service: {_quoted(service)}"
    yield f'    expected: {{figure: downtime, agreement: {_quoted(agreement)}, value: "30m"}}'


def _open(material: Material, tongue: Tongue) -> Iterator[str]:
    for action in material.open_actions():
        told = say("form.open", number=Count(action.number), title=shortened(action.title), owner=Text(action.owner),
                   due=Day(action.due))  # fmt: skip
        yield _line(tongue.text(told))


# -- to print


def page(material: Material) -> tuple[Section, ...]:
    """The same to fill in by hand."""
    blank = Text("")
    head = pairs(
        "minutes",
        [
            ("head.customer", material.name),
            ("head.period", material.period_name),
            ("minutes.held", blank),
            ("minutes.reference", blank),
        ],
    )
    return (
        Section(
            "minutes",
            say("section.minutes"),
            (
                head,
                Lines(say("minutes.participants"), 2),
                Lines(say("minutes.minutes"), 5),
                Lines(say("minutes.decisions"), 4),
            ),
        ),
        Section("new-actions", say("section.new_actions"), (_empty(),)),
        Section("done-actions", say("section.done_actions"), tuple(_ticked(material))),
        Section("signed", say("section.signed"), (Lines(say("minutes.signature"), 1),)),
    )


def _empty() -> Table:
    columns = (
        Column("column.action", wide=True), Column("column.owner", wide=True), Column("column.due", wide=True),
        Column("column.expected", wide=True),
    )  # fmt: skip
    return Table("new", columns, ((Text(""),) * len(columns),) * _ROOM)


def _ticked(material: Material) -> Iterator[Block]:
    found = material.open_actions()
    if not found:
        yield Paragraph(say("actions.none"))
        return
    columns = (
        Column("column.done"), Column("column.number", right=True), Column("column.action", wide=True),
        Column("column.owner", wide=True), Column("column.due"),
    )  # fmt: skip
    yield Table("done", columns, tuple(_tick(action) for action in found))


def _tick(action: Action) -> Row:
    return (say("minutes.box"), Count(action.number), shortened(action.title), Text(action.owner), Day(action.due))
