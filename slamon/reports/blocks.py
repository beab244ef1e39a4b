"""A document as plain texts in their order, for the formats that are read: page and paper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slamon
from slamon.reports.document import (
    Block,
    Cell,
    Document,
    Graph,
    Lines,
    Link,
    Many,
    Nothing,
    Paragraph,
    Section,
    Signatures,
    Strip,
    Table,
    Text,
    Verdict,
    say,
)
from slamon.reports.graphs import graphs
from slamon.reports.pictures import svg
from slamon.reports.tongue import Tongue

TONES = {
    "met": "good", "on_track": "good", "breached": "bad", "missed": "bad", "at_risk": "warn",
    "insufficient_data": "warn", "no_data": "dim", "not_in_service": "dim", "too_few": "warn",
}  # fmt: skip
"""The colour of a verdict, by name."""

_BRIEF = 300
"""A cell of so many signs is never as high as a page: it need not be cut, which spares a third of the typesetting."""

Words = Callable[[str], str]


_LONG_WORD = 60


def breaking(words: str) -> str:
    """The words, of which those that are longer than any line may break anywhere."""
    if len(words) <= _LONG_WORD:
        return words
    parts = words.split(" ")
    return " ".join(part if len(part) <= _LONG_WORD else "\u200b".join(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What templates take of a document. `breaks`: there is a word in it that `breaking` would break."""

    told: dict[str, Any]
    breaks: bool


_newest: tuple[Document, str, Reading] | None = None


def read(document: Document, language: str) -> Reading:
    """What templates take, not to be changed: the newest is kept, for page and paper ask for the same."""
    global _newest
    if _newest is not None and _newest[0] is document and _newest[1] == language:
        return _newest[2]
    breaks = False

    def seen(words: str) -> str:
        nonlocal breaks
        breaks = breaks or (len(words) > _LONG_WORD and breaking(words) != words)
        return words

    told = Reader(Tongue(language, document.zone), seen).document(document)
    _newest = (document, language, Reading(told, breaks))
    return _newest[2]


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns a document into what templates take: dicts of texts. `words`: what is done to every text."""

    tongue: Tongue
    words: Words = str

    def document(self, document: Document) -> dict[str, Any]:
        """The whole."""
        return {
            "language": self.tongue.language,
            "title": self._text(document.title),
            "subtitle": self._text(document.subtitle),
            "verdict": self._verdict(document),
            "upright": document.upright,
            "whole": bool(document.what),
            "page": self.tongue.word("foot.page"),
            "contents": self.tongue.word("foot.contents"),
            "made": self._text(say("foot.made", version=Text(slamon.__version__))),
            "sections": [self._section(section) for section in document.sections],
        }

    def _verdict(self, document: Document) -> dict[str, str] | None:
        if document.verdict is None:
            return None
        return {"text": self._text(Verdict(document.verdict)), "tone": TONES[document.verdict.value]}

    def _text(self, cell: Cell) -> str:
        return self.words(self.tongue.text(cell))

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "id": section.key,
            "title": self._text(section.title),
            "level": section.level,
            "fresh": section.fresh,
            "blocks": [self._block(block) for block in section.blocks],
        }

    def _block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "text": self._text(block.said)}
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, Signatures):
            place, name = self.tongue.word("sign.place"), self.tongue.word("sign.name")
            parties = [self._text(party) for party in block.parties]
            return {"kind": "signatures", "parties": parties, "place": place, "name": name}
        if isinstance(block, Graph):
            return self._graph(block)
        if isinstance(block, Lines):
            return {"kind": "lines", "title": self._text(block.title), "number": block.number}
        wide = isinstance(block, Strip)
        return {"kind": "picture", "title": self._text(block.title), "svg": svg(block, self.tongue), "wide": wide}

    def _graph(self, block: Graph) -> dict[str, Any]:
        parts = [
            {"svg": sheet.svg, "width": sheet.width, "height": sheet.height} for sheet in graphs(block, self.words)
        ]
        return {"kind": "graph", "title": self._text(block.title), "parts": parts}

    def _table(self, table: Table) -> dict[str, Any]:
        rows = [[self._cell(cell) for cell in row] for row in table.rows]
        return {
            "kind": "table",
            "id": table.key,
            "title": "" if table.title is None else self._text(table.title),
            "plain": table.plain,
            "columns": [
                {"title": self.tongue.word(column.key), "right": column.right, "wide": column.wide}
                for column in table.columns
            ],
            "rows": rows,
            "brief": all(len(cell.get("text", "")) <= _BRIEF for row in rows for cell in row),
        }

    def _cell(self, cell: Cell) -> dict[str, Any]:
        """Its text; and, where some of it leads to other sections, its parts."""
        tone = TONES[cell.word.value] if isinstance(cell, Verdict) else "empty" if isinstance(cell, Nothing) else ""
        told: dict[str, Any] = {"text": self._text(cell), "tone": tone}
        inner = cell.cells if isinstance(cell, Many) else (cell,)
        if any(isinstance(one, Link) for one in inner):
            told["parts"] = [{"text": self._text(one), "to": one.to if isinstance(one, Link) else ""} for one in inner]
        return told
