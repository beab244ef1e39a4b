"""Complaints or scores in a file: a table as spreadsheets save it, or JSON as a mail gateway posts it."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slamon.errors import UsageError
from slamon.running.entering.importing import MOST_ROWS

MOST_BYTES = 16 * 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEP = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. `columns`: heads by the key that they stand for; `fixed`: what all rows say.

    `delimiter`, `encoding` None: they are found.
    """

    keys: Mapping[str, Sequence[str]]
    columns: Mapping[str, str]
    fixed: Mapping[str, str]
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the line (JSON: the place in the list) of each. `unread`: heads that stand for nothing."""

    rows: list[tuple[int, dict[str, Any]]]
    where: str
    unread: tuple[str, ...] = ()


def read_file(file: Path, reading: Reading) -> Table:
    """UsageError where it cannot be read, with the place and what would be right."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}: name a .csv or .json file") from None
    try:
        return read_bytes(raw, reading)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None


def read_bytes(raw: bytes, reading: Reading) -> Table:
    """A table in CSV, or what begins as JSON does."""
    if len(raw) > MOST_BYTES:
        raise UsageError(f"more than {MOST_BYTES} bytes: split it into several files")
    text = _decoded(raw, reading.encoding)
    if text.lstrip()[:1] in ("{", "["):
        return _json(text, reading)
    return _csv(text, reading)


def _decoded(raw: bytes, encoding: str | None) -> str:
    """By the mark at its beginning, as UTF-8, or else as German Excel saves it: Windows-1252."""
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    for name in [encoding] if encoding is not None else [marked or "utf-8", "cp1252"]:
        try:
            return raw.decode(name)
        except LookupError:
            raise UsageError(f"there is no encoding {name!r:.40}: give one as utf-8 or cp1252") from None
        except (UnicodeError, ValueError):
            continue
    found = encoding or "UTF-8 or Windows-1252"
    raise UsageError(f"its text is not in {found}: name the right one with --encoding")


def _json(text: str, reading: Reading) -> Table:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise UsageError(f"no JSON: {told}") from None
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise UsageError("expected one object, or a list of objects")
    return _bounded([(place, {**reading.fixed, **row}) for place, row in enumerate(rows, 1)], "row", ())


def _csv(text: str, reading: Reading) -> Table:
    said = _SEP.match(text)
    skipped = 0
    if said is not None:
        text, skipped = text[said.end() :], 1
    delimiter = reading.delimiter or (said[1] if said is not None else _delimiter(text))
    try:
        lines = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
        head = next(lines, None)
        if not head or not any(cell.strip() for cell in head):
            raise UsageError("no head: expected a first line with the names of the columns")
        keys, unread = _keys(head, reading)
        return _bounded(list(_rows(lines, head, keys, reading, skipped)), "line", unread)
    except (csv.Error, TypeError) as error:
        raise UsageError(f"no table: {error}; give the right --delimiter") from None


def _delimiter(text: str) -> str:
    """The one that stands most often in the head, outside of quotes."""
    head = re.sub(r'"[^"\n]*"', "", text.partition("\n")[0])
    return max(DELIMITERS, key=head.count)


def _keys(head: Sequence[str], reading: Reading) -> tuple[list[str | None], tuple[str, ...]]:
    """For each column the key that it stands for, and the heads of those that stand for none."""
    there = ", ".join(head)
    missing = [column for column in reading.columns.values() if _plain(column) not in map(_plain, head)]
    if missing:
        raise UsageError(f"there is no column {missing[0]!r:.60}; there are: {there:.400}")
    keys = [_key(cell, reading) for cell in head]
    twice = next((key for key in keys if key is not None and keys.count(key) > 1), None)
    if twice is not None:
        columns = ", ".join(cell for cell, key in zip(head, keys, strict=True) if key == twice)
        raise UsageError(f"several columns stand for {twice}: {columns:.200}; say which, --column {twice}=HEAD")
    if not any(keys):
        raise UsageError(f"no column is known; there are: {there:.400}; expected {', '.join(reading.keys)}")
    return keys, tuple(cell for cell, key in zip(head, keys, strict=True) if key is None and cell.strip())


def _key(cell: str, reading: Reading) -> str | None:
    """What a head stands for: as it was said, else as it is known."""
    name = _plain(cell)
    for key, column in reading.columns.items():
        if _plain(column) == name:
            return key
    meant = name if name in reading.keys else next((key for key, said in reading.keys.items() if name in said), None)
    return None if meant in reading.columns else meant


def _plain(head: str) -> str:
    return head.strip().casefold().replace(" ", "_")


def _rows(
    lines: Any, head: Sequence[str], keys: Sequence[str | None], reading: Reading, skipped: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with the line on which each begins; empty lines are none."""
    begins = lines.line_num + 1
    for cells in lines:
        if any(cell.strip() for cell in cells):
            if len(cells) > len(head):
                raise UsageError(f"line {begins + skipped}: {len(cells)} cells under {len(head)} columns")
            pairs = zip(keys, cells, strict=False)
            told = {key: _unquoted(cell) for key, cell in pairs if key is not None and cell.strip()}
            yield begins + skipped, {**reading.fixed, **told}
        begins = lines.line_num + 1


def _unquoted(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reading a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _bounded(rows: list[tuple[int, dict[str, Any]]], where: str, unread: tuple[str, ...]) -> Table:
    if not rows:
        raise UsageError("there is no row in it")
    if len(rows) > MOST_ROWS:
        raise UsageError(f"{len(rows)} rows: at most {MOST_ROWS} at once, split it into several files")
    return Table(rows, where, unread)
