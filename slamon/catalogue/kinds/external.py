"""The options of an external check: another system observes, and tells what it saw."""

from collections.abc import Mapping
from typing import ClassVar

from slamon.catalogue.base import Name, Options
from slamon.catalogue.quantities import PositiveMs


class ExternalOptions(Options):
    """A check that another system makes: its verdicts come by `POST /api/observations`."""

    probed: ClassVar[bool] = False
    settles: ClassVar[frozenset[str]] = frozenset({"timeout", "retry_interval"})

    source: Name = "external"
    """Who observes, as pages and labels show it."""
    delay: PositiveMs = 600_000
    """An observation may come so long after it was made; one that is older is rejected. Counters lag by as much."""

    @property
    def target(self) -> str:
        """Who observes."""
        return self.source

    def settled(self) -> Mapping[str, int]:
        """See `Options`."""
        return {"timeout_ms": self.delay}
