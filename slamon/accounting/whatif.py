"""The same facts under other terms: how figures differ, and what a row of periods comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slamon.accounting.figure import WORST_FIRST, AgreementVerdict, Figure

Key = tuple[str, str, str, int]
"""Agreement, service, period and revision of a figure."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure less the one that was agreed; `availability` and `credit` None where one of them has no verdict."""

    availability: Fraction | None
    downtime_ms: int
    measured_ms: int
    left_ms: Fraction
    credit: Fraction | None
    verdict_before: AgreementVerdict


@dataclass(frozen=True, slots=True)
class Summary:
    """What the figures of one service under one agreement come to. Names of periods, in order of time.

    `left_out`: without a verdict, for whatever reason. `availability`: of all known time together. `credit`: the sum
    of what would be due, each a part of its period's fee.
    """

    agreement: str
    service: str
    met: tuple[str, ...]
    breached: tuple[str, ...]
    left_out: tuple[str, ...]
    availability: Fraction | None
    downtime_ms: int
    credit: Fraction
    left_ms: Fraction
    newly_met: tuple[str, ...]
    newly_breached: tuple[str, ...]


def key(figure: Figure) -> Key:
    """What two figures have in common when they may be compared."""
    return figure.agreement, figure.service, figure.period.name, figure.revision


def left_ms(figure: Figure) -> Fraction:
    """The budget that is left, in ms; negative when it is overspent."""
    return figure.budget_ms - figure.downtime_ms


def difference(figure: Figure, agreed: Figure) -> Difference:
    """What other terms change."""
    availability = credit = None
    if figure.availability is not None and agreed.availability is not None:
        availability = figure.availability - agreed.availability
    due, due_before = _due(figure), _due(agreed)
    if due is not None and due_before is not None:
        credit = due - due_before
    return Difference(
        availability,
        figure.downtime_ms - agreed.downtime_ms,
        figure.measured_ms - agreed.measured_ms,
        left_ms(figure) - left_ms(agreed),
        credit,
        agreed.verdict,
    )


def _due(figure: Figure) -> Fraction | None:
    """The credit, 0 where the verdict is that none is due; None without a verdict."""
    if figure.verdict not in (AgreementVerdict.MET, AgreementVerdict.BREACHED):
        return None
    return figure.credit or Fraction(0)


def summaries(figures: Iterable[Figure], agreed: Mapping[Key, Figure]) -> list[Summary]:
    """One for each service under each agreement; `agreed`: the figures as they were agreed, by `key`."""
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        groups.setdefault((figure.agreement, figure.service), []).append(figure)
    return [_summary(group, agreed) for group in groups.values()]


def _summary(figures: Sequence[Figure], agreed: Mapping[Key, Figure]) -> Summary:
    verdicts = _by_period(figures)
    before = _by_period([agreed[key(figure)] for figure in figures if key(figure) in agreed])
    known = sum(f.known_ms for f in figures if f.availability is not None)
    down = sum(f.downtime_ms for f in figures)
    seen_down = sum(f.downtime_ms for f in figures if f.availability is not None)
    met = tuple(name for name, verdict in verdicts.items() if verdict is AgreementVerdict.MET)
    breached = tuple(name for name, verdict in verdicts.items() if verdict is AgreementVerdict.BREACHED)
    return Summary(
        agreement=figures[0].agreement,
        service=figures[0].service,
        met=met,
        breached=breached,
        left_out=tuple(name for name in verdicts if name not in met and name not in breached),
        availability=Fraction(known - seen_down, known) if known else None,
        downtime_ms=down,
        credit=sum((f.credit for f in figures if f.credit is not None), Fraction(0)),
        left_ms=sum((left_ms(f) for f in figures), Fraction(0)),
        newly_met=tuple(name for name in met if before.get(name) is not AgreementVerdict.MET),
        newly_breached=tuple(name for name in breached if before.get(name) is not AgreementVerdict.BREACHED),
    )


_WORST = (*WORST_FIRST, AgreementVerdict.NOT_IN_SERVICE)


def _by_period(figures: Iterable[Figure]) -> dict[str, AgreementVerdict]:
    """The worst verdict of each period's revisions."""
    found: dict[str, AgreementVerdict] = {}
    for figure in figures:
        before = found.get(figure.period.name, AgreementVerdict.NOT_IN_SERVICE)
        found[figure.period.name] = min(before, figure.verdict, key=_WORST.index)
    return found
