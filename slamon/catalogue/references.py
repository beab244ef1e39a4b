"""`${env:NAME}` and `${file:path}`: secrets put in where a value asks for them; and the files that options name.

Secrets are put in only where the key may hold one, so that none ends in a name, a label or an address. Files are
looked for beside the catalogue's file that names them.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from slamon.catalogue.problems import Place, Problem, did_you_mean
from slamon.catalogue.reader import KeyPath
from slamon.catalogue.secret import Secret

_REFERENCE = re.compile(r"\$\{([A-Za-z]+):([^}]*)\}")
_UNFINISHED = re.compile(r"\$\{(env|file):[^}]*$")
_SECRET_KEYS = frozenset({"body", "bearer", "password", "proxy", "send", "send_hex", "token"})
_SECRET_MAPPINGS = frozenset({"headers", "environment", "form", "json", "metadata"})
_FILE_KEYS = frozenset({"body_file", "ca_file", "certificate", "key", "known_hosts"})
_WEB_CONFIG = ("web", "config")
_DEPTHS = {"services": 5, "reference": 4, "discover": 4, "alertmanager": 1, "reports": 4, "register": 3}
MAX_BYTES = 64 * 1024


class Places(Protocol):
    """Where a key path stands."""

    def place(self, path: KeyPath) -> Place:
        """Its place."""
        ...


def _options(path: KeyPath) -> KeyPath:
    """What of a key path lies inside a probe's options; nothing elsewhere."""
    depth = _DEPTHS.get(str(path[0])) if path else None  # services.shop.checks.home.http, reference.targets[0].http
    if depth is not None and path[2:3] == ("http_sd",):
        depth = 3  # discover.web.http_sd, beside discover.web.check.http
    return path[depth:] if depth is not None else ()


def may_be_secret(path: KeyPath) -> bool:
    """Whether the value at a key path may hold a secret: bodies, credentials, header values."""
    inside = _options(path)
    if inside[:1] == ("steps",):
        inside = inside[2:]  # those of one step of a journey
    if not inside or inside[0] in ("expect", "capture"):
        return False
    return inside[0] in _SECRET_MAPPINGS or inside[-1] in _SECRET_KEYS


class References:
    """Puts in what a catalogue's values refer to; `problems` and `files` grow on the way."""

    def __init__(self, places: Places, env: Mapping[str, str]) -> None:
        self._places = places
        self._env = env
        self.problems: list[Problem] = []
        self.files: list[Path] = []

    def resolved(self, value: Any, path: KeyPath = ()) -> Any:
        """The value with every reference put in."""
        if isinstance(value, dict):
            return {key: self.resolved(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolved(inner, (*path, index)) for index, inner in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return self._text(value, path)
        if isinstance(value, str) and (path == _WEB_CONFIG or (path[-1] in _FILE_KEYS and _options(path))):
            return self._named_file(value, path)
        return value

    def _problem(self, path: KeyPath, found: str, expected: str, hint: str = "") -> None:
        self.problems.append(Problem(self._places.place(path), path, found, expected, hint))

    def _beside(self, path: KeyPath) -> Path:
        return self._places.place(path).file.parent

    def _text(self, text: str, path: KeyPath) -> Any:
        if _UNFINISHED.search(text):
            self._problem(path, "a reference without its closing brace", "${env:NAME} or ${file:path}")
        if may_be_secret(path):
            filled = _REFERENCE.sub(lambda match: self._one(match, path), text)
            return Secret(filled, referred=_REFERENCE.search(text) is not None)
        kinds = {match[1] for match in _REFERENCE.finditer(text)}
        if kinds & {"env", "file"} or (kinds and "expect" not in path):
            self._problem(path, "a reference to a secret", "it in a key that may hold secrets", _ALLOWED)
        return text

    def _one(self, match: re.Match[str], path: KeyPath) -> str:
        kind, name = match.groups()
        if kind == "env":
            return self._variable(name, path)
        if kind == "file":
            return self._secret_file(name, path)
        self._problem(path, f"a reference of the unknown kind {kind!r}", "${env:NAME} or ${file:path}")
        return ""

    def _variable(self, name: str, path: KeyPath) -> str:
        found = self._env.get(name)
        if found is None:
            hint = did_you_mean(name, sorted(self._env))
            self._problem(path, f"${{env:{name}}}, which is not set", "a variable of the environment", hint)
        return found or ""

    def _secret_file(self, name: str, path: KeyPath) -> str:
        file = self._beside(path) / name
        self.files.append(file)
        try:
            with file.open("rb") as handle:
                raw = handle.read(MAX_BYTES + 1)
            if len(raw) > MAX_BYTES:
                self._problem(path, f"${{file:{name}}} of more than {MAX_BYTES} bytes", "a secret's file")
            return raw.decode("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError, ValueError):
            self._problem(path, f"${{file:{name}}}, which cannot be read", "a readable file in UTF-8")
            return ""

    def _named_file(self, name: str, path: KeyPath) -> str:
        file = self._beside(path) / name
        self.files.append(file)
        if "\0" in name or not file.is_file():
            self._problem(path, f"{name!r}, which is no file", "a file, beside this one or with its whole path")
        return str(file)


_ALLOWED = f"these may: {', '.join(sorted(_SECRET_KEYS))} and the values of headers"
