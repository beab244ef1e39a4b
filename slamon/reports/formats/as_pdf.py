"""A report as PDF/A-2b by typst, with bookmarks, and text that can be searched and copied.

What is said goes in as data, never as source. The fonts are those inside typst, so the file is the same everywhere.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from slamon.errors import SlamonError
from slamon.reports.blocks import Reader, breaking, read
from slamon.reports.document import Document
from slamon.reports.formats import widths
from slamon.reports.tongue import Tongue

_SHOWN = ((0x0000, 0x024F), (0x02B0, 0x02FF), (0x0370, 0x052F), (0x0590, 0x05FF), (0x0600, 0x06FF), (0x1E00, 0x20CF))
"""The blocks of signs that the fonts have, more or less; what else there is may be missing."""

_KEPT = 10

_TAGGED = 1000
"""With more rows a file has no tags for screen readers: they would make it eight times as large."""


def made(document: Document, language: str) -> bytes:
    """The file's bytes; signs that the fonts do not have stand as their numbers."""
    try:
        return made_once(document, language)
    finally:
        _forget()


def made_once(document: Document, language: str) -> bytes:
    """The same in a process that ends with it: the layout stays in memory."""
    import typst

    reading = read(document, language)
    tongue = Tongue(language, document.zone)
    try:
        return _compiled(document, Reader(tongue, breaking).document(document) if reading.breaks else reading.told, "")
    except typst.TypstError as error:
        if "could not be displayed" not in str(error) and "glyph" not in str(error):
            raise SlamonError(f"typst could not make the PDF: {error}") from error
        note = tongue.word("foot.replaced")
        return _compiled(document, Reader(tongue, lambda words: breaking(numbered(words))).document(document), note)


@cache
def fonts() -> Any:
    """Those inside typst, read once."""
    import typst

    return typst.Fonts(include_system_fonts=False)


def _forget() -> None:
    """typst keeps the layout of the last ten files, 20 MB each of a year: ten empty ones take their place."""
    import typst

    for _ in range(_KEPT):
        typst.Compiler(b"", font_paths=fonts()).compile(format="svg")


def _compiled(document: Document, told: Mapping[str, Any], note: str) -> bytes:
    import typst

    at = datetime.fromtimestamp(document.at / 1000, UTC)
    told = {**told, "date": [at.year, at.month, at.day], "note": note}
    if not told["whole"] and not told["upright"]:
        told = widths.found(told)
    source = files("slamon.reports").joinpath("templates", "report.typ").read_bytes()
    compiler = typst.Compiler(source, font_paths=fonts(), sys_inputs={"report": json.dumps(told)})
    made = compiler.compile(format="pdf", pdf_standards=["a-2b"], pdf_tags=_rows(document) <= _TAGGED)
    assert isinstance(made, bytes)  # a list for pictures, None for a file
    return made


def _rows(document: Document) -> int:
    return sum(len(table.rows) for section in document.sections for table in section.tables())


def numbered(words: str) -> str:
    """The words with what the fonts may not have as numbers: [U+4E2D]."""
    return "".join(c if _has(ord(c)) else f"[U+{ord(c):04X}]" for c in words)


def _has(sign: int) -> bool:
    return any(low <= sign <= high for low, high in _SHOWN) or sign in (0x2212, 0x221E)
