"""`slamon catalogue ...`: the words."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands.agreement_words import Lang, Output, Papers
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format, Tongue
from slamon.commands.words import Config, group
from slamon.reports.forms import PaperFormat

catalogue_app = group("The service catalogue as a document; weak points of design.")


@catalogue_app.command("show", short_help="Print services, owners, customers, agreements.")
def catalogue_show(
    config: Config = DEFAULT_CONFIG,
    lang: Lang = Tongue.EN,
    output: Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")] = Format.TABLE,
) -> None:
    """Print every service with its owner, customers, agreements and what it stands on."""
    from slamon.commands import offered as command

    raise typer.Exit(command.show(config, lang.value, output))


@catalogue_app.command("render", short_help="Write the service catalogue as a document.")
def catalogue_render(
    config: Config = DEFAULT_CONFIG, lang: Lang = Tongue.EN, output: Output = Path(), form: Papers = None
) -> None:
    """Write the service catalogue as a document: services, graph, customers, agreements, checks, design warnings.

    The names of the files are printed.
    """
    from slamon.commands import offered as command

    formats = tuple(dict.fromkeys(form or (PaperFormat.HTML,)))
    raise typer.Exit(command.render(config, lang.value, formats, output))


@catalogue_app.command("warnings", short_help="Name promises that are not carried, and loose ends.")
def catalogue_warnings(
    config: Config = DEFAULT_CONFIG,
    lang: Lang = Tongue.EN,
    output: Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")] = Format.TABLE,
) -> None:
    """Name each promise that what lies below does not carry, each target that nobody can see, and each loose end.

    Exit code 1 when there is a warning.
    """
    from slamon.commands import offered as command

    raise typer.Exit(command.warnings(config, lang.value, output))
