"""`slamon catalogue show`, `render` and `warnings`: what is offered to whom, and where the design is weak."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from slamon.catalogue import Catalogue
from slamon.catalogue.load import Source, source_of
from slamon.commands import tables
from slamon.commands.formats import Format
from slamon.commands.places import catalogue
from slamon.reports.document import Cell, Count, say
from slamon.reports.forms import PaperFormat, ReportFormat
from slamon.reports.offered.weak import Weakness, weaknesses
from slamon.reports.offered.writing import Offer, document, path_of
from slamon.reports.printing import Order, print_one
from slamon.reports.tongue import Tongue


def show(config: Path, language: str, form: Format) -> int:
    """Print every service with its owner, customers, agreements, checks and what it stands on."""
    loaded = catalogue(config)
    offer = Offer(loaded, _now())
    if form is Format.JSON:
        typer.echo(json.dumps(_json(offer), ensure_ascii=False, indent=1))
        return 0
    made, tongue = document(loaded, offer.at, _zone(loaded)), Tongue(language, _zone(loaded))
    typer.echo(tongue.text(made.subtitle))
    for section in made.sections:
        if section.key == "services":
            tables.show("", *(_sheet(section.tables()[0].rows, tongue) if section.tables() else ()))
    typer.echo(f"\n{tongue.text(say('weak.count', n=Count(len(offer.weak))))}")
    return 0


def _now() -> int:
    return time.time_ns() // 1_000_000_000 * 1000


def _zone(loaded: Catalogue) -> str:
    """That of the first agreement."""
    return next((agreement.timezone for agreement in loaded.agreements.values()), "UTC")


def _sheet(rows: tuple[tuple[Cell, ...], ...], tongue: Tongue) -> Iterator[tables.Sheet]:
    names = [tongue.word(f"column.offered.{name}") for name in ("service", "by", "customers", "agreements", "depends")]
    told = [[tongue.text(cell) for cell in row] for row in rows]
    yield tables.Sheet(tongue.word("section.offered"), tables.columns(*names, keys=names[:1], free=names[2:]), told)


def _json(offer: Offer) -> dict[str, Any]:
    found = offer.catalogue
    return {
        "services": [
            {
                "id": name,
                "name": service.title,
                "team": service.team,
                "runbook": service.runbook,
                "customers": list(found.customers_of.get(name, ())),
                "agreements": list(offer.bound.get(name, ())),
                "needs": service.needs,
                "checks": [check.id for check in service.checks.values()],
                "depends_on": [list(group) for group in service.depends_on],
                "needed_by": list(offer.above.get(name, ())),
            }
            for name, service in found.services.items()
        ],
        "agreements": [
            {
                "id": name,
                "kind": subject.written.kind.value,
                "customer": subject.written.customer,
                "provider": subject.written.provider,
                "services": list(subject.written.services),
                "revision": subject.stage.number,
            }
            for name, subject in offer.subjects.items()
        ],
        "warnings": len(offer.weak),
    }


def render(config: Path, language: str, formats: tuple[PaperFormat, ...], output: Path) -> int:
    """Write the document and print the names of its files."""
    loaded = catalogue(config)
    made = document(loaded, _now(), _zone(loaded))
    for path in print_one(made, Order(language, tuple(ReportFormat(form.value) for form in formats), output)):
        typer.echo(path)
    return 0


def warnings(config: Path, language: str, form: Format) -> int:
    """Print the design warnings with their places. 1 when there are some."""
    loaded = catalogue(config)
    found = weaknesses(loaded, _now())
    source, tongue = source_of(config), Tongue(language, _zone(loaded))
    if form is Format.JSON:
        told = [_weakness(one, source, tongue) for one in found]
        typer.echo(json.dumps({"warnings": told}, ensure_ascii=False, indent=1))
        return 1 if found else 0
    for one in found:
        path = path_of(one)
        where = f"{source.place(one.path)}: {path}: " if path else f"{source.place(())}: "
        typer.echo(f"{where}{tongue.text(one.said)} {tongue.text(one.remedy)}")
    typer.echo(tongue.text(say("weak.count", n=Count(len(found))) if found else say("weak.none")))
    return 1 if found else 0


def _weakness(one: Weakness, source: Source, tongue: Tongue) -> dict[str, Any]:
    place = source.place(one.path)
    return {
        "code": one.code,
        "file": str(place.file),
        "line": place.line,
        "column": place.column,
        "path": path_of(one),
        "text": tongue.text(one.said),
        "remedy": tongue.text(one.remedy),
    }
