"""Agreements as they are written: target, period, hours, maintenance, rules, revisions; and corrections."""

from enum import StrEnum
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
from slamon.catalogue.registering import Approval
from slamon.catalogue.reporting import Closing


class OneOffMaintenance(Model):
    """Planned maintenance, once."""

    start: InstantMs
    """When it begins."""
    end: InstantMs
    """When it ends; after `start`."""
    announced: InstantMs | None = None
    """When the customer was told; what was told later than `rules.notice` allows does not count."""
    summary: Name | None = None
    """What is done; shown with the figures."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise mistaken("an end that is not after start", "a later time", "end")
        return self


class RecurringMaintenance(Model):
    """Planned maintenance on the dates of a rule (RFC 5545), at a time of the wall clock."""

    rrule: str
    """The dates: a rule of RFC 5545 with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, without times."""
    at: ClockMinutes
    """When it begins on those dates, on the wall clock of the agreement's zone."""
    duration: PositiveMs
    """How long it lasts."""
    summary: Name | None = None
    """What is done; shown with the figures."""
    from_: CalendarDate | None = Field(default=None, alias="from")
    """The date from which the rule counts; default: `valid_from`, of a revision its own."""


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
    """Time in which nobody looked: left out (`exclude`), or counted as up or down."""
    degraded: DegradedRule = DegradedRule.UP
    """Degraded time: counted as `up` or `down`."""
    maintenance: MaintenanceRule = MaintenanceRule.EXCLUDE
    """Planned maintenance: left out (`exclude`), or accounted as up (`up`)."""
    min_outage: DurationMs = 0
    """Outages shorter than this are accounted as up."""
    min_coverage: Percent = Fraction(9, 10)
    """The least part of a period that must have been observed for a verdict."""
    notice: DurationMs | None = None
    """How long before its start a maintenance must have been announced; without it any announcement will do."""
    maintenance_max: DurationMs | None = None
    """The most maintenance of a period that is left out; what is beyond counts."""


class Latency(Model):
    """A latency objective: at least `target` of the observations at or under `threshold`."""

    threshold: PositiveMs
    """An observation is fast when it took at most this long."""
    target: PositivePercent
    """The agreed part of fast observations; above 0%."""
    checks: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The checks that count, by name or `service/check`; default: all of the services."""
    min_observations: Whole = Field(default=100, ge=1)
    """With fewer observations in a period there is no latency figure."""


class Credit(Model):
    """What is due when the availability is under `below`."""

    below: Percent
    """The tier holds when the availability is under this."""
    credit: Percent
    """What is due then, as a part of the price."""


class AgreementKind(StrEnum):
    """What an agreement is, in the terms of ITIL."""

    SLA = "sla"
    OLA = "ola"
    UC = "uc"


REVISABLE = ("target", "period", "timezone", "service_hours", "response", "maintenance", "rules", "latency", "credits")
REMOVABLE = ("latency", "response")
"""What a revision may take away."""


class RevisedTerms(Model):
    """The terms that a revision replaces from its start on; `rules` rule by rule."""

    valid_from: DateOrInstant
    """From when on these terms hold; after the start of the revision before."""
    target: PositivePercent | None = None
    """The new agreed availability."""
    period: PeriodKind | None = None
    """The new period."""
    timezone: str | None = None
    """The new time zone."""
    service_hours: str | None = None
    """The new service hours: `24x7` or a calendar's id."""
    response: PositiveMs | None = None
    """The new response time; `null` takes it away."""
    maintenance: tuple[Maintenance, ...] | None = None
    """The new maintenance; it replaces the whole list."""
    rules: Rules | None = None
    """The rules that change; the others stay as they were."""
    latency: Latency | None = None
    """The new latency objective; `null` takes it away."""
    credits: tuple[Credit, ...] | None = None
    """The new credit tiers; they replace the whole list."""

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if self.model_fields_set == {"valid_from"}:
            raise mistaken("a revision that replaces nothing", f"at least one of: {', '.join(REVISABLE)}")
        kept = (key for key in REVISABLE if key not in REMOVABLE)
        nothing = next((k for k in kept if k in self.model_fields_set and getattr(self, k) is None), None)
        if nothing is not None:
            raise mistaken("nothing", "a value; only latency and response can be taken away, with null", nothing)
        return self


class Agreement(Model):
    """What was agreed with a customer about services."""

    kind: AgreementKind = AgreementKind.SLA
    """`sla`: we with a customer; `ola`: a team of ours with us; `uc`: a supplier with us (underpinning contract)."""
    customer: str
    """The customer's id; for `ola` and `uc` an internal one."""
    provider: str | None = None
    """Who owes the service: for `ola` a team's id, for `uc` a supplier's; for `sla` it is the organisation."""
    services: tuple[str, ...] = Field(min_length=1)
    """The ids of the services; each has figures of its own under this agreement."""
    target: PositivePercent
    """The agreed availability: above 0%, up to 100%."""
    period: PeriodKind = PeriodKind.MONTH
    """How long one accounting lasts; a week begins on Monday."""
    timezone: str = "UTC"
    """The IANA zone in which days, periods and maintenance are read."""
    service_hours: str = "24x7"
    """When the service is owed: `24x7` or a calendar's id."""
    response: PositiveMs | None = None
    """The most time until somebody works on an outage, within service hours; told and compared, not accounted."""
    valid_from: DateOrInstant | None = None
    """A date (midnight in the zone) or a time; default: always."""
    valid_until: DateOrInstant | None = None
    """A date (midnight in the zone) or a time, after `valid_from`; default: for ever."""
    maintenance: tuple[Maintenance, ...] = ()
    """Planned maintenance, once or recurring."""
    rules: Rules = Field(default_factory=Rules)
    """How time is accounted."""
    latency: Latency | None = None
    """An objective for the duration of observations."""
    credits: tuple[Credit, ...] = ()
    """What is due when the target is missed; each limit once."""
    revisions: tuple[RevisedTerms, ...] = ()
    """Later terms: each replaces the keys it names, from its start on."""
    closing: Closing | None = None
    """When its periods are closed without anybody's doing; default: as `closing` of the catalogue says."""
    approval: Approval | None = None
    """`required`: its corrections need a second person, `none`: they do not; default: `register.approval`."""


class Correction(Model):
    """What was agreed afterwards about a stretch of time (ACCOUNTING.md 6)."""

    agreement: str
    """The agreement's id; its figures change, the facts stay."""
    kind: CorrectionKind
    """What becomes of the time: left out (`exclude`), or counted as `up` or `down`."""
    start: InstantMs
    """When the corrected time begins."""
    end: InstantMs
    """When it ends; after `start`."""
    author: Name
    """Who entered it."""
    reason: str = Field(min_length=1)
    """Why, in a sentence."""
    entered: InstantMs
    """When it was entered; of two corrections of one time the later entered holds."""
    cause: CorrectionCause = CorrectionCause.OTHER
    """What was behind it."""
    ticket: str | None = None
    """A ticket in which more is written."""
    revoked: InstantMs | None = None
    """From when on it no longer holds; default: it holds."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise mistaken("an end that is not after start", "a later time", "end")
        return self
