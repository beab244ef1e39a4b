"""The one reader: a catalogue and facts in, figures out. Metric, page, report and command all show these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slamon.accounting.book import Book
from slamon.accounting.facts import Blind, Cause, Observation, Run
from slamon.accounting.faults import FaultTracker
from slamon.accounting.figure import Figure, Period, WindowFigure
from slamon.accounting.history import CheckHistory
from slamon.accounting.latency import Histogram, QuarterCounts, SettledCounts
from slamon.accounting.periods import parse_period
from slamon.accounting.plan import known_before
from slamon.accounting.terms import CheckTerms, Correction, Membership, ServiceTerms, Stint
from slamon.catalogue import Catalogue, terms
from slamon.errors import UsageError


@dataclass(slots=True)
class Facts:
    """What is stored: runs, the newest observations as they came, blind stretches, durations, stints, register."""

    runs: Mapping[str, Sequence[Run]] = field(default_factory=dict)
    tails: Mapping[str, Sequence[Observation]] = field(default_factory=dict)
    blinds: Sequence[Blind] = ()
    quarters: Mapping[str, Mapping[int, Histogram]] = field(default_factory=dict)
    settled: Mapping[str, SettledCounts] = field(default_factory=dict)
    stints: Mapping[str, Sequence[Stint]] = field(default_factory=dict)
    corrections: Sequence[Correction] = ()


def thresholds_of(catalogue: Catalogue) -> tuple[int, ...]:
    """Every agreed latency threshold in microseconds: these are counted exactly."""
    agreed = {
        revision.latency.threshold_us
        for agreement in terms.agreement_terms(catalogue)
        for revision in agreement.revisions
        if revision.latency is not None
    }
    return tuple(sorted(agreed))


def _reference_of(catalogue: Catalogue) -> tuple[object, ...]:
    """What makes the reference targets what they are."""
    reference = catalogue.reference
    return () if reference is None else (reference.quorum, *(check.fingerprint() for check in reference.checks))


def _confirmed(terms_: CheckTerms, confirm: int | None, flapping: int | None) -> CheckTerms:
    return replace(
        terms_,
        confirm=terms_.confirm if confirm is None else confirm,
        flapping=terms_.flapping if flapping is None else flapping,
    )


class Figures:
    """Everything that is known, as figures. Mutable; facts are told by `take`, `blind` and `leave`."""

    def __init__(
        self,
        catalogue: Catalogue,
        facts: Facts,
        *,
        histories: Mapping[str, CheckHistory] | None = None,
        faults: FaultTracker | None = None,
    ) -> None:
        """`histories` and `faults`: those of a predecessor (a reload), which then hold the facts instead of `facts`."""
        self.catalogue = catalogue
        self.stints: dict[str, list[Stint]] = {check: list(stints) for check, stints in facts.stints.items()}
        self.registered = tuple(facts.corrections)
        self.blinds = [blind for blind in facts.blinds if blind.cause is not Cause.LOCAL_FAULT]
        self._stored_faults = [blind for blind in facts.blinds if blind.cause is Cause.LOCAL_FAULT]
        self.references = [check.id for check in catalogue.reference.checks] if catalogue.reference else []
        self.faults = faults or self._fault_tracker(facts)
        self.histories = dict(histories or {})
        self._make_histories(facts)
        self.book = self._make_book()

    def _fault_tracker(self, facts: Facts) -> FaultTracker | None:
        agreed = terms.reference_terms(self.catalogue)
        if agreed is None:
            return None
        tracker = FaultTracker(agreed, self.references)
        tails = [observation for check in self.references for observation in facts.tails.get(check, ())]
        for observation in sorted(tails, key=lambda o: o.at):
            tracker.add(observation)
        return tracker

    def _make_histories(self, facts: Facts) -> None:
        thresholds = thresholds_of(self.catalogue)
        for check in {*self.catalogue.checks, *facts.runs, *facts.tails, *self.stints} - set(self.references):
            if check not in self.histories:
                latency = QuarterCounts(thresholds, facts.quarters.get(check), facts.settled.get(check))
                ends = [stint.until for stint in self.stints.get(check, ()) if stint.until is not None]
                self.histories[check] = CheckHistory(
                    check, facts.runs.get(check, ()), facts.tails.get(check, ()), self.all_blinds(), latency, ends
                )
            counts = self.histories[check].latency
            counts.thresholds = tuple(sorted({*counts.thresholds, *thresholds}))

    def _members(self, check: str) -> list[Membership]:
        """When a check was one of its service's: as the configuration says, else as loads brought and removed it."""
        model = self.catalogue.checks.get(check)
        stints = self.stints.get(check, [])
        if model is None:
            return [Membership(check, stint.since, stint.until) for stint in stints]
        if model.since is not None or model.until is not None or not stints:
            return [Membership(check, model.since, model.until)]
        return [Membership(check, stint.since, stint.until) for stint in stints]

    def _make_book(self) -> Book:
        gone: dict[str, list[str]] = {}
        for check, stints in self.stints.items():
            if check not in self.catalogue.checks:
                gone.setdefault(stints[-1].service, []).append(check)
        checks = {check: stints[-1].terms for check, stints in self.stints.items() if stints}
        checks |= {check.id: terms.check_terms(check) for check in self.catalogue.checks.values()}
        return Book(
            checks,
            [self._service(service, gone.get(service, ())) for service in self.catalogue.services],
            terms.agreement_terms(self.catalogue),
            (*self.registered, *terms.corrections(self.catalogue)),
            {check: history for check, history in self.histories.items() if check in checks},
            self.all_blinds(),
            faults=self.faults,
        )

    def _service(self, service_id: str, gone: Iterable[str]) -> ServiceTerms:
        """`gone`: the checks that it had once."""
        service = self.catalogue.services[service_id]
        members = [m for check in (*(c.id for c in service.checks.values()), *gone) for m in self._members(check)]
        return terms.service_terms(service, members)

    # -- being told

    def all_blinds(self) -> list[Blind]:
        """Every blind stretch: those stored, and the local faults as they are known now."""
        live = self.faults.faults() if self.faults is not None else []
        return [*self.blinds, *self._stored_faults, *live]

    def take(self, observation: Observation) -> bool:
        """One more observation; False when it was rejected because it is not the newest one of its check."""
        if observation.check in self.references:
            assert self.faults is not None
            if self.faults.add(observation) is not None:
                self.book.set_blinds(self.all_blinds())
            return True
        changed = self.histories[observation.check].append(observation)
        if changed is None:
            return False
        self.book.touched(observation.check, changed)
        return True

    def blind(self, blind: Blind) -> None:
        """A stretch in which slamon could not see."""
        self.blinds.append(blind)
        self.book.set_blinds(self.all_blinds())

    def correct(self, registered: Iterable[Correction]) -> None:
        """The register's corrections as they are now; those of the files stay."""
        self.registered = tuple(registered)
        self.book.set_corrections((*self.registered, *terms.corrections(self.catalogue)))

    def as_of(self, at: int) -> None:
        """Use only the corrections that were entered before an instant (ms), and no later revocation."""
        self.book.set_corrections(known_before(self.book.corrections, at))

    def known_faults(self, before: int) -> list[Blind]:
        """The local faults that began before an instant, up to it: what is to be stored beside runs folded so far."""
        live = self.faults.faults() if self.faults is not None else []
        return [replace(fault, end=min(fault.end, before)) for fault in live if fault.start < before]

    def latest(self) -> int | None:
        """The last instant that facts are dated; what a local fault may yet cover is none."""
        newest = (h.newest for h in self.histories.values() if h.newest is not None)
        return max((*newest, *(blind.end for blind in (*self.blinds, *self._stored_faults))), default=None)

    def succeeded(
        self,
        catalogue: Catalogue,
        stints: Mapping[str, Sequence[Stint]],
        tails: Mapping[str, Sequence[Observation]],
        now: int,
    ) -> "Figures":
        """Figures under another catalogue, with the same facts. `tails`: of the reference targets.

        The histories are shared: this one is not to be told anything any more.
        """
        same = _reference_of(catalogue) == _reference_of(self.catalogue)
        live = self.faults.faults() if self.faults is not None and not same else []
        blinds = [*self.blinds, *self._stored_faults, *(replace(f, end=min(f.end, now)) for f in live if f.start < now)]
        facts = Facts(blinds=blinds, stints=stints, corrections=self.registered, tails=tails if same else {})
        return Figures(catalogue, facts, histories=self.histories, faults=self.faults if same else None)

    def under(
        self, catalogue: Catalogue, *, confirm: int | None = None, flapping: int | None = None, registered: bool = True
    ) -> "Figures":
        """The same facts under other terms, to be asked beside this one: neither is to be told anything any more.

        `confirm`, `flapping`: of checks that are gone too, None: as they were; `registered`: with the register's
        corrections.
        """
        stints = {
            check: [replace(stint, terms=_confirmed(stint.terms, confirm, flapping)) for stint in stints]
            for check, stints in self.stints.items()
        }
        facts = Facts(
            blinds=[*self.blinds, *self._stored_faults],
            stints=stints,
            corrections=self.registered if registered else (),
        )
        return Figures(catalogue, facts, histories=self.histories, faults=self.faults)

    def end(self, check: str, at: int) -> None:
        """The check was removed: it vouches for nothing from `at` on."""
        changed = self.histories[check].end(at)
        if changed is not None and check in self.book.checks:
            self.book.touched(check, changed)

    def set_back(self, now: int, tails: Mapping[str, Sequence[Observation]]) -> list[str]:
        """The clock was set back to `now`: sets later facts aside; gives the checks that had any.

        `tails`: what is left of the newest probes of the reference targets; the local faults are told by these again.
        """
        if self.faults is not None:
            begin = max((tail[0].at for tail in tails.values() if tail), default=now)
            self._stored_faults += [replace(f, end=min(f.end, begin)) for f in self.faults.faults() if f.start < begin]
            self.faults = self.book.faults = self._fault_tracker(Facts(tails=tails))
        found = []
        for check, history in self.histories.items():
            changed = history.set_aside(now)
            if changed is not None:
                found.append(check)
                if check in self.book.checks:
                    self.book.touched(check, changed)
        self.blinds = [replace(b, end=min(b.end, now)) for b in self.blinds if b.start < now]
        self._stored_faults = [replace(b, end=min(b.end, now)) for b in self._stored_faults if b.start < now]
        self.book.set_blinds(self.all_blinds())
        return found

    # -- asking

    def period_figures(
        self, now: int, *, period: str | None = None, agreement: str | None = None, service: str | None = None
    ) -> Iterator[Figure]:
        """The figures of a named period (None: the running one), agreement by agreement, revision by revision.

        Raises UsageError for an unknown agreement or service and a period that does not exist or has not begun.
        """
        for agreement_id in self._agreements(agreement):
            for service_id in self._services(agreement_id, service):
                yield from self._figures(agreement_id, service_id, period, now)

    def _figures(self, agreement: str, service: str, period: str | None, now: int) -> Iterable[Figure]:
        if period is None:
            figure = self.book.current(agreement, service, now)
            return [] if figure is None else [figure]
        found = self.period(agreement, period)
        if found.start > now:
            raise UsageError(f"the period {period} has not begun")
        return self.book.figures(agreement, service, found, now)

    def period(self, agreement: str, name: str) -> Period:
        """A period by its name in the agreement's zone; UsageError where there is none."""
        zone = self.book.agreements[agreement].revisions[0].zone
        try:
            return parse_period(name, zone)
        except ValueError as error:
            raise UsageError(str(error)) from None

    def _agreements(self, agreement: str | None) -> Sequence[str]:
        known = list(self.book.agreements)
        if agreement is None:
            return known
        if agreement not in known:
            raise UsageError(f"there is no agreement {agreement!r}; there are: {', '.join(known)}")
        return [agreement]

    def _services(self, agreement: str, service: str | None) -> Sequence[str]:
        known = self.book.agreements[agreement].services
        if service is not None and service not in self.catalogue.services:
            raise UsageError(f"there is no service {service!r}; there are: {', '.join(self.catalogue.services)}")
        return [name for name in known if service in (None, name)]

    def windows(self, agreement: str, service: str, now: int) -> dict[str, WindowFigure]:
        """The rolling windows that end now."""
        return self.book.windows(agreement, service, now)
