"""What the agreements below a service promise, over a year to come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slamon.accounting import Span
from slamon.accounting.calendar import in_service
from slamon.accounting.promise import Level, either, merged, promised, together
from slamon.catalogue import Catalogue
from slamon.catalogue.agreements import AgreementKind
from slamon.reports.agreements.subject import Subject, subjects

YEAR_MS = 366 * 86_400_000


@dataclass(slots=True)
class Below:
    """The agreements of a catalogue in [start, start + a year), by the service that they are of."""

    catalogue: Catalogue
    start: int
    _levels: dict[str, list[Level]] = field(default_factory=dict)
    _own: dict[str, list[Level]] = field(default_factory=dict)
    _subjects: dict[str, tuple[Subject, ...]] = field(default_factory=dict)
    _serving: dict[tuple[str, int], list[Span]] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """A year later."""
        return self.start + YEAR_MS

    def subjects(self, agreement: str) -> tuple[Subject, ...]:
        """The revisions of an agreement that hold in the year."""
        if agreement not in self._subjects:
            self._subjects[agreement] = tuple(
                one
                for one in subjects(self.catalogue, agreement)
                if (one.stage.end is None or one.stage.end > self.start)
                and (one.stage.start is None or one.stage.start < self.end)
            )
        return self._subjects[agreement]

    def all(self, *kinds: AgreementKind) -> Iterator[Subject]:
        """The revisions of every agreement of these kinds."""
        for name, agreement in self.catalogue.agreements.items():
            if agreement.kind in kinds:
                yield from self.subjects(name)

    def serving(self, subject: Subject) -> list[Span]:
        """When a revision is in service in the year."""
        key = (subject.id, subject.stage.number)
        if key not in self._serving:
            self._serving[key] = in_service(subject.terms, self.start, self.end)
        return self._serving[key]

    def own(self, service: str) -> list[Level]:
        """What its own agreements promise: those of teams and suppliers if any, else those with customers.

        Of several the one that promises most holds.
        """
        if service not in self._own:
            bound = [a for a, agreement in self.catalogue.agreements.items() if service in agreement.services]
            below = [a for a in bound if self.catalogue.agreements[a].kind is not AgreementKind.SLA]
            lists = [promised(self.serving(one), one.terms.target) for a in below or bound for one in self.subjects(a)]
            self._own[service] = merged(lists, max)
        return self._own[service]

    def levels(self, service: str) -> list[Level]:
        """What is promised of a service: by its own agreements, else by what it stands on."""
        if service not in self._levels:
            self._levels[service] = self.own(service) or merged(self.groups(service), together)
        return self._levels[service]

    def groups(self, service: str) -> list[list[Level]]:
        """What is promised of each group that a service stands on; of several services one is enough."""
        return [
            merged([self.levels(name) for name in group], either)
            for group in self.catalogue.services[service].depends_on
        ]

    def hard(self, services: Sequence[str]) -> set[str]:
        """The services themselves and all that they cannot be up without."""
        waiting, seen = list(services), set(services)
        while waiting:
            for group in self.catalogue.services[waiting.pop()].depends_on:
                if len(group) == 1 and group[0] not in seen:
                    seen.add(group[0])
                    waiting.append(group[0])
        return seen
