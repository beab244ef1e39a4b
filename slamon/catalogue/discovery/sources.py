"""What the sources of discovery say now: files are read, lists asked for by http come as they were kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slamon.catalogue.discovery.kept import Lists, kept
from slamon.catalogue.discovery.lists import MOST_BYTES, BadList, Group, parsed
from slamon.catalogue.discovery.models import Discovery

HTTP_LIST = ""
_MOST_FILES = 5_000


@dataclass(slots=True)
class Found:
    """What one source said. `trouble`: what is wrong with it; for that part its last good lists hold.

    `files`: the files that it reads, whose change matters; `patterns`: what other files would be among them.
    `checks` and `rejected` are filled in when checks are made of it.
    """

    lists: Lists = field(default_factory=dict)
    trouble: str | None = None
    files: list[Path] = field(default_factory=list)
    patterns: list[Path] = field(default_factory=list)
    checks: int = 0
    rejected: list[str] = field(default_factory=list)

    @property
    def groups(self) -> Iterable[Group]:
        """Every group of every list."""
        return (group for groups in self.lists.values() for group in groups)


def find(source: str, discovery: Discovery, beside: Path, data: Path) -> Found:
    """What a source says: `beside` is the folder of the catalogue's file, `data` the one where lists are kept."""
    last = kept(data, source)
    if discovery.file_sd is None:
        return Found({HTTP_LIST: last.get(HTTP_LIST, ())})
    found = Found(patterns=patterns(discovery, beside))
    found.files = matching(found.patterns)
    if not found.files:
        found.trouble = f"no file there is {', '.join(discovery.file_sd.files)}"
        found.lists = last
        return found
    lists: dict[str, Sequence[Group]] = {}
    for file in found.files[:_MOST_FILES]:
        try:
            lists[str(file)] = _read(file)
        except BadList as error:
            found.trouble = f"{file}: {error}"
            if str(file) in last:
                lists[str(file)] = last[str(file)]
    found.lists = lists
    return found


def patterns(discovery: Discovery, beside: Path) -> list[Path]:
    """The files or patterns of a source, with the folder that they are in."""
    return [] if discovery.file_sd is None else [beside / name for name in discovery.file_sd.files]


def matching(wanted: Iterable[Path]) -> list[Path]:
    """The files that there are; of a pattern only the last part may hold `*`, `?` and `[...]`."""
    found: dict[Path, None] = {}
    for pattern in wanted:
        try:
            found.update(dict.fromkeys(sorted(file for file in pattern.parent.glob(pattern.name) if file.is_file())))
        except (OSError, ValueError):
            continue
    return list(found)


def _read(file: Path) -> list[Group]:
    try:
        with file.open("rb") as handle:
            raw = handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadList(error.strerror or "it cannot be read") from None
    return parsed(raw, json_only=file.suffix == ".json")
