"""The command line: words in, a command picked, an exit code out.

What a command needs is imported when it is called: the shell asks this module for completions at every Tab.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

import slamon
from slamon.commands import completing, streams
from slamon.commands.close_words import close_app, verify
from slamon.commands.export_words import export_app
from slamon.commands.formats import FiguresFormat, Format, Tongue
from slamon.commands.register_words import register_app
from slamon.commands.silences_words import export_silences, silences_app
from slamon.commands.whatif_words import whatif
from slamon.commands.words import Config, Data, group
from slamon.errors import SlamonError, UsageError
from slamon.reports.forms import ReportFormat

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
import_app = group("Bring in what other programs know.")
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


@app.command(short_help="Probe, account and serve until stopped.")
def run(
    config: Config = DEFAULT_CONFIG,
    listen: Annotated[
        list[str] | None,
        typer.Option(
            "--listen",
            "--web.listen-address",
            metavar="HOST:PORT",
            help="Where to serve pages and metrics; may be repeated; default: the catalogue's web.listen.",
        ),
    ] = None,
    data: Data = None,
    web_config: Annotated[
        Path | None,
        typer.Option(
            "--web-config",
            "--web.config.file",
            metavar="FILE",
            help="TLS and users of the pages, in the format of Prometheus' exporter toolkit.",
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log every probe too.")] = False,
    blackbox: Annotated[
        Path | None,
        typer.Option(
            "--blackbox",
            metavar="FILE",
            help="Serve /probe with the modules of this blackbox.yml; the catalogue may then be left out.",
        ),
    ] = None,
    probe_allow: Annotated[
        list[str] | None,
        typer.Option(
            "--probe-allow",
            metavar="NETWORK|unix:PATH|any",
            help="Let /probe reach more than public addresses: this network or socket, or anything. May be repeated.",
        ),
    ] = None,
    probe_only: Annotated[
        list[str] | None,
        typer.Option(
            "--probe-only",
            metavar="NETWORK|NAME",
            help="Let /probe reach nothing but this network or name (*.example.org). May be repeated.",
        ),
    ] = None,
    probe_concurrency: Annotated[
        int, typer.Option("--probe-concurrency", min=1, max=10_000, help="So many probes of /probe run at once.")
    ] = 200,
    timeout_offset: Annotated[
        float, typer.Option("--timeout-offset", help="Seconds taken off the scrape's timeout at /probe.")
    ] = 0.5,
    history_limit: Annotated[
        int, typer.Option("--history.limit", min=1, max=10_000, help="So many probes of /probe are remembered.")
    ] = 100,
) -> None:
    """Probe every check on schedule, keep what was seen, account it, and serve /metrics and pages until stopped.

    Ctrl-C or SIGTERM ends it; SIGHUP, POST /-/reload or a change of the files loads the catalogue anew.
    """
    from slamon.blackbox.asking import Settings
    from slamon.blackbox.guard import Limits
    from slamon.blackbox.serving import BlackboxSettings
    from slamon.commands import run as command

    if blackbox is None and (probe_allow or probe_only):
        raise UsageError("--probe-allow and --probe-only say what /probe may reach: they need --blackbox FILE")
    dropin = None
    if blackbox is not None:
        limits = Limits.of(probe_allow or (), probe_only or ())
        dropin = BlackboxSettings(blackbox, limits, Settings(timeout_offset, history_limit, probe_concurrency))
    code = command.run(
        config=config,
        listen=tuple(listen or ()),
        data=data,
        web_config=web_config,
        debug=debug,
        blackbox=dropin,
        config_given=config != DEFAULT_CONFIG,
    )
    raise typer.Exit(code)


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


@app.command(short_help="Write reports: figures as documents, in English or German.")
def report(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    agreement: Annotated[
        str | None,
        typer.Option(
            "--agreement", "-a", metavar="ID", help="Only this agreement.", autocompletion=completing.agreements
        ),
    ] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only this customer.")] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            "-p",
            metavar="PERIOD",
            help="2026-10, 2026-W43, 2026-Q4, 2026, or a span 2026-10-01/2026-10-15; default: the last whole month.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at this moment, as 2026-11-03T12:00:00Z; default: now."),
    ] = None,
    lang: Annotated[Tongue, typer.Option("--lang", help="The language of the texts, numbers and dates.")] = Tongue.EN,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write to; it is made.")
    ] = Path(),
    form: Annotated[
        list[ReportFormat] | None,
        typer.Option("--format", "-f", help="The form of the files; may be repeated; default: html."),
    ] = None,
) -> None:
    """Write a report on each agreement: verdict, trend, outages, maintenance, corrections, and how to recompute it.

    The names of the files are printed; they begin with the period, so that a folder sorts by time.
    """
    from slamon.commands import report as command

    wanted = command.Wanted(
        agreement=agreement,
        customer=customer,
        period=period,
        at=at,
        language=lang.value,
        formats=tuple(dict.fromkeys(form or (ReportFormat.HTML,))),
    )
    raise typer.Exit(command.report(config, data, wanted, output))


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


@import_app.command("observations", short_help="Put past observations into the ledger.")
def import_observations(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON lines, one observation each: check, at, verdict, duration_ms.")
    ],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Put past observations into the ledger, all of a file or none.

    Refused while slamon runs, and where they would overlap facts that are there.
    """
    from slamon.commands import observations as command

    raise typer.Exit(command.import_file(file, config, data))


Peer = Annotated[list[Path], typer.Argument(metavar="FILE...", help="The files to read.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write the catalogue here, its secrets beside it; default: print it."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the catalogue that is there.")]


History = Annotated[
    bool,
    typer.Option("--history", help="Put its results into the ledger of the catalogue, instead of its configuration."),
]
Map = Annotated[
    str,
    typer.Option(
        "--map", metavar="TEMPLATE|FILE", help="Which check a series is: {label}/{label}, or a YAML file of checks."
    ),
]
Start = Annotated[str | None, typer.Option(metavar="TIME", help="Import from here on; default: from the beginning.")]
End = Annotated[str | None, typer.Option(metavar="TIME", help="Import up to here; default: to the newest.")]
Chunk = Annotated[str, typer.Option(metavar="DURATION", help="How much is read and stored at once.")]
Interval = Annotated[
    str | None,
    typer.Option(metavar="DURATION", help="How often was looked then; default: the interval of the check."),
]


def _history(peer: str, files: list[Path], wanted: Any) -> NoReturn:
    from slamon.commands import history
    from slamon.errors import UsageError

    if len(files) != 1:
        raise UsageError("--history takes one database at a time")
    raise typer.Exit(history.import_database(peer, files[0], wanted))


def _wanted(
    config: Path, data: Path | None, told: str, start: str | None, end: str | None, chunk: str, interval: str | None
) -> Any:
    from slamon.commands import history

    chunk_ms = _milliseconds("--chunk", chunk)
    interval_ms = None if interval is None else _milliseconds("--interval", interval)
    return history.Wanted(config, data, told, start, end, chunk_ms, interval_ms)


def _milliseconds(word: str, text: str) -> int:
    from slamon.catalogue.quantities import positive_duration_ms
    from slamon.errors import UsageError

    try:
        return positive_duration_ms(text)
    except ValueError as error:
        raise UsageError(f"{word} {text}: expected {error}") from None


def _import(peer: str, files: list[Path], output: Path | None, force: bool) -> NoReturn:
    from slamon.commands import coming

    raise typer.Exit(coming.import_configuration(peer, files, output, force=force))


@import_app.command("blackbox", short_help="Modules of blackbox_exporter as a catalogue.")
def import_blackbox(files: Peer, output: Output = None, force: Force = False) -> None:
    """Write a catalogue of blackbox_exporter's modules and, given Prometheus' configuration too, their targets.

    Exit code 1 when something could not be carried over; it is named beside the check.
    """
    _import("blackbox", files, output, force)


@import_app.command("prometheus-targets", short_help="Prometheus' targets as a catalogue.")
def import_prometheus_targets(files: Peer, output: Output = None, force: Force = False) -> None:
    """Write a catalogue of the targets of Prometheus' configurations and target lists.

    Files are told apart by what they hold: scrape_configs, a list of targets, or modules of blackbox_exporter. Exit
    code 1 when something could not be carried over.
    """
    _import("prometheus-targets", files, output, force)


@import_app.command("gatus", short_help="gatus' configuration as a catalogue.")
def import_gatus(
    files: Peer,
    output: Output = None,
    force: Force = False,
    history: History = False,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    map_: Map = "",
    start: Start = None,
    end: End = None,
    chunk: Chunk = "1d",
    interval: Interval = None,
) -> None:
    """Write a catalogue of gatus' endpoints.

    Exit code 1 when something could not be carried over; it is named beside the check.
    """
    if history:
        _history("gatus", files, _wanted(config, data, map_, start, end, chunk, interval))
    _import("gatus", files, output, force)


@import_app.command("uptime-kuma", short_help="Uptime Kuma's monitors as a catalogue.")
def import_uptime_kuma(
    files: Peer,
    output: Output = None,
    force: Force = False,
    history: History = False,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    map_: Map = "",
    start: Start = None,
    end: End = None,
    chunk: Chunk = "1d",
    interval: Interval = None,
) -> None:
    """Write a catalogue of the monitors in Uptime Kuma's database (kuma.db) or JSON backup.

    Exit code 1 when something could not be carried over; it is named beside the check.
    """
    if history:
        _history("uptime-kuma", files, _wanted(config, data, map_, start, end, chunk, interval))
    _import("uptime-kuma", files, output, force)


@import_app.command("prometheus", short_help="Samples of Prometheus into the ledger.")
def import_prometheus(
    url: Annotated[str, typer.Option("--url", metavar="URL", help="The engine: Prometheus or one like it.")],
    query: Annotated[
        str, typer.Option("--query", metavar="QUERY", help="Which samples: 0 is down, anything else up.")
    ] = "probe_success",
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    map_: Map = "",
    start: Start = None,
    end: End = None,
    chunk: Chunk = "1d",
    interval: Interval = None,
    step: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Ask an expression every so often, instead of raw samples.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="FILE", help="A file with a bearer token for the engine.")
    ] = None,
) -> None:
    """Put the samples of any engine with Prometheus' interface into the ledger, chunk by chunk.

    Interrupted, it goes on where it was when it is run again. Refused while slamon runs, and where the ledger has facts
    of its own. Exit code 1 when a series was of no check.
    """
    from slamon.commands import history as command

    wanted = _wanted(config, data, map_, start, end, chunk, interval)
    step_ms = None if step is None else _milliseconds("--step", step)
    raise typer.Exit(command.import_prometheus(wanted, url, query, step_ms, token_file))


@import_app.command("uptimerobot", short_help="UptimeRobot's monitors as a catalogue.")
def import_uptimerobot(files: Peer, output: Output = None, force: Force = False) -> None:
    """Write a catalogue of UptimeRobot's monitors, from answers of its interface (v2, v3) or CSV.

    Exit code 1 when something could not be carried over; it is named beside the check.
    """
    _import("uptimerobot", files, output, force)


@import_app.command("csv", short_help="A table of checks as a catalogue.")
def import_csv(files: Peer, output: Output = None, force: Force = False) -> None:
    """Write a catalogue of a table with the headings service, check, kind, target and others.

    Exit code 1 when something could not be carried over; it is named beside the check.
    """
    _import("csv", files, output, force)


@import_app.command("openslo", short_help="OpenSLO objects as a catalogue.")
def import_openslo(files: Peer, output: Output = None, force: Force = False) -> None:
    """Write a catalogue of OpenSLO v1 services, objectives and indicators.

    Exit code 1 when something could not be carried over; it is named beside the check.
    """
    _import("openslo", files, output, force)


@heartbeat_app.command("token", short_help="Make a token for a job.")
def heartbeat_token() -> None:
    """Make a token for a job, and print it with its SHA-256: the catalogue takes either, the job the token.

    Nothing is stored.
    """
    from slamon.commands import heartbeat as command

    raise typer.Exit(command.token())


@app.command(short_help="Watch a small company on this machine, with history and faults.")
def demo(
    listen: Annotated[
        list[str] | None,
        typer.Option("--listen", metavar="HOST:PORT", help="Where to serve; default: 127.0.0.1:10650 or a free port."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the demo's data in this folder; default: it goes at the end."),
    ] = None,
) -> None:
    """Start a small company on loopback and watch it: six weeks of history, live faults, no file needed.

    Ctrl-C ends it.
    """
    from slamon.commands import run as command

    raise typer.Exit(command.demo(tuple(listen or ()), keep))


export_app.command("silences", short_help="Print planned maintenance as silences.")(export_silences)
app.add_typer(export_app, name="export")
app.add_typer(silences_app, name="silences")
app.add_typer(import_app, name="import")
app.add_typer(heartbeat_app, name="heartbeat")
app.add_typer(register_app, name="register")
app.add_typer(close_app, name="close")
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
