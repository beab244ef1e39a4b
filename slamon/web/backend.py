"""What the web floor needs of the running system; `slamon.monitor` provides it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What `/probe` or `/logs` answers: metrics, or a text."""

    body: bytes
    status: int
    is_metrics: bool


class ProbeBackend(Protocol):
    """Probes that are asked for, in the way of the blackbox exporter."""

    async def probe(self, words: Mapping[str, str], within: str | None) -> ProbeAnswer:
        """`words`: target, module, hostname, debug. `within`: the scrape's timeout, as its header says."""
        ...

    def log(self, words: Mapping[str, str]) -> ProbeAnswer:
        """The log of a recent probe; `words`: id, or target and module."""
        ...

    def config(self) -> str:
        """The modules in YAML, without secrets."""
        ...

    def recent(self) -> Sequence[Mapping[str, Any]]:
        """The recent probes, newest first: id, module, target, success."""
        ...


class Backend(Protocol):
    """The running system as its pages and interfaces see it. Nothing here blocks the loop for more than 20 ms.

    Raises `slamon.errors.UsageError` for questions that cannot be answered (400) and `SlamonError` else (500).
    """

    def ready(self) -> str | None:
        """None when figures can be had; otherwise a sentence that says what is missing."""
        ...

    async def reload(self) -> None:
        """Load the catalogue anew. ConfigurationError with every problem where it is wrong; nothing changes then."""
        ...

    def metrics(self, groups: frozenset[str], *, openmetrics: bool) -> AsyncIterator[bytes]:
        """The exposition in pieces; `groups` of check, service, agreement, desk, own; empty: all of them.

        UsageError at the first step for a group that does not exist.
        """
        ...

    async def status(self) -> dict[str, Any]:
        """What `/api/status` answers."""
        ...

    async def figures(self, question: dict[str, str]) -> dict[str, Any]:
        """What `/api/figures` answers; keys of the question: agreement, service, period, at."""
        ...

    async def report(self, digest: str, code: int | None, duration_ms: int | None, words: str) -> bool:
        """A job reports its end with `code` (0: well), None: its start. False where no job has this token.

        `digest`: the token's SHA-256, hexadecimal. Gives back once the report is stored; LedgerError if it is not.
        """
        ...

    async def observations(self, value: object) -> dict[str, Any]:
        """Take what another system observed, as it was in the JSON: gives accepted, duplicates and rejected.

        Gives back once they are stored; LedgerError if not. UsageError, perhaps with `problems`: nothing was taken.
        """
        ...

    async def alerts(self, value: object) -> dict[str, Any]:
        """Keep what a notification of Alertmanager tells. UsageError where it is none, LedgerError if not kept."""
        ...

    async def complaints(self, digest: str, value: object) -> dict[str, Any] | None:
        """Enter complaints that a program posts, as they were in the JSON. None where nobody has this token.

        `digest`: the token's SHA-256, hexadecimal. Gives back once they are stored; UsageError, perhaps with
        `problems`: nothing was entered; LedgerError if not stored.
        """
        ...

    async def enter(self, value: object) -> dict[str, Any]:
        """Put something into the register, as it was in the JSON; gives the entries' numbers and time.

        Gives back once it is stored and accounted; UsageError where it makes no sense, LedgerError if not stored.
        """
        ...

    async def deliver(self, report: str, period: str) -> dict[str, Any]:
        """Make and deliver a scheduled report now; gives by end why it failed, None where it is delivered.

        UsageError where no such report is scheduled.
        """
        ...

    async def backup(self, file: Path) -> None:
        """Write a whole, consistent copy of the ledger."""
        ...

    def overview(self) -> dict[str, Any]:
        """What the landing page shows: version, started_ms, config, checks, services, agreements, warnings."""
        ...
