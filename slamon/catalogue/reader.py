"""YAML in, plain values and their places out.

PyYAML composes the nodes (it keeps line and column), the scalars are read by the rules of YAML 1.2's core schema:
`22:00`, `NO` and `on` are texts. No tags; aliases, size and depth are limited.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from slamon.catalogue.problems import Place, Problem

KeyPath = tuple[str | int, ...]
MAX_BYTES = 64 * 2**20
MAX_REPEATED = 100_000
MAX_DEPTH = 50

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_QUOTED = frozenset("'\"|>")
UNTAGGED = ""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C one where it was built
    """Guesses no types: a node has the tag that is written at it, or none."""

    def resolve(self, *_written: object) -> str:
        """The tag of what is written without one."""
        return UNTAGGED


@dataclass(slots=True)
class Document:
    """What one file says: its value, and where each key path stands (`keys`: the key, `values`: the value).

    `spoiled` are the key paths whose value could not be read as it stands.
    """

    file: Path
    value: Any = None
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spoiled: set[KeyPath] = field(default_factory=set)


def scalar(text: str) -> Any:
    """A plain scalar by YAML 1.2's core schema."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text) and len(text) < 40:
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 40 and isfinite(float(text)):
        return float(text)
    return text


class Written(str):
    """A plain scalar as it is written, without quotes: whoever reads it knows what it is to be."""

    __slots__ = ()


def read(file: Path, *, as_written: bool = False) -> Document:
    """Read one file; whatever is wrong stands in the document's problems.

    `as_written`: a file of another program. Plain scalars are left as `Written`, and merge keys are read.
    """
    document = Document(file)
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            document.problems.append(
                Problem(
                    Place(file), (), f"a file of {size} bytes", f"at most {MAX_BYTES} bytes: split it into a folder"
                )
            )
            return document
        raw = file.read_bytes()
    except OSError as error:
        document.problems.append(Problem(Place(file), (), error.strerror or "an error", "a file that can be read"))
        return document
    return read_text(file, raw, document, as_written=as_written)


def read_text(
    file: Path, raw: bytes, document: Document | None = None, *, texts: bool = False, as_written: bool = False
) -> Document:
    """Read bytes as if they were the file's; with `texts` every scalar is the text that stands there."""
    document = document or Document(file)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.problems.append(Problem(Place(file, line, 1), (), "bytes that are not UTF-8", "a file in UTF-8"))
        return document
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        document.problems.append(_malformed(file, error))
        return document
    except (yaml.YAMLError, ValueError) as error:
        document.problems.append(Problem(Place(file), (), f"malformed YAML: {error}", "printable YAML in UTF-8"))
        return document
    except RecursionError:
        document.problems.append(Problem(Place(file), (), "too deep a nesting", f"at most {MAX_DEPTH} levels"))
        return document
    if node is not None:
        _Builder(document, texts=texts, as_written=as_written).build(node)
    return document


def _malformed(file: Path, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    if error.problem == "but found another document":
        return Problem(place, (), "a second document (---)", "one document a file: make it a file of its own")
    return Problem(place, (), f"malformed YAML: {error.problem or error.context}{_begun(error)}", "well-formed YAML")


def _begun(error: yaml.MarkedYAMLError) -> str:
    """Where that began which has no end: often far above the line at which reading stopped."""
    mark, stopped = error.context_mark, error.problem_mark
    if mark is None or stopped is None or mark.line == stopped.line or not error.context:
        return ""
    return f", {error.context} that begins in line {mark.line + 1}, column {mark.column + 1}"


class _TooMuch(Exception):
    """The limits are reached."""


class _Builder:
    """Turns nodes into values, once over."""

    def __init__(self, document: Document, *, texts: bool, as_written: bool) -> None:
        self._document = document
        self._texts = texts
        self._as_written = as_written
        self._seen: set[int] = set()
        self._repeated = 0

    def build(self, node: yaml.Node) -> None:
        try:
            self._document.value = self._value(node, (), 0)
        except _TooMuch as error:
            self._problem(node, (), str(error), "a catalogue without aliases of aliases")

    def _problem(self, node: yaml.Node, path: KeyPath, found: str, expected: str) -> None:
        self._document.problems.append(Problem(self._place(node), path, found, expected))
        self._document.spoiled.add(path)

    def _place(self, node: yaml.Node) -> Place:
        mark = node.start_mark
        return Place(self._document.file, mark.line + 1, mark.column + 1)

    def _value(self, node: yaml.Node, path: KeyPath, depth: int) -> Any:
        if id(node) in self._seen:
            self._repeated += 1
            if self._repeated > MAX_REPEATED:
                raise _TooMuch(f"aliases that stand for more than {MAX_REPEATED} values")
        self._seen.add(id(node))
        if depth > MAX_DEPTH:
            raise _TooMuch(f"more than {MAX_DEPTH} levels, or an alias of itself")
        self._document.values[path] = self._place(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            self._untagged(node, path)
            return [self._value(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath, depth: int) -> dict[str, Any]:
        self._untagged(node, path)
        made: dict[str, Any] = {}
        for key, value in self._pairs(node, path):
            where = (*path, key.value)
            if key.value in made:
                first = self._document.keys[where]
                again = f"the key {key.value!r} a second time"
                self._document.problems.append(
                    Problem(self._place(key), where, again, f"each key once (first in {first})")
                )
                continue
            self._document.keys[where] = self._place(key)
            made[key.value] = self._value(value, where, depth + 1)
        return made

    def _pairs(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        for key, value in self._merged(node) if self._as_written else node.value:
            if isinstance(key, yaml.ScalarNode) and "\x00" in key.value:
                self._problem(key, path, "a NUL character", "a printable key")
            elif isinstance(key, yaml.ScalarNode) and key.value != "<<":
                yield key, value
            else:
                self._problem(key, path, "a key that is no plain text", "a text as key; merge keys (<<) are not read")

    def _merged(self, node: yaml.MappingNode, depth: int = 0) -> list[tuple[yaml.Node, yaml.Node]]:
        """A mapping's own pairs, then those of what it merges that it does not have itself."""
        if depth > MAX_DEPTH:
            raise _TooMuch(f"more than {MAX_DEPTH} levels, or an alias of itself")
        merges = [value for key, value in node.value if _is_merge(key)]
        pairs = [(key, value) for key, value in node.value if not _is_merge(key)]
        had = {key.value for key, _ in pairs if isinstance(key, yaml.ScalarNode)}
        for merge in merges:
            for source in merge.value if isinstance(merge, yaml.SequenceNode) else [merge]:
                if not isinstance(source, yaml.MappingNode):
                    self._problem(source, (), "something that is no mapping after <<", "a mapping, or a list of them")
                    continue
                for key, value in self._merged(source, depth + 1):
                    if isinstance(key, yaml.ScalarNode) and key.value not in had:
                        had.add(key.value)
                        pairs.append((key, value))
                self._repeated += len(pairs)
                if self._repeated > MAX_REPEATED:
                    raise _TooMuch(f"aliases that stand for more than {MAX_REPEATED} values")
        return pairs

    def _scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        text = str(node.value)
        if "\x00" in text and not self._as_written:
            self._problem(node, path, "a NUL character", "printable text")
            return text.replace("\x00", "")
        if self._as_written and node.tag in ("!!str", "tag:yaml.org,2002:str"):
            return text
        self._untagged(node, path)
        if self._texts or getattr(node, "style", None) in _QUOTED:
            return text
        if self._as_written:
            return None if _NULL.fullmatch(text) else Written(text)
        return scalar(text)

    def _untagged(self, node: yaml.Node, path: KeyPath) -> None:
        if node.tag != UNTAGGED:
            self._problem(node, path, f"the tag {node.tag}", "a value without a tag")


def _is_merge(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.value == "<<" and key.style not in _QUOTED
