"""The figures that a further component is reckoned from: with one component less, and of each check by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from slamon.accounting import Book, Figure, ServiceTerms
from slamon.accounting.redundancy import Replica, failing, with_replica
from slamon.errors import UsageError
from slamon.figures import Figures


def replicas(figures: Figures, made: Iterable[Figure], service: str, now: int) -> Iterator[Replica]:
    """Each figure that rests on the service, with one more component in it; figures without known time are left out.

    UsageError for a service that there is not, or that has no checks.
    """
    terms = figures.book.services.get(service)
    if terms is None:
        raise UsageError(f"there is no service {service!r}; there are: {', '.join(figures.book.services)}")
    if not terms.members:
        raise UsageError(f"the service {service!r} has no checks of its own: add a replica to one that it depends on")
    less = _book(figures, [*_others(figures, service), _one_less(terms)])
    alone = _book(figures, [ServiceTerms(m.check_id, members=(m,)) for m in terms.members], of=service)
    for figure in made:
        if service not in _stands_on(figures, figure.service):
            continue
        asked = (figure.revision, figure.period, now)
        checks = [alone.figure(figure.agreement, member.check_id, *asked) for member in terms.members]
        down = failing(checks)
        if down is not None:
            yield with_replica(figure, less.figure(figure.agreement, figure.service, *asked), down)


def _others(figures: Figures, service: str) -> list[ServiceTerms]:
    return [terms for key, terms in figures.book.services.items() if key != service]


def _one_less(terms: ServiceTerms) -> ServiceTerms:
    needs = len(terms.members) if terms.needs is None else min(terms.needs, len(terms.members))
    return replace(terms, needs=needs - 1)


def _stands_on(figures: Figures, service: str) -> set[str]:
    """The service, and all that it depends on."""
    seen, ahead = set[str](), [service]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += [needed for group in figures.book.services[name].depends_on for needed in group]
    return seen


def _book(figures: Figures, services: list[ServiceTerms], of: str | None = None) -> Book:
    """A book over the same facts with other services; `of`: the agreements then bind these instead of that one."""
    book = figures.book
    agreements = list(book.agreements.values())
    if of is not None:
        bound = tuple(terms.id for terms in services)
        plain = [(a, tuple(replace(r, latency=None) for r in a.revisions)) for a in agreements]
        agreements = [replace(a, services=bound, revisions=revisions) for a, revisions in plain]
    return Book(
        book.checks, services, agreements, book.corrections, book.histories, figures.all_blinds(), faults=figures.faults
    )
