"""What the web floor asks of the running system."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

import slamon
from slamon import shown
from slamon.accounting import Verdict
from slamon.catalogue import CheckModel, Service
from slamon.clock import Clock
from slamon.errors import UsageError
from slamon.export.own import Own
from slamon.export.text import render
from slamon.figures import Figures
from slamon.ledger import Ledger, Mark, backup
from slamon.ledger.notices import notices
from slamon.ledger.register import corrections
from slamon.running.arrivals import Arrivals
from slamon.running.chunks import TURN_S, in_turns
from slamon.running.closings import counted
from slamon.running.desk import RunningDesk
from slamon.running.entering import enter
from slamon.running.entering.importing import sender_rows
from slamon.running.heartbeats import Report
from slamon.running.keeper import Keeper
from slamon.running.notices import parsed
from slamon.running.sampling import Newest, Sampling, check_state
from slamon.running.stored import figures_of

log = structlog.get_logger()


class Live(Protocol):
    """The running system, as far as its answers need it."""

    clock: Clock
    own: Own
    figures: Figures
    keeper: Keeper
    newest: Newest
    arrivals: Arrivals
    ledger: Ledger
    refreshing: asyncio.Lock
    started_ms: int
    since: int
    marks: Sequence[Mark]
    closed: Mapping[str, Mapping[str, int]]
    desk: RunningDesk

    async def refresh(self) -> int:
        """Bring the figures up to now; gives the instant."""
        ...


class Answers:
    """A `slamon.web.backend.Backend`."""

    def __init__(self, live: Live, load: Callable[[], Awaitable[None]]) -> None:
        """`load`: loads the catalogue anew and puts it in force."""
        self._live = live
        self._load = load
        self.by_hand: Callable[[str, str], Awaitable[Mapping[str, str | None]]] | None = None
        """Makes and delivers a scheduled report now; None: nothing is scheduled here."""
        self.is_ready = False

    def ready(self) -> str | None:
        """See `Backend`."""
        return None if self.is_ready else "the first account is not computed yet"

    async def reload(self) -> None:
        """See `Backend`."""
        await self._load()

    async def report(self, digest: str, code: int | None, duration_ms: int | None, words: str) -> bool:
        """See `Backend`."""
        return await self._live.arrivals.report(digest, Report(code, duration_ms, words))

    async def observations(self, value: object) -> dict[str, Any]:
        """See `Backend`."""
        return await self._live.arrivals.push(value)

    async def alerts(self, value: object) -> dict[str, Any]:
        """See `Backend`. They are kept by the one who writes, before anybody is told so."""
        live = self._live
        told = parsed(value, live.figures.catalogue.services, live.clock.now())
        await asyncio.wrap_future(live.ledger.note(told))
        return {"kept": len(told)}

    async def metrics(self, groups: frozenset[str], *, openmetrics: bool) -> AsyncIterator[bytes]:
        """See `Backend`. The pieces are made under the lock and given away after it: a slow reader holds up nobody."""
        live = self._live
        async with live.refreshing:
            now = await self._refreshed()
            live.own.ledger_size(live.ledger.size())
            tallies, totals, desk = live.keeper.tallies, live.keeper.totals, live.desk.samples
            source = Sampling(live.figures, tallies, totals, live.newest, now, live.closed, desk)
            pieces: list[bytes] = []
            end = time.perf_counter() + TURN_S
            for piece in render(source, live.own, groups, openmetrics=openmetrics):
                pieces.append(piece)
                if time.perf_counter() >= end:
                    await asyncio.sleep(0)
                    end = time.perf_counter() + TURN_S
        for piece in filter(None, pieces):
            yield piece

    async def _refreshed(self) -> int:
        """The instant up to which figures are told; where accounting is broken, all else is told still."""
        try:
            return await self._live.refresh()
        except Exception:
            self._live.own.component_error("account")
            log.exception("figures could not be brought up to date")
            return self._live.clock.now()

    async def status(self) -> dict[str, Any]:
        """See `Backend`."""
        live = self._live
        async with live.refreshing:
            now = await live.refresh()
            services: list[dict[str, Any]] = []
            await in_turns(self._services(services, now))
            agreements = await self._figures({}, now)
        error = live.keeper.error
        return {
            "at": _instant(now),
            "at_ms": now,
            "services": services,
            "agreements": agreements["figures"],
            "local_fault": live.own.in_local_fault,
            "storing": error is None,
            "storing_error": None if error is None else str(error),
            "warnings": live.figures.catalogue.warnings,
            "marks": [
                {"kind": mark.kind, "start_ms": mark.start, "end_ms": mark.end, "words": mark.words}
                for mark in live.marks
            ],
        }

    def _services(self, into: list[dict[str, Any]], now: int) -> Iterator[None]:
        for service in self._live.figures.catalogue.services.values():
            into.append(self._service(service, now))
            yield

    def _service(self, service: Service, now: int) -> dict[str, Any]:
        return {
            "service": service.id,
            "name": service.title,
            "state": self._live.figures.book.service_state(service.id, now).value,
            "since_ms": self._live.figures.book.service_since(service.id, now),
            "checks": [self._check(check, now) for check in service.checks.values()],
        }

    def _check(self, check: CheckModel, now: int) -> dict[str, Any]:
        seen = self._live.newest.outcomes.get(check.id)
        duration = None if seen is None else seen[1].duration_us
        state = check_state(self._live.figures, check.id, now)
        return {
            "check": check.name,
            "kind": check.kind,
            "target": check.target,
            "state": None if state is None else state.value,
            "last_ms": self._live.figures.histories[check.id].newest,
            "address": None if seen is None else seen[1].address,
            "duration_ms": None if duration is None else round(duration / 1000, 1),
            "message": None if seen is None or seen[1].verdict is Verdict.UP else seen[1].message,
            **({} if check.probed else {"report": self._live.arrivals.told(check.id)}),
        }

    async def figures(self, question: dict[str, str]) -> dict[str, Any]:
        """See `Backend`. What memory does not reach back to is read from the ledger, in a thread."""
        found = await self._accounted(question)
        services = shown.services_of(found)
        if services:
            until = found["at_ms"] + 1
            shown.put_notices(found, await asyncio.to_thread(notices, self._live.ledger.path, services, until))
        return found

    async def _accounted(self, question: dict[str, str]) -> dict[str, Any]:
        live = self._live
        now = live.clock.now()
        if "at" in question or "as_of" in question:
            at = shown.instant(question.get("at", question.get("as_of", "")), now)
            return await asyncio.to_thread(self._from_ledger, question, at)
        if question.get("period") is not None and self._starts_before(question, live.since):
            return await asyncio.to_thread(self._from_ledger, question, now)
        async with live.refreshing:
            now = await live.refresh()
            return await self._figures(question, now)

    def _starts_before(self, question: dict[str, str], since: int) -> bool:
        figures = self._live.figures
        named = [question["agreement"]] if "agreement" in question else list(figures.book.agreements)
        known = [agreement for agreement in named if agreement in figures.book.agreements]
        return any(figures.period(agreement, question["period"]).start < since for agreement in known)

    def _from_ledger(self, question: dict[str, str], at: int) -> dict[str, Any]:
        live = self._live
        figures, _ = figures_of(live.figures.catalogue, live.ledger.path, question.get("period"), at, running=True)
        if "as_of" in question:
            figures.as_of(shown.parsed_instant(question["as_of"]))
        return shown.answer(figures, at, **_asked(question))

    async def _figures(self, question: dict[str, str], now: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        await in_turns(shown.answer_steps(found, self._live.figures, now, **_asked(question)))
        return found

    async def complaints(self, digest: str, value: object) -> dict[str, Any] | None:
        """See `Backend`."""
        catalogue = self._live.figures.catalogue
        sender = catalogue.registering.sender(digest)
        return None if sender is None else await self.enter(sender_rows(catalogue, sender, value))

    async def enter(self, value: object) -> dict[str, Any]:
        """See `Backend`."""
        live = self._live
        catalogue, now = live.figures.catalogue, live.clock.now()
        entered = await asyncio.to_thread(enter, catalogue, live.ledger, value, now, running=True)
        async with live.refreshing:
            entries = await asyncio.wrap_future(live.ledger.entries())
            corrected, live.closed = await asyncio.to_thread(lambda: (corrections(entries), counted(entries)))
            live.figures.correct(corrected)
        await live.desk.take(entries)
        return entered.told()

    async def deliver(self, report: str, period: str) -> dict[str, Any]:
        """See `Backend`."""
        if self.by_hand is None:
            raise UsageError("slamon runs without a catalogue: no report is scheduled")
        return {"failures": dict(await self.by_hand(report, period))}

    async def backup(self, file: Path) -> None:
        """See `Backend`."""
        if not file.is_absolute():
            raise UsageError(f"{file} is no whole path: give the file with its folder, from the root on")
        await asyncio.to_thread(backup, self._live.ledger.path, file)

    def overview(self) -> dict[str, Any]:
        """See `Backend`."""
        catalogue = self._live.figures.catalogue
        return {
            "version": slamon.__version__,
            "started_ms": self._live.started_ms,
            "config": ", ".join(str(file) for file in catalogue.files),
            "services": len(catalogue.services),
            "checks": len(catalogue.checks),
            "agreements": len(catalogue.agreements),
            "warnings": catalogue.warnings,
        }


def _asked(question: dict[str, str]) -> dict[str, str | None]:
    return {key: question.get(key) for key in ("agreement", "service", "period")}


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
