"""`slamon close ...` and `slamon verify`: the words."""

from typing import Annotated, Any

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format
from slamon.commands.register_words import Agreement, Author, Output, Reason
from slamon.commands.words import Commands, Config, Data, group

PERIOD = "period"


class PeriodFirst(Commands):
    """A group whose command `period` may be left out: `slamon close 2026-10` is `slamon close period 2026-10`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """See `TyperGroup`."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [PERIOD, *args]
        return list(super().parse_args(ctx, args))


close_app = group("Freeze, approve, dispute and restate ended periods.", cls=PeriodFirst)

Period = Annotated[
    str, typer.Argument(metavar="PERIOD", help="A whole period that is over: 2026-10, 2026-W43, 2026-Q4, 2026.")
]
OfClosed = Annotated[
    str | None,
    typer.Option("--agreement", "-a", metavar="ID", help="Only this agreement; default: all that closed it."),
]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help="What is said to it.")]


@close_app.command(PERIOD, short_help="Close a period; the word may be left out.")
def close_period(
    period: Period,
    author: Author,
    agreement: Annotated[
        str | None,
        typer.Option(
            "--agreement", "-a", metavar="ID", help="Only this agreement; default: all with periods of this kind."
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Close a period that is over and settled: its figures, and all that they rest on, are frozen for good.

    `slamon close 2026-10` does the same. What is not settled is told, and nothing is closed then.
    """
    from slamon.commands import close as command

    raise typer.Exit(command.close(config, data, period, agreement, author))


@close_app.command("approve", short_help="Approve a closed period.")
def close_approve(
    period: Period,
    author: Author,
    text: Text = "",
    agreement: OfClosed = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Approve a closed period, with name, date and text."""
    from slamon.commands import close as command

    raise typer.Exit(command.say(config, data, "approval", period, agreement, author, text))


@close_app.command("dispute", short_help="Dispute a closed period.")
def close_dispute(
    period: Period,
    author: Author,
    text: Text,
    agreement: OfClosed = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Dispute a closed period, with name, date and text."""
    from slamon.commands import close as command

    raise typer.Exit(command.say(config, data, "dispute", period, agreement, author, text))


@close_app.command("restate", short_help="Restate a closed period by what was entered since.")
def close_restate(
    period: Period,
    author: Author,
    reason: Reason,
    agreement: OfClosed = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Restate a closed period by what was entered since: a numbered restatement beside the closing, which stays.

    It prints each value before and after, and is refused where nothing differs.
    """
    from slamon.commands import close as command

    raise typer.Exit(command.restate(config, data, period, agreement, author, reason))


@close_app.command("list", short_help="Show the closed periods and their states.")
def close_list(
    agreement: Agreement = None, output: Output = Format.TABLE, config: Config = DEFAULT_CONFIG, data: Data = None
) -> None:
    """Show the closed periods: closed, approved or disputed, by whom, when and why. All others are provisional."""
    from slamon.commands import close as command

    raise typer.Exit(command.listed(config, data, agreement, output))


@close_app.command("show", short_help="Show what was frozen.")
def close_show(
    period: Period,
    agreement: OfClosed = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show the frozen figures of a closed period, and those of each restatement beside them.

    JSON has everything that was frozen.
    """
    from slamon.commands import close as command

    raise typer.Exit(command.show(config, data, period, agreement, output))


def verify(
    period: Annotated[
        str | None, typer.Argument(metavar="PERIOD", help="Only this closed period; default: all.", show_default=False)
    ] = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Follow the register's chain and make each closed period anew from the facts: name the first difference.

    Exit code 1 when there is one.
    """
    from slamon.commands import close as command

    raise typer.Exit(command.verify(config, data, period))
