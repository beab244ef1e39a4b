"""The command line: words in, a command picked, an exit code out.

What a command needs is imported when it is called: the shell asks this module for completions at every Tab.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import slamon
from slamon.commands import completing, streams
from slamon.commands.agreement_words import agreement_app
from slamon.commands.close_words import close_app, verify
from slamon.commands.export_words import export_app
from slamon.commands.formats import FiguresFormat, Format
from slamon.commands.import_words import import_app
from slamon.commands.offered_words import catalogue_app
from slamon.commands.register_all_words import register_app
from slamon.commands.report_words import report
from slamon.commands.review_words import review
from slamon.commands.run_words import demo, run
from slamon.commands.silences_words import export_silences, silences_app
from slamon.commands.teams_words import teams
from slamon.commands.whatif_words import whatif
from slamon.commands.words import Config, Data, group
from slamon.errors import SlamonError

EPILOG = (
    "Exit codes: 0 fine; 1 the question's answer is no (invalid configuration, something is down); "
    "2 the command's words or the catalogue are wrong; 3 our own failure; 130 after Ctrl-C. "
    "Begin with `slamon demo`: it needs no file."
)


app = group(
    "Availability measured on schedule and accounted exactly as agreed.",
    name="slamon",
    epilog=EPILOG,
    pretty_exceptions_enable=False,
)
heartbeat_app = group("Help with jobs that report in.")

DEFAULT_CONFIG = completing.DEFAULT_CONFIG
INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"slamon {slamon.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Availability measured on schedule and accounted exactly as agreed."""


app.command(short_help="Probe, account and serve until stopped.")(run)


@app.command(short_help="Validate the catalogue; name every mistake with its place.")
def check(
    config: Config = DEFAULT_CONFIG,
    connect: Annotated[bool, typer.Option("--connect", help="Also probe every check once and show a table.")] = False,
    data: Data = None,
) -> None:
    """Validate the catalogue: every mistake with file, line and column, and what would be right.

    Exit code 1 when there is a mistake or, with --connect, when a check is down.
    """
    from slamon.commands import check as command

    raise typer.Exit(command.check(config, data, connect=connect))


@app.command(short_help="Probe once, now, and show phases and findings.")
def probe(
    what: Annotated[
        str,
        typer.Argument(
            metavar="SERVICE[/CHECK]", help="The service or check to probe.", autocompletion=completing.checks
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    output: Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")] = Format.TABLE,
) -> None:
    """Probe once, now, and show phases and findings. Nothing is recorded, and nothing has to be running.

    Of checks that report in, what the running system was told: when last, and when it is due again.

    Exit code 1 when a check is down, 3 when one could not be probed.
    """
    from slamon.commands import probe as command

    raise typer.Exit(command.probe(config, what, data, output=output))


@app.command(short_help="Show what the running system sees now.")
def status(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it anew every two seconds until Ctrl-C.")] = False,
    output: Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")] = Format.TABLE,
) -> None:
    """Show what the running system sees now: services, checks, and the figures of the running periods.

    Exit code 1 when a service is down, 2 when nothing is running.
    """
    from slamon.commands import status as command

    raise typer.Exit(command.status(config, data, watch=watch, output=output))


@app.command(short_help="Print exact figures, agreement by agreement.")
def account(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    agreement: Annotated[
        str | None,
        typer.Option(
            "--agreement", "-a", metavar="ID", help="Only this agreement.", autocompletion=completing.agreements
        ),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", "-s", metavar="ID", help="Only this service.", autocompletion=completing.services),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            "-p",
            metavar="PERIOD",
            help="2026-10, 2026-W43, 2026-Q4, 2026, or a span 2026-10-01/2026-10-15; default: the running one.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at this moment, as 2026-10-05T12:00:00Z; default: now."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="Use only what was entered before this moment; default of --at then too.",
        ),
    ] = None,
    observations: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Replay observations from a JSON-lines file instead of reading the ledger."),
    ] = None,
    output: Annotated[
        FiguresFormat, typer.Option("--format", "-f", help="For people; for programs, with exact milliseconds.")
    ] = FiguresFormat.TABLE,
) -> None:
    """Print the exact figures of a period and of the rolling windows, agreement by agreement.

    They come from the running system, else from the ledger as it lies there, else from a file of observations.
    """
    from slamon.commands import account as command

    question = command.Question(agreement=agreement, service=service, period=period, at=at, as_of=as_of)
    raise typer.Exit(command.account(config, data, question, observations=observations, output=output))


app.command(short_help="Write reports: figures as documents, in English or German.")(report)
app.command(short_help="Write the pack, agenda and minutes form of a service review.")(review)
app.command(short_help="The team lead's view: duties, actions, the worst services.")(teams)
app.command(short_help="Recompute history under other terms; propose; simulate.")(whatif)


@app.command(short_help="Copy the ledger, also while slamon is running.")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the copy; nothing is overwritten.")],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Copy the ledger, whole and consistent, also while slamon is running."""
    from slamon.commands import backup as command

    raise typer.Exit(command.backup(config, data, file))


@heartbeat_app.command("token", short_help="Make a token for a job.")
def heartbeat_token() -> None:
    """Make a token for a job, and print it with its SHA-256: the catalogue takes either, the job the token.

    Nothing is stored.
    """
    from slamon.commands import heartbeat as command

    raise typer.Exit(command.token())


app.command(short_help="Watch a small company on this machine, with history and faults.")(demo)
export_app.command("silences", short_help="Print planned maintenance as silences.")(export_silences)
app.add_typer(export_app, name="export")
app.add_typer(silences_app, name="silences")
app.add_typer(import_app, name="import")
app.add_typer(heartbeat_app, name="heartbeat")
app.add_typer(register_app, name="register")
app.add_typer(close_app, name="close")
app.add_typer(agreement_app, name="agreement")
app.add_typer(catalogue_app, name="catalogue")
app.command(short_help="Compare closed periods with the facts: name the first difference.")(verify)


def main() -> None:
    """The console command; ends politely whatever happens."""
    streams.set_up()
    sys.exit(_polite())


def _leave() -> NoReturn:
    """After Ctrl-C, at once: what was interrupted half-made neither complains nor is waited for."""
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _polite() -> int:
    """What the command says, or what is said of its failure."""
    try:
        try:
            app(prog_name="slamon")
        finally:
            sys.stdout.flush()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        if code == INTERRUPTED:
            _leave()
        return code
    except SlamonError as error:
        typer.echo(f"slamon: {error}", err=True)
        return error.exit_code
    except KeyboardInterrupt:
        _leave()
    except Exception as error:  # the command line must end politely; the traceback goes to who asks for it
        if os.environ.get("SLAMON_TRACEBACK"):
            raise
        typer.echo(
            f"slamon: our bug: {type(error).__name__}: {error}\nPlease report it with SLAMON_TRACEBACK=1 set.", err=True
        )
        return SlamonError.exit_code
    return 0


if __name__ == "__main__":
    main()
