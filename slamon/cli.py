"""The command line: words in, a command picked, an exit code out."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

import slamon
from slamon.commands import account as account_command
from slamon.commands import backup as backup_command
from slamon.commands import check as check_command
from slamon.commands import observations as observations_command
from slamon.commands import probe as probe_command
from slamon.commands import run as run_command
from slamon.commands import status as status_command
from slamon.errors import SlamonError

EPILOG = (
    "Exit codes: 0 fine; 1 the question's answer is no (invalid configuration, a check is down); "
    "2 the command's words are off; 3 our own failure."
)

app = typer.Typer(
    name="slamon",
    help="Availability measured on schedule and accounted exactly as agreed.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
export_app = typer.Typer(help="Write files for other programs.", no_args_is_help=True, rich_markup_mode=None)
import_app = typer.Typer(help="Bring in what other programs know.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(export_app, name="export")
app.add_typer(import_app, name="import")

Config = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        "--config.file",
        envvar="SLAMON_CONFIG",
        help="The catalogue: a YAML file, or a folder of them.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", "-d", envvar="SLAMON_DATA", help="The data folder; default: that of storage.path."),
]
DEFAULT_CONFIG = Path("slamon.yml")


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


@app.command()
def run(
    config: Config = DEFAULT_CONFIG,
    listen: Annotated[
        list[str] | None,
        typer.Option("--listen", "--web.listen-address", help="HOST:PORT to serve on; may be repeated."),
    ] = None,
    data: Data = None,
    web_config: Annotated[
        Path | None,
        typer.Option(
            "--web-config", "--web.config.file", help="TLS and users, as Prometheus' exporter toolkit has it."
        ),
    ] = None,
    external_url: Annotated[
        str, typer.Option("--external-url", "--web.external-url", help="The address under which others reach slamon.")
    ] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Log more.")] = False,
) -> None:
    """Probe, account and serve until stopped.

    Ctrl-C or SIGTERM ends it; SIGHUP, POST /-/reload or a change of the files reloads the catalogue.
    """
    raise typer.Exit(
        run_command.run(
            config=config,
            listen=tuple(listen or ()),
            data=data,
            web_config=web_config,
            external_url=external_url,
            debug=debug,
        )
    )


@app.command()
def check(
    config: Config = DEFAULT_CONFIG,
    connect: Annotated[bool, typer.Option("--connect", help="Also probe every check once and show a table.")] = False,
) -> None:
    """Validate the catalogue: every mistake with file, line and column. Exit 1 when there is one."""
    raise typer.Exit(check_command.check(config, connect=connect))


@app.command()
def probe(
    what: Annotated[str, typer.Argument(metavar="SERVICE[/CHECK]", help="The service or check to probe once.")],
    config: Config = DEFAULT_CONFIG,
    output: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Probe once, now, and show phases and findings. Nothing is recorded. Exit 1 when one is down."""
    raise typer.Exit(probe_command.probe(config, what, output=output))


@app.command()
def status(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it anew every two seconds until Ctrl-C.")] = False,
    output: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """What the running system sees now. Exit 1 when a service is down."""
    raise typer.Exit(status_command.status(config, data, watch=watch, output=output))


@app.command()
def account(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    agreement: Annotated[str | None, typer.Option("--agreement", "-a", help="Only this agreement.")] = None,
    service: Annotated[str | None, typer.Option("--service", "-s", help="Only this service.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="2026-10, 2026-W43, 2026-Q4 or 2026; default: the running one.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help="The moment called now, as 2026-10-05T12:00:00Z.")] = None,
    observations: Annotated[
        Path | None, typer.Option(help="Replay observations from this JSON-lines file instead of reading the ledger.")
    ] = None,
    output: Annotated[
        account_command.Format, typer.Option("--format", "-f", help="A table for people; json or csv with exact ms.")
    ] = account_command.Format.TABLE,
) -> None:
    """The exact figures of a period and of the rolling windows, agreement by agreement."""
    question = account_command.Question(agreement=agreement, service=service, period=period, at=at)
    raise typer.Exit(account_command.account(config, data, question, observations=observations, output=output))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the copy.")],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Copy the ledger, whole and consistent, also while slamon is running."""
    raise typer.Exit(backup_command.backup(config, data, file))


@export_app.command("schema")
def export_schema() -> None:
    """The JSON Schema of the catalogue, for editors that complete and check."""
    raise typer.Exit(check_command.schema())


@import_app.command("observations")
def import_observations(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One observation a line: check, at, verdict.")],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Put past observations into the ledger; refused where they would overlap facts that are there."""
    raise typer.Exit(observations_command.import_file(file, config, data))


@app.command()
def demo(
    listen: Annotated[list[str] | None, typer.Option("--listen", help="HOST:PORT to serve on.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the demo's data in this folder.")] = None,
) -> None:
    """A small company on loopback, six weeks of history, live faults. Needs no file; Ctrl-C ends it."""
    raise typer.Exit(run_command.demo(tuple(listen or ()), keep))


def main() -> None:
    """The console command; ends politely whatever happens."""
    try:
        app()
    except SlamonError as error:
        typer.echo(f"slamon: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    except Exception as error:  # the command line must end politely; the traceback goes to who asks for it
        if os.environ.get("SLAMON_TRACEBACK"):
            raise
        typer.echo(
            f"slamon: our bug: {type(error).__name__}: {error}\nPlease report it with SLAMON_TRACEBACK=1 set.", err=True
        )
        sys.exit(3)


if __name__ == "__main__":
    main()
