"""`slamon teams` as a user calls it: a table here, JSON for programs, files for the wall; what it refuses."""

import json
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.commands.control import Control
from slamon.commands.places import ledger_path
from slamon.commands.teams import _lateness
from slamon.ledger import Ledger

from tests.system import calling
from tests.system.calling import Slamon, clock, imported, put
from tests.system.running import command, running, samples, wait_for
from tests.unit.reports import review_world as world

slamon = calling.slamon


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folder with the imported quarter is kept, once it is made."""
    return tmp_path_factory.mktemp("quarter") / "made"


@pytest.fixture
def shop(slamon: Slamon, ready: Path, monkeypatch: pytest.MonkeyPatch) -> Slamon:
    """A quarter in a ledger and a desk full of paper."""
    clock(monkeypatch, "2027-01-08T09:00:00+01:00")
    if not ready.exists():
        put(world.CATALOGUE, [])
        assert imported(slamon, world.observations(end=world.AT - world.STEP * world.MINUTE)).code == 0
        ledger = Ledger.open(ledger_path(load(Path("slamon.yml")), None))
        try:
            for day, entry in world.ENTRIES:
                ledger.enter([entry], instant_ms(f"{day}T10:00:00+01:00"), None).result()
        finally:
            ledger.close(clean=True)
        shutil.copytree(Path(), ready)
    shutil.copytree(ready, Path(), dirs_exist_ok=True)
    return slamon


def rows(told: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = next(table for section in told["sections"] for table in section["tables"] if table["id"] == key)
    ids = [column["id"] for column in found["columns"]]
    return [{key: cell["value"] for key, cell in zip(ids, row, strict=True)} for row in found["rows"]]


def test_a_table_of_the_last_whole_month_is_shown_without_words(shop: Slamon) -> None:
    done = shop("teams")
    assert (done.code, done.err) == (0, "")
    assert "Teams and services December 2026: All teams" in done.out
    assert "Web-Team      web@example.org  Onlineshop" in done.out
    assert "overdue for 39 days" in done.out
    assert "nobody" in done.out
    assert not list(Path().glob("*.html"))
    german = shop("teams", "--lang", "de", "--team", "daten")
    assert "Datenhaltung" in german.out
    assert "Onlineshop" not in german.out


def test_json_has_the_numbers_of_the_account_and_of_reconcile(shop: Slamon) -> None:
    told = json.loads(shop("teams", "-p", "2026-12", "-f", "json").out)
    figures = shop("account", "-p", "2026-12", "-f", "json").figures
    assert {(row["agreement"], row["coverage"], row["unknown"])
            for row in rows(told, "coverage")} == {
        (f["agreement"], f["coverage"], f["unknown_ms"]) for f in figures
    }  # fmt: skip
    worst = rows(told, "worst")[0]
    gold = next(f for f in figures if f["agreement"] == "gold")
    assert (worst["availability"], worst["downtime"]) == (gold["availability"], gold["downtime_ms"])
    quality = json.loads(shop("register", "reconcile", "--period", "2026-12", "-f", "json").out)["quality"]
    assert sum(row["unseen"] for row in rows(told, "complaints")) == sum(one["unseen"] for one in quality)
    assert told["kind"] == "teams"
    assert told["customer"] is None


def test_files_are_written_under_names_that_sort(shop: Slamon) -> None:
    done = shop("teams", "-p", "2026-Q4", "-f", "pdf,html", "-o", "out")
    assert (done.code, done.err) == (0, "")
    assert sorted(done.out.split()) == ["out/2026-Q4_teams_en.html", "out/2026-Q4_teams_en.pdf"]
    assert shop("teams", "-p", "2026-Q4", "--team", "web", "-f", "html", "-o", "out").out == (
        "out/2026-Q4_team-web_en.html\n"
    )


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--team", "wep"], "there is no team 'wep'; there are: web, daten; did you mean 'web'?"),
        (["--team", "k" * 300], f"there is no team '{'k' * 57}...'; there are: web, daten"),
        (["-p", "2027-02"], "--period 2027-02: it has not begun; it begins at 2027-01-31T23:00:00.000Z"),
        (["-p", "Dezember"], "--period: 'Dezember' names no period"),
        (["-f", "docx"], "--format: 'docx' is not one of"),
        (["--at", "2027-06-01T00:00:00Z"], "is in the future"),
    ],
)
def test_what_makes_no_sense_is_answered_in_a_sentence(words: list[str], error: str, shop: Slamon) -> None:
    done = shop("teams", *words)
    assert done.code == 2
    assert error in done.err.replace("\n", " ")


def test_a_period_before_everything_has_no_figure_and_says_so(shop: Slamon) -> None:
    told = json.loads(shop("teams", "-p", "2025-06", "-f", "json").out)
    quality = next(section for section in told["sections"] if section["id"] == "worst")
    assert "Nothing was seen in the period, so that no downtime is known." in quality["paragraphs"]


def test_a_running_slamon_is_asked_how_late_its_probes_began_and_its_ledger_is_read(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        config, data = tmp_path / "slamon.yml", tmp_path / "data"
        address = f"127.0.0.1:{server.getsockname()[1]}"
        catalogue = {
            "slamon": 1,
            "customers": {"kunde": {"name": "Kunde", "kind": "internal"}},
            "services": {"shop": {"checks": {"home": {"tcp": {"address": address}, "interval": "1s"}}}},
            "agreements": {"gold": {"customer": "kunde", "services": ["shop"], "target": "99%"}},
        }
        config.write_text(json.dumps(catalogue))
        with running(config, data) as up:
            count = "slamon_probe_start_lateness_seconds_count"
            wait_for(lambda: sum(samples(up.metrics(), count)) > 1, "two probes")
            late = _lateness(Control(data))
            assert late is not None
            assert late.probes > 1
            assert dict(late.within)[float("inf")] == late.probes
            where = ("-c", str(config), "-d", str(data), "-p", f"{datetime.now(UTC).year}")
            wait_for(lambda: command("account", *where).stdout.count("gold") > 0, "a commit")
            shown = command("teams", *where)
            assert "probes since slamon was started" in shown.stdout, shown.stderr
            written = command("review", "kunde", *where, "-f", "html", "-o", str(tmp_path / "out"))
            assert written.returncode == 0, written.stderr
            assert len(list((tmp_path / "out").iterdir())) == 4
    assert _lateness(Control(data)) is None
