"""A draft as YAML: readable, what was left behind as comments beside the check concerned."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any

from slamon.catalogue.reader import scalar
from slamon.imports.draft import Draft, DraftCheck, DraftService, Hidden

LEFT = "not carried over"
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./ @%+-]*")
_WIDTH = 110
_LONGEST_LINE = 400

Reference = Callable[[Hidden], str]
"""How a secret is referred to: `${file:...}` or `${env:...}`."""


def yaml_text(draft: Draft, title: str, reference: Reference) -> str:
    """The whole catalogue."""
    return "\n".join(_Writer(reference).lines(draft, title)) + "\n"


def comment(text: str, indent: str = "") -> Iterator[str]:
    """A stranger's words as comments: never a line that is not one."""
    words = "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_LINE].split()
    line = f"{indent}#"
    for word in words:
        if len(line) + len(word) + 1 > _WIDTH and not line.endswith("#"):
            yield line
            line = f"{indent}#  "
        line += f" {word}"
    yield line


def text_of(value: Any) -> str:
    """A plain value as YAML 1.2 reads it back."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, (int, float)):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and scalar(text) == text and not text.endswith(" "):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


class _Writer:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def lines(self, draft: Draft, title: str) -> Iterator[str]:
        yield from comment(title)
        if draft.count_left:
            yield f'# {draft.count_left} thing(s) could not be carried over: look for "{LEFT}".'
        for what in draft.left:
            yield from comment(f"{LEFT}: {what}")
        yield "slamon: 1"
        live = [service for service in draft.services.values() if any(not c.broken for c in service.checks.values())]
        ids = {service.id for service in live}
        for section, entries in draft.more.items():
            yield from self._section(draft, section, entries, ids)
        if live:
            yield "services:"
        for service in draft.services.values():
            lines = list(self._service(service))
            yield from lines if service in live else (_commented(line) for line in lines)

    def _section(self, draft: Draft, section: str, entries: Mapping[str, Any], services: Set[str]) -> Iterator[str]:
        """A section; an agreement about services that are comments is a comment too."""
        lines = []
        for key, entry in entries.items():
            lines += [line for what in draft.left_of.get(key, ()) for line in comment(f"{LEFT}: {what}", "  ")]
            dead = not set(entry.get("services", ())) <= services
            pair = self._pair(key, entry, 1)
            lines += [_commented(line) for line in pair] if dead else list(pair)
        yield f"{section}:" if any(not line.lstrip().startswith("#") for line in lines) else f"# {section}:"
        yield from lines

    def _service(self, service: DraftService) -> Iterator[str]:
        for what in service.left:
            yield from comment(f"{LEFT}: {what}", "  ")
        yield f"  {service.id}:"
        if service.name != service.id:
            yield f"    name: {text_of(_name(service.name))}"
        if service.needs is not None:
            yield f"    needs: {text_of(service.needs)}"
        yield "    checks:"
        for check in service.checks.values():
            yield from self._check(check)

    def _check(self, check: DraftCheck) -> Iterator[str]:
        for what in check.remarks:
            yield from comment(what, "      ")
        for what in check.left:
            yield from comment(f"{LEFT}: {what}", "      ")
        if check.broken is not None:
            yield from comment(f"{LEFT}: this check, as {check.broken}", "      ")
        lines = self._pair(check.id, check.settings, 3)
        yield from lines if check.broken is None else (_commented(line) for line in lines)

    def _pair(self, key: str, value: Any, depth: int) -> Iterator[str]:
        head = f"{'  ' * depth}{text_of(key)}:"
        if isinstance(value, Mapping):
            yield head if value else f"{head} {{}}"
            for inner_key, inner in value.items():
                yield from self._pair(str(inner_key), inner, depth + 1)
        elif isinstance(value, list) and value and any(isinstance(item, (Mapping, list)) for item in value):
            yield head
            for item in value:
                yield from self._item(item, depth + 1)
        else:
            yield f"{head} {self._flow(value)}"

    def _item(self, item: Any, depth: int) -> Iterator[str]:
        if not isinstance(item, Mapping) or not item:
            yield f"{'  ' * depth}- {self._flow(item)}"
            return
        lines = [line for key, value in item.items() for line in self._pair(str(key), value, depth + 1)]
        yield f"{'  ' * depth}- {lines[0].lstrip()}"
        yield from lines[1:]

    def _flow(self, value: Any) -> str:
        if isinstance(value, Hidden):
            return json.dumps(self._reference(value))
        if isinstance(value, Sequence) and not isinstance(value, str):
            return f"[{', '.join(self._quoted(item) for item in value)}]"
        return "{}" if isinstance(value, Mapping) else text_of(value)

    def _quoted(self, value: Any) -> str:
        return self._flow(value)


def _commented(line: str) -> str:
    return line if line.lstrip().startswith("#") else f"# {line}"


def _name(name: str) -> str:
    """A name as a catalogue takes it: one printable line of at most 200 characters."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return plain[:200].replace("${", "$ {") or "unnamed"
