"""Corrections, credits, hours, maintenance and what was left out of outages, each against account and catalogue."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.quantities import instant_ms
from slamon.figures import Figures
from slamon.reports.document import NOTHING, Cell, Document, Duration, Many, Paragraph, Table, Text, say
from slamon.reports.tongue import Tongue
from slamon.reports.values import value
from slamon.shown import answer

from tests.unit.reports import world

ENGLISH = Tongue("en", "UTC")
HOUR = 3_600_000


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return world.figures(tmp_path_factory.mktemp("world"))


def changed(**gold: Any) -> dict[str, Any]:
    """The catalogue with another agreement."""
    catalogue: dict[str, Any] = json.loads(json.dumps(world.CATALOGUE))
    catalogue["agreements"]["gold"] |= gold
    return catalogue


def exact(cell: Cell) -> Any:
    return value(cell, ENGLISH)[1]


def table_of(told: Document, key: str) -> Table:
    return next(table for table in told.tables() if table.key == key)


def said_in(told: Document, part: str) -> dict[str, dict[str, Cell]]:
    section = next(section for section in told.sections if section.key == part)
    return {block.said.key: dict(block.said.cells) for block in section.blocks if isinstance(block, Paragraph)}


def account(known: Figures, period: str = "2026-10", at: int = world.AT) -> list[dict[str, Any]]:
    return list(answer(known, at, agreement="gold", period=period)["figures"])


# -- corrections


def test_each_correction_stands_with_all_that_was_entered(known: Figures) -> None:
    rows = table_of(world.report(known), "corrections").rows
    wanted = [c for figure in account(known) for c in figure["corrections"]]
    assert len(rows) == len(wanted) == 4
    found = {(row[2].key, *map(exact, (row[3], row[4], row[6], row[7], row[8], row[9]))) for row in rows}
    assert found == {
        (f"correction.{c['kind']}", c["start_ms"], c["end_ms"], c["reason"], c["author"], c["entered_ms"], c["ticket"])
        for c in wanted
    }
    assert {row[0].key for row in rows} == {"cause.third_party", "cause.agreed"}


def test_the_figures_without_corrections_are_the_accounts(known: Figures) -> None:
    rows = table_of(world.report(known), "uncorrected").rows
    for row, figure in zip(rows, account(known), strict=True):
        assert [exact(cell) for cell in row[1:]] == [
            figure["availability"], figure["availability_uncorrected"],
            figure["downtime_ms"], figure["downtime_uncorrected_ms"],
        ]  # fmt: skip
        assert figure["availability"] != figure["availability_uncorrected"]


def test_an_outage_names_the_corrections_that_reach_into_it_and_no_other(known: Figures) -> None:
    told = world.report(known)
    agreed = say("outage.cause", cause=say("cause.agreed"))
    causes = {exact(row[2]): row[-1] for row in table_of(told, "outages").rows}
    at = instant_ms("2026-10-20T10:00:00Z")
    assert {start: cause for start, cause in causes.items() if cause is not NOTHING} == {at: Many((agreed,))}
    third = say("outage.ticket", cause=say("cause.third_party"), ticket=Text("-INC"))
    uncounted = {exact(row[1]): row[-1] for row in table_of(told, "uncounted").rows}
    assert uncounted[instant_ms("2026-10-12T10:00:00Z")] == Many((third,))


# -- outages


def test_unknown_time_within_an_outage_is_told_as_left_out(tmp_path: Path) -> None:
    bad = {instant_ms(f"2026-10-{at}:00Z") for at in ("17T23:20", "17T23:40", "18T06:00", "18T06:20")}
    seen = [
        one | ({"verdict": "down", "reason": "timeout"} if one["check"] == "db/query" and one["at"] in bad else {})
        for one in world.observations()
    ]
    table = table_of(world.report(world.figures(tmp_path, seen=seen)), "outages")
    (row,) = (row for row in table.rows if exact(row[2]) == min(bad) and row[0] == Text("Datenbank"))
    assert (exact(row[4]), exact(row[5])) == (7 * HOUR + HOUR // 3, HOUR + HOUR // 3)
    assert row[6] == Many((say("left.unknown", time=Duration(6 * HOUR)),))


def test_a_dependency_is_charged_with_what_was_counted(tmp_path: Path) -> None:
    catalogue = changed()
    half = {"start": "2026-10-09T09:00:00Z", "end": "2026-10-09T09:10:00Z", "entered": "2026-10-10T00:00:00Z"}
    catalogue["corrections"].append(catalogue["corrections"][0] | half)
    known = world.figures(tmp_path, catalogue)
    (row,) = table_of(world.report(known), "dependencies").rows
    start = instant_ms(half["end"])
    (counted,) = (o["counted_ms"] for o in account(known)[0]["outages"] if o["start_ms"] <= start < o["end_ms"])
    assert (exact(row[2]), exact(row[3]), counted) == (1, HOUR // 2, HOUR // 2)


# -- credits


def test_each_credit_due_is_told_with_its_figure_and_of_several_the_highest(tmp_path: Path, known: Figures) -> None:
    told = world.report(known)
    section = next(section for section in told.sections if section.key == "credits")
    due = [dict(b.said.cells) for b in section.blocks if isinstance(b, Paragraph) and b.said.key == "credits.due"]
    figures = account(known)
    assert [exact(cells["availability"]) for cells in due] == [figure["availability"] for figure in figures]
    assert [exact(cells["credit"]) for cells in due] == ["0.05", "0.05"]
    assert exact(said_in(told, "credits")["credits.highest"]["credit"]) == "0.05"
    tiers = [tuple(map(exact, row)) for row in table_of(told, "credits").rows]
    assert tiers == [(1, "0.999", "0.05"), (1, "0.99", "0.15")]
    steep = [{"below": "99.9%", "credit": "5%"}, {"below": "99.85%", "credit": "20%"}]
    unlike = said_in(world.report(world.figures(tmp_path, changed(credits=steep))), "credits")
    assert exact(unlike["credits.highest"]["credit"]) == "0.2"


@pytest.mark.parametrize(
    ("period", "at", "key"),
    [
        ("2026-10", "2026-10-21T00:00:00Z", "credits.later"),
        ("2026-10-22/2026-10-25", "2026-11-02T00:00:00Z", "credits.not_due"),
    ],
)
def test_without_a_credit_it_is_said_whether_one_may_come(period: str, at: str, key: str, known: Figures) -> None:
    assert list(said_in(world.report(known, period=period, at=instant_ms(at)), "credits")) == [key]


# -- hours and maintenance


def test_holidays_of_the_period_are_listed(known: Figures) -> None:
    rows = table_of(world.report(known, "office"), "dates-1").rows
    assert [(exact(day), said) for day, said in rows] == [("2026-10-03", say("hours.holiday"))]


def window(start: str, end: str, summary: str) -> dict[str, str]:
    return {"start": start, "end": end, "announced": "2026-09-01T00:00:00Z", "summary": summary}


def test_windows_that_overlap_are_counted_once_and_one_over_the_end_is_no_coming_one(tmp_path: Path) -> None:
    held = [
        window("2026-10-06T02:00:00+02:00", "2026-10-06T04:00:00+02:00", "first"),
        window("2026-10-06T03:00:00+02:00", "2026-10-06T05:00:00+02:00", "second"),
        window("2026-10-31T23:00:00+01:00", "2026-11-01T01:00:00+01:00", "over the end"),
    ]
    later = window("2026-11-05T02:00:00+01:00", "2026-11-05T03:00:00+01:00", "later")
    known = world.figures(tmp_path, changed(maintenance=[*held, later]) | {"corrections": []})
    told = world.report(known)
    rows = table_of(told, "maintenance").rows
    assert [(exact(row[2]), exact(row[4])) for row in rows] == [
        ("first", 2 * HOUR), ("second", 1 * HOUR), ("over the end", 0),
    ]  # fmt: skip
    assert sum(exact(row[4]) for row in rows) == account(known)[0]["excluded_ms"] == 3 * HOUR  # that is the limit
    assert [exact(row[2]) for row in table_of(told, "coming").rows] == ["later"]
    said = said_in(told, "maintenance")
    assert said["maintenance.notice"] == {"notice": Duration(24 * HOUR)}
    assert said["maintenance.limit"] == {"limit": Duration(3 * HOUR)}
