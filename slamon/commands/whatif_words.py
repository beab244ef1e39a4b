"""`slamon whatif`: the words. What the command needs is imported when it is called."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.formats import FiguresFormat
from slamon.errors import UsageError

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Other terms, as target=99.9% or min_outage=5m; repeatable."),
]
Variants = Annotated[
    list[str] | None,
    typer.Option("--variant", metavar="NAME: KEY=VALUE, ...", help="A row of its own with these terms; repeatable."),
]
Needs = Annotated[
    list[str] | None,
    typer.Option("--needs", metavar="SERVICE=any|all|K", help="So many of a service's checks suffice; repeatable."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="START/END", help="Leave this time out of the sum; repeatable."),
]
Replicas = Annotated[
    list[str] | None,
    typer.Option(
        "--add-replica", metavar="SERVICE", help="Reckon with one more, independent component in it; repeatable."
    ),
]


def whatif(
    config: Annotated[
        Path,
        typer.Option(
            "--config",
            "-c",
            "--config.file",
            envvar="SLAMON_CONFIG",
            metavar="FILE|DIR",
            help="The catalogue: a YAML file, or a folder of them.",
        ),
    ] = completing.DEFAULT_CONFIG,
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
    periods: Annotated[
        str | None,
        typer.Option(
            "--periods",
            "-p",
            metavar="N|PERIOD,...",
            help="The last N whole periods, or those named, as 2026-09,2026-10; default: 12, or what --keep says.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at this moment, as 2026-10-05T12:00:00Z; default: now."),
    ] = None,
    observations: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Replay observations from a JSON-lines file instead of reading the ledger."),
    ] = None,
    settings: Settings = None,
    needs: Needs = None,
    exclude: Exclude = None,
    without_corrections: Annotated[
        bool, typer.Option("--without-corrections", help="Leave out every correction.")
    ] = False,
    variant: Variants = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Find the strictest target, usual or agreed, that would have been kept.")
    ] = False,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="N/M", help="In so many of so many periods, as 11/12; default: in all."),
    ] = None,
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="PERCENT", help="How sure the least chance of a proposal shall be.")
    ] = "95%",
    simulate: Annotated[
        int | None,
        typer.Option("--simulate", metavar="RUNS", min=1, max=1_000_000, help="Draw so many periods to come."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same.")] = 1,
    ahead: Annotated[
        str | None,
        typer.Option("--ahead", metavar="PERIOD", help="The period to simulate, as 2027-Q1; default: the next one."),
    ] = None,
    replica: Replicas = None,
    output: Annotated[
        FiguresFormat, typer.Option("--format", "-f", help="For people; for programs, with exact milliseconds.")
    ] = FiguresFormat.TABLE,
) -> None:
    """Recompute history under other terms, find targets that would have been kept, simulate periods to come.

    --set, --needs, --exclude and --without-corrections make one variant together, each --variant another; beside them
    stands what was agreed. Nothing is changed: the ledger is only read.
    """
    from slamon.catalogue.overlay import parse
    from slamon.commands import whatif as command

    words = [*(settings or ()), *(f"needs.{word}" for word in needs or ()), *(f"exclude={w}" for w in exclude or ())]
    if without_corrections:
        words.append("corrections=none")
    variants = [command.Variant(", ".join(words), parse(words))] if words else []
    variants += [command.parsed_variant(one) for one in variant or ()]
    names = [one.name for one in variants]
    again = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if again is not None:
        raise UsageError(f"--variant {again}: a second variant with this name, expected each name once")
    wanted = command.Wanted(
        agreement=agreement,
        service=service,
        at=at,
        periods=periods,
        keep=_kept(keep, periods),
        propose=propose or keep is not None,
        confidence=_confidence(confidence),
        runs=simulate,
        seed=seed,
        ahead=_only_with("--ahead", ahead, simulate),
        replicas=tuple(replica or ()),
    )
    raise typer.Exit(command.whatif(config, data, wanted, variants, observations, output))


def _kept(text: str | None, periods: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, last = text.partition("/")
    whole = all(part.isdecimal() and part.isascii() and len(part) < 4 for part in (first, last))
    if not whole or not 1 <= int(first) <= int(last):
        raise UsageError(f"--keep {text[:20]}: expected N/M with N from 1 to M, for example 11/12")
    if periods is not None and periods.isdecimal() and len(periods) < 4 and int(periods) != int(last):
        raise UsageError(f"--keep {text} is of {int(last)} periods, --periods asks for {periods}: leave one out")
    return int(first), int(last)


def _confidence(text: str) -> Fraction:
    from slamon.catalogue.quantities import positive_percent

    try:
        found = positive_percent(text)
    except ValueError as error:
        raise UsageError(f"--confidence {text[:20]}: expected {error}") from None
    if found == 1:
        raise UsageError("--confidence 100%: nobody is that sure; expected less than 100%, for example 95%")
    return found


def _only_with(word: str, value: str | None, simulate: int | None) -> str | None:
    if value is not None and simulate is None:
        raise UsageError(f"{word} is of the simulation: it needs --simulate RUNS, for example --simulate 10000")
    return value
