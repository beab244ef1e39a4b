"""`slamon register export`: the words."""

from enum import StrEnum
from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.words import Config, Data


class Exported(StrEnum):
    """What is exported."""

    COMPLAINT = "complaint"
    SATISFACTION = "satisfaction"
    REVIEW = "review"
    ACTION = "action"
    CORRECTION = "correction"


class ExportFormat(StrEnum):
    """As what."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


def export(
    output: Annotated[
        ExportFormat,
        typer.Option("--format", "-f", help="csv: one kind for a spreadsheet; json; jsonl: an object a line."),
    ] = ExportFormat.JSON,
    kinds: Annotated[
        list[Exported] | None, typer.Option("--kind", help="Only this kind; may be repeated; default: all.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Write what people entered, as it stands now, to standard output."""
    from slamon.commands import register_export as command

    raise typer.Exit(command.export(config, data, [k.value for k in kinds or Exported], output.value))
