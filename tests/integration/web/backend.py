"""A running system of words, for the pages to show."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from slamon.errors import UsageError

GROUPS = {"check", "service", "agreement", "desk", "own"}


class FakeBackend:
    """A `slamon.web.backend.Backend` whose answers a test sets."""

    def __init__(self) -> None:
        self.missing: str | None = None
        self.problem: Exception | None = None
        self.held: asyncio.Event | None = None
        self.asked = asyncio.Event()
        self.pieces: list[bytes] = [b"# TYPE a gauge\n", b"a 1\n"]
        self.reloads = 0
        self.questions: list[dict[str, str]] = []
        self.entered: list[object] = []
        self.backups: list[Path] = []
        self.tokens: set[str] = set()
        self.reports: list[tuple[int | None, int | None, str]] = []
        self.pushed: list[object] = []
        self.outages: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        self.words: dict[str, Any] = {
            "version": "0.1.0",
            "started_ms": 1_767_225_600_000,
            "config": "/etc/slamon/slamon.yml",
            "services": 3,
            "checks": 7,
            "agreements": 2,
            "warnings": [],
        }

    def ready(self) -> str | None:
        return self.missing

    async def reload(self) -> None:
        if self.problem is not None:
            raise self.problem
        self.reloads += 1

    async def metrics(self, groups: frozenset[str], *, openmetrics: bool) -> AsyncIterator[bytes]:
        for group in sorted(groups - GROUPS):
            raise UsageError(f"no group {group!r}: there are agreement, check, own, service")
        self.asked.set()
        if self.held is not None:
            await self.held.wait()
        yield f"# groups {','.join(sorted(groups))}\n".encode()
        for piece in self.pieces:
            yield piece
        if openmetrics:
            yield b"# EOF\n"

    async def status(self) -> dict[str, Any]:
        return {"at": "2026-01-01T00:00:00.000Z", "services": [{"service": "shop", "name": "Händler"}, {}], "none": []}

    async def figures(self, question: dict[str, str]) -> dict[str, Any]:
        self.questions.append(question)
        if question.get("period") == "2026-13":
            raise UsageError("no period '2026-13': a month is 01 to 12")
        return {"figures": [{"agreement": "gold", "service": "shop", "outages": self.outages}]}

    async def report(self, digest: str, code: int | None, duration_ms: int | None, words: str) -> bool:
        if self.problem is not None:
            raise self.problem
        if digest not in self.tokens:
            return False
        self.reports.append((code, duration_ms, words))
        return True

    async def alerts(self, value: object) -> dict[str, Any]:
        if self.problem is not None:
            raise self.problem
        self.pushed.append(value)
        return {"kept": 1}

    async def observations(self, value: object) -> dict[str, Any]:
        if self.problem is not None:
            raise self.problem
        self.pushed.append(value)
        return {"accepted": 1, "duplicates": 0, "rejected": self.rejected}

    async def complaints(self, digest: str, value: object) -> dict[str, Any] | None:
        if self.problem is not None:
            raise self.problem
        if digest not in self.tokens:
            return None
        self.entered.append(value)
        return {"entries": [1], "entered_ms": 0}

    async def enter(self, value: object) -> dict[str, Any]:
        self.entered.append(value)
        return {"entries": [1], "entered_ms": 0}

    async def deliver(self, report: str, period: str) -> dict[str, Any]:
        return {"failures": {"folder": f"{report} {period}"}}

    async def backup(self, file: Path) -> None:
        self.backups.append(file)

    def overview(self) -> dict[str, Any]:
        return self.words
