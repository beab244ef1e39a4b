"""A report as PDF/A-2b by typst, with bookmarks, and text that can be searched and copied.

What is said goes in as data, never as source. The fonts are those inside typst, so the file is the same everywhere.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from slamon.errors import SlamonError
from slamon.reports.blocks import Reader
from slamon.reports.document import Document
from slamon.reports.formats import widths
from slamon.reports.tongue import Tongue

_SHOWN = ((0x0000, 0x024F), (0x02B0, 0x02FF), (0x0370, 0x052F), (0x0590, 0x05FF), (0x0600, 0x06FF), (0x1E00, 0x20CF))
"""The blocks of signs that the fonts have, more or less; what else there is may be missing."""

_LONG_WORD = 60

_FORGOTTEN = 10

_TAGGED = 1000
"""With more rows a file has no tags for screen readers: they would make it eight times as large."""


def made(document: Document, language: str) -> bytes:
    """The file's bytes; signs that the fonts do not have stand as their numbers."""
    import typst

    try:
        return made_once(document, language)
    finally:
        # typst keeps the layout of the last ten files, 40 MB each of a year; empty ones in their place keep it small
        for _ in range(_FORGOTTEN):
            typst.compile(b"", format="svg", ignore_system_fonts=True)


def made_once(document: Document, language: str) -> bytes:
    """The same in a process that ends with it: the layout stays in memory."""
    import typst

    tongue = Tongue(language, document.zone)
    try:
        return _compiled(document, Reader(tongue, breaking), "")
    except typst.TypstError as error:
        if "could not be displayed" not in str(error) and "glyph" not in str(error):
            raise SlamonError(f"typst could not make the PDF: {error}") from error
    note = tongue.word("foot.replaced")
    return _compiled(document, Reader(tongue, lambda words: breaking(numbered(words))), note)


def _compiled(document: Document, reader: Reader, note: str) -> bytes:
    import typst

    at = datetime.fromtimestamp(document.at / 1000, UTC)
    told: dict[str, Any] = reader.document(document) | {"date": [at.year, at.month, at.day], "note": note}
    widths.put(told)
    source = files("slamon.reports").joinpath("templates", "report.typ").read_bytes()
    return bytes(
        typst.compile(
            source,
            format="pdf",
            sys_inputs={"report": json.dumps(told)},
            pdf_standards=["a-2b"],
            ignore_system_fonts=True,
            pdf_tags=_rows(document) <= _TAGGED,
        )
    )


def _rows(document: Document) -> int:
    return sum(len(table.rows) for section in document.sections for table in section.tables())


def breaking(words: str) -> str:
    """The words, of which those that are longer than any line may break anywhere."""
    parts = words.split(" ")
    return " ".join(part if len(part) <= _LONG_WORD else "\u200b".join(part) for part in parts)


def numbered(words: str) -> str:
    """The words with what the fonts may not have as numbers: [U+4E2D]."""
    return "".join(c if _has(ord(c)) else f"[U+{ord(c):04X}]" for c in words)


def _has(sign: int) -> bool:
    return any(low <= sign <= high for low, high in _SHOWN) or sign in (0x2212, 0x221E)
