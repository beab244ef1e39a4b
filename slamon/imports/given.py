"""What another program's file says, key by key: what nobody has taken is named."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from slamon.catalogue.reader import read
from slamon.errors import UsageError

Leave = Callable[[str], None]
"""Says that something was not carried over."""

_LONGEST_SAID = 120


class Given:
    """A mapping whose keys are taken one by one."""

    def __init__(self, value: object, leave: Leave, where: str = "") -> None:
        """`where`: the key path of the mapping, for what is said."""
        self._left: dict[str, Any] = {}
        self._leave = leave
        self._where = where
        if isinstance(value, Mapping):
            self._left = {str(key): inner for key, inner in value.items()}
        elif value is not None:
            leave(f"{where or 'this'}: {said(value)}, expected a mapping")

    def take(self, key: str, default: Any = None) -> Any:
        """The key's value, which is met now; `default` where it is not given."""
        value = self._left.pop(key, None)
        return default if value is None else value

    def text(self, key: str, default: str = "") -> str:
        """As text, whatever it was written as."""
        value = self.take(key, default)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, (str, int, float)) else default

    def truth(self, key: str, default: bool = False) -> bool:
        """As true or false."""
        value = self.take(key, default)
        return value.lower() in ("true", "1", "yes") if isinstance(value, str) else bool(value)

    def list(self, key: str) -> list[Any]:
        """As a list; one value is a list of one."""
        value = self.take(key)
        return [] if value is None else value if isinstance(value, list) else [value]

    def mapping(self, key: str) -> dict[str, Any]:
        """As a mapping; anything else is named."""
        value = self.take(key)
        if value is not None and not isinstance(value, Mapping):
            self._leave(f"{self._path(key)}: {said(value)}, expected a mapping")
        return {str(name): inner for name, inner in value.items()} if isinstance(value, Mapping) else {}

    def inner(self, key: str) -> "Given":
        """The mapping of a key."""
        return Given(self.take(key), self._leave, self._path(key))

    def leave(self, key: str, why: str) -> None:
        """The key is known, and cannot be carried over. Nothing is said where it is not given."""
        value = self.take(key)
        if value not in (None, "", [], {}, False):
            self._leave(f"{self._path(key)}: {said(value)}: {why}")

    def ignore(self, *keys: str) -> None:
        """Keys that say nothing of what is probed and how."""
        for key in keys:
            self._left.pop(key, None)

    def rest(self, why: str = "this importer does not know it") -> None:
        """Whatever was not taken is named."""
        for key in list(self._left):
            self.leave(key, why)

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key


def words(text: str) -> tuple[str, ...]:
    """The words of a text: names in a row."""
    return tuple(text.split())


def said(value: object) -> str:
    """A value in a remark: short, on one line, and without what may be a secret inside it."""
    if isinstance(value, (Mapping, list, tuple)):
        return "a mapping" if isinstance(value, Mapping) else f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SAID else text[: _LONGEST_SAID - 1] + "…"


def yaml_value(file: Path) -> Any:
    """What stands in a YAML or JSON file; UsageError with the place where it cannot be read."""
    document = read(file)
    if document.value is None and document.problems:
        raise UsageError(str(document.problems[0]))
    return document.value
