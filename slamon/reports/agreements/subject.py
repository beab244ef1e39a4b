"""What an agreement's text is about: one revision, and everything that its figures rest on."""

from collections.abc import Iterator
from dataclasses import dataclass

from slamon.accounting import Revision
from slamon.catalogue import Catalogue, CheckModel, Service
from slamon.catalogue.agreements import Agreement
from slamon.catalogue.terms import Stage, revision_terms, stages
from slamon.errors import UsageError
from slamon.shown import instant_text


@dataclass(frozen=True, slots=True)
class Subject:
    """One revision of an agreement: as it is written, and as it is accounted."""

    catalogue: Catalogue
    id: str
    stage: Stage
    terms: Revision

    @property
    def written(self) -> Agreement:
        """The agreement with the terms of this revision."""
        return self.stage.written

    @property
    def zone(self) -> str:
        """In which its times are told."""
        return self.terms.zone

    def services(self) -> Iterator[Service]:
        """The services agreed on, then those that they stand on, each once."""
        waiting, seen = list(self.written.services), dict.fromkeys(self.written.services)
        while waiting:
            service = self.catalogue.services[waiting.pop(0)]
            yield service
            below = [name for group in service.depends_on for name in group if name not in seen]
            waiting += dict.fromkeys(below)
            seen |= dict.fromkeys(below)

    def checks(self) -> Iterator[CheckModel]:
        """Every check that the figures rest on."""
        return (check for service in self.services() for check in service.checks.values())

    def below(self, service: str) -> Iterator[CheckModel]:
        """The checks that one service's state rests on."""
        waiting, seen = [service], {service}
        while waiting:
            here = self.catalogue.services[waiting.pop()]
            yield from here.checks.values()
            below = {name for group in here.depends_on for name in group} - seen
            waiting += below
            seen |= below


def subjects(catalogue: Catalogue, agreement: str) -> tuple[Subject, ...]:
    """Every revision of an agreement, the first one first."""
    return tuple(
        Subject(catalogue, agreement, stage, revision_terms(stage, catalogue))
        for stage in stages(catalogue.agreements[agreement])
    )


def in_force(catalogue: Catalogue, agreement: str, at: int) -> Subject:
    """The revision in force at an instant; before the first one the first, after the last one the last."""
    found = subjects(catalogue, agreement)
    return next((s for s in found if s.stage.end is None or at < s.stage.end), found[-1])


def numbered(catalogue: Catalogue, agreement: str, number: int) -> Subject:
    """A revision by its number; UsageError where there is none."""
    found = subjects(catalogue, agreement)
    if not 1 <= number <= len(found):
        told = ", ".join(f"{s.stage.number} from {_start(s)}" for s in found)
        raise UsageError(f"the agreement {agreement} has no revision {number}; there are: {told}")
    return found[number - 1]


def _start(subject: Subject) -> str:
    return "the beginning" if subject.stage.start is None else instant_text(subject.stage.start)
