"""What two texts of an agreement say differently, term by term."""

from collections.abc import Iterable
from dataclasses import dataclass

from slamon.reports.agreements.clauses import Text, clauses, exactly
from slamon.reports.document import Cell, Column, Said, Table, say


@dataclass(frozen=True, slots=True)
class Change:
    """A term that is otherwise; None: the text does not have it."""

    key: str
    label: Said
    before: Cell | None
    after: Cell | None

    @property
    def cells(self) -> tuple[Cell, Cell]:
        """Both sides, in words where there is nothing."""
        nothing = say("change.nothing")
        return (
            nothing if self.before is None else self.before,
            nothing if self.after is None else self.after,
        )


def changes(old: Text, new: Text) -> tuple[Change, ...]:
    """Every term that differs, in the order of the new text; then those that are gone."""
    before = {clause.key: clause for clause in clauses(old)}
    after = {clause.key: clause for clause in clauses(new)}
    found = [
        Change(key, clause.label, before[key].value if key in before else None, clause.value)
        for key, clause in after.items()
        if key not in before or exactly(before[key].value) != exactly(clause.value)
    ]
    found += [Change(key, clause.label, clause.value, None) for key, clause in before.items() if key not in after]
    return tuple(found)


def change_table(key: str, found: Iterable[Change]) -> Table:
    """The changes as a table."""
    columns = tuple(Column(f"column.{name}", wide=True) for name in ("term", "before", "after"))
    return Table(key, columns, tuple((change.label, *change.cells) for change in found))
