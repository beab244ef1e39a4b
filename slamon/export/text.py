"""The exposition: Prometheus' text format 0.0.4 and OpenMetrics 1.0.

Families with a series a check or an agreement are written by `page`, with prepared label strings, which is twenty times
faster than prometheus-client; that one keeps and collects our own health.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from prometheus_client import Metric

from slamon.errors import UsageError
from slamon.export import names
from slamon.export.names import Family, Kind
from slamon.export.numbers import number
from slamon.export.own import Own
from slamon.export.page import Page, head, labelled
from slamon.export.samples import Source

_Sample = TypeVar("_Sample")
_OURS = {family.base: family for family in names.FAMILIES[names.OWN]}


def render(source: Source, own: Own, groups: frozenset[str], *, openmetrics: bool) -> Iterator[bytes]:
    """The exposition in pieces, some of them empty: between any two the event loop may have its turn.

    `groups`: of `names.GROUPS`; none means all. UsageError at the first step for one that does not exist.
    """
    if unknown := groups - set(names.GROUPS):
        raise UsageError(f"collect[]={min(unknown)} is unknown: there are {', '.join(names.GROUPS)}")
    wanted = groups or frozenset(names.GROUPS)
    if names.CHECK in wanted:
        page = Page(names.CHECK, openmetrics)
        yield from _each(source.check_samples(), page.check)
        yield from page.pieces()
    if names.SERVICE in wanted:
        page = Page(names.SERVICE, openmetrics)
        yield from _each(source.service_samples(), page.service)
        yield from page.pieces()
    if names.AGREEMENT in wanted:
        page = Page(names.AGREEMENT, openmetrics)
        yield from _each(source.agreement_samples(), page.agreement)
        yield from page.pieces()
    if names.OWN in wanted:
        yield from (_own(metric, openmetrics) for metric in own.registry.collect())
    if openmetrics:
        yield b"# EOF\n"


def _each(samples: Iterable[_Sample], put: Callable[[_Sample], None]) -> Iterator[bytes]:
    for sample in samples:
        put(sample)
        yield b""


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
