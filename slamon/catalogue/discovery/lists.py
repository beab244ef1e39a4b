"""Lists of targets in Prometheus' format (`file_sd`, `http_sd`): strangers' text, bounded and checked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slamon.catalogue.discovery.models import LABEL
from slamon.catalogue.reader import read_text

MOST_BYTES = 16 * 2**20
MOST_TARGETS = 50_000
MOST_LABELS = 100
LONGEST_NAME = 200
LONGEST_VALUE = 2_000
LONGEST_SAID = 80


class BadList(ValueError):
    """A list that cannot be read, with what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Group:
    """Targets that share labels."""

    targets: tuple[str, ...]
    labels: Mapping[str, str]

    def each(self) -> Iterator[dict[str, str]]:
        """The labels of each target, its address as `__address__`."""
        for target in self.targets:
            yield {**self.labels, "__address__": target}

    def written(self) -> dict[str, Any]:
        """As it stands in a list."""
        return {"targets": list(self.targets), "labels": dict(self.labels)}


def parsed(raw: bytes, *, json_only: bool) -> list[Group]:
    """The groups of a list in JSON or YAML. Raises BadList."""
    if len(raw) > MOST_BYTES:
        raise BadList(f"more than {MOST_BYTES} bytes")
    value = _json(raw) if json_only else _yaml(raw)
    if not isinstance(value, list):
        raise BadList('no list, expected [{"targets": ["host:port"], "labels": {"job": "shop"}}]')
    groups = [_group(entry, f"entry {number}") for number, entry in enumerate(value, 1)]
    if sum(len(group.targets) for group in groups) > MOST_TARGETS:
        raise BadList(f"more than {MOST_TARGETS} targets")
    return groups


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadList("bytes that are no UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadList(f"no JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None
    except (RecursionError, ValueError):
        raise BadList("JSON beyond all measure") from None


def _yaml(raw: bytes) -> Any:
    """Every scalar is the text that stands there: a label `port: 080` is no number."""
    document = read_text(Path("the list"), raw, texts=True)
    if document.problems:
        problem = document.problems[0]
        raise BadList(f"line {problem.place.line}: {problem.found}, expected {problem.expected}")
    return document.value if document.value is not None else []


def _group(entry: Any, where: str) -> Group:
    if not isinstance(entry, dict) or not isinstance(entry.get("targets"), list):
        raise BadList(f"{where} without targets, expected a list of host:port under targets")
    unknown = next((key for key in entry if key not in ("targets", "labels", "source")), None)
    if unknown is not None:
        raise BadList(f"{where}: the unknown key {said(str(unknown))}, expected targets and labels")
    targets = tuple(_target(target, where) for target in entry["targets"])
    labels = entry.get("labels")
    if labels is None:
        return Group(targets, {})
    if not isinstance(labels, dict) or len(labels) > MOST_LABELS:
        raise BadList(f"{where}: labels that are no mapping of at most {MOST_LABELS}")
    return Group(targets, dict(_label(name, value, where) for name, value in labels.items()))


def _target(target: Any, where: str) -> str:
    if not isinstance(target, str) or not target or len(target) > LONGEST_VALUE or not target.isprintable():
        raise BadList(f"{where}: the target {said(target)}, expected an address such as shop.example.org:443")
    return target


def _label(name: Any, value: Any, where: str) -> tuple[str, str]:
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not LABEL.fullmatch(name):
        raise BadList(f"{where}: the label {said(name)}, expected a name of letters, digits and _")
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or not (value.isprintable() or not value):
        expected = f"a printable text of at most {LONGEST_VALUE} characters"
        raise BadList(f"{where}: the label {name} with {said(value)}, expected {expected}")
    return name, value


def said(value: object) -> str:
    """A stranger's value in a message: short, on one line."""
    text = repr(value)
    return text if len(text) <= LONGEST_SAID else text[: LONGEST_SAID - 1] + "…"
