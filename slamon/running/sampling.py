"""What the exposition shows, read from figures, tallies and totals at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import starmap
from typing import Any

from slamon.accounting import Revision, State, Verdict
from slamon.catalogue import Catalogue, CheckModel, Service
from slamon.export.samples import (
    ActionsSample,
    AgreementSample,
    CheckSample,
    ComplaintsSample,
    Durations,
    SatisfactionSample,
    ServiceSample,
)
from slamon.figures import Figures
from slamon.probes.outcome import Outcome
from slamon.running.closings import none_closed
from slamon.running.counting import DeskSamples
from slamon.running.tallies import Tallies
from slamon.running.totals import Totals

SEVERAL, NOBODY = "several", "none"
"""Stand for the customers of a service that is owed to more than one, and of one that is owed to none."""


@dataclass(slots=True)
class Newest:
    """The newest outcome of each check, for display; empty after a start."""

    outcomes: dict[str, tuple[int, Outcome]] = field(default_factory=dict)

    def put(self, check: str, at: int, outcome: Outcome) -> None:
        """One more outcome; where nobody measured, the duration known so far stays.

        A name server's whole answer is not kept, it may be long.
        """
        before = self.outcomes.get(check)
        if outcome.duration_us is None and before is not None:
            outcome = replace(outcome, duration_us=before[1].duration_us)
        self.outcomes[check] = (at, outcome if outcome.dns is None else replace(outcome, dns=None))

    def keep(self, catalogue: Catalogue) -> None:
        """Forget checks that are no more."""
        self.outcomes = {check: seen for check, seen in self.outcomes.items() if check in catalogue.checks}


def check_state(figures: Figures, check: str, now: int) -> State | None:
    """What a check is accounted as; a steady one is told without asking the book. The book is refreshed up to `now`."""
    history = figures.histories[check]
    if history.verdict is not Verdict.DOWN and history.steady_since(now) is not None:
        return State(history.verdict.value) if history.verdict is not None else None
    return figures.book.check_state(check, now)


class Sampling:
    """A `slamon.export.samples.Source` at the instant `now`, up to which the figures are refreshed."""

    def __init__(
        self,
        figures: Figures,
        tallies: Tallies,
        totals: Totals,
        newest: Newest,
        now: int,
        closed: Mapping[str, Mapping[str, int]] | None = None,
        desk: DeskSamples | None = None,
    ) -> None:
        """`closed`: how many closed periods of an agreement are in each state; None: nothing is said of that.

        `desk`: what people entered, counted; None: nothing is said of that.
        """
        self._figures = figures
        self._catalogue = figures.catalogue
        self._tallies = tallies
        self._totals = totals
        self._newest = newest
        self._now = now
        self._closed = closed
        self._desk = desk or DeskSamples()

    def check_samples(self) -> Iterator[CheckSample]:
        """See `Source`."""
        return map(self._check, self._catalogue.checks.values())

    def _check(self, check: CheckModel) -> CheckSample:
        tally = self._tallies.of(check.id)
        seen = self._newest.outcomes.get(check.id)
        outcome = None if seen is None else seen[1]
        durations = None
        if tally.bounds_us:
            durations = Durations(tally.bounds_us, tally.durations, tally.sum_us)
        return CheckSample(
            service=check.service,
            check=check.name,
            kind=check.kind,
            target=check.target,
            state=check_state(self._figures, check.id, self._now),
            observations=tally.observations,
            degraded=tally.degraded,
            failures=tally.failures,
            reasons=tally.reasons,
            created_ms=tally.since,
            last_ms=self._figures.histories[check.id].newest,
            duration_us=None if outcome is None else outcome.duration_us,
            phases_us=None if outcome is None else outcome.phases,
            certificate_expiry_s=None if outcome is None else outcome.certificate_expiry,
            soa_serial=None if outcome is None else outcome.soa_serial,
            durations=durations,
        )

    def service_samples(self) -> Iterator[ServiceSample]:
        """See `Source`."""
        return map(self._service, self._catalogue.services.values())

    def _service(self, service: Service) -> ServiceSample:
        total = self._totals.outages.get(service.id)
        state = self._figures.book.service_state(service.id, self._now)
        customers = self._catalogue.customers_of.get(service.id, ())
        return ServiceSample(
            service=service.id,
            name=service.title,
            team=service.team or "",
            state=state,
            since_ms=self._figures.book.service_since(service.id, self._now),
            outages=0 if total is None else total.count,
            created_ms=None if total is None else total.since,
            customer=customers[0] if len(customers) == 1 else SEVERAL if customers else NOBODY,
            depends_on=tuple(dict.fromkeys(name for group in service.depends_on for name in group)),
            cause=self._cause(service) if state is State.DOWN else None,
        )

    def _cause(self, service: Service) -> str:
        """The service at the root of an outage: the first that it stands on and that is down, and so on."""
        for group in service.depends_on:
            states = {name: self._figures.book.service_state(name, self._now) for name in group}
            if all(state is State.DOWN for state in states.values()):
                return self._cause(self._catalogue.services[group[0]])
        return service.id

    def agreement_samples(self) -> Iterator[AgreementSample]:
        """See `Source`."""
        agreements = self._figures.book.agreements.values()
        return starmap(self._agreement, [(a.id, service) for a in agreements for service in a.services])

    def _agreement(self, agreement: str, service: str) -> AgreementSample:
        book, now = self._figures.book, self._now
        revision = book.revision_at(agreement, now) or book.agreements[agreement].revisions[-1]
        accounted = self._totals.accounted(agreement, service)
        in_service, in_maintenance = book.in_service(agreement, service, now)
        team = self._catalogue.services[service].team
        return AgreementSample(
            agreement=agreement,
            service=service,
            **self._customer(agreement),
            team=team or "",
            **_terms(revision),
            current=book.current(agreement, service, now),
            previous=book.previous(agreement, service, now),
            windows=book.windows(agreement, service, now),
            thresholds=book.thresholds(agreement, service, now),
            in_service=in_service,
            in_maintenance=in_maintenance,
            accounted=None if accounted is None else accounted[0],
            created_ms=None if accounted is None else accounted[1],
            end_ms=book.agreements[agreement].revisions[-1].valid_until,
            closed=self._closed_of(agreement) if service == book.agreements[agreement].services[0] else None,
        )

    def _closed_of(self, agreement: str) -> Mapping[str, int] | None:
        return None if self._closed is None else self._closed.get(agreement, none_closed())

    def complaints_samples(self) -> Iterator[ComplaintsSample]:
        """See `Source`."""
        return iter(self._desk.complaints)

    def satisfaction_samples(self) -> Iterator[SatisfactionSample]:
        """See `Source`."""
        return iter(self._desk.satisfaction)

    def actions_samples(self) -> Iterator[ActionsSample]:
        """See `Source`."""
        return iter(self._desk.actions)

    def _customer(self, agreement: str) -> dict[str, Any]:
        key = self._catalogue.agreements[agreement].customer
        customer = self._catalogue.customers[key]
        return {"customer": key, "customer_name": customer.name, "customer_kind": customer.kind.value}


def _terms(revision: Revision) -> dict[str, Any]:
    return {
        "period": revision.period.value,
        "service_hours": "24x7" if revision.hours is None else revision.hours.id,
        "timezone": revision.zone,
        "revision": revision.number,
        "min_coverage": revision.rules.min_coverage,
    }
