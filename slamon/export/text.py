"""The exposition: Prometheus' text format 0.0.4 and OpenMetrics 1.0.

Families with a series a check or an agreement are written by `page`, with prepared label strings, which is twenty times
faster than prometheus-client; that one keeps and collects our own health.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import Metric

from slamon.errors import UsageError
from slamon.export import names
from slamon.export.families import Family, Kind
from slamon.export.numbers import number
from slamon.export.own import Own
from slamon.export.page import Page, head, labelled
from slamon.export.samples import Source

_OURS = {family.base: family for family in names.FAMILIES[names.OWN]}
_PLACES = {base: place for place, base in enumerate(_OURS)}
_GATHER_AFTER = 20
"""So many samples are written before their lines are gathered."""


_Way = tuple[str, Callable[[], Iterable[Any]], Callable[[Page, Any], None]]


def ways(source: Source) -> tuple[_Way, ...]:
    """The groups that are written sample by sample: where these come from, and what puts them on the page."""
    return (
        (names.CHECK, source.check_samples, Page.check),
        (names.SERVICE, source.service_samples, Page.service),
        (names.AGREEMENT, source.agreement_samples, Page.agreement),
        (names.DESK, source.complaints_samples, Page.complaints),
        (names.DESK, source.satisfaction_samples, Page.satisfaction),
        (names.DESK, source.actions_samples, Page.actions),
    )


def render(source: Source, own: Own, groups: frozenset[str], *, openmetrics: bool) -> Iterator[bytes]:
    """The exposition in pieces, some of them empty: between any two the event loop may have its turn.

    `groups`: of `names.GROUPS`; none means all. UsageError at the first step for one that does not exist. A sample that
    cannot be had or shown is left out, counted and logged.
    """
    if unknown := groups - set(names.GROUPS):
        raise UsageError(f"collect[]={min(unknown)} is unknown: there are {', '.join(names.GROUPS)}")
    wanted = groups or frozenset(names.GROUPS)
    for group, samples, put in ways(source):
        if group in wanted:
            page = Page(group, openmetrics)
            yield from _written(page, iter(samples()), put, own)
            yield from page.pieces()
    if names.OWN in wanted:
        metrics = sorted(own.registry.collect(), key=lambda metric: _PLACES.get(metric.name, len(_PLACES)))
        yield from (_own(metric, openmetrics) for metric in metrics)
    if openmetrics:
        yield b"# EOF\n"


def _written(page: Page, samples: Iterator[Any], put: Callable[[Page, Any], None], own: Own) -> Iterator[bytes]:
    """Writes every sample on the page, with a step after each."""
    trouble: Exception | None = None
    n = 0
    while True:
        try:
            sample = next(samples, None)
            if sample is None:
                break
            put(page, sample)
        except Exception as error:  # noqa: BLE001  one bad figure must not empty the page
            own.component_error("export")
            trouble = trouble or error
        n += 1
        if n % _GATHER_AFTER == 0:
            page.gather()
        yield b""
    page.gather()
    own.shown(page.group, trouble)


def _own(metric: Metric, openmetrics: bool) -> bytes:
    """A family that prometheus-client keeps. `_created`: when this process began to count."""
    family = _OURS.get(metric.name) or _foreign(metric)
    lines = [head(family, openmetrics)]
    for sample in metric.samples:
        if openmetrics or not sample.name.endswith("_created"):
            labels = labelled(tuple(sample.labels), *sample.labels.values())
            lines.append(f"{sample.name}{labels} {number(sample.value)}\n".encode())
    return b"".join(lines)


def _foreign(metric: Metric) -> Family:
    kind = Kind(metric.type)
    return Family(metric.name + ("_total" if kind is Kind.COUNTER else ""), kind, metric.documentation)
