"""How groups of commands look and answer, and the words that many commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

Config = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        "--config.file",
        envvar="SLAMON_CONFIG",
        metavar="FILE|DIR",
        help="The catalogue: a YAML file, or a folder of them.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        "-d",
        envvar="SLAMON_DATA",
        metavar="DIR",
        help="The folder of ledger and control socket; default: that of the catalogue's storage.path.",
    ),
]


class Commands(TyperGroup):
    """A group that names its commands when asked for one that it does not have."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """See `TyperGroup`."""
        try:
            return super().resolve_command(ctx, args)
        except typer.TyperException as error:
            error.message += f" There are: {', '.join(self.commands)}."
            raise


def group(help_: str, **more: Any) -> typer.Typer:
    """A group of commands."""
    settings: dict[str, Any] = {"cls": Commands, "no_args_is_help": True, "rich_markup_mode": None, **more}
    return typer.Typer(help=help_, context_settings={"help_option_names": ["-h", "--help"]}, **settings)
