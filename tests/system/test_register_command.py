"""`slamon register correction` and `slamon verify`, with and without a running system, over kill -9 and hand edits."""

import contextlib
import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, NOW, Slamon, clock, imported, line
from tests.system.running import Slamon as Running
from tests.system.running import command, counters, fallen, samples, wait_for

slamon = calling.slamon
ADD = (
    "register", "correction", "add", "-a", "gold", "--kind", "exclude", "--start", "2026-10-05T00:10:00Z",
    "--end", "2026-10-05T00:12:00Z", "--cause", "agreed", "--reason", "as agreed on the phone", "--author", "sm",
)  # fmt: skip


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    """An hour of a shop in the ledger, two minutes of it down."""
    Path("slamon.yml").write_text(json.dumps(CATALOGUE))
    done = imported(slamon, [line(i, "down" if i in (10, 11) else "up") for i in range(60)])
    assert done.code == 0, done.err
    return slamon


def downtime(slamon: Slamon, *words: str) -> int:
    figures = slamon("account", "--period", "2026-10-05/2026-10-06", "-f", "json", *words).figures
    return int(figures[0]["downtime_ms"])


def with_word(word: str, value: str) -> tuple[str, ...]:
    words = list(ADD)
    words[words.index(word) + 1] = value
    return tuple(words)


def test_a_correction_changes_the_figure_and_its_revocation_gives_it_back(month: Slamon) -> None:
    assert downtime(month) == 2 * MINUTE
    assert month(*ADD).out == "correction 1 entered at 2027-01-01T00:00:00.000Z\n"
    assert downtime(month) == 0
    done = month("register", "correction", "revoke", "1", "--author", "boss", "--reason", "was not agreed")
    assert done.out == "correction 1 revoked at 2027-01-01T00:00:00.000Z\n"
    assert downtime(month) == 2 * MINUTE
    (row,) = json.loads(month("register", "correction", "list", "-f", "json").out)["corrections"]
    assert (row["id"], row["author"], row["revoked_by"], row["revoked_reason"]) == (1, "sm", "boss", "was not agreed")


def test_as_of_uses_only_what_was_entered_before(month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    month(*ADD)
    clock(monkeypatch, "2027-02-01T00:00:00Z")
    month("register", "correction", "revoke", "1", "--author", "boss", "--reason", "no")
    clock(monkeypatch, "2027-03-01T00:00:00Z")
    assert downtime(month, "--as-of", NOW) == 2 * MINUTE  # entered at that very moment, not before
    assert downtime(month, "--as-of", "2027-01-01T00:00:00.001Z") == 0
    assert downtime(month, "--as-of", "2027-02-01T00:00:00Z") == 0
    assert downtime(month, "--as-of", "2027-02-01T00:00:00.001Z") == 2 * MINUTE
    assert downtime(month, "--at", "2026-12-01T00:00:00Z", "--as-of", "2027-01-15T00:00:00Z") == 0


def test_corrections_of_the_files_hold_on_and_of_one_moment_the_last_entered_wins(month: Slamon) -> None:
    filed = {
        "agreement": "gold", "kind": "down", "start": "2026-10-05T00:10:00Z", "end": "2026-10-05T00:15:00Z",
        "author": "sm", "cause": "other", "reason": "seen by hand", "entered": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    Path("slamon.yml").write_text(json.dumps(CATALOGUE | {"corrections": [filed]}))
    assert downtime(month) == 5 * MINUTE
    month(*ADD)
    assert downtime(month) == 3 * MINUTE
    found = json.loads(month("register", "correction", "list", "-f", "json").out)["corrections"]
    assert [(row["id"], row["kind"]) for row in found] == [(None, "down"), (1, "exclude")]
    table = month("register", "correction", "list", "-a", "gold").out
    assert "file" in table
    assert "as agreed on the phone" in table


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (with_word("-a", "gld"), "there is no agreement 'gld'; there are: gold; did you mean 'gold'?"),
        (with_word("--end", "2026-10-05T00:10:00Z"), "is not after the start"),
        (with_word("--start", "yesterday"), "start: "),
        (with_word("--start", "2026-10-05T00:10:00"), "start: "),
        (with_word("--author", ""), "author: "),
        (with_word("--author", "x" * 300), "author: "),
        (with_word("--author", "a\u202eb"), "author: "),
        (with_word("--reason", ""), "reason: "),
        (("register", "correction", "revoke", "7", "--author", "a", "--reason", "r"), "there is no correction 7"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_stored(month: Slamon, words: tuple[str, ...], told: str) -> None:
    done = month(*words)
    assert done.code == 2
    assert told in done.err
    assert month("verify").out == "the register is whole: 0 entries\n"


def test_a_correction_is_revoked_once(month: Slamon) -> None:
    month(*ADD)
    revoke = ("register", "correction", "revoke", "1", "--author", "boss", "--reason", "r")
    assert month(*revoke).code == 0
    done = month(*revoke)
    assert done.code == 2
    assert "correction 1 was revoked by boss at 2027-01-01T00:00:00.000Z" in done.err


def test_a_register_edited_by_hand_shows(month: Slamon) -> None:
    month(*ADD)
    month(*ADD)
    assert month("verify").out == "the register is whole: 2 entries\n"
    with contextlib.closing(sqlite3.connect("data/slamon.db")) as connection, connection:
        connection.execute("update register set body = replace(body, 'agreed', 'customer') where id = 2")
    done = month("verify")
    assert (done.code, done.out) == (1, "the register is broken at entry 2: it is not what was entered\n")


def test_a_name_or_text_edited_by_hand_shows(month: Slamon) -> None:
    month(*ADD)
    with contextlib.closing(sqlite3.connect("data/slamon.db")) as connection, connection:
        connection.execute("update personal set value = replace(value, 'phone', 'golf course')")
    done = month("verify")
    assert (done.code, done.out) == (1, "the register is broken at entry 1: its reason is not what was entered\n")


# -- real processes


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Running]:
    """A running system whose one check fails from its first probe on."""
    config = tmp_path / "slamon.yml"
    check: dict[str, Any] = {"tcp": {"address": "127.0.0.1:9"}, "interval": "1s", "timeout": "500ms", "confirm": 1}
    agreement = {"customer": "kunde", "services": ["shop"], "target": "99%", "valid_from": "2026-01-01"}
    config.write_text(json.dumps({
        "slamon": 1, "customers": {"kunde": {"name": "K", "kind": "external"}},
        "services": {"shop": {"checks": {"home": check}}}, "agreements": {"gold": agreement},
    }))  # fmt: skip
    running = Running(config, tmp_path / "data").ready()
    yield running
    if running.process.poll() is None:
        running.kill()


def called(shop: Running, *words: str) -> subprocess.CompletedProcess[str]:
    return command(*words, "-c", str(shop.config), "-d", str(shop.data))


def running_downtime(shop: Running) -> int:
    return int(json.loads(called(shop, "account", "-f", "json").stdout)["figures"][0]["downtime_ms"])


def excluding(shop: Running) -> subprocess.CompletedProcess[str]:
    """All time from an hour ago to in an hour."""
    now = time.time_ns() // 1_000_000
    span = ("--start", str(instant(now - 3_600_000)), "--end", str(instant(now + 3_600_000)))
    return called(
        shop, "register", "correction", "add", "-a", "gold", "--kind", "exclude", *span, "--cause", "monitoring",
        "--reason", "no such server", "--author", "sm",
    )  # fmt: skip


def instant(at: int) -> str:
    from slamon.shown import instant_text

    return instant_text(at)


def test_a_running_system_accounts_a_correction_at_once_and_counters_stay(shop: Running) -> None:
    wait_for(lambda: running_downtime(shop) > 0, "downtime is accounted")
    wait_for(
        lambda: samples(shop.metrics(), "slamon_agreement_accounted_seconds_total", **{"class": "down"})[0] > 0,
        "downtime is counted",
    )
    before = counters(shop.metrics())
    done = excluding(shop)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("correction 1 entered at ")
    assert running_downtime(shop) == 0
    assert samples(shop.metrics(), "slamon_agreement_period_downtime_seconds") == [0.0]
    assert fallen(before, counters(shop.metrics())) == []

    shop.kill()
    again = Running(shop.config, shop.data).ready()
    try:
        assert running_downtime(again) == 0
        assert called(again, "verify").stdout == "the register is whole: 1 entries\n"
        done = called(again, "register", "correction", "revoke", "1", "--author", "sm", "--reason", "it was down")
        assert done.returncode == 0, done.stderr
        assert running_downtime(again) > 0
        wrong = called(again, "register", "correction", "revoke", "9", "--author", "sm", "--reason", "r")
        assert (wrong.returncode, "there is no correction 9" in wrong.stderr) == (2, True)
    finally:
        again.stop()


def test_entries_of_many_at_once_are_all_there(shop: Running) -> None:
    """Nothing that a command was told is stored is lost by kill -9 right after."""
    now = time.time_ns() // 1_000_000
    words = [
        "register", "correction", "add", "-a", "gold", "--kind", "up", "--start", instant(now), "--end",
        instant(now + 1000), "--cause", "other", "--reason", "r", "--author", "sm", "-c", str(shop.config),
        "-d", str(shop.data),
    ]  # fmt: skip
    from tests.system.running import COMMAND

    several = [subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = sorted(process.communicate(timeout=60)[0].split()[1] for process in several)
    shop.kill()
    assert told == ["1", "2", "3", "4"]
    assert called(shop, "verify").stdout == "the register is whole: 4 entries\n"
