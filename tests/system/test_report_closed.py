"""Reports of closed periods: the frozen figures in every form, restatements beside them, what was known then."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from tests.system import calling
from tests.system.calling import MINUTE, START, Slamon, clock, imported, line
from tests.system.test_close_command import ADD, CLOSE, by_hand, write

slamon = calling.slamon
TICKET = (*ADD, "--ticket", "INC-7")
RESTATE = ("close", "restate", "2026-10", "-a", "gold", "--author", "chefin", "--reason", "as agreed")
FORMS = ("pdf", "html", "xlsx", "json", "csv")


@pytest.fixture
def month(slamon: Slamon) -> Slamon:
    """Two hours of a shop in October, two minutes of them down. It is January."""
    write(service_hours="24x7", maintenance=[])
    lines = [line(i, "down" if i in (10, 11) else "up", duration_ms=50) for i in range(120)]
    assert imported(slamon, lines).code == 0
    return slamon


def report(slamon: Slamon, *words: str, period: str = "2026-10") -> dict[str, Any]:
    done = slamon("report", "-p", period, "-o", "out", "-f", "json", *words)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(Path(f"out/{period}_kunde_gold_en.json").read_text())
    return found


def texts(told: dict[str, Any], section: str) -> str:
    return " ".join(text for part in told["sections"] if part["id"] == section for text in part["paragraphs"])


def table(told: dict[str, Any], key: str) -> list[list[Any]]:
    (found,) = [t for section in told["sections"] for t in section["tables"] if t["id"] == key]
    return [[cell["value"] if "value" in cell else cell["text"] for cell in row] for row in found["rows"]]


def summed(told: dict[str, Any]) -> tuple[int, str]:
    """Downtime and availability of the summary."""
    (row,) = table(told, "summary")
    return int(row[5]), str(row[3])


def test_until_it_is_closed_a_report_is_provisional_on_its_first_page(month: Slamon) -> None:
    for lang, word in (("en", "provisional"), ("de", "vorläufig")):
        month("report", "-p", "2026-10", "-o", "out", "-f", "pdf", "--lang", lang)
        first = PdfReader(f"out/2026-10_kunde_gold_{lang}.pdf").pages[0].extract_text()
        assert word in first
    running = report(month, "--at", "2026-10-20T00:00:00Z")
    assert "provisional" in texts(running, "summary")
    assert [t for s in running["sections"] for t in s["tables"] if t["id"] == "closing"] == []


def test_a_closed_report_shows_the_frozen_figures_whatever_comes_later(month: Slamon) -> None:
    before = summed(report(month))
    month(*CLOSE)
    closed = report(month)
    assert summed(closed) == before == (2 * MINUTE, "0.983333333333")
    assert "The period was closed by sm at 1 Jan 2027 00:00:00" in texts(closed, "summary").replace("\u00a0", " ")
    assert "provisional" not in texts(closed, "summary")
    assert "Computed anew" not in texts(closed, "summary")
    month(*TICKET)
    later = report(month)
    assert summed(later) == before
    assert "Computed anew today they would be others" in texts(later, "summary")
    rows = table(later, "closing")
    assert [(row[0], row[4], row[5]) for row in rows] == [
        ("closing", "0.983333333333", 2 * MINUTE),
        ("computed now", "0.991596638655", MINUTE),
    ]
    assert later["sections"][-1]["id"].startswith("recompute")  # the facts give it still: the appendix is there


def test_a_restatement_shows_both_figures_who_when_and_why(month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    month(*CLOSE)
    month("close", "dispute", "2026-10", "--author", "kunde", "--text", "our line")
    disputed = texts(report(month), "summary").replace("\u00a0", " ")
    assert "Disputed by kunde at 1 Jan 2027" in disputed
    assert "In their words: our line" in disputed
    clock(monkeypatch, "2027-01-02T00:00:00Z")
    month(*TICKET)
    month(*RESTATE)
    clock(monkeypatch, "2027-01-03T00:00:00Z")
    month("close", "approve", "2026-10", "--author", "kunde")
    told = report(month)
    assert summed(told) == (MINUTE, "0.991596638655")
    said = texts(told, "summary").replace("\u00a0", " ")
    assert "They are those of restatement 1 by chefin at 2 Jan 2027 00:00:00: as agreed" in said
    assert "Approved by kunde at 3 Jan 2027" in said
    assert "Disputed" not in said
    rows = table(told, "closing")
    assert [(row[0], row[2], row[4], row[5], row[8]) for row in rows] == [
        ("closing", "sm", "0.983333333333", 2 * MINUTE, None),
        ("restatement 1", "chefin", "0.991596638655", MINUTE, "as agreed"),
    ]
    (outage,) = table(told, "outages")
    assert outage[-1] == "agreed, INC-7"
    (correction,) = table(told, "corrections")
    assert (correction[-1], correction[5]) == ("INC-7", MINUTE)
    assert correction[6:8] == ["as agreed", "sm"]  # of the register: what was frozen has no names


def test_as_of_a_moment_is_what_was_known_then(month: Slamon, monkeypatch: pytest.MonkeyPatch) -> None:
    month(*CLOSE)
    clock(monkeypatch, "2027-01-02T00:00:00Z")
    month(*TICKET)
    month(*RESTATE)
    clock(monkeypatch, "2027-01-03T00:00:00Z")
    provisional = report(month, "--as-of", "2026-12-31T00:00:00Z")
    closed = report(month, "--as-of", "2027-01-01T12:00:00Z")
    restated = report(month, "--as-of", "2027-01-02T12:00:00Z")
    assert [summed(told)[0] for told in (provisional, closed, restated)] == [2 * MINUTE, 2 * MINUTE, MINUTE]
    assert "provisional" in texts(provisional, "summary")
    assert len(table(closed, "closing")) == 1
    assert "Computed anew" not in texts(closed, "summary")
    assert len(table(restated, "closing")) == 2


def test_the_trend_of_a_later_month_shows_what_was_frozen(month: Slamon) -> None:
    month(*CLOSE)
    month(*TICKET)
    november = report(month, period="2026-11")
    (row,) = [row for row in table(november, "trend") if row[0] == "2026-10"]
    assert (row[3], row[5]) == ("0.983333333333", 2 * MINUTE)


@pytest.mark.parametrize("how", ["terms", "facts"])
def test_where_the_figures_cannot_be_made_anew_only_what_was_frozen_is_shown(month: Slamon, how: str) -> None:
    month(*CLOSE)
    if how == "terms":
        write(service_hours="24x7", maintenance=[], target="99.5%")
    else:
        by_hand("update run set verdict = 'up' where verdict = 'down'")
    told = report(month)
    assert summed(told) == (2 * MINUTE, "0.983333333333")
    assert "cannot be made anew" in texts(told, "summary")
    assert [row[2] for row in table(told, "summary")] == ["0.999"]
    ids = [section["id"] for section in told["sections"]]
    assert "closing" in ids
    assert not any(name.startswith(("hours", "recompute", "appendix", "maintenance", "rules")) for name in ids)
    (outage,) = table(told, "outages")
    assert outage[2:6] == [START + 10 * MINUTE, START + 12 * MINUTE, 2 * MINUTE, 2 * MINUTE]
    assert table(told, "closing")[1][0] == "computed now"


def test_all_forms_say_it_alike(month: Slamon) -> None:
    month(*CLOSE)
    month(*TICKET)
    month(*RESTATE)
    forms = [word for form in FORMS for word in ("-f", form)]
    assert month("report", "-p", "2026-10", "-o", "out", *forms).code == 0
    base = Path("out/2026-10_kunde_gold_en")
    told = json.loads(base.with_suffix(".json").read_text())
    (found,) = [t for section in told["sections"] for t in section["tables"] if t["id"] == "closing"]
    cells = [cell["text"] for row in found["rows"] for cell in row]
    pages = " ".join(page.extract_text() for page in PdfReader(base.with_suffix(".pdf")).pages).split()
    html = base.with_suffix(".html").read_text()
    with base.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [row for row in csv.reader(file) if "closing" in row]
    sheet = openpyxl.load_workbook(base.with_suffix(".xlsx"))
    names = [name for name in sheet.sheetnames if "losing" in name]
    assert len(names) == 1
    for cell in cells:
        assert " ".join(cell.split()) in " ".join(pages).replace("\u00a0", " ").replace("- ", "") or len(cell) > 12, (
            cell
        )
        assert cell in html
        assert any(cell in row for row in lines), cell
    assert sheet[names[0]].max_row == len(found["rows"]) + 1


def test_frozen_content_that_is_gone_is_told_and_nothing_is_written(month: Slamon) -> None:
    month(*CLOSE)
    by_hand("delete from frozen")
    done = month("report", "-p", "2026-10", "-o", "out")
    assert (done.code, "what entry 1 froze was changed by hand, or is gone" in done.err) == (3, True)
    assert not Path("out").exists() or not list(Path("out").iterdir())
