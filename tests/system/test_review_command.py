"""`slamon review` as a user calls it: what it writes, that its minutes come back in, and what it refuses."""

import errno
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pypdf
import pytest
import yaml
from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.commands.places import ledger_path
from slamon.desk import Desk
from slamon.ledger import Ledger, register

from tests.system import calling
from tests.system.calling import Slamon, clock, imported, put
from tests.unit.reports import review_world as world

slamon = calling.slamon

FORM = Path("out/2026-Q4_haendler-minutes.yml")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folder with the imported quarter is kept, once it is made."""
    return tmp_path_factory.mktemp("quarter") / "made"


@pytest.fixture
def empty(slamon: Slamon, ready: Path, monkeypatch: pytest.MonkeyPatch) -> Slamon:
    """The quarter in a ledger, with nothing registered."""
    clock(monkeypatch, "2027-01-08T09:00:00+01:00")
    if not ready.exists():
        put(world.CATALOGUE, [])
        done = imported(slamon, world.observations(end=world.AT - world.STEP * world.MINUTE))
        assert done.code == 0, done.err
        shutil.copytree(Path(), ready)
    shutil.copytree(ready, Path(), dirs_exist_ok=True)
    return slamon


@pytest.fixture
def shop(empty: Slamon) -> Slamon:
    """The same with the desk full of paper."""
    ledger = Ledger.open(ledger_path(load(Path("slamon.yml")), None))
    try:
        for day, entry in world.ENTRIES:
            ledger.enter([entry], instant_ms(f"{day}T10:00:00+01:00"), None).result()
    finally:
        ledger.close(clean=True)
    return empty


def names(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def entries() -> list[Any]:
    return list(register(ledger_path(load(Path("slamon.yml")), None)))


def told(what: str = "review", language: str = "en") -> dict[str, Any]:
    return dict(json.loads(Path(f"out/2026-Q4_haendler_{what}_{language}.json").read_text()))


def table(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The exact values of a table's rows by column."""
    one = next(table for section in found["sections"] for table in section["tables"] if table["id"] == key)
    ids = [column["id"] for column in one["columns"]]
    return [{key: cell["value"] for key, cell in zip(ids, row, strict=True)} for row in one["rows"]]


def test_pack_agenda_and_minutes_are_written_under_names_that_sort(shop: Slamon) -> None:
    done = shop("review", "haendler", "--period", "2026-Q4", "--lang", "de", "--format", "pdf,html", "-o", "out")
    assert (done.code, done.err) == (0, "")
    wanted = [f"2026-Q4_haendler_{what}_de.{form}" for what in ("agenda", "minutes", "review")
              for form in ("html", "pdf")]  # fmt: skip
    assert names() == sorted([*wanted, FORM.name])
    assert sorted(done.out.split()) == [f"out/{name}" for name in names()]
    read = pypdf.PdfReader(io.BytesIO(Path("out/2026-Q4_haendler_review_de.pdf").read_bytes()))
    words = " ".join(page.extract_text() for page in read.pages)
    assert "Service-Review 4. Quartal 2026" in words
    assert "CALL-12" in words
    page = Path("out/2026-Q4_haendler_review_de.html").read_text()
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_last_whole_quarter_as_a_page_is_what_is_written_without_words(shop: Slamon) -> None:
    assert shop("review", "haendler", "-o", "out").code == 0
    assert "2026-Q4_haendler_review_en.html" in names()


def test_the_numbers_are_those_of_the_account_and_of_the_register(shop: Slamon) -> None:
    assert shop("review", "haendler", "-p", "2026-Q4", "-f", "json", "-o", "out").code == 0
    found = told()
    figures = shop("account", "-p", "2026-Q4", "-f", "json").figures
    mine = {(f["agreement"], f["target"], f["service"]): f for f in figures if f["agreement"] in ("gold", "office")}
    rows = [row for row in table(found, "summary") if row["availability"] is not None]
    for row, figure in zip(rows, mine.values(), strict=True):
        assert row["agreement"] == figure["agreement"]
        assert row["availability"] == figure["availability"]
        assert row["downtime"] == figure["downtime_ms"]
        assert row["coverage"] == figure["coverage"]
        assert row["outages"] == figure["outage_count"]
    november = shop("account", "-p", "2026-11", "-a", "gold", "-f", "json").figures[0]
    row = next(r for r in table(found, "months") if (r["agreement"], r["period"]) == ("gold", "2026-11"))
    assert (row["availability"], row["verdict"]) == (november["availability"], november["verdict"])
    desk = Desk.of(entries())
    assert [row["number"] for row in table(found, "open")] == [
        a.number for a in desk.actions.values() if a.customer != "vertrieb" and a.state == "open"
    ]


def test_a_proposal_is_that_of_whatif(shop: Slamon) -> None:
    assert shop("review", "haendler", "-p", "2026-Q4", "-f", "json", "-o", "out").code == 0
    answer = json.loads(shop("whatif", "-a", "gold", "--propose", "-f", "json", "--periods", "12").out)
    (wanted,) = answer["proposals"]
    row = table(told(), "proposals")[0]
    assert (row["proposed"], row["bound"]) == (wanted["proposed"]["target"], wanted["proposed"]["bound"])


def test_a_closed_month_and_its_restatement_stand_there(shop: Slamon) -> None:
    assert shop("close", "2026-11", "-a", "gold", "--author", "S. Meier").code == 0
    words = ["--agreement", "gold", "--kind", "exclude", "--start", "2026-11-12T09:00:00Z", "--end",
             "2026-11-12T09:30:00Z", "--cause", "customer", "--reason", "Leitung", "--author", "S. Meier"]  # fmt: skip
    assert shop("register", "correction", "add", *words).code == 0
    assert shop("review", "haendler", "-p", "2026-Q4", "-f", "json", "-o", "out").code == 0
    closed = next(section for section in told()["sections"] if section["id"] == "closed")
    assert "what is known now is not what was frozen" in closed["paragraphs"][0]
    done = shop("close", "restate", "2026-11", "-a", "gold", "--author", "S. Meier", "--reason", "Leitung")
    assert done.code == 0, done.err
    assert shop("review", "haendler", "-p", "2026-Q4", "-f", "json", "-o", "out").code == 0
    first, second = table(told(), "closed")
    assert (first["downtime"], second["downtime"]) == (5_400_000, 3_600_000)
    assert second["reason"] == "Leitung"


def test_the_minutes_are_filled_in_and_read_back_in(shop: Slamon) -> None:
    assert shop("review", "haendler", "-p", "2026-Q4", "-o", "out").code == 0
    text = FORM.read_text()
    example = [line for line in text.splitlines() if line.startswith("#  ")]
    filled = (
        text.replace("participants: []", 'participants: ["Frau Kraus", "S. Meier"]')
        .replace("minutes: |\n", "minutes: |\n  Zwei Zeilen.\n  Ende.\n")
        .replace("decisions: []", 'decisions: ["Es bleibt bei 99,9 %"]')
        .replace("actions: []", "actions:\n" + "\n".join(line.removeprefix("# ") for line in example))
        .replace("done: []", "done: [2]")
    )
    FORM.write_text(filled)
    assert yaml.safe_load(filled)["actions"][0]["title"] == "..."
    back = shop("register", "review", "add", "--from", str(FORM), "--author", "S. Meier")
    assert back.code == 0, back.err
    desk = Desk.of(entries())
    review = list(desk.reviews.values())[-1]
    assert (review.customer, review.period, str(review.held)) == ("haendler", "2026-Q4", "2027-01-08")
    assert review.participants == ("Frau Kraus", "S. Meier")
    assert review.minutes.splitlines() == ["Zwei Zeilen.", "Ende."]
    assert review.decisions == ("Es bleibt bei 99,9 %",)
    (number,) = review.actions
    action = desk.actions[number]
    assert (action.service, action.team, str(action.due)) == ("shop", "web", "2027-04-08")
    assert action.expected is not None
    assert (action.expected.agreement, action.expected.value) == ("gold", 30 * world.MINUTE)
    assert desk.actions[2].state == "done"
    assert shop("review", "haendler", "-p", "2027-Q1", "-f", "json", "-o", "next").code == 0
    page = json.loads(Path("next/2027-Q1_haendler_review_en.json").read_text())
    assert [row["decision"] for row in table(page, "decisions")] == ["Es bleibt bei 99,9 %"]


def test_an_unfilled_form_is_refused_by_name(shop: Slamon) -> None:
    assert shop("review", "haendler", "-o", "out").code == 0
    back = shop("register", "review", "add", "--from", str(FORM), "--author", "S. Meier")
    assert back.code == 2
    assert "participants" in back.err


def test_a_form_that_was_filled_in_is_never_overwritten(shop: Slamon) -> None:
    assert shop("review", "haendler", "-o", "out").code == 0
    again = shop("review", "haendler", "-o", "out")
    assert (again.code, again.err) == (0, "")
    german = shop("review", "haendler", "-o", "out", "--lang", "de")
    assert (german.code, german.err) == (0, ""), "nobody filled it in: it may change its language"
    assert FORM.read_text().startswith("# Protokoll")
    FORM.write_text("customer: haendler  # my notes\n")
    done = shop("review", "haendler", "-o", "out")
    assert done.code == 0
    assert f"{FORM} was there already and is kept" in done.err
    assert FORM.read_text() == "customer: haendler  # my notes\n"


@pytest.mark.parametrize("language", ["de", "en"])
def test_with_nothing_registered_every_section_says_so(language: str, empty: Slamon) -> None:
    assert empty("review", "haendler", "--lang", language, "-f", "json", "-o", "out").code == 0
    sections = {section["id"]: section for section in told(language=language)["sections"]}
    for key in ("complaints", "actions", "decisions", "closed"):
        assert sections[key]["paragraphs"]
        assert not sections[key]["tables"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["handler"], "there is no customer 'handler'; there are: haendler, vertrieb, leer; did you mean 'haendler'?"),
        (["k" * 300], f"there is no customer '{'k' * 57}...'; there are: haendler, vertrieb, leer"),
        (["عميل"], "there is no customer 'عميل'"),
        (["leer"], "the customer leer has no agreement: there is nothing to review"),
        (["haendler", "-p", "2027-Q2"], "--period 2027-Q2: it has not begun; it begins at 2027-03-31T22:00:00.000Z"),
        (["haendler", "-p", "2026-Q5"], "--period: '2026-Q5' names no period"),
        (["haendler", "-p", "2026-Q1"], "no agreement of the customer has a figure in 2026-Q1. gold: It was not in"),
        (["haendler", "--at", "2027-06-01T00:00:00Z"], "is in the future"),
        (["haendler", "-f", "docx"], "--format: 'docx' is not one of csv, json, xlsx, html, pdf"),
        (["haendler", "-f", ","], "--format: '' is not one of"),
        (["haendler", "--lang", "fr"], "'fr' is not one of"),
        (["haendler", "--ahead", "0"], "Invalid value for '--ahead'"),
        (["haendler", "-o", "slamon.yml/x"], "cannot be written: Not a directory; name another --output DIR"),
    ],
)
def test_what_makes_no_sense_is_answered_in_a_sentence(words: list[str], error: str, shop: Slamon) -> None:
    done = shop("review", *words)
    assert done.code == 2
    assert error in done.err.replace("\n", " ")
    assert "Traceback" not in done.err
    assert not list(Path().glob("*.html"))


def test_what_was_entered_later_is_not_known_before(shop: Slamon) -> None:
    assert (
        shop("review", "haendler", "-p", "2026-Q4", "--at", "2026-11-15T00:00:00Z", "-f", "json", "-o", "out").code == 0
    )
    found = told()
    assert [row["number"] for row in table(found, "complaints")] == [28, 4]
    assert [row["number"] for row in table(found, "ended")] == [3]
    assert found["at_ms"] == instant_ms("2026-11-15T00:00:00Z")


def test_a_name_of_300_signs_is_refused_with_its_place(slamon: Slamon) -> None:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["customers"]["haendler"]["name"] = "x" * 300
    put(catalogue, [])
    done = slamon("review", "haendler")
    assert done.code == 2
    assert "customers.haendler.name: found 'xxx" in done.err


def test_a_full_disk_leaves_what_was_there(shop: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shop("review", "haendler", "-o", "out").code == 0
    before = {path: path.read_bytes() for path in Path("out").iterdir()}

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = shop("review", "haendler", "--lang", "de", "-o", "out")
    assert done.code == 3
    assert "no space is left there" in done.err
    assert {path: path.read_bytes() for path in Path("out").iterdir()} == before


def test_without_a_figure_it_says_so_and_why(slamon: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, "2027-01-08T09:00:00+01:00")
    put(world.CATALOGUE, [])
    assert imported(slamon, [line for line in world.observations() if line["check"] == "db/query"]).code == 0
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["agreements"] = {"neu": catalogue["agreements"]["neu"]}
    catalogue["corrections"] = []
    put(catalogue, [])
    done = slamon("review", "haendler", "-p", "2026-Q4")
    assert done.code == 2
    assert "no figure in 2026-Q4" not in done.err
    assert "neu: Nothing was observed yet of its services." in done.err


def test_without_a_ledger_it_says_so(slamon: Slamon) -> None:
    put(world.CATALOGUE, [])
    done = slamon("review", "haendler", "-p", "2026-Q4")
    assert done.code == 2
    assert "ledger" in done.err
