"""`slamon register correction ...`, and the words that the others of `slamon register` share."""

from typing import Annotated

import typer

from slamon.accounting.terms import CorrectionCause, CorrectionKind
from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format
from slamon.commands.words import Config, Data, group
from slamon.ledger.register import CorrectionState

_CAUSES = f"What was behind it: {', '.join(cause.value for cause in CorrectionCause)}."
correction_app = group("What was agreed afterwards: it changes figures, never facts.")

Author = Annotated[str, typer.Option("--author", metavar="NAME", help="Who enters it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]
Agreement = Annotated[
    str | None,
    typer.Option("--agreement", "-a", metavar="ID", help="Only this agreement.", autocompletion=completing.agreements),
]
OfCustomer = Annotated[
    str | None,
    typer.Option("--customer", metavar="ID", help="Only this customer.", autocompletion=completing.customers),
]
OfTeam = Annotated[
    str | None, typer.Option("--team", metavar="ID", help="Only this team.", autocompletion=completing.teams)
]
Customer = Annotated[
    str,
    typer.Option("--customer", metavar="ID", help="The customer, by id.", autocompletion=completing.customers),
]
Text = Annotated[str, typer.Option("--text", metavar="TEXT", help="What was said; - reads it from standard input.")]
Who = Annotated[str | None, typer.Option("--who", metavar="NAME", help="The person at the customer's.")]
Reference = Annotated[
    str | None,
    typer.Option("--reference", metavar="TEXT", help="Its number elsewhere; what has the same is not entered again."),
]
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The number, as list tells it.")]
CorrectionNumber = Annotated[int, typer.Argument(metavar="ID", help="The correction's number, as list tells it.")]
Decider = Annotated[
    str, typer.Option("--author", metavar="NAME", help="Who decides: another person than the correction's author.")
]
Output = Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")]


@correction_app.command("add", short_help="Enter a correction.")
def correction_add(
    agreement: Annotated[
        str,
        typer.Option(
            "--agreement",
            "-a",
            metavar="ID",
            help="The agreement whose figures it changes.",
            autocompletion=completing.agreements,
        ),
    ],
    kind: Annotated[CorrectionKind, typer.Option("--kind", help="What becomes of the time.")],
    start: Annotated[
        str, typer.Option("--start", metavar="TIME", help="When it begins, as 2026-10-05T12:00:00+02:00.")
    ],
    end: Annotated[str, typer.Option("--end", metavar="TIME", help="When it ends.")],
    cause: Annotated[CorrectionCause, typer.Option("--cause", metavar="CAUSE", help=_CAUSES)],
    reason: Reason,
    author: Author,
    ticket: Annotated[
        str | None, typer.Option("--ticket", metavar="TEXT", help="A ticket in which more is written.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter a correction: a running slamon accounts it at once, another one from its next start on.

    It is stored before the command ends, for good: it can be revoked, never changed or deleted.
    """
    from slamon.commands import register as command

    words = {
        "agreement": agreement,
        "kind": kind.value,
        "start": start,
        "end": end,
        "cause": cause.value,
        "reason": reason,
        "author": author,
        "ticket": ticket,
    }
    raise typer.Exit(command.add_correction(config, data, words))


@correction_app.command("approve", short_help="Approve a correction that waits.")
def correction_approve(
    number: CorrectionNumber,
    author: Decider,
    text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="What is said to it.")] = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Approve a correction as a second person: it counts from then on.

    Needed where the catalogue said `approval: required` when it was entered.
    """
    from slamon.commands import register as command

    raise typer.Exit(command.decide(config, data, "correction_approval", number, author, text))


@correction_app.command("reject", short_help="Reject a correction that waits.")
def correction_reject(
    number: CorrectionNumber,
    author: Decider,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Why it is rejected.")],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Reject a correction as a second person: it never counts, and stays on record."""
    from slamon.commands import register as command

    raise typer.Exit(command.decide(config, data, "correction_rejection", number, author, text))


@correction_app.command("revoke", short_help="Revoke a correction.")
def correction_revoke(
    number: CorrectionNumber,
    author: Author,
    reason: Reason,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Revoke a correction of the register: it counts for nothing from now on, and stays on record."""
    from slamon.commands import register as command

    raise typer.Exit(command.revoke_correction(config, data, number, author, reason))


@correction_app.command("list", short_help="Show all corrections.")
def correction_list(
    agreement: Agreement = None,
    state: Annotated[CorrectionState | None, typer.Option("--state", help="Only those that stand so.")] = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show all corrections, revoked ones too, in the order in which they count: of one moment the last one wins.

    Those of the catalogue's files stand among them, as `file`. One that waits for approval counts for nothing.
    """
    from slamon.commands import register as command

    raise typer.Exit(command.list_corrections(config, data, agreement, state, output))
