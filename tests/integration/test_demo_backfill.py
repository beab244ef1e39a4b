"""The demo's invented past goes through a real ledger, says that it is invented, and gives whole, plausible figures."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slamon.accounting import Cause, period_of, previous_period
from slamon.accounting.figure import Figure
from slamon.catalogue import Catalogue, load
from slamon.demo.backfill import KIND, fill
from slamon.demo.catalogue import Dates, write
from slamon.ledger import Stored, read_only
from slamon.running.stored import figures_of

MOMENTS = {
    "late in a month": datetime(2026, 11, 24, 4, 30, tzinfo=UTC),
    "first minute of a month": datetime(2026, 10, 31, 23, 0, 30, tzinfo=UTC),
    "after the clocks went forward": datetime(2027, 4, 9, 21, 59, tzinfo=UTC),
    "leap day": datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
}


@dataclass
class Demo:
    """A catalogue of the demo, and where its ledger comes to be."""

    config: Path
    dates: Dates
    now: int

    @property
    def catalogue(self) -> Catalogue:
        return load(self.config)

    @property
    def ledger(self) -> Path:
        return self.catalogue.storage.path

    async def fill(self, *, stop: bool = False) -> bool:
        asked = asyncio.Event()
        if stop:
            asked.set()
        return await fill(self.config, self.dates, self.now, asked)

    def stored(self) -> Stored:
        return read_only(self.ledger, 0)

    def previous(self) -> list[Figure]:
        """Of every agreement and service, as anybody reads them from the ledger."""
        found: list[Figure] = []
        for agreement, model in self.catalogue.agreements.items():
            period = previous_period(period_of(model.period, model.timezone, self.now), model.timezone)
            figures, _ = figures_of(self.catalogue, self.ledger, period.name, self.now, running=True)
            found += figures.period_figures(self.now, period=period.name, agreement=agreement)
        return found


def made(folder: Path, now: datetime) -> Demo:
    ports = {name: 40_000 + i for i, name in enumerate(("shop", "api", "database", "mail", "reference"))}
    (folder / "ca.pem").touch()
    dates = Dates.around(now)
    write(folder / "slamon.yml", ports=ports, ca_file=folder / "ca.pem", dates=dates)
    return Demo(folder / "slamon.yml", dates, int(now.timestamp() * 1000))


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return made(tmp_path, MOMENTS["late in a month"])


@pytest.mark.parametrize("moment", MOMENTS)
async def test_every_agreement_has_a_figure_of_its_previous_period(tmp_path: Path, moment: str) -> None:
    demo = made(tmp_path, MOMENTS[moment])
    assert await demo.fill()
    figures = demo.previous()
    assert [(figure.agreement, figure.service) for figure in figures] == [
        ("shop-gold", "onlineshop"),
        ("shop-gold", "schnittstelle"),
        ("bestellen-buero", "bestellung"),
        ("post-intern", "post"),
    ]
    for figure in figures:
        assert figure.availability is not None
        assert 0.95 < figure.availability <= 1
        assert figure.coverage is not None
        assert figure.coverage > 0.99
    assert any(figure.downtime_ms > 0 for figure in figures)
    assert all(figure.latency is not None and figure.latency.total > 100_000 for figure in figures[:2])


async def test_it_is_marked_as_invented_from_its_first_to_its_last_moment(demo: Demo) -> None:
    assert await demo.fill()
    (mark,) = demo.stored().marks
    assert (mark.kind, mark.start, mark.end) == (KIND, int(demo.dates.began.timestamp()) * 1000, demo.now)
    assert "invented" in mark.words
    runs = [run for runs in demo.stored().runs.values() for run in runs]
    assert all(mark.start <= run.start <= run.last < mark.end for run in runs)


async def test_every_check_has_belonged_to_its_service_since_the_first_day(demo: Demo) -> None:
    assert await demo.fill()
    stored, checks = demo.stored(), demo.catalogue.checks
    assert set(stored.stints) == set(checks)
    for check, (stint,) in stored.stints.items():
        assert (stint.service, stint.since, stint.until) == (checks[check].service, stored.marks[0].start, None)


async def test_counters_count_what_was_invented(demo: Demo) -> None:
    assert await demo.fill()
    stored = demo.stored()
    for check, runs in stored.runs.items():
        tally = stored.tallies[check]
        assert tally.observations == sum(run.count for run in runs)
        assert sum(tally.durations) == tally.observations - tally.failures
        assert sum(tally.reasons.values()) == tally.failures > 0


async def test_accounted_time_and_outages_are_counted_from_the_first_day_on(demo: Demo) -> None:
    assert await demo.fill()
    stored = demo.stored()
    assert stored.outages["schnittstelle"].count > 3
    assert {agreement for agreement, _ in stored.accounted} == set(demo.catalogue.agreements)
    for key, totals in stored.accounted.items():
        assert 0 <= totals.since - stored.marks[0].start < 10_000, key
        assert demo.now - totals.until < 60_000, key
        assert totals.up > 20 * max(totals.down, totals.unknown)


async def test_time_in_which_nobody_looked_is_stored_as_that(demo: Demo) -> None:
    assert await demo.fill()
    causes = {blind.cause for blind in demo.stored().blinds}
    assert causes == {Cause.STOPPED, Cause.LOCAL_FAULT}


async def test_a_kept_past_is_not_invented_again(demo: Demo) -> None:
    assert await demo.fill()
    before = demo.stored()
    assert await demo.fill()
    assert demo.stored().marks == before.marks
    assert demo.stored().tallies == before.tallies


async def test_stopped_before_it_is_done_it_leaves_nothing_and_can_begin_anew(demo: Demo) -> None:
    assert not await demo.fill(stop=True)
    stored = demo.stored()
    assert not stored.marks
    assert not any(stored.runs.values())
    assert await demo.fill()
    assert demo.stored().marks
