"""`slamon close` and `slamon verify`: a month frozen, approved, disputed, restated, and compared with the ledger."""

import contextlib
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slamon.commands.control import Control

from tests.system import calling
from tests.system.calling import CATALOGUE, MINUTE, START, Slamon, clock, imported, line
from tests.system.running import COMMAND, command, samples
from tests.system.running import Slamon as Running

slamon = calling.slamon
CLOSE = ("close", "2026-10", "--author", "sm")
ADD = (
    "register", "correction", "add", "-a", "gold", "--kind", "exclude", "--start", "2026-10-05T00:10:00Z",
    "--end", "2026-10-05T00:11:00Z", "--cause", "agreed", "--reason", "as agreed", "--author", "sm",
)  # fmt: skip
HOURS = {"hours": {"mon-fri": ["00:00-24:00"]}, "holidays": {"country": "DE", "subdivision": "BY"}}


def catalogue(**changes: Any) -> dict[str, Any]:
    gold = CATALOGUE["agreements"]["gold"] | {
        "valid_from": "2026-10-01",
        "service_hours": "werktag",
        "maintenance": [
            {"start": "2026-10-05T00:20:00Z", "end": "2026-10-05T00:30:00Z", "announced": "2026-10-01T00:00:00Z"}
        ],
    }
    return CATALOGUE | {"calendars": {"werktag": HOURS}, "agreements": {"gold": gold | changes}}


def write(**changes: Any) -> None:
    Path("slamon.yml").write_text(json.dumps(catalogue(**changes)))


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    """Two hours of a shop in October, two minutes of them down. It is January."""
    write()
    lines = [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(120)]
    done = imported(slamon, lines)
    assert done.code == 0, done.err
    return slamon


def shown(slamon: Slamon) -> list[dict[str, Any]]:
    return list(json.loads(slamon("close", "show", "2026-10", "-f", "json").out)["closings"])


def state(slamon: Slamon) -> str:
    return str(json.loads(slamon("close", "list", "-f", "json").out)["closings"][0]["state"])


def by_hand(sql: str) -> None:
    with contextlib.closing(sqlite3.connect("data/slamon.db")) as connection, connection:
        assert connection.execute(sql).rowcount > 0


# -- closing


def test_a_closing_freezes_the_figures_and_all_that_they_rest_on(month: Slamon) -> None:
    month(*ADD)
    accounted = month("account", "-p", "2026-10", "-f", "json").figures
    done = month(*CLOSE)
    assert (done.code, done.out) == (0, "2026-10 of gold closed at 2027-01-01T00:00:00.000Z, entry 2\n"), done.err
    (one,) = shown(month)
    content = one["content"]
    assert content["figures"] == accounted
    assert set(accounted[0]) >= {"outages", "rules", "corrections", "rolling", "outage_evidence", "latency"}
    assert (one["author"], one["number"], one["state"]) == ("sm", 0, "closed")
    assert [(c["reason"], c["author"]) for c in content["corrections"]] == [("as agreed", "sm")]
    assert content["maintenance"]["1"]["counted"] == [[START + 20 * MINUTE, START + 30 * MINUTE]]
    assert content["terms"]["revisions"]["1"]["target"] == "0.999"
    assert content["terms"]["revisions"]["1"]["rules"]["min_coverage"] == "0.9"
    assert content["terms"]["services"]["shop"]["checks"]["shop/home"]["confirm"] == 1
    assert content["holidays"] == {"1": ["2026-10-03"]}
    assert set(content["versions"]) == {"slamon", "python", "holidays", "tzdata"}
    assert "unknown" not in content["versions"].values()
    assert set(content["facts"]["chains"]) == {"unseen", "shop/home"}
    assert set(content["facts"]["chains"]["shop/home"]["days"]) == {"2026-10-05"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("close", "2027-02", "--author", "sm"), "has not ended for gold: it ends at 2027-03-01T00:00:00.000Z"),
        (("close", "2027-01", "--author", "sm"), "has not ended for gold"),
        (("close", "2026-13", "--author", "sm"), "names no period that exists"),
        (("close", "october", "--author", "sm"), "names no period"),
        (("close", "2026-10-01/2026-10-15", "--author", "sm"), "no agreement is settled by periods as"),
        (("close", "2026-10-01/2026-10-15", "-a", "gold", "--author", "sm"), "is a free span: only a whole"),
        (("close", "2026-W41", "--author", "sm"), "no agreement is settled by periods as 2026-W41"),
        (("close", "2026-09", "--author", "sm"), "was not in force in 2026-09"),
        (("close", "2026-10", "-a", "gld", "--author", "sm"), "did you mean 'gold'?"),
        (("close", "2026-10", "--author", ""), "author: "),
        (("close", "approve", "2026-10", "--author", "x"), "2026-10 is provisional: close it first"),
        (("close", "dispute", "2026-10", "--author", "x", "--text", "t"), "2026-10 is provisional"),
        (("close", "restate", "2026-10", "--author", "x", "--reason", "r"), "2026-10 is provisional"),
        (("close", "restate", "2027-01", "--author", "x", "--reason", "r"), "2027-01 is provisional"),
        (("close", "show", "2026-10"), "2026-10 is provisional"),
        (("verify", "2026-10"), "2026-10 is provisional"),
    ],
)  # fmt: skip
def test_what_cannot_be_closed_is_told_and_nothing_is_stored(month: Slamon, words: tuple[str, ...], told: str) -> None:
    done = month(*words)
    assert (done.code, told in done.err) == (2, True), done.err
    assert month("verify").out == "the register is whole: 0 entries\n"


def test_a_period_before_the_first_observation_is_not_closed(month: Slamon) -> None:
    write(valid_from="2026-01-01")
    done = month("close", "2026-08", "--author", "sm")
    assert done.code == 2
    assert "2026-08 of gold cannot be closed: the first observation was at 2026-10-05T00:00:00.000Z" in done.err


def test_a_period_that_is_over_and_not_stored_to_its_end_is_told_as_such(
    month: Slamon, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = START + 120 * MINUTE
    by_hand(f"insert or replace into fact values ('watermark', {full})")
    with monkeypatch.context() as patched:
        patched.setattr(Control, "alive", lambda _: True)  # it runs, and its disk has been full since
        done = month(*CLOSE)
        told = "2026-10 is over, and nothing was closed: what is stored reaches up to 2026-10-05T02:00:00.000Z only."
        assert (done.code, told in done.err) == (2, True), done.err
        done = month("close", "2027-01", "--author", "sm")
        assert "2027-01 has not ended for gold: it ends at 2027-02-01T00:00:00.000Z, and it is 2027-01-01" in done.err
    assert json.loads(month("close", "list", "-f", "json").out) == {"closings": []}


@pytest.mark.parametrize(
    ("lines", "now", "told"),
    [
        # a failure 30 s before the end, of which two in a row are needed; its successor may still come
        ([(-2, "up"), (-1, "up"), (-0.5, "down")], "2026-11-01T00:00:10Z", "shop/home: a failure that is not"),
        # up to 125 s after it the newest observation may have a successor
        ([(-2, "up"), (-1, "up")], "2026-11-01T00:00:10Z", "or an observation still due, reaches into the period"),
    ],
)  # fmt: skip
def test_a_period_that_is_not_settled_is_not_closed(
    slamon: Slamon, monkeypatch: pytest.MonkeyPatch, lines: list[tuple[float, str]], now: str, told: str
) -> None:
    found = catalogue()
    found["defaults"] = found["defaults"] | {"confirm": 2}
    Path("slamon.yml").write_text(json.dumps(found))
    end = 27 * 24 * 60
    clock(monkeypatch, now)
    done = imported(slamon, [line(end + minute, verdict) for minute, verdict in lines])
    assert done.code == 0, done.err
    done = slamon(*CLOSE)
    assert done.code == 2
    assert "2026-10 is not settled yet, nothing was closed. gold: shop is settled up to 2026-10-31T23:5" in done.err
    assert told in done.err
    clock(monkeypatch, "2026-11-01T01:00:00Z")
    assert imported(slamon, [line(end + minute) for minute in range(30, 50)]).code == 0
    done = slamon(*CLOSE)
    assert done.code == 0, done.err


def test_a_short_outage_at_the_end_keeps_the_period_open(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    found = catalogue()
    found["agreements"]["gold"]["rules"] = {"min_outage": "1h"}
    Path("slamon.yml").write_text(json.dumps(found))
    end = 27 * 24 * 60
    clock(monkeypatch, "2026-11-01T00:20:00Z")
    imported(slamon, [line(end + minute, "up" if minute < -10 else "down") for minute in range(-20, 20)])
    done = slamon(*CLOSE)
    assert done.code == 2
    assert "settled up to 2026-10-31T23:50:00.000Z only" in done.err
    assert "an outage that may turn out shorter than min_outage" in done.err


def test_a_closed_period_is_closed_once(month: Slamon) -> None:
    month(*CLOSE)
    done = month("close", "2026-10", "--author", "other")
    assert done.code == 2
    assert "2026-10 of gold was closed by sm at 2027-01-01T00:00:00.000Z" in done.err


# -- states


def test_a_closed_period_is_disputed_restated_and_approved(month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    month(*CLOSE)
    assert state(month) == "closed"
    assert month("close", "dispute", "2026-10", "--author", "kunde", "--text", "ein Minute zu viel").code == 0
    assert state(month) == "disputed"
    clock(monkeypatch, "2027-01-02T00:00:00Z")
    month(*ADD)
    clock(monkeypatch, "2027-01-03T00:00:00Z")
    done = month("verify", "2026-10")
    assert (done.code, "2026-10 of gold: as it was frozen\n" in done.out) == (0, True), done.out
    assert "correction 3 by sm came after it: slamon close restate 2026-10 -a gold shows what it changes" in done.out
    assert shown(month)[0]["content"]["figures"][0]["downtime_ms"] == 2 * MINUTE  # the closed figure stays

    done = month("close", "restate", "2026-10", "--author", "boss", "--reason", "agreed with the customer")
    assert done.code == 0, done.err
    assert "2026-10 of gold: restatement 1 at 2027-01-03T00:00:00.000Z by boss: agreed with the customer" in done.out
    assert "  figures[0].downtime_ms was 120000, is 60000\n" in done.out
    assert state(month) == "closed"
    before, after = shown(month)
    assert [one["content"]["figures"][0]["downtime_ms"] for one in (before, after)] == [2 * MINUTE, MINUTE]
    assert (after["number"], after["author"], after["reason"]) == (1, "boss", "agreed with the customer")
    table = month("close", "show", "2026-10").out
    assert "agreed with the customer" in table

    assert month("close", "approve", "2026-10", "--author", "kunde").code == 0
    assert state(month) == "approved"
    assert "was approved by kunde" in month("close", "approve", "2026-10", "--author", "kunde").err
    done = month("verify")
    assert done.code == 0, done.out
    assert "2026-10 of gold, restatement 1: as it was frozen" in done.out


def test_a_restatement_that_changes_nothing_is_refused(month: Slamon) -> None:
    month(*CLOSE)
    done = month("close", "restate", "2026-10", "--author", "boss", "--reason", "r")
    assert (done.code, "needs no restatement" in done.err) == (2, True)


def test_a_longer_period_tells_where_it_differs_from_its_closed_parts(
    month: Slamon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction came between the months and their quarter, and another one after it."""
    clock(monkeypatch, "2027-01-01T01:00:00Z")
    for name in ("2026-10", "2026-11", "2026-12"):
        assert month("close", name, "--author", "sm").code == 0
    month(*ADD)
    done = month("close", "2026-Q4", "-a", "gold", "--author", "sm")
    assert "shop: 60000 ms downtime here, 120000 ms in 2026-10 to 2026-12; restatements: none\n" in done.out
    clock(monkeypatch, "2027-01-02T00:00:00Z")
    month("register", "correction", "revoke", "4", "--author", "boss", "--reason", "was not agreed")
    done = month("close", "restate", "2026-Q4", "-a", "gold", "--author", "sm", "--reason", "revoked")
    assert "figures[0].downtime_ms was 60000, is 120000" in done.out


# -- verifying


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("update run set verdict = 'up' where verdict = 'down'", "the facts of shop/home differ, first on 2026-10-05"),
        ("update run set count = count + 1", "the facts of shop/home differ, first on 2026-10-05 (UTC)"),
        ("insert into blind values (1791158400000, 'suspended', 1791158460000)", "the unseen stretches differ"),
        ("update quarter set total = total + 1", "the facts of shop/home differ, first on 2026-10-05 (UTC)"),
        ("update frozen set content = zeroblob(8)", "what entry 1 froze was changed by hand, or is gone"),
        ("delete from frozen", "what entry 1 froze was changed by hand, or is gone"),
    ],
)
def test_facts_edited_by_hand_are_named(month: Slamon, sql: str, told: str) -> None:
    month(*CLOSE)
    assert month("verify").code == 0
    by_hand(sql)
    done = month("verify", "2026-10")
    assert (done.code, told in done.out) == (1, True), done.out


def test_a_closing_edited_by_hand_breaks_the_register(month: Slamon) -> None:
    month(*CLOSE)
    by_hand("update register set author = 'nobody'")
    done = month("verify")
    assert (done.code, done.out) == (1, "the register is broken at entry 1: it is not what was entered\n")


def test_other_terms_than_those_closed_are_named(month: Slamon) -> None:
    month(*CLOSE)
    write(target="99.5%")
    done = month("verify")
    assert done.code == 1
    assert "terms.revisions.1.target was 0.999, is 0.995; the facts are unchanged" in done.out
    write(revisions=[{"valid_from": "2027-01-01", "target": "99%"}])
    assert month("verify").code == 0  # terms after the period are no matter of it


# -- real processes


def last_month() -> datetime:
    """The first of the calendar month before this one."""
    first = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A running system whose ledger has an hour of the last month."""
    start = round(last_month().timestamp() * 1000)
    found = catalogue(valid_from=last_month().date().isoformat())
    found["services"]["shop"]["checks"]["home"]["since"] = last_month().isoformat()
    (tmp_path / "slamon.yml").write_text(json.dumps(found))
    lines = [line(i, "down" if i in (10, 11) else "up") | {"at": start + i * MINUTE} for i in range(60)]
    (tmp_path / "past.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    places = ("-c", str(tmp_path / "slamon.yml"), "-d", str(tmp_path / "data"))
    done = command("import", "observations", str(tmp_path / "past.jsonl"), *places)
    assert done.returncode == 0, done.stderr
    system = Running(tmp_path / "slamon.yml", tmp_path / "data").ready()
    yield system
    if system.process.poll() is None:
        system.kill()


def called(system: Running, *words: str) -> subprocess.CompletedProcess[str]:
    return command(*words, "-c", str(system.config), "-d", str(system.data))


def closed_periods(system: Running) -> dict[str, float]:
    """What the metric says of the agreement, by state."""
    page = system.metrics(**{"collect[]": "agreement"})
    found = {"agreement": "gold", "customer": "kunde"}
    states = ("closed", "approved", "disputed")
    told = {state: samples(page, "slamon_agreement_closed_periods", **found, state=state) for state in states}
    return {state: value for state, (value,) in told.items()}


def test_of_two_closings_at_once_one_is_refused_and_a_kill_loses_nothing(running: Running) -> None:
    name = f"{last_month():%Y-%m}"
    words = [*COMMAND, "close", name, "--author", "sm", "-c", str(running.config), "-d", str(running.data)]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120) for process in both]
    running.kill()
    assert sorted(process.returncode for process in both) == [0, 2], told
    assert sum(f"{name} of gold was closed by sm at " in error for _, error in told) == 1, told
    assert called(running, "verify").stdout == f"the register is whole: 1 entries\n{name} of gold: as it was frozen\n"
    again = Running(running.config, running.data).ready()
    try:
        done = called(again, "verify", name)
        assert (done.returncode, done.stdout.endswith(f"{name} of gold: as it was frozen\n")) == (0, True), done.stdout
        assert closed_periods(again) == {"closed": 1, "approved": 0, "disputed": 0}
        assert called(again, "close", "approve", name, "--author", "kunde").returncode == 0
        assert closed_periods(again) == {"closed": 0, "approved": 1, "disputed": 0}
        this = called(again, "close", f"{datetime.now(UTC):%Y-%m}", "--author", "sm")
        assert (this.returncode, "has not ended for gold" in this.stderr) == (2, True), this.stderr
    finally:
        again.stop()
