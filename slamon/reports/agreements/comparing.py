"""Two revisions of an agreement side by side, and what is said of their differences."""

from collections.abc import Iterator
from dataclasses import dataclass

from slamon.catalogue import Catalogue
from slamon.errors import UsageError
from slamon.reports.agreements.differing import Change, changes
from slamon.reports.agreements.parties import moment
from slamon.reports.agreements.subject import Subject, numbered, subjects
from slamon.reports.agreements.writing import text
from slamon.reports.document import Cell, Count, Said, Text, say

_EDGES = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Pair:
    """The old and the new one; one of them may be missing. `dated`: the change is from a date on, not at once."""

    old: Subject | None
    new: Subject | None
    dated: bool

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs; everything where one is missing."""
        return changes(() if self.old is None else text(self.old), () if self.new is None else text(self.new))

    @property
    def subject(self) -> Subject:
        """The new one where there is one."""
        found = self.new or self.old
        assert found is not None
        return found

    def heading(self) -> Said:
        """Which revisions these are."""
        number = Count(self.subject.stage.number)
        if self.old is None or self.new is None:
            return say("change.only_new" if self.old is None else "change.only_old", n=number)
        if not self.dated:
            return say("change.revision", n=number, day=start_of(self.new))
        agreement, old = Text(self.new.id), Count(self.old.stage.number)
        return say("change.revisions", agreement=agreement, old=old, new=number, day=start_of(self.new))

    def lines(self) -> Iterator[Said]:
        """A sentence for each term that differs; none where one of the two is missing."""
        if self.old is None or self.new is None:
            return
        for change in self.changes:
            before, after = change.cells
            if self.dated and change.key not in _EDGES:
                day = start_of(self.new)
                yield say("change.from", label=change.label, before=before, after=after, day=day)
            else:
                yield say("change.plain", label=change.label, before=before, after=after)


def start_of(subject: Subject) -> Cell:
    """From when on a revision holds."""
    start = subject.stage.start
    return say("valid.always") if start is None else moment(start, subject.zone)


def nothing() -> Said:
    """What is said where nothing differs."""
    return say("change.none")


def revisions(catalogue: Catalogue, agreement: str, first: int | None, last: int | None) -> Pair:
    """The two that are named; without names the last two. UsageError where there are no two."""
    count = len(subjects(catalogue, agreement))
    if count < 2 and first is None and last is None:
        raise UsageError(f"the agreement {agreement} has one revision: compare it with --against FILE")
    if last is None:
        last = count if first is None else min(first + 1, count)
    first = first if first is not None else max(last - 1, 1)
    return Pair(numbered(catalogue, agreement, first), numbered(catalogue, agreement, last), dated=first < last)


def catalogues(before: Catalogue, now: Catalogue, agreement: str) -> Iterator[Pair]:
    """Every revision beside the one of the same number. UsageError where the agreement was not there before."""
    if agreement not in before.agreements:
        raise UsageError(f"the catalogue of --against has no agreement {agreement!r}: all of it is new")
    old, new = subjects(before, agreement), subjects(now, agreement)
    for place in range(max(len(old), len(new))):
        sides = [side[place] if place < len(side) else None for side in (old, new)]
        yield Pair(sides[0], sides[1], dated=False)
