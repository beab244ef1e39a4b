"""An agreement's text from its clauses, and the document that is signed."""

from collections.abc import Sequence

from slamon.reports.agreements.clauses import Chapter, Text, digest
from slamon.reports.agreements.differing import Change, change_table, changes
from slamon.reports.agreements.hours import holidays, hours
from slamon.reports.agreements.measured import measurement, reporting
from slamon.reports.agreements.outage import exclusions, outages
from slamon.reports.agreements.parties import parties, provider, services, validity
from slamon.reports.agreements.promise import availability, credits_, latency, meaning
from slamon.reports.agreements.subject import Subject, subjects
from slamon.reports.document import (
    Block,
    Cell,
    Column,
    Count,
    Document,
    Instant,
    Paragraph,
    Section,
    Signatures,
    Table,
    say,
)
from slamon.reports.document import Text as Words
from slamon.reports.files import LONGEST

PAIRS = (Column("column.what", wide=True), Column("column.value", wide=True))

_YEAR_MS = 367 * 86_400_000


def text(subject: Subject) -> Text:
    """Every term, chapter by chapter."""
    chapters = (
        parties, services, validity, hours, availability, outages, exclusions, latency, credits_, measurement,
        reporting,
    )  # fmt: skip
    return tuple(chapter(subject) for chapter in chapters)


def document(subject: Subject, at: int) -> Document:
    """What the parties sign, as known at `at`."""
    written, name = subject.written, _name(subject)
    customer = subject.catalogue.customers[written.customer].name
    told = text(subject)
    mark = digest(told)
    number = subject.stage.number
    parts = (written.customer[:LONGEST], subject.id[:LONGEST], f"r{number:02d}")
    return Document(
        title=say("agreement.title", kind=say(f"agreement.kind.{written.kind.value}"), agreement=Words(subject.id)),
        subtitle=say("agreement.subtitle", provider=name, customer=Words(customer), revision=Count(number),
                     digest=Words(mark[:12])),
        customer=written.customer,
        agreement=subject.id,
        period=None,
        zone=subject.zone,
        at=at,
        verdict=None,
        sections=(
            _head(subject, mark, at),
            *(_section(subject, chapter, at) for chapter in told),
            *_changes(subject, told),
            _signatures(name, customer),
        ),
        stem="_".join(parts),
        upright=True,
    )  # fmt: skip


def _name(subject: Subject) -> Cell:
    name = provider(subject)[0]
    return say("party.unnamed") if name is None else Words(name)


def _head(subject: Subject, mark: str, at: int) -> Section:
    of = Count(len(subject.catalogue.agreements[subject.id].revisions) + 1)
    groups = " ".join(mark[place : place + 16] for place in range(0, len(mark), 16))
    rows: tuple[tuple[Cell, ...], ...] = (
        (say("term.agreement"), Words(subject.id)),
        (say("term.revision"), say("revision.of", n=Count(subject.stage.number), of=of)),
        *((clause.label, clause.value) for clause in validity(subject).clauses[:2]),
        (say("term.digest"), Words(groups)),
        (say("term.made"), Instant(at)),
    )
    blocks = (Table("document", PAIRS, rows, plain=True), Paragraph(say("note.digest")))
    return Section("document", say("section.document"), blocks)


def _section(subject: Subject, chapter: Chapter, at: int) -> Section:
    rows = tuple((clause.label, clause.value) for clause in chapter.clauses)
    blocks: list[Block] = [Table(chapter.key, PAIRS, rows, plain=True)]
    blocks += [Paragraph(note) for note in chapter.notes]
    begins = _begins(subject, at)
    if chapter.key == "availability":
        blocks += meaning(subject, _whole(subject, begins))
    table = holidays(subject, begins) if chapter.key == "hours" else None
    return Section(chapter.key, chapter.title, tuple(blocks) if table is None else (*blocks, table))


def _begins(subject: Subject, at: int) -> int:
    """From when on periods and holidays are shown: from now on, or from when the revision begins."""
    start, end = subject.stage.start, subject.stage.end
    if start is not None and (at < start or (end is not None and end <= at)):
        return start
    return at


def _whole(subject: Subject, begins: int) -> int:
    """Of a revision of a year or less every period is shown, those that are over too."""
    start, end = subject.stage.start, subject.stage.end
    return start if start is not None and end is not None and end - start <= _YEAR_MS else begins


def _changes(subject: Subject, told: Text) -> Sequence[Section]:
    """What was otherwise before, and what will be."""
    every, number = subjects(subject.catalogue, subject.id), subject.stage.number
    found = []
    if number > 1:
        before = changes(text(every[number - 2]), told)
        found.append(_table("changes_before", number - 1, before))
    if number < len(every):
        after = changes(told, text(every[number]))
        found.append(_table("changes_after", number + 1, after))
    return found


def _table(key: str, number: int, found: Sequence[Change]) -> Section:
    return Section(key, say(f"section.{key}", n=Count(number)), (change_table(key, found),))


def _signatures(name: Cell, customer: str) -> Section:
    both = (say("sign.provider", name=name), say("sign.customer", name=Words(customer)))
    return Section("signatures", say("section.signatures"), (Signatures(both),))
