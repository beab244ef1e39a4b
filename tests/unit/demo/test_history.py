"""The invented past is sound: the same for the same seed, without overlaps, nothing seen while blind."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from slamon.accounting.facts import Verdict
from slamon.catalogue import Catalogue, load
from slamon.demo.catalogue import ZONE, Dates, write
from slamon.demo.faults import CYCLE_S, SCRIPT, timetable
from slamon.demo.history import CheckPast, Inventor
from slamon.demo.incidents import INCIDENTS

NOW = datetime(2026, 11, 4, 15, 30, tzinfo=UTC)
UNTIL = int(NOW.timestamp() * 1000)
DATES = Dates.around(NOW)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("demo")
    ports = {name: 40_000 + i for i, name in enumerate(("shop", "api", "database", "mail", "reference"))}
    (folder / "ca.pem").touch()
    write(folder / "slamon.yml", ports=ports, ca_file=folder / "ca.pem", dates=DATES)
    return load(folder / "slamon.yml")


def invented(catalogue: Catalogue) -> list[CheckPast]:
    inventor = Inventor(DATES.began, UNTIL, [300_000])
    return [inventor.check(check) for check in catalogue.checks.values()]


def test_the_catalogue_is_valid_without_a_warning_and_has_what_the_demo_shows(catalogue: Catalogue) -> None:
    assert catalogue.warnings == []
    assert {customer.kind for customer in catalogue.customers.values()} == {"internal", "external"}
    hours = [agreement.service_hours for agreement in catalogue.agreements.values()]
    assert sorted(hours) == ["24x7", "24x7", "buero"]
    assert all(2000 <= check.interval_ms <= 5000 for check in catalogue.checks.values())


def test_it_begins_at_a_midnight_six_weeks_back() -> None:
    assert DATES.began.astimezone(ZONE).time().isoformat() == "00:00:00"
    assert timedelta(weeks=6) <= NOW - DATES.began < timedelta(weeks=6, days=1, hours=2)


def test_a_kept_demo_finds_its_dates_again() -> None:
    assert Dates.since(datetime.fromisoformat(DATES.began.date().isoformat()).replace(tzinfo=ZONE)) == DATES


def test_the_same_seed_and_moment_give_the_same_past(catalogue: Catalogue) -> None:
    assert invented(catalogue) == invented(catalogue)


def test_runs_follow_each_other_and_only_the_newest_is_open(catalogue: Catalogue) -> None:
    for past in invented(catalogue):
        *settled, newest = past.runs
        assert newest.end is None
        assert UNTIL - newest.last <= newest.interval_ms
        for run, after in pairwise(past.runs):
            assert run.end is not None
            assert run.start <= run.last < run.end <= after.start
        for run in settled:
            assert run.count == (run.last - run.start) // run.interval_ms + 1


def test_nothing_was_seen_in_a_blind_stretch(catalogue: Catalogue) -> None:
    blinds = Inventor(DATES.began, UNTIL).blinds
    assert len(blinds) == 3
    for past in invented(catalogue):
        for blind in blinds:
            assert all((run.end or UNTIL) <= blind.start or run.start >= blind.end for run in past.runs)


def test_every_incident_names_checks_of_the_catalogue(catalogue: Catalogue) -> None:
    assert {check for incident in INCIDENTS for check in incident.checks} <= set(catalogue.checks)


def test_there_are_outages_blips_and_degraded_spells(catalogue: Catalogue) -> None:
    for past in invented(catalogue):
        down = [run for run in past.runs if run.verdict is Verdict.DOWN]
        assert any(run.count > 1 for run in down)
        assert any(run.count == 1 for run in down)
        assert sum(past.failures.values()) == past.count(Verdict.DOWN)
    degraded = Counter(run.reason for past in invented(catalogue) for run in past.runs if run.verdict == "degraded")
    assert {"slow", "certificate_expiring"} <= set(degraded)


def test_every_observation_that_was_not_down_has_its_duration(catalogue: Catalogue) -> None:
    for past in invented(catalogue):
        assert sum(cell.total for cell in past.latency.values()) == past.count() - past.count(Verdict.DOWN)


def test_the_script_of_live_faults_fits_its_cycle_and_begins_the_outage_after_two_to_three_minutes() -> None:
    for fault, after in pairwise(SCRIPT):
        assert fault.at_s + fault.lasts_s <= after.at_s
    assert SCRIPT[-1].at_s + SCRIPT[-1].lasts_s <= CYCLE_S
    outage = next(fault for fault in SCRIPT if fault.endpoint == "api")
    assert 120 <= outage.at_s <= 180
    assert outage.lasts_s == 90
    assert len(timetable()) == len(SCRIPT)


def test_written_paths_are_those_of_the_folder(tmp_path: Path) -> None:
    write(
        tmp_path / "slamon.yml",
        ports=dict.fromkeys(("shop", "api", "database", "mail", "reference"), 1),
        ca_file=tmp_path / "ca.pem",
        dates=DATES,
    )
    assert f'path: "{tmp_path}/data/slamon.db"' in (tmp_path / "slamon.yml").read_text(encoding="utf-8")
