"""A report as JSON: each cell with its type, its exact value and its text."""

import json
from typing import Any

import slamon
from slamon.reports.document import Cell, Document, Paragraph, Section, Table
from slamon.reports.tongue import Tongue
from slamon.reports.values import value


def made(document: Document, language: str) -> bytes:
    """The file's bytes: UTF-8, on one line that ends; indenting a year's rows takes five times as long."""
    tongue = Tongue(language, document.zone)
    told = {
        "report": 1,
        "slamon": slamon.__version__,
        "language": language,
        "title": tongue.text(document.title),
        "customer": document.customer or None,
        "kind": document.what or "report",
        "agreement": document.agreement or None,
        "period": None if document.period is None else document.period.name,
        "timezone": document.zone,
        "at_ms": document.at,
        "verdict": None if document.verdict is None else document.verdict.value,
        "sections": [_section(section, tongue) for section in document.sections],
    }
    return (json.dumps(told, ensure_ascii=False) + "\n").encode()


def _section(section: Section, tongue: Tongue) -> dict[str, Any]:
    return {
        "id": section.key,
        "title": tongue.text(section.title),
        "paragraphs": [tongue.text(block.said) for block in section.blocks if isinstance(block, Paragraph)],
        "tables": [_table(table, tongue) for table in section.tables()],
    }


def _table(table: Table, tongue: Tongue) -> dict[str, Any]:
    return {
        "id": table.key,
        "title": None if table.title is None else tongue.text(table.title),
        "columns": [{"id": c.key.removeprefix("column."), "title": tongue.word(c.key)} for c in table.columns],
        "rows": [[_cell(cell, tongue) for cell in row] for row in table.rows],
    }


def _cell(cell: Cell, tongue: Tongue) -> dict[str, Any]:
    kind, exact = value(cell, tongue)
    return {"type": kind, "value": exact, "text": tongue.text(cell)}
