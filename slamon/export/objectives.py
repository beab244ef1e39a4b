"""Agreements as documents of the SLO world: OpenSLO, Sloth and Pyrra.

They read slamon's counters of accounted seconds, in which service hours, maintenance, confirmation and the rules are
applied already; what the formats cannot carry is named, agreement by agreement.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

from slamon.accounting.show import exact_digits
from slamon.catalogue import Catalogue
from slamon.catalogue.agreements import Agreement, AgreementKind
from slamon.catalogue.rewritten import rewritten
from slamon.export import names as n

ANNOTATION = "slamon/terms"
"""Where OpenSLO documents carry all terms; `slamon import openslo` reads it."""

_WINDOW_DAYS = {"week": 7, "month": 30, "quarter": 90, "year": 365}
_CALENDAR = {"week": "1w", "month": "1M", "quarter": "1Q", "year": "1Y"}


@dataclass(frozen=True, slots=True)
class Bound:
    """An agreement on one of its services. `id` is unique among all: `agreement-service`."""

    agreement_id: str
    service: str
    agreement: Agreement
    customer: str
    terms: str = ""
    """All terms, as JSON: an annotation that the import reads again."""

    @property
    def id(self) -> str:
        """The document's name."""
        return f"{self.agreement_id}-{self.service}".replace("_", "-")

    @property
    def objective(self) -> str:
        """The target in per cent, with all its digits."""
        return exact_digits(self.agreement.target * 100)

    def seconds(self, **matchers: str) -> str:
        """The counter of accounted seconds, of these classes."""
        pairs = {"agreement": self.agreement_id, "service": self.service}
        told = [f'{k}="{v}"' for k, v in pairs.items()] + [f'{k}=~"{v}"' for k, v in matchers.items()]
        return f"{n.ACCOUNTED.name}{{{','.join(told)}}}"


def bound(catalogue: Catalogue) -> Iterator[Bound]:
    """Every agreement on every service, in the catalogue's order."""
    for key, agreement in catalogue.agreements.items():
        terms = _terms(catalogue, key, agreement)
        for service in agreement.services:
            yield Bound(key, service, agreement, catalogue.customers[agreement.customer].name, terms)


def _terms(catalogue: Catalogue, key: str, agreement: Agreement) -> str:
    """The agreement as it is written, with the entries that it names."""
    hours = (agreement.service_hours, *(revised.service_hours for revised in agreement.revisions))
    told: dict[str, Any] = {"agreement": key, "terms": rewritten(agreement)}
    named = {
        "customers": (agreement.customer,),
        "teams": (agreement.provider,) if agreement.kind is AgreementKind.OLA else (),
        "suppliers": (agreement.provider,) if agreement.kind is AgreementKind.UC else (),
        "calendars": [name for name in dict.fromkeys(hours) if name in catalogue.calendars],
    }
    for section, names in named.items():
        entries = {str(name): rewritten(getattr(catalogue, section)[name]) for name in names}
        told |= {section: entries} if entries else {}
    return json.dumps(told, ensure_ascii=False)


def left_behind(one: Bound, *, rolling: bool) -> list[str]:
    """What a document of this kind cannot say of the agreement, a sentence each."""
    agreement, rules = one.agreement, one.agreement.rules
    told = []
    if rolling:
        days, period = _WINDOW_DAYS[agreement.period.value], agreement.period.value
        told.append(f"the period is a calendar {period} in {agreement.timezone}, not {days} rolling days")
    if agreement.service_hours != "24x7":
        told.append(f"service hours {agreement.service_hours}: windows hold less measured time than they are long")
    if agreement.maintenance:
        told.append("planned maintenance and its notice: it is left out of the counters, and not written here")
    if agreement.credits:
        told.append("credits")
    if agreement.latency is not None:
        told.append("the latency objective")
    if agreement.revisions:
        told.append("revisions: these are the terms of the beginning")
    if agreement.valid_from is not None or agreement.valid_until is not None:
        told.append("validity")
    if rules.min_coverage != Fraction(9, 10):
        told.append("the coverage that a verdict needs")
    told.append("corrections entered later change slamon's figures, not its counters")
    if not rolling:
        told.append("checks, and what the service needs and stands on")
        told.append("the service's name, team and runbook")
        told.append(f"for slamon alone all terms stand in the annotation {ANNOTATION}, which its import reads again")
    return told


def openslo(one: Bound) -> list[dict[str, Any]]:
    """OpenSLO v1: an SLO with its indicator, over a calendar-aligned window."""
    source = {"type": "Prometheus", "spec": {"query": ""}}
    good, total = (
        {"metricSource": source | {"spec": {"query": f"sum({one.seconds(**{'class': classes})})"}}}
        for classes in ("up", "up|down")
    )
    start = "2026-01-05 00:00:00" if one.agreement.period.value == "week" else "2026-01-01 00:00:00"
    window = {
        "duration": _CALENDAR[one.agreement.period.value],
        "isRolling": False,
        "calendar": {"startTime": start, "timeZone": one.agreement.timezone},
    }
    return [
        {
            "apiVersion": "openslo/v1",
            "kind": "SLO",
            "metadata": {
                "name": one.id,
                "displayName": f"{one.service} ({one.agreement_id})",
                "annotations": {ANNOTATION: one.terms},
            },
            "spec": {
                "description": f"Availability of {one.service} as agreed with {one.customer}.",
                "service": one.service,
                "indicator": {
                    "metadata": {"name": f"{one.id}-availability"},
                    "spec": {"ratioMetric": {"counter": True, "good": good, "total": total}},
                },
                "timeWindow": [window],
                "budgetingMethod": "Occurrences",
                "objectives": [{"displayName": "availability", "target": float(one.agreement.target)}],
            },
        }
    ]


def sloth(one: Bound) -> list[dict[str, Any]]:
    """Sloth prometheus/v1; its alerts are left to slamon's own rules."""
    wanted = {"up": one.seconds(**{"class": "down"}), "all": one.seconds(**{"class": "up|down"})}
    return [
        {
            "version": "prometheus/v1",
            "service": one.service,
            "labels": {"agreement": one.agreement_id},
            "slos": [
                {
                    "name": one.agreement_id,
                    "objective": float(one.agreement.target * 100),
                    "description": f"Availability of {one.service} as agreed with {one.customer}.",
                    "sli": {
                        "events": {
                            "error_query": f"sum(rate({wanted['up']}[{{{{.window}}}}]))",
                            "total_query": f"sum(rate({wanted['all']}[{{{{.window}}}}]))",
                        }
                    },
                    "alerting": {"page_alert": {"disable": True}, "ticket_alert": {"disable": True}},
                }
            ],
        }
    ]


def pyrra(one: Bound) -> list[dict[str, Any]]:
    """Pyrra's ServiceLevelObjective; its alerts are left to slamon's own rules."""
    return [
        {
            "apiVersion": "pyrra.dev/v1alpha1",
            "kind": "ServiceLevelObjective",
            "metadata": {"name": one.id, "labels": {"pyrra.dev/service": one.service}},
            "spec": {
                "target": one.objective,
                "window": f"{_WINDOW_DAYS[one.agreement.period.value]}d",
                "description": f"Availability of {one.service} as agreed with {one.customer}.",
                "alerting": {"disabled": True},
                "indicator": {
                    "ratio": {
                        "errors": {"metric": one.seconds(**{"class": "down"})},
                        "total": {"metric": one.seconds(**{"class": "up|down"})},
                    }
                },
            },
        }
    ]


FORMATS: Mapping[str, tuple[Callable[[Bound], list[dict[str, Any]]], bool]] = {
    "openslo": (openslo, False),
    "sloth": (sloth, True),
    "pyrra": (pyrra, True),
}
"""By format: its documents of one bound agreement, and whether its windows roll."""


def documents(catalogue: Catalogue, form: str) -> str:
    """All documents, one after the other, each below what it cannot carry."""
    write, rolling = FORMATS[form]
    parts = []
    for one in bound(catalogue):
        head = [f"# {one.agreement_id}, {one.service}. Not carried over:"]
        head += [f"# - {sentence}" for sentence in left_behind(one, rolling=rolling)]
        text = yaml.safe_dump_all(write(one), sort_keys=False, allow_unicode=True, width=1_000_000)
        parts.append("\n".join(head) + "\n" + text)
    return "---\n".join(parts)
