"""`slamon register complaint import` and `satisfaction import`: the words."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.register_words import Author
from slamon.commands.words import Config, Data

File = Annotated[Path, typer.Argument(metavar="FILE", help="A table in CSV, or JSON: an object or a list of them.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="KEY=HEAD", help="Which column stands for a key; may be repeated."),
]
Fixed = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="What rows say that do not say it; may be repeated."),
]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", metavar="CHAR", help="Between cells, or tab; default: found by the head.")
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Of the file; default: found: UTF-8, UTF-16 or Windows-1252."),
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="Of times without an offset, as Europe/Berlin."),
]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Enter the good rows where some are bad; exit code 1 then.")]


def import_complaints(
    file: File,
    author: Author,
    columns: Columns = None,
    fixed: Fixed = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    timezone: Timezone = None,
    skip_bad: SkipBad = False,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter the complaints of a file, all or none; what is there already is told, and not entered again.

    It is there where the reference is, or customer, service, time and text.
    """
    _run("complaint_import")(file, author, columns, fixed, delimiter, encoding, timezone, skip_bad, config, data)


def import_scores(
    file: File,
    author: Author,
    columns: Columns = None,
    fixed: Fixed = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    timezone: Timezone = None,
    skip_bad: SkipBad = False,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter the scores of a file, all or none; what is there already is told, and not entered again.

    It is there where the reference is, or as often as all that it says.
    """
    _run("satisfaction_import")(file, author, columns, fixed, delimiter, encoding, timezone, skip_bad, config, data)


def _run(what: str) -> Callable[..., None]:
    from slamon.commands import register_import as command

    def run(
        file: Path,
        author: str,
        columns: list[str] | None,
        fixed: list[str] | None,
        delimiter: str | None,
        encoding: str | None,
        timezone: str | None,
        skip_bad: bool,
        config: Path,
        data: Path | None,
    ) -> None:
        code = command.run(
            config,
            data,
            what,
            file,
            author,
            columns=columns or (),
            fixed=fixed or (),
            delimiter=delimiter,
            encoding=encoding,
            timezone=timezone,
            skip_bad=skip_bad,
        )
        raise typer.Exit(code)

    return run
