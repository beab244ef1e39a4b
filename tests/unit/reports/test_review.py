"""The review pack says what the account and the desk say, of this customer alone, and drops no section."""

import json
from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import parse_period
from slamon.accounting.proposal import propose
from slamon.catalogue.agreements import REVISABLE
from slamon.catalogue.quantities import instant_ms
from slamon.desk import Desk
from slamon.desk.improving import improved
from slamon.desk.reconciling import reconcile
from slamon.desk.satisfaction import csat as satisfied
from slamon.desk.satisfaction import nps as promoted
from slamon.desk.telling import FINDINGS
from slamon.figures import Figures
from slamon.ledger import Entry
from slamon.reports.document import Cell, Document, Paragraph, Table, Trend
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.review.material import DAY_MS, Closed, Frozen, Material, desk_since
from slamon.reports.review.writing import agenda_page, minutes_page, pack
from slamon.reports.tongue import Tongue
from slamon.reports.values import value
from slamon.shown import answer

from tests.unit.reports import review_world as world

ENGLISH = Tongue("en", "Europe/Berlin")
EMPTY = Desk.of([])
SECTIONS = [
    "summary", "agreements", "months", "outages", "complaints", "satisfaction", "actions", "decisions", "changes",
    "corrections", "closed", "renewals", "proposals",
]  # fmt: skip


def exact(cell: Cell) -> Any:
    return value(cell, ENGLISH)[1]


def text(cell: Cell, tongue: Tongue = ENGLISH) -> str:
    return tongue.text(cell).replace("\u00a0", " ")


def table(told: Document, key: str) -> Table:
    return next(table for table in told.tables() if table.key == key)


def rows(told: Document, key: str) -> list[dict[str, Cell]]:
    """The rows of a table by the names of its columns."""
    found = table(told, key)
    return [{c.key.removeprefix("column."): cell for c, cell in zip(found.columns, row, strict=True)}
            for row in found.rows]  # fmt: skip


def sentences(told: Document, section: str, tongue: Tongue = ENGLISH) -> list[str]:
    blocks = next(s for s in told.sections if s.key == section).blocks
    return [text(block.said, tongue) for block in blocks if isinstance(block, Paragraph)]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return world.figures(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def told(known: Figures) -> Document:
    return pack(world.reviewed(known))


# -- the numbers


COLUMNS = {
    "target": "target", "availability": "availability", "downtime": "downtime_ms", "outages": "outage_count",
    "coverage": "coverage",
}  # fmt: skip


def account(known: Figures, agreement: str, period: str) -> list[dict[str, Any]]:
    return list(answer(known, world.AT, agreement=agreement, period=period)["figures"])


def compare(row: Mapping[str, Cell], figure: Mapping[str, Any]) -> None:
    for column, key in COLUMNS.items():
        found, wanted = exact(row[column]), figure[key]
        assert found == wanted or Fraction(found) == Fraction(wanted), column


def test_the_cover_has_the_numbers_of_the_account(known: Figures, told: Document) -> None:
    figures = [figure for name in ("gold", "office") for figure in account(known, name, "2026-Q4")]
    found = [row for row in rows(told, "summary") if exact(row["availability"]) is not None]
    assert [exact(row["agreement"]) for row in found] == [figure["agreement"] for figure in figures]
    for row, figure in zip(found, figures, strict=True):
        compare(row, figure)
        points = Fraction(figure["availability"]) - Fraction(figure["target"])
        assert abs(Fraction(exact(row["difference"])) - points) < Fraction(1, 10**11)


@pytest.mark.parametrize("which", ["trend", "months"])
def test_every_period_in_a_table_has_the_numbers_of_the_account(which: str, known: Figures, told: Document) -> None:
    found = rows(told, which)
    assert len(found) > 5
    for row in found:
        figures = account(known, exact(row["agreement"]), exact(row["period"]))
        mine = next(f for f in figures if text(row["service"]) == known.catalogue.services[f["service"]].title)
        compare(row, mine)
        if exact(row["verdict"]) is not None:
            assert exact(row["verdict"]) == mine["verdict"]


def test_an_agreement_is_judged_by_its_own_periods(known: Figures, told: Document) -> None:
    """Gold is settled by months: it missed two of them, though a quarter has no target at all."""
    gold, *office, new = rows(told, "summary")
    months = [account(known, "gold", f"2026-{month}")[0]["verdict"] for month in (10, 11, 12)]
    assert months == ["met", "breached", "breached"]
    assert (exact(gold["verdict"]), text(gold["met"]), text(gold["trend"])) == ("breached", "1 of 3", "2 of 5")
    assert [(exact(row["verdict"]), text(row["met"])) for row in office] == [("met", "1 of 1")] * 2
    assert exact(new["verdict"]) == "no_data"
    assert told.verdict is not None
    assert told.verdict.value == "breached"
    assert sentences(told, "summary")[0] == "In quarter 4 of 2026, 1 of 3 agreements was missed: gold."


def test_months_of_a_quarterly_agreement_have_no_verdict(told: Document) -> None:
    verdicts = {exact(row["agreement"]): exact(row["verdict"]) for row in rows(told, "months")}
    assert verdicts == {"gold": "breached", "office": None}
    assert "not settled by months" in sentences(told, "months")[-1]


def test_every_outage_of_the_account_stands_there_with_cause_ticket_and_actions(known: Figures, told: Document) -> None:
    wanted = [
        (figure["agreement"], outage["start_ms"], outage["end_ms"], outage["counted_ms"])
        for name in ("gold", "office")
        for figure in account(known, name, "2026-Q4")
        for outage in figure["outages"]
    ]
    found = rows(told, "outages")
    assert sorted(tuple(exact(r[c]) for c in ("agreement", "begin", "end", "counted")) for r in found) == sorted(wanted)
    mine = {text(r["begin"]): r for r in found if exact(r["agreement"]) == "gold"}
    november = mine["12 Nov 2026 10:00:00"]
    assert text(november["cause"]) == "shop/home: timeout (3 failed probes)"
    assert text(november["ticket"]) == "CALL-12; CHG-3"
    assert text(november["actions"]) == "6: Abfragezeit der Startseite senken (open)"
    assert text(mine["20 Oct 2026 12:00:00"]["ticket"]) == "INC-7"
    december = mine["3 Dec 2026 14:00:00"]
    assert text(december["cause"]) == "began in Datenbank; db/query: timeout (2 failed probes)"
    assert text(december["actions"]) == "none"


def test_credits_are_those_of_the_agreements_own_periods(known: Figures, told: Document) -> None:
    facts = {text(name): text(cell) for name, cell in table(told, "facts").rows}
    assert facts["Service credits due"] == "gold November 2026: 5 %; gold December 2026: 5 %"
    assert [account(known, "gold", f"2026-{month}")[0]["credit"] for month in (10, 11, 12)] == [
        None, "0.050000000000", "0.050000000000",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Gold is of two services, and in December the shop was down for two hours more than the database."""
    gold = world.CATALOGUE["agreements"]["gold"]
    tiers = [{"below": "99.9%", "credit": "5%"}, {"below": "99.7%", "credit": "15%"}]
    agreements = {**world.CATALOGUE["agreements"], "gold": {**gold, "services": ["db", "shop"], "credits": tiers}}
    first = instant_ms("2026-12-10T10:00:00Z")
    more = range(first, first + 120 * world.MINUTE, world.STEP * world.MINUTE)
    seen = [{**line, "verdict": "down", "reason": "timeout"} if line["check"] == "shop/home" and line["at"] in more
            else line for line in world.observations()]  # fmt: skip
    folder = tmp_path_factory.mktemp("two")
    return pack(world.reviewed(world.figures(folder, {**world.CATALOGUE, "agreements": agreements}, seen)))


def test_the_highest_credit_of_several_services_is_due(two: Document) -> None:
    facts = {text(name): text(cell) for name, cell in table(two, "facts").rows}
    assert facts["Service credits due"] == "gold November 2026: 5 %; gold December 2026: 15 %"


def test_the_last_periods_are_counted_by_service(two: Document) -> None:
    found = {
        text(row["service"]): text(row["trend"]) for row in rows(two, "summary") if exact(row["agreement"]) == "gold"
    }
    assert found == {"Datenbank": "4 of 5", "Onlineshop": "2 of 5"}


def test_a_proposal_is_that_of_what_if(known: Figures, told: Document) -> None:
    for row in rows(told, "proposals"):
        agreement = exact(row["agreement"])
        kind = "quarter" if agreement == "office" else "month"
        names = ["2026-Q3", "2026-Q4"] if kind == "quarter" else [f"2026-{month:02d}" for month in range(8, 13)]
        service = next(s for s in known.catalogue.services if text(row["service"]) == known.catalogue.services[s].title)
        periods = [parse_period(name, "Europe/Berlin") for name in names]
        found = [f for p in periods for f in known.book.figures(agreement, service, p, world.AT)]
        best = propose(found, {1: Fraction(9, 10), 2: Fraction(9, 10)}, Fraction(1), Fraction(95, 100)).proposed
        assert best is not None
        assert Fraction(exact(row["proposed"])) == best.target
        assert abs(Fraction(exact(row["bound"])) - (best.bound or 0)) < Fraction(1, 10**11)
        assert Fraction(exact(row["target"])) == known.book.agreements[agreement].revisions[0].target
        assert text(row["kept"]) == f"{len(names)} of {len(names)}"
        assert "proves little" in text(row["assessment"])


def test_what_a_proposal_does_not_count_is_named_with_its_coverage(known: Figures) -> None:
    running = pack(world.reviewed(known, "2027-01"))
    assert [text(row["kept"]) for row in rows(running, "proposals")] == ["5 of 5", "2 of 2", "2 of 2"]
    few = [line for line in world.observations() if line["at"] < world.START + 40 * 86_400_000]
    assert any("too little was seen" in line for line in _proposed(known, few))


def _proposed(known: Figures, seen: list[dict[str, Any]]) -> list[str]:
    folder = known.catalogue.files[0].parent / "few"
    folder.mkdir(exist_ok=True)
    return sentences(pack(world.reviewed(world.figures(folder, seen=seen), "2026-Q3")), "proposals")


# -- the desk


def test_complaints_actions_and_decisions_are_those_of_the_desk(known: Figures, told: Document) -> None:
    desk = Desk.of(world.entries())
    assert [exact(row["number"]) for row in rows(told, "complaints")] == [28, 4, 8, 10]
    assert [text(row["state"]) for row in rows(told, "complaints")] == ["open", "open", "solved", "open"]
    assert text(rows(told, "complaints")[3]["felt_to"]) == "not said"
    opened = rows(told, "open")
    assert [exact(row["number"]) for row in opened] == [2, 6, 13]
    assert [exact(row["due"]) for row in opened] == [desk.actions[n].due.isoformat() for n in (2, 6, 13)]
    assert [text(row["state"]) for row in opened] == ["overdue for 39 days", "open", "open"]
    assert text(opened[2]["team"]) == "Datenhaltung"
    ended, _ = rows(told, "ended")
    assert (exact(ended["number"]), exact(ended["ended"]), text(ended["state"])) == (3, "2026-11-14", "done")
    held, decided = sentences(told, "decisions")
    assert held == "Review no. 1 on quarter 3 of 2026, held on 8 Oct 2026. Taking part: Frau Kraus; S. Meier."
    assert decided.startswith("Actions agreed there, of which 1 is still open: 2: Zweiten Leitungsweg")
    assert [text(row["decision"]) for row in rows(told, "decisions")] == list(desk.reviews[1].decisions)


def test_a_complaint_stands_beside_what_the_desk_found(known: Figures, told: Document) -> None:
    """The findings are those of `slamon register reconcile`, and those that we had not seen are counted."""
    desk = Desk.of(world.entries())
    found = {exact(row["number"]): row for row in rows(told, "complaints")}
    beside = {number: reconcile(known, desk.complaints[number], world.AT) for number in found}
    assert {number: one.finding.value for number, one in beside.items()} == {
        28: "in_maintenance", 4: "agrees", 8: "not_seen", 10: "unknown_time",
    }  # fmt: skip
    for number, one in beside.items():
        assert text(found[number]["finding"]) == FINDINGS["en"][one.finding]
    assert text(found[4]["evidence"]) == "Onlineshop was down; the check shop/home failed (timeout)"
    assert "agree how fast Onlineshop has to be" in text(found[8]["evidence"])
    assert sentences(told, "complaints")[1] == "2 of them we had not seen ourselves: gaps of the monitoring."
    facts = {text(name): text(cell) for name, cell in table(told, "facts").rows}
    assert facts["Complaints"] == "4, of which 3 not solved, 2 not seen by ourselves"


def test_what_would_have_seen_it_names_the_service_as_people_do(known: Figures) -> None:
    told = [("2026-10-07", world.complaint("haendler", "shop", "2026-10-06", "Kein Login möglich"))]
    (row,) = rows(pack(world.reviewed(known, desk=Desk.of(world.entries(told)))), "complaints")
    assert text(row["evidence"]) == "give Onlineshop a check of the kind journey: the complaint is about logging in"


def test_complaints_from_before_are_told_while_they_wait_or_reach_into_the_period(known: Figures) -> None:
    before, edge = instant_ms("2026-09-20T10:00:00Z"), instant_ms("2026-09-30T22:00:00Z")
    told = [
        ("2026-09-21", world.complaint("haendler", "shop", "2026-09-20", "wartet")),
        ("2026-09-21", world.complaint("haendler", "shop", "2026-09-20", "gelöst")),
        ("2026-10-02", world.complaint("haendler", "shop", "2026-09-20", "bis zum Beginn", felt_from_ms=before,
                                       felt_to_ms=edge)),
        ("2026-10-02", world.complaint("haendler", "shop", "2026-09-20", "bis hinein", felt_from_ms=before,
                                       felt_to_ms=edge + 1)),
        *(("2026-10-03", Entry("complaint_solution", "S. Meier", {"entry": n, "text": "x"})) for n in (2, 3, 4)),
    ]  # fmt: skip
    found = pack(world.reviewed(known, desk=Desk.of(world.entries(told))))
    assert [exact(row["number"]) for row in rows(found, "complaints")] == [1, 4]


def test_what_ended_before_the_period_is_told_no_more(known: Figures) -> None:
    days = ("2026-09-30", "2026-10-01")
    told = [("2026-09-01", world.action("x", "2026-12-01")) for _ in days]
    told += [(day, Entry("action_done", "S. Meier", {"entry": number, "text": "", "day": day}))
             for number, day in enumerate(days, 1)]  # fmt: skip
    found = pack(world.reviewed(known, desk=Desk.of(world.entries(told))))
    assert [exact(row["number"]) for row in rows(found, "ended")] == [2]


def test_the_last_review_is_the_one_held_last_whenever_it_was_entered(known: Figures) -> None:
    body = {"customer": "haendler", "participants": [], "minutes": "", "reference": None}
    held = [("2026-Q3", "2026-10-08"), ("2026-Q2", "2026-07-08"), ("2026-Q4", "2027-01-09")]
    told = [("2026-12-01", Entry("review", "S. Meier", {**body, "period": period, "held": day, "decisions": [period]}))
            for period, day in held]  # fmt: skip
    found = pack(world.reviewed(known, desk=Desk.of(world.entries(told))))  # on 8 January
    assert [text(row["decision"]) for row in rows(found, "decisions")] == ["2026-Q3"]


def test_facts_reach_back_to_what_actions_and_waiting_complaints_need() -> None:
    quarter = parse_period("2026-Q4", "Europe/Berlin")
    expected = {"figure": "downtime", "agreement": "gold", "service": "shop", "value": "1"}
    told = [("2026-11-13", world.action("x", "2026-11-25", expected=expected))]
    done = ("2026-11-20", Entry("action_done", "S. Meier", {"entry": 1, "text": "", "day": "2026-11-20"}))
    entered = instant_ms("2026-11-13T10:00:00+01:00")
    assert desk_since(Desk.of(world.entries(told)), quarter, world.AT) == world.AT - 31 * DAY_MS
    assert desk_since(Desk.of(world.entries([*told, done])), quarter, world.AT) == entered - (90 + 31) * DAY_MS
    old = ("2026-02-01", world.complaint("haendler", "shop", "2026-02-01", "wartet"))
    felt = instant_ms("2026-02-01T10:00:00+01:00")
    assert desk_since(Desk.of(world.entries([old])), quarter, world.AT) == felt - 31 * DAY_MS


def test_a_finding_that_may_still_change_is_marked(known: Figures) -> None:
    day = "2027-01-08"
    late = world.complaint("haendler", "shop", day, "jetzt", felt_from_ms=world.AT - 60_000, felt_to_ms=None)
    told = pack(world.reviewed(known, "2027-01", Desk.of(world.entries([(day, late)]))))
    (row,) = rows(told, "complaints")
    assert text(row["finding"]).endswith(" *")
    assert sentences(told, "complaints")[-1].startswith("* may still change")


def test_satisfaction_is_that_of_the_desk_with_counts_and_intervals(known: Figures, told: Document) -> None:
    csat, nps = satisfied([5, 4, 4, 2, 5, 3]), promoted([9, 10, 7, 3])
    assert csat is not None
    assert nps is not None
    shop, whole = rows(told, "satisfaction")
    for row in (shop, whole):
        assert Fraction(exact(row["csat"])) == csat.ratio * 10**12 // 1 / Fraction(10**12)
        assert (exact(row["csat_count"]), exact(row["nps_count"])) == (6, 4)
        assert Fraction(exact(row["nps"])) == nps.score
        assert text(row["csat_interval"]) == "29.9 % to 90.4 %"
        assert text(row["nps_interval"]) == "-45 to +73"
        assert text(row["assessment"]).startswith("fewer than 30 asked")
    assert text(shop["nps"]) == "+25"
    trend = rows(told, "satisfaction-trend")
    assert [(exact(row["period"]), exact(row["csat_count"])) for row in trend] == [("2026-Q3", 2), ("2026-Q4", 6)]
    facts = {text(name): text(cell) for name, cell in table(told, "facts").rows}
    assert facts["Satisfaction"] == "66.6 % satisfied (6 asked); NPS +25 (4 asked)"


def test_a_period_with_one_scale_only_is_in_the_trend(known: Figures) -> None:
    told = [("2026-09-28", world.score("nps", 9, "2026-09-15")), ("2026-12-28", world.score("csat", 4, "2026-12-15"))]
    trend = rows(pack(world.reviewed(known, desk=Desk.of(world.entries(told)))), "satisfaction-trend")
    assert [(exact(r["period"]), exact(r["csat_count"]), exact(r["nps_count"])) for r in trend] == [
        ("2026-Q3", 0, 1), ("2026-Q4", 1, 0),
    ]  # fmt: skip


def test_an_action_that_is_done_stands_with_the_figure_before_and_after(known: Figures, told: Document) -> None:
    desk = Desk.of(world.entries())
    wanted = improved(known, desk.actions[26], desk.complaints.values(), world.AT)
    assert wanted is not None
    assert wanted.before is not None
    assert wanted.after is not None
    row = next(row for row in rows(told, "ended") if exact(row["number"]) == 26)
    assert text(row["expected"]) == "gold: downtime ≤ 1 h a month"
    assert [exact(row["figure_before"]), exact(row["figure_after"])] == [
        ceil(wanted.before.value),
        ceil(wanted.after.value),
    ]
    assert text(row["outcome"]) == "reached"
    assert wanted.outcome.value == "reached"


@pytest.mark.parametrize(
    ("figure", "number", "shown"),
    [
        ("complaints", "0", "gold: complaints ≤ 0 a month"),
        ("outages", "5/2", "gold: outages ≤ 2.5 a month"),
        ("availability", "0.9995", "gold: availability ≥ 99.950 %"),
        ("downtime", "90000", "gold: downtime ≤ 1 min 30 s a month"),
    ],
)
def test_what_an_action_shall_better_is_told_in_its_unit(figure: str, number: str, shown: str, known: Figures) -> None:
    expected = {"figure": figure, "agreement": "gold", "service": "shop", "value": number}
    desk = Desk.of(world.entries([("2026-11-01", world.action("x", "2027-02-01", expected=expected))]))
    (row,) = rows(pack(world.reviewed(known, desk=desk)), "open")
    assert text(row["expected"]) == shown


def test_a_review_whose_actions_are_done_says_so(known: Figures) -> None:
    done = Entry("action_done", "S. Meier", {"entry": 2, "text": "", "day": "2026-12-01"})
    desk = Desk.of(world.entries([*world.ENTRIES, ("2026-12-01", done)]))
    assert sentences(pack(world.reviewed(known, desk=desk)), "decisions")[1].startswith(
        "Actions agreed there, of which none is open: 2: Zweiten Leitungsweg bestellen (done)"
    )


def test_all_agreements_met_is_said_with_their_number(known: Figures) -> None:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    del catalogue["agreements"]["neu"]
    catalogue["agreements"]["gold"]["target"] = "99%"
    folder = known.catalogue.files[0].parent / "met"
    folder.mkdir()
    told = pack(world.reviewed(world.figures(folder, catalogue)))
    assert sentences(told, "summary")[0] == "All agreements were met in quarter 4 of 2026 (2)."
    assert told.verdict is not None
    assert told.verdict.value == "met"


def test_nothing_of_another_customer_is_told(known: Figures) -> None:
    material = world.reviewed(known)
    for made in (pack(material), agenda_page(material, 60), minutes_page(material)):
        for form in (ReportFormat.JSON, ReportFormat.HTML):
            content = maker(form)(made, "de").decode()
            assert "Vertrieb" not in content
            assert "intern" not in content.replace("internal", "")


def test_maintenance_held_and_coming(told: Document) -> None:
    assert [text(row["summary"]) for row in rows(told, "maintenance")] == [
        "Patchfenster", "Patchfenster", "Datenbank-Update", "Patchfenster",
    ]  # fmt: skip
    (coming,) = rows(told, "coming")  # gold ends before the one of March
    assert text(coming["begin"]) == "7 Feb 2027 02:00:00"
    (correction,) = rows(told, "corrections")
    assert (text(correction["ticket"]), text(correction["changes"])) == ("INC-7", "40 min")


def test_agreements_that_end_or_change_stand_with_what_changes(told: Document) -> None:
    found = [[text(cell) for cell in row.values()] for row in rows(told, "renewals")]
    assert found == [
        ["gold", "1 Mar 2027 00:00:00", "52", "ends", "target 99.9 %"],
        ["office", "1 Apr 2027 00:00:00", "83", "new revision", "target 98 % → 99 %; service hours buero → 24x7"],
    ]
    assert sentences(told, "renewals") == ["2 are due within 90 days, or over already."]


REVISED: dict[str, tuple[Any, str]] = {
    "target": ("99.95%", "target 99.9 % → 99.95 %"),
    "period": ("quarter", "other period"),
    "timezone": ("Europe/Lisbon", "other time zone"),
    "service_hours": ("buero", "service hours feiertags → buero"),
    "response": ("15m", "other response time"),
    "maintenance": ([], "other maintenance"),
    "rules": ({"notice": "24h"}, "other rules"),
    "latency": ({"threshold": "800ms", "target": "95%"}, "other latency objective"),
    "credits": ([], "other credits"),
}


@pytest.mark.parametrize("key", REVISABLE)
def test_a_revision_to_come_is_told_with_what_it_changes_and_nothing_else(tmp_path: Path, key: str) -> None:
    """Holidays and recurring maintenance stay what they are, though each revision reckons their dates anew."""
    new, told = REVISED[key]
    hours = {"hours": {"mon-fri": ["08:00-18:00"]}, "holidays": {"country": "DE"}}
    gold = {**world.CATALOGUE["agreements"]["gold"], "service_hours": "feiertags", "valid_until": "2027-09-01",
            "revisions": [{"valid_from": "2027-03-01", key: new}]}  # fmt: skip
    catalogue = {
        **world.CATALOGUE,
        "agreements": {**world.CATALOGUE["agreements"], "gold": gold},
        "calendars": {**world.CATALOGUE["calendars"], "feiertags": hours},
    }
    known = world.figures(tmp_path, catalogue)
    changed = rows(pack(world.reviewed(known)), "renewals")[0]
    assert [text(changed[name]) for name in ("what", "terms")] == ["new revision", told]


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("2026-09-30", []),
        ("2026-12-15", [["15 Dec 2026 00:00:00", "–", "has ended"]]),
        ("2027-01-20", [["20 Jan 2027 00:00:00", "12", "ends"]]),
    ],
)
def test_an_end_within_the_reviewed_period_is_told_too(tmp_path: Path, ends: str, told: list[list[str]]) -> None:
    gold = {**world.CATALOGUE["agreements"]["gold"], "valid_until": ends}
    agreements = {**world.CATALOGUE["agreements"], "gold": gold}
    found = pack(world.reviewed(world.figures(tmp_path, {**world.CATALOGUE, "agreements": agreements})))
    mine = [row for row in rows(found, "renewals") if exact(row["agreement"]) == "gold"]
    assert [[text(row[name]) for name in ("at", "days", "what")] for row in mine] == told


@pytest.mark.parametrize(
    ("agreed", "proposed", "said"),
    [
        ("99.8%", "99.5 %", "the agreed target was not always kept"),
        ("99.7%", "99.7 %", "the agreed target fits"),
        ("99.5%", "99.5 %", "the agreed target fits"),
        ("99%", "99.5 %", "a stricter target would have been kept"),
    ],
)
def test_a_proposal_is_compared_with_what_is_agreed(tmp_path: Path, agreed: str, proposed: str, said: str) -> None:
    """Of five months the worst had 2 h of 720 h, 99.72 %: 99.5 % is the strictest usual target, 99.7 % was kept too."""
    gold = {**world.CATALOGUE["agreements"]["gold"], "target": agreed}
    agreements = {**world.CATALOGUE["agreements"], "gold": gold}
    found = pack(world.reviewed(world.figures(tmp_path, {**world.CATALOGUE, "agreements": agreements})))
    row = rows(found, "proposals")[0]
    assert text(row["proposed"]) == proposed
    assert text(row["assessment"]).startswith(said)


def test_closed_periods_show_closing_and_restatement_and_whether_they_still_hold(known: Figures) -> None:
    now = [{"service": "shop", "availability": "0.998", "downtime_ms": 1, "known_ms": 2}]
    (figure,) = account(known, "gold", "2026-10")
    period = parse_period("2026-10", "Europe/Berlin")
    first = Frozen(0, "S. Meier", world.AT - 2, "", ({**now[0]},))
    second = Frozen(1, "S. Meier", world.AT - 1, "Leitung des Kunden", (figure,))
    disputed = Closed("gold", period, "disputed", (first,), "Am 20. lag es an uns")
    restated = Closed("gold", period, "approved", (first, second))
    told = pack(world.reviewed(known, closed=(disputed,)))
    assert sentences(told, "closed") == [
        "Disputed: gold, October 2026: Am 20. lag es an uns",
        "gold, October 2026: what is known now is not what was frozen. A restatement would show the difference.",
    ]
    told = pack(world.reviewed(known, closed=(restated,)))
    assert sentences(told, "closed") == []
    closing, restatement = rows(told, "closed")
    assert [text(row["frozen"]) for row in (closing, restatement)] == ["closing", "restatement 1"]
    assert exact(restatement["downtime"]) == figure["downtime_ms"]
    assert exact(restatement["availability"]) == figure["availability"]
    assert text(restatement["reason"]) == "Leitung des Kunden"


def test_a_closed_period_outside_the_reviewed_one_is_left_out(known: Figures) -> None:
    other = Closed("gold", parse_period("2026-08", "Europe/Berlin"), "closed", ())
    assert world.reviewed(known, closed=(other,)).closed == ()


# -- nothing


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_section_without_anything_says_so(language: str, known: Figures) -> None:
    tongue = Tongue(language, "Europe/Berlin")
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    catalogue["corrections"] = []
    catalogue["agreements"] = {"neu": {"customer": "haendler", "services": ["neu"], "target": "99%"}}
    folder = known.catalogue.files[0].parent / f"empty-{language}"
    folder.mkdir()
    seen = [{"check": "neu/home", "at": at, "verdict": "up"} for at in range(world.START, world.AT, 1_800_000)]
    told = pack(world.reviewed(world.figures(folder, catalogue, seen), "2026-W50", EMPTY))
    assert [section.key for section in told.sections] == SECTIONS
    assert all(section.blocks for section in told.sections)
    for section in (
        "months",
        "outages",
        "complaints",
        "satisfaction",
        "decisions",
        "corrections",
        "closed",
        "renewals",
    ):
        assert len(sentences(told, section, tongue)) == 1, section
    assert len(sentences(told, "actions", tongue)) == 2


def test_a_figure_that_there_is_none_of_is_never_100_per_cent(told: Document) -> None:
    assert "neu: there is no figure. Nothing was observed yet of its services." in sentences(told, "agreements")
    new = rows(told, "summary")[-1]
    assert [text(cell) for cell in new.values()][3:] == ["–"] * 9


def test_a_period_that_is_running_is_not_judged(known: Figures) -> None:
    told = pack(world.reviewed(known, "2027-01"))
    assert sentences(told, "summary")[0] == (
        "In January 2027, 0 of 3 agreements were met, none was missed; the others have no verdict yet."
    )
    assert sentences(told, "summary")[-1].startswith("The period is still running.")


# -- how it looks


def test_the_pictures_are_drawn_from_the_rows_of_the_trend(told: Document) -> None:
    drawn = [p for s in told.sections for block in s.blocks if isinstance(block, Trend) for p in block.points]
    shown = [(exact(row["period"]), exact(row["availability"])) for row in rows(told, "trend")]
    assert sorted((p.period.name, value_of(p.availability)) for p in drawn if p.availability is not None) == sorted(
        shown
    )


def value_of(ratio: Fraction) -> str:
    return f"{ratio * 10**12 // 1}".rjust(13, "0")[:-12] + "." + f"{ratio * 10**12 // 1}".rjust(13, "0")[-12:]


@pytest.mark.parametrize("name", ["x" * 200, "عميل الجنوب", "=1+1", "‮evil", "A\u2028b"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_any_name_and_text_makes_documents(name: str, language: str, tmp_path: Path) -> None:
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    if name.isprintable():
        catalogue["customers"]["haendler"]["name"] = name
        catalogue["services"]["shop"]["name"] = name
    desk = Desk.of(world.entries([
        ("2026-11-12", world.complaint("haendler", "shop", "2026-11-12", name * 30)),
        ("2026-11-12", world.action(name, "2026-12-01")),
    ]))  # fmt: skip
    material = world.reviewed(world.figures(tmp_path, catalogue), desk=desk)
    for made in (pack(material), agenda_page(material, 60), minutes_page(material)):
        for form in ReportFormat:
            assert maker(form)(made, language)


def test_a_long_text_is_cut_in_a_table(known: Figures) -> None:
    desk = Desk.of(world.entries([("2026-11-12", world.complaint("haendler", "shop", "2026-11-12", "lang " * 800))]))
    (row,) = rows(pack(world.reviewed(known, desk=desk)), "complaints")
    assert len(text(row["complaint"])) == 280
    assert text(row["complaint"]).endswith("…")


def test_the_zone_of_the_document_is_the_agreements(known: Figures) -> None:
    material: Material = world.reviewed(known)
    assert material.zone == "Europe/Berlin"
    assert material.period.start == instant_ms("2026-10-01T00:00:00+02:00")
