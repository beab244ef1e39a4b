"""`slamon import ...`: the words."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.words import Config, Data, group
from slamon.errors import UsageError

import_app = group("Bring in what other programs know.")

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


def _history(peer: str, files: list[Path], wanted: Any) -> NoReturn:
    from slamon.commands import history

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

    try:
        return positive_duration_ms(text)
    except ValueError as error:
        raise UsageError(f"{word} {text}: expected {error}") from None


def _import(peer: str, files: list[Path], output: Path | None, force: bool) -> NoReturn:
    from slamon.commands import coming

    raise typer.Exit(coming.import_configuration(peer, files, output, force=force))


_NOT_CARRIED = "Exit code 1 when something could not be carried over; it is named beside the check."


def _configuration(peer: str, short_help: str, what: str, remark: str = _NOT_CARRIED) -> None:
    """A command that makes a catalogue of another program's files."""

    def command(files: Peer, output: Output = None, force: Force = False) -> None:
        _import(peer, files, output, force)

    import_app.command(peer, short_help=short_help, help=f"{what}\n\n{remark}")(command)


def _database(peer: str, short_help: str, what: str) -> None:
    """A command that makes a catalogue of another program's files or, with --history, facts of its results."""

    def command(
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
        if history:
            _history(peer, files, _wanted(config, data, map_, start, end, chunk, interval))
        _import(peer, files, output, force)

    import_app.command(peer, short_help=short_help, help=f"{what}\n\n{_NOT_CARRIED}")(command)


_configuration(
    "blackbox",
    "Modules of blackbox_exporter as a catalogue.",
    "Write a catalogue of blackbox_exporter's modules and, given Prometheus' configuration too, their targets.",
)
_configuration(
    "prometheus-targets",
    "Prometheus' targets as a catalogue.",
    "Write a catalogue of the targets of Prometheus' configurations and target lists.",
    "Files are told apart by what they hold: scrape_configs, a list of targets, or modules of blackbox_exporter. "
    "Exit code 1 when something could not be carried over.",
)
_database("gatus", "gatus' configuration as a catalogue.", "Write a catalogue of gatus' endpoints.")
_database(
    "uptime-kuma",
    "Uptime Kuma's monitors as a catalogue.",
    "Write a catalogue of the monitors in Uptime Kuma's database (kuma.db) or JSON backup.",
)


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


_configuration(
    "uptimerobot",
    "UptimeRobot's monitors as a catalogue.",
    "Write a catalogue of UptimeRobot's monitors, from answers of its interface (v2, v3) or CSV.",
)
_configuration(
    "csv",
    "A table of checks as a catalogue.",
    "Write a catalogue of a table with the headings service, check, kind, target and others.",
)
_configuration(
    "openslo",
    "OpenSLO objects as a catalogue.",
    "Write a catalogue of OpenSLO v1 services, objectives and indicators.",
)
