"""What a figure would be otherwise: with every failure believed at once, without corrections (sections 2.1, 6)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from slamon.accounting import Book, Correction, Figure, ServiceTerms, ratio_text
from slamon.figures import Figures

Class = tuple[int, ...]


def otherwise(figures: Figures, figure: Figure, now: int, made: dict[str, Any]) -> Iterator[None]:
    """Adds to a shown figure what it would be otherwise, in steps between which the caller may do other things."""
    yield from _believed_at_once(figures, figure, now, made)
    yield from _uncorrected(figures, figure, now, made)


def _believed_at_once(figures: Figures, figure: Figure, now: int, made: dict[str, Any]) -> Iterator[None]:
    """The figure with `confirm: 1`. Without blips it is the same, unless short outages are let off."""
    revision = next(r for r in figures.book.agreements[figure.agreement].revisions if r.number == figure.revision)
    other = figure
    if figure.blips or revision.rules.min_outage_ms:
        book = _book(figures, figure, figures.book.corrections, confirm=1)
        yield from book.refresh_steps(now)
        other = book.figure(figure.agreement, figure.service, figure.revision, figure.period, now)
    made["availability_confirm_1"] = ratio_text(other.availability)
    made["downtime_confirm_1_ms"] = other.downtime_ms
    made["outage_count_confirm_1"] = other.outage_count


def _uncorrected(figures: Figures, figure: Figure, now: int, made: dict[str, Any]) -> Iterator[None]:
    """The figure without any correction, and the time that each one changes on its own."""
    other = figure
    if figure.corrections:
        book = _book(figures, figure, ())
        yield from book.refresh_steps(now)
        other = book.figure(figure.agreement, figure.service, figure.revision, figure.period, now)
        plain = _classes(book, figure, now)
        for correction, told in zip(figure.corrections, made["corrections"], strict=True):
            alone = _book(figures, figure, (correction,))
            yield from alone.refresh_steps(now)
            told["changed_ms"] = _difference(plain, _classes(alone, figure, now), min(figure.period.end, now))
    made["availability_uncorrected"] = ratio_text(other.availability)
    made["downtime_uncorrected_ms"] = other.downtime_ms


def _book(figures: Figures, figure: Figure, corrections: Iterable[Correction], confirm: int | None = None) -> Book:
    """A book of one service under one revision, over the same facts. `confirm` None: as agreed for each check."""
    book = figures.book
    agreement = book.agreements[figure.agreement]
    # availability alone is asked of it: to count durations anew would be most of the work
    revisions = tuple(replace(r, latency=None) for r in agreement.revisions if r.number == figure.revision)
    services = list(_with_dependencies(book.services, figure.service))
    checks = [book.checks[check] for check in {member.check_id for service in services for member in service.members}]
    return Book(
        {terms.id: terms if confirm is None else replace(terms, confirm=confirm) for terms in checks},
        services,
        [replace(agreement, services=(figure.service,), revisions=revisions)],
        corrections,
        {terms.id: book.histories[terms.id] for terms in checks},
        figures.all_blinds(),
        faults=figures.faults,
    )


def _with_dependencies(services: Mapping[str, ServiceTerms], service: str) -> Iterator[ServiceTerms]:
    seen, ahead = set[str](), [service]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            yield services[name]
            ahead += [needed for group in services[name].depends_on for needed in group]


def _classes(book: Book, figure: Figure, now: int) -> list[tuple[int, Class]]:
    period = figure.period
    part = book.part(figure.agreement, figure.service, figure.revision, now, period.start)
    return list(part.account.classes(period.start, min(period.end, now)))


def _difference(left: list[tuple[int, Class]], right: list[tuple[int, Class]], end: int) -> int:
    """For how long, in ms, two step functions with the same beginning are not the same."""
    changes = sorted([(at, 0, value) for at, value in left] + [(at, 1, value) for at, value in right])
    now: list[Class] = [left[0][1], right[0][1]]
    total, before = 0, left[0][0]
    for at, side, value in changes:
        total += at - before if now[0] != now[1] else 0
        now[side], before = value, at
    return total + (max(end - before, 0) if now[0] != now[1] else 0)
