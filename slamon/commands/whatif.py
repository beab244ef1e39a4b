"""`slamon whatif`: the same history under other terms, targets that would have been kept, periods to come."""

import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import typer

from slamon.accounting import Figure, Period, exact_digits
from slamon.accounting.proposal import USUAL, propose, tried
from slamon.accounting.simulation import MOST_DRAWS, Past, Simulated, past, simulate
from slamon.accounting.whatif import key
from slamon.catalogue import Catalogue
from slamon.catalogue.overlay import Overlay, overlaid, parse
from slamon.commands import tables, whatif_tables
from slamon.commands.formats import FiguresFormat
from slamon.commands.places import catalogue
from slamon.commands.whatif_facts import Facts, facts
from slamon.commands.whatif_rows import csv_text
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.shown import instant_text
from slamon.shown.replica import replicas
from slamon.shown.whatif import Told, proposal_json, replica_json, simulation_json, variant_json

AGREED = "as agreed"
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Variant:
    """Terms under a name."""

    name: str
    overlay: Overlay


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for beside the variants. None: not asked. `keep`: so many of so many periods."""

    agreement: str | None = None
    service: str | None = None
    at: str | None = None
    periods: str | None = None
    keep: tuple[int, int] | None = None
    propose: bool = False
    confidence: Fraction = Fraction(95, 100)
    runs: int | None = None
    seed: int = 1
    ahead: str | None = None
    replicas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A variant with the figures that know its terms."""

    told: Told
    figures: Figures


def whatif(
    config: Path,
    data: Path | None,
    wanted: Wanted,
    variants: Iterable[Variant],
    observations: Path | None,
    output: FiguresFormat,
) -> int:
    """Print what would have been. 0, whatever it is; UsageError where the question makes no sense."""
    more = wanted.propose or wanted.runs is not None or wanted.replicas
    if more and output is FiguresFormat.CSV:
        raise UsageError("CSV holds one table, the figures: ask for proposals, simulations and replicas with -f json")
    loaded = catalogue(config, data)
    now = time.time_ns() // 1_000_000
    variants = list(variants)
    catalogues = [overlaid(loaded, variant.overlay, _services(loaded, wanted)) for variant in variants]
    known = facts(loaded, data, wanted.agreement, wanted.service, wanted.at, _periods(wanted), observations, now)
    reckoned = [Reckoned(Told(AGREED, (), tuple(_figures(known, known.figures))), known.figures)]
    for variant, other in zip(variants, catalogues, strict=True):
        overlay = variant.overlay
        figures = known.figures.under(other, **overlay.checks, registered=overlay.corrected)
        reckoned.append(Reckoned(Told(variant.name, overlay.words, tuple(_figures(known, figures))), figures))
    _print(_answer(known, reckoned, wanted), output)
    return 0


def parsed_variant(words: str) -> Variant:
    """`NAME: KEY=VALUE, KEY=VALUE`."""
    name, sign, settings = words.partition(":")
    if not sign or "=" in name or not name.strip():
        raise UsageError(
            f'--variant {words[:60]!r}: expected "NAME: KEY=VALUE, ...", for example "strict: target=99.9%"'
        )
    name = name.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"--variant: found a name of {len(name)} characters, expected up to 60 printable ones")
    if name == AGREED:
        raise UsageError(f"--variant {AGREED}: that is the name of the terms as they are; choose another")
    try:
        return Variant(name, parse(part for part in settings.split(",") if part.strip()))
    except UsageError as error:
        raise UsageError(f"--variant {name}: {error}") from None


def _services(loaded: Catalogue, wanted: Wanted) -> list[str]:
    """The services asked about."""
    agreements = [wanted.agreement] if wanted.agreement in loaded.agreements else loaded.agreements
    bound = dict.fromkeys(name for key in agreements for name in loaded.agreements[str(key)].services)
    return [name for name in bound if wanted.service in (None, name)]


def _periods(wanted: Wanted) -> str:
    if wanted.periods is not None:
        return wanted.periods
    return "12" if wanted.keep is None else str(wanted.keep[1])


def _figures(known: Facts, figures: Figures) -> Iterator[Figure]:
    """Agreement by agreement, service by service, period by period."""
    for (agreement, service), periods in known.periods.items():
        for period in periods:
            yield from figures.book.figures(agreement, service, period, known.at)


# -- the answer


def _answer(known: Facts, reckoned: list[Reckoned], wanted: Wanted) -> dict[str, Any]:
    agreed = {key(figure): figure for figure in reckoned[0].told.figures}
    found: dict[str, Any] = {
        "at": instant_text(known.at),
        "at_ms": known.at,
        "notes": list(known.notes),
        "variants": [variant_json(one.told, agreed) for one in reckoned],
    }
    if wanted.propose:
        found["proposals"] = [told for one in reckoned for told in _proposals(one, wanted)]
    if wanted.runs is not None:
        found["simulation"] = {"runs": wanted.runs, "seed": wanted.seed}
        found["simulations"] = [told for one in reckoned for told in _simulations(one, known, wanted)]
    if wanted.replicas:
        found["replicas"] = [
            replica_json(service, told)
            for service in wanted.replicas
            for told in replicas(known.figures, agreed.values(), service, known.at)
        ]
    return found


def _groups(one: Reckoned) -> dict[tuple[str, str], list[Figure]]:
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in one.told.figures:
        groups.setdefault((figure.agreement, figure.service), []).append(figure)
    return groups


def _proposals(one: Reckoned, wanted: Wanted) -> Iterator[dict[str, Any]]:
    keep = Fraction(1) if wanted.keep is None else Fraction(*wanted.keep)
    for (agreement, service), found in _groups(one).items():
        revisions = one.figures.book.agreements[agreement].revisions
        needed = {revision.number: revision.rules.min_coverage for revision in revisions}
        told = proposal_json(
            one.told.name, agreement, service, propose(found, needed, keep, wanted.confidence, tried(found))
        )
        yield told | {"keep": "all" if wanted.keep is None else "{}/{}".format(*wanted.keep)}


def _simulations(one: Reckoned, known: Facts, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Each with dice of its own, so that what else is asked changes none."""
    assert wanted.runs is not None
    for (agreement, service), found in _groups(one).items():
        period = known.ahead(agreement, wanted.ahead)
        coming = one.figures.book.figures(agreement, service, period, known.at)
        measured = past(found)
        for figure in coming:
            simulated = _simulated(measured, figure, wanted)
            targets = sorted({figure.target, *USUAL})
            ids = _ids(one.told.name, figure, period)
            yield simulation_json(ids, measured, figure.measured_full_ms, simulated, targets)


def _ids(variant: str, figure: Figure, period: Period) -> Mapping[str, Any]:
    return {
        "variant": variant,
        "agreement": figure.agreement,
        "service": figure.service,
        "revision": figure.revision,
        "period": {"name": period.name, "start_ms": period.start, "end_ms": period.end},
        "target": exact_digits(figure.target),
    }


def _simulated(measured: Past, figure: Figure, wanted: Wanted) -> Simulated | None:
    """None where there is nothing to draw from, or for."""
    assert wanted.runs is not None
    if not measured.lengths_ms or measured.up_ms <= 0 or figure.measured_full_ms <= 0:
        return None
    draws = measured.expected(figure.measured_full_ms) * wanted.runs
    if draws > MOST_DRAWS:
        fewer = max(int(wanted.runs * MOST_DRAWS / draws), 1)
        raise UsageError(
            f"--simulate {wanted.runs}: some {draws:.0f} outages would have to be drawn for {figure.agreement}/"
            f"{figure.service}, expected at most {MOST_DRAWS}: ask for --simulate {fewer} or a shorter --ahead"
        )
    return simulate(measured, figure.measured_full_ms, wanted.runs, random.Random(wanted.seed))


def _print(found: dict[str, Any], output: FiguresFormat) -> None:
    if not any(variant["figures"] for variant in found["variants"]):
        typer.echo("no figure: nothing was in force or seen in the periods asked for", err=True)
    for note in found["notes"]:
        typer.echo(note, err=output is not FiguresFormat.TABLE)
    if output is FiguresFormat.JSON:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
    elif output is FiguresFormat.CSV:
        typer.echo(csv_text(found), nl=False)
    else:
        tables.show(*whatif_tables.whatif(found))
