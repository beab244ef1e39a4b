"""Agreements as they are written: target, period, hours, maintenance, rules, revisions; and corrections."""

from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from slamon.accounting.terms import (
    CorrectionCause,
    CorrectionKind,
    DegradedRule,
    MaintenanceRule,
    PeriodKind,
    UnknownRule,
)
from slamon.catalogue.base import Model, Name, Whole, mistaken
from slamon.catalogue.quantities import (
    CalendarDate,
    ClockMinutes,
    DateOrInstant,
    DurationMs,
    InstantMs,
    Percent,
    PositiveMs,
    PositivePercent,
)


class OneOffMaintenance(Model):
    """Planned maintenance, once."""

    start: InstantMs
    end: InstantMs
    announced: InstantMs | None = None
    summary: Name | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise mistaken("an end that is not after start", "a later time", "end")
        return self


class RecurringMaintenance(Model):
    """Planned maintenance on the dates of a rule (RFC 5545), at a time of the wall clock."""

    rrule: str
    at: ClockMinutes
    duration: PositiveMs
    summary: Name | None = None
    from_: CalendarDate | None = Field(default=None, alias="from")


def _maintenance_kind(value: Any) -> str | None:
    """Which of the two an entry is; None for a mixture."""
    if not isinstance(value, dict):
        return "recurring" if isinstance(value, RecurringMaintenance) else "once"
    once, recurring = value.keys() & {"start", "end", "announced"}, value.keys() & {"rrule", "at", "duration", "from"}
    return None if once and recurring else "recurring" if recurring else "once"


Maintenance = Annotated[
    Annotated[OneOffMaintenance, Tag("once")] | Annotated[RecurringMaintenance, Tag("recurring")],
    Discriminator(
        _maintenance_kind,
        custom_error_type="mistaken",
        custom_error_message="{expected}",
        custom_error_context={
            "found": "keys of both kinds of maintenance",
            "expected": "start and end (once), or rrule, at and duration (recurring)",
        },
    ),
]


class Rules(Model):
    """How an agreement accounts (ACCOUNTING.md 4)."""

    unknown: UnknownRule = UnknownRule.EXCLUDE
    degraded: DegradedRule = DegradedRule.UP
    maintenance: MaintenanceRule = MaintenanceRule.EXCLUDE
    min_outage: DurationMs = 0
    min_coverage: Percent = Fraction(9, 10)
    notice: DurationMs | None = None
    maintenance_max: DurationMs | None = None


class Latency(Model):
    """A latency objective: at least `target` of the observations at or under `threshold`."""

    threshold: PositiveMs
    target: PositivePercent
    checks: tuple[str, ...] | None = Field(default=None, min_length=1)
    min_observations: Whole = Field(default=100, ge=1)


class Credit(Model):
    """What is due when the availability is under `below`."""

    below: Percent
    credit: Percent


REVISABLE = ("target", "period", "timezone", "service_hours", "maintenance", "rules", "latency", "credits")


class RevisedTerms(Model):
    """The terms that a revision replaces from its start on; `rules` rule by rule."""

    valid_from: DateOrInstant
    target: PositivePercent | None = None
    period: PeriodKind | None = None
    timezone: str | None = None
    service_hours: str | None = None
    maintenance: tuple[Maintenance, ...] | None = None
    rules: Rules | None = None
    latency: Latency | None = None
    credits: tuple[Credit, ...] | None = None

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if self.model_fields_set == {"valid_from"}:
            raise mistaken("a revision that replaces nothing", f"at least one of: {', '.join(REVISABLE)}")
        nothing = next((k for k in REVISABLE if k in self.model_fields_set and getattr(self, k) is None), None)
        if nothing not in (None, "latency"):
            raise mistaken("nothing", "a value; only latency can be taken away, with latency: null", nothing)
        return self


class Agreement(Model):
    """What was agreed with a customer about services."""

    customer: str
    services: tuple[str, ...] = Field(min_length=1)
    target: PositivePercent
    period: PeriodKind = PeriodKind.MONTH
    timezone: str = "UTC"
    service_hours: str = "24x7"
    valid_from: DateOrInstant | None = None
    valid_until: DateOrInstant | None = None
    maintenance: tuple[Maintenance, ...] = ()
    rules: Rules = Field(default_factory=Rules)
    latency: Latency | None = None
    credits: tuple[Credit, ...] = ()
    revisions: tuple[RevisedTerms, ...] = ()


class Correction(Model):
    """What was agreed afterwards about a stretch of time (ACCOUNTING.md 6)."""

    agreement: str
    kind: CorrectionKind
    start: InstantMs
    end: InstantMs
    author: Name
    reason: str = Field(min_length=1)
    entered: InstantMs
    cause: CorrectionCause = CorrectionCause.OTHER
    ticket: str | None = None
    revoked: InstantMs | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise mistaken("an end that is not after start", "a later time", "end")
        return self
