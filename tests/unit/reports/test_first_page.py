"""What a manager reads first has the numbers of the account: verdict, by how much, budget, trend; and whose it is."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import cut_down
from slamon.catalogue.quantities import instant_ms
from slamon.figures import Figures
from slamon.reports.document import Cell, Document, Paragraph, Said, Text
from slamon.reports.tongue import Tongue
from slamon.reports.values import value
from slamon.shown import answer

from tests.unit.reports import world

ENGLISH = Tongue("en", "UTC")
MIDDLE = instant_ms("2026-10-21T00:00:00Z")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return world.figures(tmp_path_factory.mktemp("world"))


def exact(cell: Cell) -> Any:
    return value(cell, ENGLISH)[1]


def rows_of(told: Document, key: str) -> list[list[Any]]:
    table = next(table for table in told.tables() if table.key == key)
    return [[exact(cell) for cell in row] for row in table.rows]


def sentences(told: Document, part: str) -> list[Said]:
    section = next(section for section in told.sections if section.key == part)
    return [block.said for block in section.blocks if isinstance(block, Paragraph)]


def figures(known: Figures, agreement: str, period: str, at: int) -> list[dict[str, Any]]:
    return list(answer(known, at, agreement=agreement, period=period)["figures"])


def same(found: str | None, wanted: Fraction | str | None) -> bool:
    """As ratios of twelve digits, whose last one may have been cut."""
    if found is None or wanted is None:
        return found is wanted
    return abs(Fraction(found) - Fraction(wanted)) <= Fraction(2, 10**12)


CASES = [
    (agreement, period, at)
    for agreement in ("gold", "office")
    for period in ("2026-10", "2026-W42", "2026-10-05/2026-10-08")
    for at in (world.AT, MIDDLE)
]


@pytest.mark.parametrize(("agreement", "period", "at"), CASES)
def test_the_summary_tells_each_figure(agreement: str, period: str, at: int, known: Figures) -> None:
    told = world.report(known, agreement, period, at)
    account = figures(known, agreement, period, at)
    rows = rows_of(told, "summary")
    assert len(rows) == len(account)
    for row, figure in zip(rows, account, strict=True):
        _, verdict, target, availability, difference, downtime, budget, used, outages, coverage, credit = row
        assert (verdict, downtime, outages) == (figure["verdict"], figure["downtime_ms"], figure["outage_count"])
        assert budget == figure["budget_ms"]
        assert same(target, figure["target"])
        assert same(availability, figure["availability"])
        assert same(difference, Fraction(figure["availability"]) - Fraction(figure["target"]))
        assert same(used, Fraction(figure["downtime_ms"], figure["budget_ms"]))
        assert same(coverage, figure["coverage"])
        assert same(credit, figure["credit"])


@pytest.mark.parametrize(("agreement", "period", "at"), CASES)
def test_each_service_has_its_sentence(agreement: str, period: str, at: int, known: Figures) -> None:
    told = world.report(known, agreement, period, at)
    account = figures(known, agreement, period, at)
    said = [one for one in sentences(told, "summary") if one.key.startswith("sentence.")]
    assert len(said) == len(account)
    for one, figure in zip(said, account, strict=True):
        short = Fraction(figure["availability"]) < Fraction(figure["target"])
        assert one.key == ("sentence.below" if short else "sentence.above")
        cells = dict(one.cells)
        assert exact(cells["downtime"]) == figure["downtime_ms"]
        assert exact(cells["allowed"]) == figure["budget_ms"]
        for name in ("availability", "target", "coverage"):
            assert same(exact(cells[name]), figure[name]), name
        by = cut_down((Fraction(figure["availability"]) - Fraction(figure["target"])) * 100, 3) or ""
        assert f" {by.lstrip('-')} percentage points " in ENGLISH.text(one)
    (overall,) = (one for one in sentences(told, "summary") if one.key.startswith("overall."))
    assert overall.key == f"overall.{told.verdict}"


def test_the_world_has_services_above_and_below_their_target(known: Figures) -> None:
    met = [Fraction(f["availability"]) >= Fraction(f["target"]) for case in CASES for f in figures(known, *case)]
    assert {True, False} == set(met)
    assert any(figure["credit"] for case in CASES for figure in figures(known, *case))
    assert any(figure["outage_count"] > 1 for case in CASES for figure in figures(known, *case))


def test_the_trend_is_each_periods_own_account_and_the_change_is_to_the_last(known: Figures) -> None:
    told = world.report(known, "gold", "2026-W42")
    rows = rows_of(told, "trend")
    names = [f"2026-W{week}" for week in (40, 41, 42)]
    wanted = [(name, figure) for name in names for figure in figures(known, "gold", name, world.AT)]
    assert len(rows) == len(wanted) == 6
    for row, (name, figure) in zip(rows, wanted, strict=True):
        period, _, target, availability, verdict, downtime, outages, coverage = row
        assert (period, verdict, downtime, outages) == (
            name, figure["verdict"], figure["downtime_ms"], figure["outage_count"],
        )  # fmt: skip
        assert same(target, figure["target"])
        assert same(availability, figure["availability"])
        assert same(coverage, figure["coverage"])
    said = [dict(one.cells) for one in sentences(told, "summary") if one.key == "change"]
    before = figures(known, "gold", "2026-W41", world.AT)
    assert len(said) == len(before) == 2
    for cells, figure in zip(said, before, strict=True):
        assert exact(cells["period"]) == "2026-W41"
        assert same(exact(cells["before"]), figure["availability"])
        assert exact(cells["downtime"]) == figure["downtime_ms"]
        assert exact(cells["outages"]).split()[0] == str(figure["outage_count"])


@pytest.mark.parametrize("agreement", ["gold", "office"])
def test_a_services_rows_of_target_budget_and_latency(agreement: str, tmp_path: Path) -> None:
    seen = [one | {"duration_ms": 150 if i % 7 == 0 else 50} for i, one in enumerate(world.observations())]
    known = world.figures(tmp_path, seen=seen)
    told = world.report(known, agreement)
    for place, figure in enumerate(figures(known, agreement, "2026-10", world.AT), 1):
        rows = {
            row[0].key: exact(row[1])
            for section in told.sections
            if section.key == f"service-{place}"
            for table in section.tables()
            if table.plain
            for row in table.rows
            if isinstance(row[0], Said)
        }
        assert same(rows["row.target"], figure["target"])
        assert same(rows["row.difference"], Fraction(figure["availability"]) - Fraction(figure["target"]))
        assert same(rows["row.used"], Fraction(figure["downtime_ms"], figure["budget_ms"]))
        latency = figure.get("latency_objective")
        assert ("row.latency_verdict" in rows) == (latency is not None) == (agreement == "gold")
        if latency is not None:
            assert latency["good"] < latency["total"]
            assert rows["row.latency_verdict"] == latency["verdict"]
            assert (rows["row.latency_good"], rows["row.latency_total"]) == (latency["good"], latency["total"])
            assert rows["row.latency_threshold"] == latency["threshold_ms"]
            assert same(rows["row.latency_ratio"], latency["ratio"])
            assert same(rows["row.latency_target"], latency["target"])


def test_the_head_says_whose_figures_of_what_time_they_are(tmp_path: Path) -> None:
    catalogue = world.CATALOGUE | {
        "agreements": {"gold": world.CATALOGUE["agreements"]["gold"] | {"valid_until": "2026-10-20"}}
    }
    catalogue["agreements"]["gold"] |= {"valid_from": "2026-10-05"}
    known = world.figures(tmp_path, catalogue | {"corrections": []})
    told = world.report(known)
    table = next(table for table in told.tables() if table.key == "head")
    rows = {row[0].key: row[1] for row in table.rows if isinstance(row[0], Said)}
    midnight = {day: instant_ms(f"2026-{day}T00:00:00+02:00") for day in ("10-01", "10-05", "10-20")}
    assert exact(rows["head.from"]) == midnight["10-01"]
    assert exact(rows["head.in_force_from"]) == midnight["10-05"]
    assert exact(rows["head.in_force_until"]) == midnight["10-20"]
    assert exact(rows["head.known_at"]) == world.AT
    assert rows["head.agreement"] == Text("gold")
    assert rows["head.customer"] == Text(world.NAME)


@pytest.mark.parametrize(
    ("at", "key"), [(world.AT, "state.provisional"), (MIDDLE, "state.running")], ids=["over", "running"]
)
def test_figures_nobody_closed_are_provisional_or_still_running(at: int, key: str, known: Figures) -> None:
    said = [one for one in sentences(world.report(known, at=at), "summary") if one.key.startswith("state.")]
    assert [(one.key, exact(dict(one.cells)["at"])) for one in said] == [(key, at)]
