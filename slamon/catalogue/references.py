"""`${env:NAME}` and `${file:path}`: secrets put in where a value asks for them.

They are put in only where the key may hold a secret, so that none ends in a name, a label or an address.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from slamon.catalogue.problems import Place, Problem, did_you_mean
from slamon.catalogue.reader import KeyPath
from slamon.catalogue.secret import Secret

_REFERENCE = re.compile(r"\$\{(env|file):([^}]*)\}")
_SECRET_KEYS = frozenset({"body", "bearer", "password", "proxy", "send"})
MAX_BYTES = 64 * 1024


class Places(Protocol):
    """Where a key path stands."""

    def place(self, path: KeyPath) -> Place:
        """Its place."""
        ...


def may_be_secret(path: KeyPath) -> bool:
    """Whether the value at a key path may hold a secret: bodies, credentials, header values."""
    return bool(path) and (
        path[-1] in _SECRET_KEYS
        or ("headers" in path[-3:-1] and "expect" not in path)
        or (len(path) > 1 and path[-2] == "headers")
    )


def resolved(value: Any, places: Places, environment: Mapping[str, str], base: Path) -> tuple[Any, list[Problem]]:
    """The value with every reference put in, and what could not be."""
    problems: list[Problem] = []

    def put_in(item: Any, path: KeyPath) -> Any:
        if isinstance(item, dict):
            return {key: put_in(inner, (*path, key)) for key, inner in item.items()}
        if isinstance(item, list):
            return [put_in(inner, (*path, i)) for i, inner in enumerate(item)]
        if isinstance(item, str) and _REFERENCE.search(item):
            return _text(item, path)
        return item

    def _text(text: str, path: KeyPath) -> Any:
        if not may_be_secret(path):
            expected = f"secrets only in {', '.join(sorted(_SECRET_KEYS))} and header values"
            problems.append(Problem(places.place(path), path, "a reference to a secret", expected))
            return text
        return Secret(_REFERENCE.sub(lambda match: _one(match, path), text))

    def _one(match: re.Match[str], path: KeyPath) -> str:
        kind, name = match.groups()
        found = environment.get(name) if kind == "env" else _file(base / name)
        if found is None:
            problems.append(_unresolved(kind, name, places.place(path), path, environment))
            return ""
        return found

    return put_in(value, ()), problems


def _file(path: Path) -> str | None:
    try:
        return path.read_bytes()[:MAX_BYTES].decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None


def _unresolved(kind: str, name: str, place: Place, path: KeyPath, environment: Mapping[str, str]) -> Problem:
    if kind == "env":
        hint = did_you_mean(name, sorted(environment))
        return Problem(place, path, f"${{env:{name}}}, which is not set", "a variable of the environment", hint)
    return Problem(place, path, f"${{file:{name}}}, which cannot be read", "a readable file in UTF-8")
