"""`slamon run` and `slamon demo`: the words."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.words import Config, Data
from slamon.errors import UsageError


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


def demo(
    listen: Annotated[
        list[str] | None,
        typer.Option("--listen", metavar="HOST:PORT", help="Where to serve; default: 127.0.0.1:10650 or a free port."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the demo's data in this folder; default: it goes at the end."),
    ] = None,
    example: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write half a year of the company's register, reports and a review pack, and stop."
        ),
    ] = None,
) -> None:
    """Start a small company on loopback and watch it: six weeks of history, live faults, no file needed.

    Ctrl-C ends it. With --example nothing is started: the folder shows what a service manager has after half a year.
    """
    if example is not None:
        from slamon.commands import example as half_year

        if listen or keep:
            raise UsageError("--example starts nothing: leave --listen and --keep out")
        raise typer.Exit(half_year.example(example))
    from slamon.commands import run as command

    raise typer.Exit(command.demo(tuple(listen or ()), keep))
