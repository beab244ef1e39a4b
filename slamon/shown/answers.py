"""The answer to a question about figures: which agreement, which service, which period, at what moment."""

from collections.abc import Iterator
from typing import Any

from slamon.accounting import WORST_FIRST, AgreementVerdict, Figure, ratio_text
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.shown.figure import figure_steps
from slamon.shown.moments import instant_text
from slamon.shown.otherwise import otherwise


def answer(
    figures: Figures, now: int, *, agreement: str | None = None, service: str | None = None, period: str | None = None
) -> dict[str, Any]:
    """`{"at", "at_ms", "figures": [...], "agreements": [...]}`: the figures of a period as known at `now` (ms).

    `period` None: the running one. Raises UsageError for an unknown agreement or service, and for a period that does
    not exist or has not begun.
    """
    found: dict[str, Any] = {}
    for _ in answer_steps(found, figures, now, agreement=agreement, service=service, period=period):
        pass
    return found


def answer_steps(
    found: dict[str, Any],
    figures: Figures,
    now: int,
    *,
    agreement: str | None = None,
    service: str | None = None,
    period: str | None = None,
) -> Iterator[None]:
    """The same in steps, between which the caller may do other things; `found` is whole when they are done."""
    made: list[Figure] = []
    shown: list[dict[str, Any]] = []
    found |= {"at": instant_text(now), "at_ms": now, "figures": shown}
    for figure in _asked(figures, now, agreement, service, period):
        yield
        told: dict[str, Any] = {}
        yield from figure_steps(figures, figure, now, told)
        yield
        yield from otherwise(figures, figure, now, told)
        made.append(figure)
        shown.append(told)
    found["agreements"] = _agreements(figures, made) if service is None else []


def _asked(
    figures: Figures, now: int, agreement: str | None, service: str | None, period: str | None
) -> Iterator[Figure]:
    """Agreement by agreement, revision by revision, service by service."""
    _bound(figures, agreement, service)
    for name in [agreement] if agreement is not None else list(figures.book.agreements):
        found = figures.period_figures(now, period=period, agreement=name, service=service)
        yield from sorted(found, key=lambda figure: figure.revision)


def _bound(figures: Figures, agreement: str | None, service: str | None) -> None:
    """Raises UsageError where an agreement is asked about a service that it does not bind."""
    if agreement is None or service is None or agreement not in figures.book.agreements:
        return
    bound = figures.book.agreements[agreement].services
    if service not in bound and service in figures.catalogue.services:
        raise UsageError(f"the agreement {agreement} does not bind {service!r}; it binds: {', '.join(bound)}")


def _agreements(figures: Figures, found: list[Figure]) -> list[dict[str, Any]]:
    """Each agreement's own verdict, the worst of its figures, and its credit, the highest (section 4)."""
    told = []
    for name in dict.fromkeys(figure.agreement for figure in found):
        own = [figure for figure in found if figure.agreement == name]
        verdicts = {figure.verdict for figure in own}
        worst = next((v for v in WORST_FIRST if v in verdicts), AgreementVerdict.NOT_IN_SERVICE)
        due = max((figure.credit for figure in own if figure.credit is not None), default=None)
        told.append(
            {
                "agreement": name,
                "customer": figures.catalogue.agreements[name].customer,
                "verdict": worst.value,
                "credit": ratio_text(due),
            }
        )
    return told
