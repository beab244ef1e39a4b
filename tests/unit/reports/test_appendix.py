"""The appendix tells the rules that were agreed, how checks are confirmed, and sums that give the account's figure."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from slamon.figures import Figures
from slamon.reports.document import Cell, Document, Paragraph, Said
from slamon.reports.tongue import Tongue
from slamon.reports.values import value
from slamon.shown import answer

from tests.unit.reports import world

ENGLISH = Tongue("en", "UTC")


def exact(cell: Cell) -> Any:
    return value(cell, ENGLISH)[1]


def said(told: Document, part: str) -> list[Said]:
    section = next(section for section in told.sections if section.key == part)
    return [block.said for block in section.blocks if isinstance(block, Paragraph)]


def known(folder: Path, rules: dict[str, str]) -> Figures:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["agreements"]["gold"]["rules"] |= rules
    return world.figures(folder, catalogue)


ALWAYS = ["rule.by_time", "rule.observation", "rule.sums", "rule.outage", "rule.cut"]


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ({}, ["rule.unknown.exclude", "rule.degraded.up", "rule.maintenance.exclude", "rule.min_coverage"]),
        ({"unknown": "down", "degraded": "down", "maintenance": "up"},
         ["rule.unknown.down", "rule.degraded.down", "rule.maintenance.up", "rule.min_coverage"]),
        ({"unknown": "up", "min_outage": "90s", "min_coverage": "80%"},
         ["rule.unknown.up", "rule.degraded.up", "rule.maintenance.exclude", "rule.min_outage", "rule.min_coverage"]),
    ],
)  # fmt: skip
def test_the_rules_are_those_agreed(rules: dict[str, str], wanted: list[str], tmp_path: Path) -> None:
    told = said(world.report(known(tmp_path, rules)), "rules")
    assert [one.key for one in told] == ALWAYS + wanted
    cells = {one.key: [exact(cell) for _, cell in one.cells] for one in told}
    assert cells["rule.min_coverage"] == ["0.8" if "min_coverage" in rules else "0.9"]
    assert cells.get("rule.min_outage", [90_000]) == [90_000]


@pytest.mark.parametrize("rules", [{}, {"unknown": "down"}, {"unknown": "up"}], ids=["exclude", "down", "up"])
def test_the_sums_in_words_give_the_figure_of_the_account(rules: dict[str, str], tmp_path: Path) -> None:
    figures = known(tmp_path, rules)
    told = world.report(figures)
    for place, figure in enumerate(answer(figures, world.AT, agreement="gold", period="2026-10")["figures"], 1):
        cells = {one.key: {name: exact(cell) for name, cell in one.cells} for one in said(told, f"recompute-{place}")}
        measured, known_, sums, budget = (
            cells[f"formula.{key}"] for key in ("measured", "known", "availability", "budget")
        )
        assert measured["serving"] - measured["excluded"] == measured["measured"] == known_["measured"]
        assert measured["measured"] == figure["measured_ms"]
        assert known_["measured"] - known_["left"] == known_["known"] == sums["known"] == sums["known_ms"]
        assert known_["known"] == figure["known_ms"]
        assert sums["known"] - sums["downtime"] == sums["up"] == sums["up_ms"]
        assert sums["downtime"] == budget["downtime"] == figure["downtime_ms"]
        assert f"{Fraction(sums['up_ms'], sums['known_ms']) * 10**12 // 1:012}" == figure["availability"][2:]
        assert sums["availability"] == figure["availability"]
        allowed = Fraction(budget["miss"]) * (budget["full"] - budget["left"])
        assert allowed // 1 == budget["budget"] == figure["budget_ms"]


def test_how_each_check_is_confirmed(tmp_path: Path) -> None:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["services"]["db"]["checks"]["query"] |= {"confirm": 4, "flapping": 7}
    told = world.report(world.figures(tmp_path, catalogue))
    table = next(table for table in told.tables() if table.key == "checks")
    assert {tuple(map(exact, row)) for row in table.rows} == {
        ("shop/home", world.STEP * world.MINUTE, 2, 3), ("db/query", world.STEP * world.MINUTE, 4, 7),
    }  # fmt: skip
