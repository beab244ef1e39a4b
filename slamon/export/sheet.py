"""The metrics of one probe, gathered as it goes, and their text."""

from dataclasses import replace

from slamon.export.families import Family
from slamon.export.numbers import number
from slamon.export.page import head, labelled


class Sheet:
    """Families with their values by label values. What was never put on it is absent."""

    def __init__(self) -> None:
        self._values: dict[Family, dict[tuple[str, ...], float]] = {}

    def begin(self, *families: Family) -> None:
        """Families that are there from now on: those without labels as 0, the others once they have a value."""
        for family in families:
            values = self._values.setdefault(family, {})
            if not family.labels:
                values.setdefault((), 0.0)

    def put(self, family: Family, value: float, *labels: str) -> None:
        """Set a value."""
        self._values.setdefault(family, {})[labels] = float(value)

    def add(self, family: Family, value: float, *labels: str) -> None:
        """Add to a value, which begins at 0."""
        values = self._values.setdefault(family, {})
        values[labels] = values.get(labels, 0.0) + float(value)

    def put_labelled(self, family: Family, value: float, labels: dict[str, str]) -> bool:
        """Set a value under labels of its own; False when the family has other labels already."""
        if any(known.name == family.name for known in self._values):
            return False
        names = tuple(sorted(labels))
        self._values[replace(family, labels=names)] = {tuple(labels[name] for name in names): value}
        return True

    def value(self, family: Family, *labels: str) -> float | None:
        """What was put, or None."""
        return self._values.get(family, {}).get(labels)

    def text(self) -> bytes:
        """The plain text format, families by name, series by label values."""
        return b"".join(
            _family(family, values)
            for family, values in sorted(self._values.items(), key=lambda item: item[0].name)
            if values
        )


def _family(family: Family, values: dict[tuple[str, ...], float]) -> bytes:
    lines = [head(family, False)]
    for labels, value in sorted(values.items()):
        lines.append(f"{family.name}{labelled(family.labels, *labels)} {_number(value)}\n".encode())
    return b"".join(lines)


def _number(value: float) -> str:
    """As Go prints it: whole numbers without a fraction."""
    return number(value).removesuffix(".0")
