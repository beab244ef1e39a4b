"""What a metric family is."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The types of families."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Family:
    """One family; `name` is that of its samples in the plain format, a histogram's without `_bucket`."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The name of the family in OpenMetrics: without the suffix that its type gives its samples."""
        return self.name.removesuffix({Kind.COUNTER: "_total", Kind.INFO: "_info"}.get(self.kind, ""))

    @property
    def unit(self) -> str:
        """The unit that the name ends in, or ''."""
        last = self.base.rpartition("_")[2]
        return last if last in ("seconds", "ratio", "bytes") else ""
