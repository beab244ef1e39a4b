"""The recent probes and their logs. Failures are kept longer than successes."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

LONGEST_LOG = 256 * 1024


@dataclass(frozen=True, slots=True)
class Recent:
    """One probe that was made."""

    id: int
    module: str
    target: str
    success: bool
    log: str


class History:
    """The last `limit` probes, and as many failures from before them."""

    def __init__(self, limit: int) -> None:
        self._recent: deque[Recent] = deque()
        self._failures: deque[Recent] = deque(maxlen=limit)
        self._limit = limit
        self._next = 0

    def add(self, module: str, target: str, success: bool, log: str) -> int:
        """Keep one; gives its id."""
        recent = Recent(self._next, module, target, success, log[:LONGEST_LOG])
        self._next += 1
        self._recent.append(recent)
        if len(self._recent) > self._limit:
            oldest = self._recent.popleft()
            if not oldest.success:
                self._failures.append(oldest)
        return recent.id

    def newest_first(self) -> list[Recent]:
        """All that are kept."""
        return [*reversed(self._recent), *reversed(self._failures)]

    def by_id(self, number: int) -> Recent | None:
        """That one, if it is kept."""
        return next((recent for recent in self._all() if recent.id == number), None)

    def of_target(self, target: str, module: str) -> Recent | None:
        """The oldest that is kept of a target, and of a module where one is named."""
        fitting = (r for r in self._all() if r.target == target and module in ("", r.module))
        return next(fitting, None)

    def _all(self) -> Iterator[Recent]:
        return chain(self._failures, self._recent)
