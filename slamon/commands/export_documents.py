"""`slamon export prometheus`, `slamon export dashboards` and `slamon export slo`."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from slamon.commands.export_rules import write
from slamon.commands.formats import SloFormat, Tongue
from slamon.commands.places import catalogue
from slamon.errors import UsageError
from slamon.export.alerting.alert import Fit
from slamon.export.dashboards import fitted, german, shipped, translated, written
from slamon.export.objectives import documents
from slamon.export.scraping import configuration

_LABEL = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)=(.+)")


def prometheus(targets: Sequence[str], alertmanagers: Sequence[str], labels: Sequence[str], job: str) -> int:
    """Print a prometheus.yml."""
    known = _labels(labels)
    text = configuration(Fit(job=job), targets or ("127.0.0.1:10650",), alertmanagers=alertmanagers, labels=known)
    typer.echo(text, nl=False)
    return 0


def _labels(words: Sequence[str]) -> Mapping[str, str]:
    found = {}
    for word in words:
        match = _LABEL.fullmatch(word)
        if match is None:
            raise UsageError(f"--label {word}: expected a name and a value, as site=north")
        found[match[1]] = match[2]
    return found


def dashboards(output: Path, selector: str, lang: Tongue = Tongue.EN) -> int:
    """Write every dashboard into a folder."""
    words = german() if lang is Tongue.DE else {}
    write({name: written(translated(fitted(board, selector), words)) for name, board in shipped().items()}, output)
    return 0


def slo(config: Path, form: SloFormat) -> int:
    """Print the documents of every agreement."""
    typer.echo(documents(catalogue(config), form.value), nl=False)
    return 0
