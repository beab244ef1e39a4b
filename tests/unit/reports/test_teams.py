"""The team lead's view: whose is what, what is promised, where it hurt, how well we see."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import Blind, Cause
from slamon.catalogue.quantities import instant_ms
from slamon.desk import Desk
from slamon.figures import Figures
from slamon.reports.document import Document
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.review.house import House, Lateness, house, unknown_by_cause
from slamon.reports.review.teams import teams
from slamon.reports.tongue import Tongue
from slamon.shown import answer

from tests.unit.reports import review_world as world
from tests.unit.reports.test_review import exact, rows, sentences, table, text

MINUTE = 60_000
STOPPED = Blind(instant_ms("2026-12-18T09:00:00Z"), instant_ms("2026-12-18T10:30:00Z"), Cause.STOPPED)
LATE = Blind(instant_ms("2026-12-18T10:00:00Z"), instant_ms("2026-12-18T11:00:00Z"), Cause.OVERLOADED)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """With a stop and an overload in the gap, which overlap for half an hour."""
    found = world.figures(tmp_path_factory.mktemp("world"))
    found.blind(STOPPED)
    found.blind(LATE)
    return found


def seen(known: Figures, **more: Any) -> House:
    return house(known, "2026-12", world.AT, Desk.of(world.entries()), **more)


@pytest.fixture(scope="module")
def told(known: Figures) -> Document:
    return teams(seen(known))


def test_each_team_stands_with_services_agreements_contact_and_runbook(tmp_path: Path) -> None:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["services"]["shop"]["runbook"] = "https://wiki.example.org/shop"
    catalogue["teams"]["idle"] = {"name": "Ohne Aufgabe"}
    told = teams(seen(world.figures(tmp_path, catalogue)))
    assert [[text(cell) for cell in row.values()] for row in rows(told, "responsibilities")] == [
        ["Web-Team", "web@example.org", "Onlineshop", "gold; office", "https://wiki.example.org/shop"],
        ["Datenhaltung", "–", "Datenbank", "office; intern", "–"],
        ["nobody", "–", "Neuer Dienst", "neu", "–"],
    ]
    assert sentences(told, "responsibilities") == ["1 team has no service: Ohne Aufgabe."]


def test_open_actions_are_counted_by_team_with_the_age_of_the_oldest(told: Document) -> None:
    assert [[text(cell) for cell in row.values()] for row in rows(told, "actions-by-team")] == [
        ["Web-Team", "3", "1", "92"],  # since 8 October
        ["Datenhaltung", "1", "0", "18"],
    ]
    ages = {exact(row["number"]): exact(row["age"]) for row in rows(told, "open")}
    assert ages == {2: 92, 12: 19, 6: 56, 13: 18}


def test_an_action_without_a_team_is_its_services(known: Figures) -> None:
    entries = world.entries([("2026-12-01", world.action("x", "2027-02-01", team=None, service="db"))])
    found = house(known, "2026-12", world.AT, Desk.of(entries))
    assert [text(row["team"]) for row in rows(teams(found), "open")] == ["Datenhaltung"]


def test_of_a_teams_actions_the_first_due_comes_first(known: Figures) -> None:
    days = ("2027-03-01", "2027-02-01", "2027-02-15")
    told = [("2026-12-01", world.action("x", day)) for day in days]
    found = house(known, "2026-12", world.AT, Desk.of(world.entries(told)))
    assert [exact(row["number"]) for row in rows(teams(found), "open")] == [2, 3, 1]


def test_the_worst_services_are_those_of_the_account_by_budget_spent(known: Figures, told: Document) -> None:
    figures = answer(known, world.AT, period="2026-12")["figures"]
    hurt = {(f["agreement"], f["service"]): f for f in figures if f["downtime_ms"]}
    found = rows(told, "worst")
    assert len(found) == len(hurt)
    spent = []
    for row in found:
        key = (exact(row["agreement"]), "shop" if text(row["service"]) == "Onlineshop" else "db")
        figure = hurt[key]
        assert exact(row["downtime"]) == figure["downtime_ms"]
        assert exact(row["availability"]) == figure["availability"]
        assert exact(row["verdict"]) == (None if key[0] == "office" else figure["verdict"])
        spent.append(figure["downtime_ms"] / figure["budget_ms"])
    assert spent == sorted(spent, reverse=True)


def test_what_had_no_budget_and_was_down_is_the_worst(tmp_path: Path) -> None:
    agreements = world.CATALOGUE["agreements"]
    intern = {**agreements["intern"], "target": "100%"}
    found = world.figures(tmp_path, {**world.CATALOGUE, "agreements": {**agreements, "intern": intern}})
    worst = rows(teams(seen(found)), "worst")
    assert (exact(worst[0]["agreement"]), text(worst[0]["used"])) == ("intern", "∞")


def test_unknown_time_is_told_by_cause_and_sums_to_the_figure(known: Figures) -> None:
    """Six hours without an observation: stopped 90 minutes, overloaded 30 more, nothing known of the rest."""
    for one in seen(known).seen:
        causes = unknown_by_cause(known, one)
        assert sum(causes.values()) == one.figure.unknown_ms
        if one.figure.agreement in ("gold", "office"):
            assert causes == {
                Cause.STOPPED: 90 * MINUTE,
                Cause.OVERLOADED: 30 * MINUTE,
                None: one.figure.unknown_ms - 120 * MINUTE,
            }


def test_coverage_is_the_accounts_the_least_first(known: Figures, told: Document) -> None:
    figures = answer(known, world.AT, period="2026-12")["figures"]
    wanted = sorted((f["coverage"], f["agreement"], f["service"]) for f in figures)
    found = rows(told, "coverage")
    assert [exact(row["coverage"]) for row in found] == [coverage for coverage, *_ in wanted]
    assert {exact(row["agreement"]): exact(row["unknown.stopped"]) for row in found}["gold"] == 90 * MINUTE


def test_complaints_that_we_had_not_seen_are_counted(told: Document) -> None:
    (row,) = rows(told, "complaints")
    assert (text(row["service"]), exact(row["complaints"]), exact(row["unseen"])) == ("Datenbank", 2, 2)
    facts = {text(name): text(cell) for name, cell in table(told, "facts").rows}
    assert facts["Complaints"] == "2, of which 2 not seen by ourselves"


def test_what_services_lack_is_named(told: Document) -> None:
    assert {text(row["service"]): text(row["lacks"]) for row in rows(told, "gaps")} == {
        "Onlineshop": "a runbook", "Datenbank": "a runbook", "Neuer Dienst": "an owner; a runbook",
    }  # fmt: skip
    assert sentences(told, "gaps") == ["1 service has no owner."]


def test_one_team_alone(known: Figures) -> None:
    told = teams(seen(known, team="daten"))
    assert text(told.subtitle) == "Datenhaltung"
    assert [text(row["service"]) for row in rows(told, "responsibilities")] == ["Datenbank"]
    assert [exact(row["number"]) for row in rows(told, "open")] == [13]
    assert {text(row["service"]) for row in rows(told, "coverage")} == {"Datenbank"}


def test_lateness_is_told_where_it_is_known(known: Figures, told: Document) -> None:
    assert "is not known: slamon does not run here" in sentences(told, "quality")[-1]
    late = Lateness(1000, ((0.1, 990), (1.0, 999), (10.0, 1000)))
    assert sentences(teams(seen(known, lateness=late)), "quality")[-1] == (
        "Of 1,000 probes since slamon was started 99.00 % began within 0.1 s of the planned moment, 99.90 % within 1 s."
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_with_nothing_every_section_says_so(language: str, tmp_path: Path) -> None:
    catalogue = {"slamon": 1, "services": {"shop": {"checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}}}}}
    seen = [{"check": "shop/home", "at": world.START, "verdict": "up"}]
    told = teams(house(world.figures(tmp_path, catalogue, seen), "2026-12", world.AT, Desk.of([])))
    tongue = Tongue(language, "UTC")
    for section in ("actions", "worst", "quality", "gaps"):
        assert sentences(told, section, tongue), section
    for form in ReportFormat:
        assert maker(form)(told, language)


@pytest.mark.parametrize("name", ["x" * 200, "فريق الويب", "=1+1"])
def test_any_name_makes_documents(name: str, tmp_path: Path) -> None:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["teams"]["web"]["name"] = catalogue["services"]["shop"]["name"] = name
    told = teams(seen(world.figures(tmp_path, catalogue)))
    for form in ReportFormat:
        assert maker(form)(told, "de")
