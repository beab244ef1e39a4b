"""Whatever a running system is told, in whatever order: its figures are those recomputed from the raw observations.

The same is asked of the ledger's file, and no counter falls: over commits, folds, reloads, corrections, local faults,
clocks set back, a disk that takes nothing, clean stops and kills.
"""

import asyncio
import os
import random
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.accounting import Blind, Cause, Observation, Verdict, period_of
from slamon.catalogue import Catalogue, load
from slamon.errors import LedgerError
from slamon.export.own import Own
from slamon.figures import Facts, Figures
from slamon.ledger import Ledger, Stored, read_only
from slamon.monitor import Monitor
from slamon.prober import Delivery
from slamon.probes import Outcome, Reason
from slamon.running.opening import facts_of, horizon, timed_checks

SEEDS = int(os.environ.get("SLAMON_FUZZ_SEEDS", "6"))
START_MS = 1_790_805_000_000  # 2026-09-30T21:50 UTC: a month begins soon
STEPS = 400
CHECKS = ("web/a", "web/b", "db/a", "db/b")
REFERENCES = ("reference/0", "reference/1")


class Hands:
    """A clock whose hands are put."""

    def __init__(self) -> None:
        self.wall, self.steady = START_MS, 1000.0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def pass_by(self, ms: int) -> None:
        self.wall += ms
        self.steady += ms / 1000


@dataclass
class Truth:
    """Everything that was told, as it came."""

    observations: list[Observation] = field(default_factory=list)
    blinds: list[Blind] = field(default_factory=list)

    def set_back(self, now: int) -> None:
        self.observations = [o for o in self.observations if o.at <= now]
        self.blinds = [Blind(b.start, min(b.end, now), b.cause) for b in self.blinds if b.start < now]

    def lose(self, stored: Stored) -> None:
        """After a kill: what was not stored is not known."""
        kept = {(o.check, o.at) for tail in stored.tails.values() for o in tail}
        mark = stored.watermark or 0
        self.observations = [o for o in self.observations if o.at < mark or (o.check, o.at) in kept]

    def facts(self, monitor: Monitor) -> Facts:
        tails: dict[str, list[Observation]] = {}
        for observation in self.observations:
            tails.setdefault(observation.check, []).append(observation)
        return Facts(tails=tails, blinds=self.blinds, stints=monitor.figures.stints)


class World:
    """One seed's story."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.clock = Hands()
        self.truth = Truth()
        self.config, self.ledger = folder / "slamon.yml", folder / "slamon.db"
        self.terms: dict[str, Any] = {"target": "99%", "checks": set(CHECKS), "corrections": [], "confirm": 2}
        self.verdicts = dict.fromkeys((*CHECKS, *REFERENCES), Verdict.UP)
        self.counters: dict[Any, float] = {}
        self.full = False
        self.exact = seed % 3 != 2
        """Clocks are set back by no more than is kept observation by observation: a run is cut less finely."""

    # -- the catalogue

    def write(self) -> Catalogue:
        terms = self.terms
        services: dict[str, Any] = {}
        for check in sorted(terms["checks"]):
            service, _, name = check.partition("/")
            options = {"tcp": {"address": "127.0.0.1:9"}, "interval": "10s", "timeout": "2s"}
            services.setdefault(service, {"checks": {}})["checks"][name] = options
        for service, settings in services.items():
            settings["needs"] = terms.get(service, "all")
        if "db" in services and "web" in services:
            services["web"]["depends_on"] = ["db"]
        agreement = {
            "customer": "c",
            "services": sorted(services),
            "target": terms["target"],
            "timezone": "Europe/Berlin",
            "period": terms.get("period", "month"),
            "service_hours": terms.get("hours", "24x7"),
            "valid_from": "2026-09-01",
            "rules": terms.get("rules", {}),
            "latency": {"threshold": terms.get("threshold", "200ms"), "target": "90%", "min_observations": 1},
        }
        whole = {
            "slamon": 1,
            "defaults": {"confirm": terms["confirm"], "flapping": terms.get("flapping", 3)},
            "customers": {"c": {"name": "C", "kind": "internal"}},
            "calendars": {"short": {"hours": {"mon-sun": ["00:00-24:00"]}, "closed": ["2026-10-03"]}},
            "services": services,
            "agreements": {"a": agreement},
            "corrections": terms["corrections"],
            "reference": {"targets": [{"tcp": {"address": f"127.0.0.1:{n}"}} for n in (7, 8)], "quorum": 2},
            "storage": {"path": str(self.ledger)},
        }
        self.config.write_text(yaml.safe_dump(whole), encoding="utf-8")
        return load(self.config)

    def change(self) -> None:
        rng, terms = self.rng, self.terms
        kind = rng.randrange(7)
        if kind == 0:
            terms["target"] = rng.choice(("99%", "99.9%", "95%"))
        elif kind == 1:
            check = rng.choice(CHECKS)
            terms["checks"] = (terms["checks"] ^ {check}) or {check}
        elif kind == 2:
            now = self.clock.now()
            start = now - rng.randrange(1000, 900_000)
            terms["corrections"].append(
                {
                    "agreement": "a",
                    "kind": rng.choice(("exclude", "up", "down")),
                    "start": _text(start),
                    "end": _text(start + rng.randrange(1000, 400_000)),
                    "author": "sm",
                    "cause": "agreed",
                    "reason": "agreed",
                    "entered": _text(now),
                }
            )
        elif kind == 3:
            terms["confirm"], terms["flapping"] = rng.choice((1, 2, 3)), rng.choice((0, 3))
        elif kind == 4:
            terms[rng.choice(("web", "db"))] = rng.choice(("all", "any", 1))
        elif kind == 5:
            terms["hours"] = rng.choice(("24x7", "short"))
            if not self.exact:  # what was not counted exactly then is told from buckets, against the provider
                terms["threshold"] = rng.choice(("200ms", "300ms"))
        else:
            terms["rules"] = rng.choice(({}, {"unknown": "down"}, {"min_outage": "15s"}, {"degraded": "down"}))

    # -- the running system

    def open(self) -> Monitor:
        catalogue = self.write()
        ledger = Ledger.open(self.ledger)
        now = self.clock.now()
        stored = ledger.load(horizon(catalogue, now), timed_checks(catalogue, now).durations())
        if stored.watermark is not None and stored.watermark < self.clock.now():
            self.truth.blinds.append(Blind(stored.watermark, self.clock.now(), Cause.STOPPED))
        elif stored.watermark is not None:
            self.truth.set_back(self.clock.now())
        self.truth.lose(stored)
        commit = ledger.commit
        ledger.commit = lambda batch: self.refused() if self.full else commit(batch)  # type: ignore[method-assign]
        return Monitor(catalogue, ledger, stored, self.clock, Own())

    @staticmethod
    def refused() -> "Future[None]":
        future: Future[None] = Future()
        future.set_exception(LedgerError("the disk takes nothing"))
        return future

    def observe(self, monitor: Monitor, check: str) -> None:
        rng = self.rng
        if rng.random() < 0.2:
            self.verdicts[check] = rng.choice((Verdict.UP, Verdict.DOWN, Verdict.UP, Verdict.DEGRADED))
        begun = self.clock.now()
        self.clock.pass_by(rng.randrange(1, 3000))
        verdict = self.verdicts[check]
        reason = Reason.REFUSED if verdict is Verdict.DOWN else None
        outcome = Outcome(verdict, rng.randrange(1, 400_000), reason)
        at = rng.randrange(begun, self.clock.now())
        delivery = Delivery(check, at, rng.random() < 0.1, outcome, 10_000, 22_000)
        before = monitor.figures.histories[check].newest if check in CHECKS else None
        monitor.record(delivery)
        if before is None or before < at:
            self.truth.observations.append(
                Observation(
                    check, at, verdict, 10_000, 22_000, outcome.duration_us, reason and reason.value, delivery.retry
                )
            )

    async def step(self, monitor: Monitor) -> Monitor:
        rng, now = self.rng, self.clock.now()
        chance = rng.random()
        if chance < 0.62:
            for check in sorted(self.terms["checks"]):
                self.observe(monitor, check)
            for check in REFERENCES:
                self.observe(monitor, check)
        elif chance < 0.8:
            await monitor.turn(account=rng.random() < 0.5, fold=rng.random() < 0.4)
        elif chance < 0.88:
            self.change()
            await self.reload(monitor)
        elif chance < 0.92:
            self.clock.pass_by(rng.choice((5_000, 60_000, 400_000, 3_000_000)))
        elif chance < 0.94:
            self.clock.pass_by(30_000)
            blind = Blind(now, self.clock.now(), Cause.SUSPENDED)
            monitor.blind(blind)
            self.truth.blinds.append(blind)
        elif chance < 0.95:
            self.clock.wall -= rng.randrange(2000, 60_000 if self.exact else 900_000)
            blind = Blind(self.clock.now() - 1, self.clock.now(), Cause.CLOCK_STEP)
            monitor.blind(blind)
            self.truth.set_back(self.clock.now())
            self.truth.blinds.append(blind)
            self.full = False
            await monitor.keeper.flush(self.clock.now())  # a kill before that would leave what was before
        elif chance < 0.97:
            self.full = not self.full
        elif chance < 0.985:
            self.full = False
            await monitor.stop()
            return self.open()
        else:
            monitor.ledger.close(clean=False)
            self.full = False
            self.clock.pass_by(rng.randrange(1, 100_000))
            return self.open()
        return monitor

    async def reload(self, monitor: Monitor) -> None:
        catalogue = self.write()
        try:
            await monitor.reload(catalogue)
        except LedgerError:
            assert self.full

    # -- what is asked

    async def compare(self, monitor: Monitor) -> None:
        now = await monitor.refresh()
        told = answers(monitor.figures, now)
        catalogue = monitor.catalogue
        if self.exact:
            assert told == answers(Figures(catalogue, self.truth.facts(monitor)), now)
        if not self.full:
            await monitor.turn(account=True, fold=self.rng.random() < 0.5)
            await monitor.keeper.flush(now)
            stored = read_only(self.ledger)
            assert told == answers(Figures(catalogue, facts_of(stored)), now)

    def nothing_falls(self, monitor: Monitor) -> None:
        counters = dict(counted(monitor))
        for key, value in self.counters.items():
            assert counters.get(key, 0) >= value, key
        self.counters |= counters


def counted(monitor: Monitor) -> Any:
    for check in CHECKS:
        tally = monitor.keeper.tallies.of(check)
        yield (check, "observations"), tally.observations
        yield (check, "failures"), tally.failures
        for reason, count in tally.reasons.items():
            yield (check, reason), count
    for key, total in monitor.keeper.totals.shown.items():
        for name in ("up", "down", "unknown", "excluded"):
            yield (key, name), getattr(total, name)
    for service, outages in monitor.keeper.totals.outages.items():
        yield (service, "outages"), outages.count


def answers(figures: Figures, now: int) -> dict[Any, Any]:
    book = figures.book
    book.refresh(now)
    out: dict[Any, Any] = {}
    for service in figures.catalogue.services:
        out[service, "state"] = book.service_state(service, now)
        out[service, "outages"] = book.service_outages(service, now)
    for agreement in book.agreements.values():
        for service in agreement.services:
            key = (agreement.id, service)
            out[key, "current"] = book.current(*key, now)
            out[key, "previous"] = book.previous(*key, now)
            out[key, "windows"] = book.windows(*key, now)
            out[key, "thresholds"] = book.thresholds(*key, now)
            revision = agreement.revisions[0]
            out[key, "period"] = book.figures(*key, period_of(revision.period, revision.zone, now), now)
    return out


def _text(at: int) -> str:
    from slamon.shown import instant_text

    return instant_text(at)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_figures_are_those_recomputed_from_what_was_told(seed: int, tmp_path: Path) -> None:
    async def story() -> None:
        world = World(tmp_path, seed)
        monitor = world.open()
        for number in range(STEPS):
            monitor = await world.step(monitor)
            world.nothing_falls(monitor)
            if number % 10 == 9:
                await world.compare(monitor)
        world.full = False
        await monitor.stop()

    asyncio.run(story())
