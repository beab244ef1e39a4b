"""`slamon agreement show`, `render` and `diff`: what was agreed, as text, as documents, and what changes."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from slamon.catalogue import Catalogue
from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.places import catalogue
from slamon.errors import UsageError
from slamon.reports.agreements import comparing
from slamon.reports.agreements.clauses import digest, exactly
from slamon.reports.agreements.subject import Subject, in_force, numbered
from slamon.reports.agreements.writing import document, text
from slamon.reports.forms import PaperFormat, ReportFormat
from slamon.reports.printing import Order, print_all
from slamon.reports.tongue import Tongue

ALL = "all"


def show(config: Path, agreement: str, revision: int | None, language: str, form: Format) -> int:
    """Print every term. UsageError for an agreement or a revision that there is not."""
    subject = _subject(catalogue(config), agreement, revision)
    tongue = Tongue(language, subject.zone)
    if form is Format.JSON:
        typer.echo(json.dumps(_json(subject, tongue), ensure_ascii=False, indent=1))
        return 0
    tables.show(*_sheets(subject, tongue))
    return 0


def _subject(loaded: Catalogue, agreement: str, revision: int | None) -> Subject:
    """A revision, or the one in force now."""
    known(loaded, agreement)
    if revision is not None:
        return numbered(loaded, agreement, revision)
    return in_force(loaded, agreement, time.time_ns() // 1_000_000)


def known(loaded: Catalogue, agreement: str) -> None:
    """UsageError where there is no such agreement."""
    if agreement not in loaded.agreements:
        short = agreement if len(agreement) <= 60 else agreement[:57] + "..."
        there = ", ".join(loaded.agreements) or "none"
        raise UsageError(f"there is no agreement {short!r}; there are: {there}")


def _sheets(subject: Subject, tongue: Tongue) -> Iterator[Any]:
    told = text(subject)
    head = document(subject, 0)
    yield tongue.text(head.title)
    yield tongue.text(comparing.Pair(subject, subject, dated=False).heading())
    for chapter in told:
        rows = [[tongue.text(clause.label), tongue.text(clause.value)] for clause in chapter.clauses]
        names = (tongue.word("column.term"), tongue.word("column.text"))
        heads = tables.columns(*names, keys=names[:1], free=names[1:])
        yield ""
        yield tables.Sheet(tongue.text(chapter.title), heads, rows)
    yield ""
    yield f"{tongue.word('term.digest')}: {digest(told)}"


def _json(subject: Subject, tongue: Tongue) -> dict[str, Any]:
    told = text(subject)
    return {
        "agreement": subject.id,
        "revision": subject.stage.number,
        "valid_from_ms": subject.stage.start,
        "valid_until_ms": subject.stage.end,
        "digest": digest(told),
        "language": tongue.language,
        "chapters": [
            {
                "id": chapter.key,
                "title": tongue.text(chapter.title),
                "clauses": [
                    {
                        "key": clause.key,
                        "label": tongue.text(clause.label),
                        "text": tongue.text(clause.value),
                        "value": exactly(clause.value),
                    }
                    for clause in chapter.clauses
                ],
                "notes": [tongue.text(note) for note in chapter.notes],
            }
            for chapter in told
        ],
    }


# -- documents


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents. None: all agreements, all customers; the revision in force."""

    agreement: str | None
    customer: str | None
    revision: int | None
    language: str
    formats: tuple[PaperFormat, ...]


def render(config: Path, wanted: Wanted, output: Path) -> int:
    """Write the documents and print their names."""
    loaded = catalogue(config)
    asked = _asked(loaded, wanted)
    if wanted.revision is not None and len(asked) > 1:
        raise UsageError("--revision is of one agreement: name it, as in slamon agreement render shop-gold")
    at = time.time_ns() // 1_000_000_000 * 1000
    order = Order(wanted.language, tuple(ReportFormat(form.value) for form in wanted.formats), output)
    documents = (document(_subject(loaded, name, wanted.revision), at) for name in asked)
    for paths in print_all(documents, order, len(asked)):
        for path in paths:
            typer.echo(path)
    return 0


def _asked(loaded: Catalogue, wanted: Wanted) -> Sequence[str]:
    one = None if wanted.agreement == ALL and ALL not in loaded.agreements else wanted.agreement
    if one is not None:
        known(loaded, one)
    if wanted.customer is not None and wanted.customer not in loaded.customers:
        raise UsageError(f"there is no customer {wanted.customer[:60]!r}; there are: {', '.join(loaded.customers)}")
    found = [
        name
        for name, agreement in loaded.agreements.items()
        if one in (None, name) and wanted.customer in (None, agreement.customer)
    ]
    if not found:
        whose = "in the catalogue" if wanted.customer is None else f"of the customer {wanted.customer}"
        raise UsageError(f"there is no agreement {whose}" + (f" named {one}" if one else ""))
    return found


# -- differences


def diff(config: Path, agreement: str, revisions: tuple[int | None, int | None], against: Path | None,
         language: str, form: Format) -> int:  # fmt: skip
    """Print what differs. 1 when something does, 0 when nothing does."""
    loaded = catalogue(config)
    known(loaded, agreement)
    if against is None:
        pairs = [comparing.revisions(loaded, agreement, *revisions)]
    elif revisions != (None, None):
        raise UsageError("--against compares every revision with that of the same number: leave --from and --to out")
    else:
        pairs = list(comparing.catalogues(catalogue(against), loaded, agreement))
    differing = [pair for pair in pairs if pair.changes]
    zone = loaded.agreements[agreement].timezone
    if form is Format.JSON:
        told = {"agreement": agreement, "revisions": [_pair_json(p, Tongue(language, zone)) for p in differing]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        if not differing:
            typer.echo(Tongue(language, zone).text(comparing.nothing()))
        for pair in differing:
            tongue = Tongue(language, pair.subject.zone)
            typer.echo(tongue.text(pair.heading()))
            for line in pair.lines():
                typer.echo(f"  {tongue.text(line)}")
    return 1 if differing else 0


def _pair_json(pair: comparing.Pair, tongue: Tongue) -> dict[str, Any]:
    return {
        "from": None if pair.old is None else _side(pair.old),
        "to": None if pair.new is None else _side(pair.new),
        "changes": [
            {
                "key": change.key,
                "label": tongue.text(change.label),
                "before": None if change.before is None else tongue.text(change.before),
                "after": None if change.after is None else tongue.text(change.after),
                "before_value": None if change.before is None else exactly(change.before),
                "after_value": None if change.after is None else exactly(change.after),
            }
            for change in pair.changes
        ],
    }


def _side(subject: Subject) -> dict[str, Any]:
    return {
        "revision": subject.stage.number,
        "valid_from_ms": subject.stage.start,
        "valid_until_ms": subject.stage.end,
        "digest": digest(text(subject)),
    }
