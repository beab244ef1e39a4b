"""`slamon export ...`: the words. What a command needs is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import SloFormat, Tongue
from slamon.commands.words import Config, group

export_app = group("Write files for other programs.")

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help="A folder for the files, made where it is not there; default: printed."
    ),
]
Tongues = Annotated[Tongue, typer.Option("--lang", "-l", help="The language of the texts.")]

Severities = Annotated[
    list[str] | None,
    typer.Option(
        "--severity",
        metavar="OURS=YOURS",
        help="Another word for page, ticket or none, as page=critical; repeatable.",
    ),
]


@export_app.command("schema", short_help="Print the JSON Schema of the catalogue.")
def export_schema() -> None:
    """Print the JSON Schema of the catalogue, for editors that complete and check."""
    from slamon.commands import check as command

    raise typer.Exit(command.schema())


@export_app.command("rules", short_help="Write the alert rules for Prometheus and vmalert.")
def export_rules(
    output: Output = None,
    lang: Tongues = Tongue.EN,
    severity: Severities = None,
    selector: Annotated[
        str, typer.Option(metavar="MATCHERS", help='Matchers that every metric of slamon gets, as site="north".')
    ] = "",
    job: Annotated[str, typer.Option(metavar="JOB", help="The name of the scrape job.")] = "slamon",
    runbooks: Annotated[
        str, typer.Option(metavar="URL", help="Where the runbooks are; the alert's name and .md follow.")
    ] = "",
    dashboards: Annotated[str, typer.Option(metavar="URL", help="Where Grafana is.")] = "",
    own_team: Annotated[str, typer.Option(metavar="TEAM", help="Who looks after slamon itself.")] = "monitoring",
) -> None:
    """Write the alert rules, fitted: language, severities, selectors, links.

    The same rules load in Prometheus and in vmalert. Those in alerting/rules are what this writes without options.
    """
    from slamon.commands import export_rules as command

    words = command.Words(lang, tuple(severity or ()), selector, job, runbooks, dashboards, own_team)
    raise typer.Exit(command.rules(words, output))


@export_app.command("alertmanager", short_help="Write a configuration for Alertmanager, with templates.")
def export_alertmanager(
    output: Output = None,
    lang: Tongues = Tongue.EN,
    severity: Severities = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            "--config.file",
            metavar="FILE|DIR",
            help="A catalogue: its teams with a mail address get routes of their own.",
        ),
    ] = None,
) -> None:
    """Write a configuration for Alertmanager: routes, grouping, inhibition, receivers, and templates of the texts.

    The one in alerting/ is what this writes without further words.
    """
    from slamon.commands import export_rules as command

    raise typer.Exit(command.alertmanager(lang, tuple(severity or ()), config, output))


@export_app.command("prometheus", short_help="Write how Prometheus scrapes slamon.")
def export_prometheus(
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST:PORT", help="Where slamon serves; repeatable; default: 127.0.0.1:10650."),
    ] = None,
    alertmanager: Annotated[
        list[str] | None, typer.Option(metavar="HOST:PORT", help="Where Alertmanager is; repeatable.")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A target label, as site=north; repeatable.")
    ] = None,
    job: Annotated[str, typer.Option(metavar="JOB", help="The name of the scrape job.")] = "slamon",
) -> None:
    """Write a configuration of Prometheus that scrapes slamon, loads its rules and knows Alertmanager."""
    from slamon.commands import export_documents as command

    raise typer.Exit(command.prometheus(target or (), alertmanager or (), label or (), job))


@export_app.command("slo", short_help="Write the agreements for OpenSLO, Sloth or Pyrra.")
def export_slo(
    form: Annotated[SloFormat, typer.Argument(metavar="FORMAT", help="openslo, sloth or pyrra.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Write the agreements as documents of OpenSLO, Sloth or Pyrra; what these cannot carry is named in each.

    They read the counters of accounted seconds, to which the rules of the agreement are applied already.
    """
    from slamon.commands import export_documents as command

    raise typer.Exit(command.slo(config, form))


@export_app.command("openmetrics", short_help="Write the ledger's past as samples for promtool.")
def export_openmetrics(
    config: Config = DEFAULT_CONFIG,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            "-d",
            envvar="SLAMON_DATA",
            metavar="DIR",
            help="The folder of ledger and control socket; default: that of the catalogue's storage.path.",
        ),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help="From when on, with its offset or Z; default: the first fact.")
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="TIME", help="Up to when; default: what is stored newest.")] = None,
    every: Annotated[
        str, typer.Option(metavar="DURATION", help="How far apart the samples are, on whole multiples; 1s or more.")
    ] = "5m",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write them here; default: printed.")
    ] = None,
) -> None:
    """Write the ledger's past as samples in OpenMetrics, as `/metrics` would have shown them then.

    For a Prometheus that was not there: promtool tsdb create-blocks-from openmetrics FILE DIR. Works while slamon runs.
    """
    from slamon.commands import export_history as command

    raise typer.Exit(command.openmetrics(config, data, command.Span(start, end, every), output))


@export_app.command("dashboards", short_help="Write the dashboards for Grafana.")
def export_dashboards(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="A folder for the files, made where it is not there."),
    ],
    selector: Annotated[
        str, typer.Option(metavar="MATCHERS", help='Matchers that every metric of slamon gets, as site="north".')
    ] = "",
    lang: Tongues = Tongue.EN,
) -> None:
    """Write the dashboards for Grafana, a file each, for its provisioning or its import."""
    from slamon.commands import export_documents as command

    raise typer.Exit(command.dashboards(output, selector, lang))
