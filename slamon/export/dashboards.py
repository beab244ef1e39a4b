"""The dashboards for Grafana as they are shipped, fitted to somebody's metrics."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

import slamon
from slamon.errors import SlamonError

_ASKED = frozenset({"expr", "query", "definition"})
"""Keys of a dashboard that hold expressions."""
_READ = frozenset(
    {"title", "description", "label", "noValue", "text", "textFormat", "titleFormat", "legendFormat", "displayName"}
)
"""Keys of a dashboard that hold what people read."""
RENAMED = "renameByName"
_FIELD = re.compile(r'__data\.fields\["([^"]+)"\]')
_METRIC = re.compile(r"(?<![\w:\"])(slamon_[a-z0-9_]+)\b(\{)?")


def shipped() -> Mapping[str, Any]:
    """Every dashboard by its file's name. Raises SlamonError where the installation lacks them."""
    found = {name: json.loads(text) for name, text in _files()}
    if not found:
        raise SlamonError("this installation lacks the dashboards: install slamon from its wheel or its source")
    return found


def _files() -> Iterator[tuple[str, str]]:
    inside = resources.files("slamon") / "dashboards"
    folder = inside if inside.is_dir() else Path(slamon.__file__).parents[1] / "grafana" / "dashboards"
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".json"):
                yield file.name, file.read_text(encoding="utf-8")


def fitted(dashboard: Any, selector: str, key: str = "") -> Any:
    """The same, in which every metric of ours is asked with further matchers, as `site="north"`."""
    if isinstance(dashboard, dict):
        return {inner: fitted(value, selector, inner) for inner, value in dashboard.items()}
    if isinstance(dashboard, list):
        return [fitted(value, selector, key) for value in dashboard]
    if isinstance(dashboard, str) and key in _ASKED and selector:
        return _METRIC.sub(lambda found: _matched(found, selector), dashboard)
    return dashboard


@cache
def german() -> Mapping[str, str]:
    """The texts in German, by the English ones."""
    text = (resources.files("slamon.export") / "dashboards_de.yml").read_text(encoding="utf-8")
    return {str(english): str(translated) for english, translated in yaml.load(text, yaml.BaseLoader).items()}


def texts(dashboard: Any, key: str = "") -> Iterator[str]:
    """Every text that people read, and every name by which a panel speaks of one of its own."""
    if isinstance(dashboard, dict):
        for inner, value in dashboard.items():
            if key == RENAMED or _read(inner, dashboard):
                yield from [value] if isinstance(value, str) and value else ()
            if not isinstance(value, str):
                yield from texts(value, inner)
            elif inner == "url":
                yield from _FIELD.findall(value)
    elif isinstance(dashboard, list):
        for value in dashboard:
            yield from texts(value, key)


def translated(dashboard: Any, words: Mapping[str, str], key: str = "") -> Any:
    """The same in another language; what has no word there stays."""
    if isinstance(dashboard, dict):
        return {
            inner: words.get(value, value)
            if isinstance(value, str) and (key == RENAMED or _read(inner, dashboard))
            else _FIELD.sub(lambda found: f'__data.fields["{words.get(found[1], found[1])}"]', value)
            if inner == "url" and isinstance(value, str)
            else translated(value, words, inner)
            for inner, value in dashboard.items()
        }
    if isinstance(dashboard, list):
        return [translated(value, words, key) for value in dashboard]
    return dashboard


def _read(key: str, around: Mapping[str, Any]) -> bool:
    """Whether a key's value is read by people, or names what they read: a column, a line of a graph."""
    if key == "name":
        return "iconColor" in around  # an annotation's; a variable's is no text
    if key == "options":
        return str(around.get("id", "")).startswith("by")
    if key == "value":
        return around.get("id") == "displayName"
    return key in _READ


def _matched(found: "re.Match[str]", selector: str) -> str:
    return f"{found[1]}{{{selector}," if found[2] else f"{found[1]}{{{selector}}}"


def written(dashboard: Any) -> str:
    """As a file."""
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"
