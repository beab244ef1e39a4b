"""The last good lists of each source, on disk beside the ledger: what holds while a source is broken."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from slamon.catalogue.discovery.lists import BadList, Group, parsed

FOLDER = "discovered"
_MOST_BYTES = 64 * 2**20

Lists = Mapping[str, Sequence[Group]]
"""The groups by the file that they are from; of a list asked for by http, by ``."""


def file_of(folder: Path, source: str) -> Path:
    """Where a source's lists are kept, in the data folder."""
    return folder / FOLDER / f"{source}.json"


def kept(folder: Path, source: str) -> Lists:
    """The lists that were kept; none where there are none or they cannot be read."""
    try:
        with file_of(folder, source).open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        found = json.loads(raw) if len(raw) <= _MOST_BYTES else {}
        return {str(name): parsed(json.dumps(groups).encode(), json_only=True) for name, groups in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError, BadList):
        return {}


def keep(folder: Path, source: str, lists: Lists) -> None:
    """Keep these lists, whole or not at all. Raises OSError."""
    file = file_of(folder, source)
    raw = json.dumps({name: [group.written() for group in groups] for name, groups in lists.items()}, indent=1)
    if _same(file, raw):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)


def _same(file: Path, raw: str) -> bool:
    try:
        return file.read_text(encoding="utf-8") == raw
    except (OSError, UnicodeDecodeError):
        return False
