"""`slamon import blackbox` and its like: the configuration of another monitor as a catalogue."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from slamon.errors import UsageError
from slamon.imports import gatus, kuma, openslo, prometheus, table, uptimerobot
from slamon.imports.draft import Draft, Hidden
from slamon.imports.written import yaml_text

LEFT_BEHIND = 1
IMPORTERS: dict[str, Callable[[Sequence[Path]], Draft]] = {
    "blackbox": lambda files: prometheus.import_files(files, modules_too=True),
    "prometheus-targets": lambda files: prometheus.import_files(files, modules_too=False),
    "gatus": gatus.import_files,
    "uptime-kuma": kuma.import_files,
    "uptimerobot": uptimerobot.import_files,
    "csv": table.import_files,
    "openslo": openslo.import_files,
}


def import_configuration(peer: str, files: Sequence[Path], output: Path | None, *, force: bool) -> int:
    """Write the catalogue. 0 when everything was carried over, 1 when something was left behind.

    UsageError where a file cannot be read, or the catalogue is there already and `force` is not said.
    """
    _refuse(output, force=force)
    draft = IMPORTERS[peer](files)
    title = f"Written by `slamon import {peer} {' '.join(file.name for file in files)}`. Read it, then `slamon check`."
    secrets = _Secrets(output)
    text = yaml_text(draft, title, secrets.reference)
    if output is None:
        typer.echo(text, nl=False)
    else:
        secrets.write()
        _write(output, text, 0o644)
    left = draft.count_left + (len(secrets.texts) if output is None else 0)
    _say(draft, secrets, output, left)
    return LEFT_BEHIND if left else 0


def _refuse(output: Path | None, *, force: bool) -> None:
    if output is not None and output.exists() and not force:
        raise UsageError(f"{output} is there already: choose another file, or say --force")


def _say(draft: Draft, secrets: "_Secrets", output: Path | None, left: int) -> None:
    checks = list(draft.checks)
    whole = sum(check.broken is None for _, check in checks)
    typer.echo(f"{whole} of {len(checks)} checks carried over, {left} thing(s) left behind", err=True)
    if secrets.texts and output is None:
        names = ", ".join(secrets.texts)
        typer.echo(f"secrets are not printed: set {names}, or let --output FILE keep them beside it", err=True)


class _Secrets:
    """Secrets of the other program: files beside the catalogue that only their owner reads; on stdout, variables."""

    def __init__(self, output: Path | None) -> None:
        self._folder = None if output is None else output.with_name(f"{output.name}.secrets")
        self.texts: dict[str, str] = {}

    def reference(self, secret: Hidden) -> str:
        """How the catalogue refers to it: equal ones share a name."""
        base = "".join(c if c.isalnum() else "_" for c in secret.name).strip("_").upper() or "SECRET"
        name, number = f"SLAMON_{base}", 1
        while self.texts.get(name, secret.text) != secret.text:
            number += 1
            name = f"SLAMON_{base}_{number}"
        self.texts[name] = secret.text
        if self._folder is None:
            return f"${{env:{name}}}"
        return f"${{file:{self._folder.name}/{name.lower()}}}"

    def write(self) -> None:
        """Write every secret to its file."""
        if self._folder is None or not self.texts:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for name, text in self.texts.items():
            _write(self._folder / name.lower(), text, 0o600)


def _write(file: Path, text: str, mode: int) -> None:
    """Whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
