"""The dashboards for Grafana as they are shipped, fitted to somebody's metrics."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import slamon
from slamon.errors import SlamonError

_ASKED = frozenset({"expr", "query", "definition"})
"""Keys of a dashboard that hold expressions."""
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


def _matched(found: "re.Match[str]", selector: str) -> str:
    return f"{found[1]}{{{selector}," if found[2] else f"{found[1]}{{{selector}}}"


def written(dashboard: Any) -> str:
    """As a file."""
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"
