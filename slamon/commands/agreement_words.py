"""`slamon agreement ...`: the words."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format, Tongue
from slamon.commands.words import Config, group
from slamon.reports.forms import PaperFormat

agreement_app = group("Agreements as documents: their text, and what changes.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The agreement's id.", autocompletion=completing.agreements)]
Lang = Annotated[Tongue, typer.Option("--lang", help="The language of the texts, numbers and dates.")]
Revision = Annotated[
    int | None,
    typer.Option(
        "--revision", "-r", metavar="N", min=1, help="This revision, counted from 1; default: the one in force."
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write to; it is made.")]
Papers = Annotated[
    list[PaperFormat] | None,
    typer.Option("--format", "-f", help="The form of the files; may be repeated; default: html."),
]


@agreement_app.command("show", short_help="Print every term of an agreement.")
def agreement_show(
    agreement: Id,
    config: Config = DEFAULT_CONFIG,
    revision: Revision = None,
    lang: Lang = Tongue.EN,
    output: Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")] = Format.TABLE,
) -> None:
    """Print every term of an agreement, as its document has them, with the digest of all of them."""
    from slamon.commands import agreement as command

    raise typer.Exit(command.show(config, agreement, revision, lang.value, output))


@agreement_app.command("render", short_help="Write the text that a customer signs.")
def agreement_render(
    agreement: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID|all]", help="The agreement's id; default: all.", autocompletion=completing.agreements
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="ID", help="Only those of this customer.")
    ] = None,
    revision: Revision = None,
    lang: Lang = Tongue.EN,
    output: Output = Path(),
    form: Papers = None,
) -> None:
    """Write agreements as documents to sign, made of the very terms by which the figures are accounted.

    The names of the files are printed: customer, agreement, revision, language.
    """
    from slamon.commands import agreement as command

    formats = tuple(dict.fromkeys(form or (PaperFormat.HTML,)))
    wanted = command.Wanted(agreement, customer, revision, lang.value, formats)
    raise typer.Exit(command.render(config, wanted, output))


@agreement_app.command("diff", short_help="Show what differs between two revisions.")
def agreement_diff(
    agreement: Id,
    config: Config = DEFAULT_CONFIG,
    first: Annotated[
        int | None, typer.Option("--from", metavar="N", min=1, help="The old revision; default: the one before --to.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", metavar="N", min=1, help="The new revision; default: the last one.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE|DIR", help="The catalogue as it was before: compare every revision with it."),
    ] = None,
    lang: Lang = Tongue.EN,
    output: Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")] = Format.TABLE,
) -> None:
    """Show each term that differs between two revisions, or between two catalogues, in a sentence.

    Exit code 1 when something differs.
    """
    from slamon.commands import agreement as command

    raise typer.Exit(command.diff(config, agreement, (first, last), against, lang.value, output))
