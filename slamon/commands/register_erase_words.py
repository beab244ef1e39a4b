"""`slamon register erase`: the words."""

from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.register_words import Author
from slamon.commands.words import Config, Data


def erase(
    author: Author,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence that does not name the person.")
    ],
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help="Whose name goes, as it was entered.")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="Also erase, whole, the texts and longer names that contain it.")
    ] = False,
    entry: Annotated[
        int | None, typer.Option("--entry", metavar="ID", min=1, help="Instead: erase all texts of this entry.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what holds it, and what would go.")] = False,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Erase a person's name from the register: a pseudonym takes its place, and no trace of it stays in the ledger.

    Entries, their chain, figures and closed periods stay as they are. It cannot be undone.
    """
    from slamon.commands import register_erase as command

    raise typer.Exit(
        command.erase(
            config, data, author=author, reason=reason, person=person, texts=texts, entry=entry, dry_run=dry_run
        )
    )
