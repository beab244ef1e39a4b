"""The numbers of a report are those of the worked cases, and those of `slamon account`."""

import json
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.replay import read, replayed
from slamon.reports.document import Burn, Cell, Document, Many, Paragraph, Said, Strip, Table, Trend
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.grounds import grounds
from slamon.reports.tongue import Tongue
from slamon.reports.values import value
from slamon.reports.writing import document
from slamon.shown import answer

from tests.unit.reports import world

VECTORS = Path(__file__).parents[2] / "vectors"
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))
ENGLISH = Tongue("en", "UTC")

KEYS = {
    "row.in_service": "in_service_ms", "row.excluded": "excluded_ms", "row.measured": "measured_ms",
    "row.unknown": "unknown_ms", "row.known": "known_ms", "row.downtime": "downtime_ms", "row.degraded": "degraded_ms",
    "row.availability": "availability", "row.coverage": "coverage", "row.budget": "budget_ms", "row.verdict": "verdict",
    "row.credit": "credit", "row.outages": "outage_count", "row.mtrs": "mtrs_ms", "row.mtbf": "mtbf_ms",
    "row.observed": "observed_ms", "row.measured_full": "measured_full_ms", "row.allowance": "allowance_ms",
    "row.remaining": "budget_remaining", "row.resolution": "resolution_ms", "row.blips": "blips",
    "row.blip_time": "blip_ms", "row.confirm_1": "availability_confirm_1",
    "row.confirm_1_downtime": "downtime_confirm_1_ms", "row.confirm_1_outages": "outage_count_confirm_1",
    "row.uncorrected": "availability_uncorrected", "row.uncorrected_downtime": "downtime_uncorrected_ms",
}  # fmt: skip
"""The rows of a service's section, by the keys that `slamon account` has for them."""


def exact(cell: Cell) -> Any:
    return value(cell, ENGLISH)[1]


def numbers(told: Document, place: int) -> dict[str, Any]:
    """A service's section as the keys of an account, without the latency objective."""
    section = next(section for section in told.sections if section.key == f"service-{place}")
    found = {}
    for table in section.tables():
        if table.plain and not table.key.endswith("-latency"):
            for name, cell in table.rows:
                assert isinstance(name, Said)
                if name.key in KEYS:
                    found[KEYS[name.key]] = exact(cell)
    return found


def table_of(told: Document, key: str) -> Table | None:
    return next((table for table in told.tables() if table.key == key), None)


def ratio(text: str | None) -> Fraction | None:
    return None if text is None or "infinite" in text else Fraction(text)


def compare(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    for key, told in found.items():
        if key in wanted:
            expected = wanted[key]
            if isinstance(expected, str) and key not in ("verdict",):
                assert ratio(told) == ratio(expected), key
            else:
                assert told == expected, key


def vector(name: str, folder: Path) -> tuple[dict[str, Any], Figures, int]:
    found = json.loads((VECTORS / f"{name}.json").read_text())
    config, file = folder / "slamon.yml", folder / "seen.jsonl"
    config.write_text(json.dumps(found["catalogue"]))
    file.write_text("".join(json.dumps(line) + "\n" for line in found["observations"]))
    loaded, at = load(config), instant_ms(found["at"])
    return found, replayed(loaded, read(file, loaded, at)), at


@pytest.mark.parametrize("name", NAMES)
def test_every_worked_case_is_reported_as_it_expects(name: str, tmp_path: Path) -> None:
    found, known, at = vector(name, tmp_path)
    for agreement in known.book.agreements:
        expected = [figure for figure in found["expected"] if figure["agreement"] == agreement]
        if not found["observations"]:
            with pytest.raises(UsageError, match="nothing was observed yet"):
                grounds(known, agreement, found["period"], at)
            continue
        rest = grounds(known, agreement, found["period"], at)
        assert rest is not None
        told = document(rest)
        for place, wanted in enumerate(expected, 1):
            compare(numbers(told, place), wanted)
        _outages(told, [outage for wanted in expected for outage in wanted["outages"]])
        for form in (ReportFormat.JSON, ReportFormat.HTML):
            assert maker(form)(told, "de")


def _outages(told: Document, wanted: list[dict[str, Any]]) -> None:
    table = table_of(told, "outages")
    rows = [] if table is None else table.rows
    found = []
    for row in rows:
        end = row[3].cells[0] if isinstance(row[3], Many) else row[3]
        found.append(
            {"start_ms": exact(row[2]), "end_ms": exact(end), "counted_ms": exact(row[5]), "open": end is not row[3]}
        )
    assert found == wanted


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return world.figures(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("period", ["2026-10", "2026-W42", "2026-Q4", "2026", "2026-10-01/2026-10-15"])
@pytest.mark.parametrize("agreement", ["gold", "office"])
def test_a_report_has_the_numbers_of_the_account(agreement: str, period: str, known: Figures) -> None:
    told = world.report(known, agreement, period)
    account = answer(known, world.AT, agreement=agreement, period=period)
    for place, wanted in enumerate(account["figures"], 1):
        found = numbers(told, place)
        assert set(KEYS.values()) - set(found) <= {"availability_uncorrected", "downtime_uncorrected_ms"}
        compare(found, wanted)
    _outages(told, [outage for figure in account["figures"] for outage in figure["outages"]])
    assert told.verdict.value == account["agreements"][0]["verdict"]
    evidence = table_of(told, "evidence")
    assert [[exact(cell) for cell in row[2:]] for row in (evidence.rows if evidence else ())] == [
        list(four.values()) for figure in account["figures"] for four in figure["outage_evidence"] if four
    ] or any(None in figure["outage_evidence"] for figure in account["figures"])


def test_corrections_tell_what_each_changes(known: Figures) -> None:
    table = table_of(world.report(known), "corrections")
    assert table is not None
    account = answer(known, world.AT, agreement="gold", period="2026-10")
    wanted = [(c["start_ms"], c["changed_ms"]) for figure in account["figures"] for c in figure["corrections"]]
    assert sorted((exact(row[3]), exact(row[5])) for row in table.rows) == sorted(wanted)
    causes = [row[0] for row in table.rows]
    assert causes == sorted(causes, key=str)


def test_the_stretches_of_the_appendix_sum_to_the_figure(known: Figures) -> None:
    """What a customer does by hand: add the stretches up, subtract, divide."""
    for agreement in ("gold", "office"):
        told = world.report(known, agreement)
        account = answer(known, world.AT, agreement=agreement, period="2026-10")
        for place, wanted in enumerate(account["figures"], 1):
            table = table_of(told, f"recompute-{place}-stretches")
            assert table is not None
            sums: dict[str, int] = {}
            for begin, end, was, _, length in table.rows:
                assert isinstance(was, Said)
                assert exact(end) - exact(begin) == exact(length)
                sums[was.key] = sums.get(was.key, 0) + exact(length)
            serving = sum(sums.values())
            measured = serving - sums.get("was.excluded", 0)
            known_ms = measured - sums.get("was.unknown", 0)
            down = sums.get("was.down", 0)
            assert (serving, measured, known_ms, down) == (
                wanted["in_service_ms"], wanted["measured_ms"], wanted["known_ms"], wanted["downtime_ms"],
            )  # fmt: skip
            assert str(Fraction(known_ms - down, known_ms) * 10**12 // 1).rjust(13, "0") == wanted[
                "availability"
            ].replace(".", "")


@pytest.mark.parametrize("agreement", ["gold", "office"])
def test_strip_and_budget_are_drawn_from_the_figure(agreement: str, known: Figures) -> None:
    told = world.report(known, agreement)
    account = answer(known, world.AT, agreement=agreement, period="2026-10")
    drawn = [block for section in told.sections for block in section.blocks]
    strips = [block for block in drawn if isinstance(block, Strip)]
    burns = [block for block in drawn if isinstance(block, Burn)]
    assert len(strips) == len(burns) == len(account["figures"])
    for place, (strip, burn, wanted) in enumerate(zip(strips, burns, account["figures"], strict=True), 1):
        for key in ("in_service_ms", "excluded_ms", "unknown_ms", "downtime_ms", "degraded_ms"):
            assert sum(getattr(day, key) for day in strip.days) == wanted[key]
        days = table_of(told, f"service-{place}-days")
        assert days is not None
        rows = [(d.day, d.in_service_ms, d.excluded_ms, d.unknown_ms, d.downtime_ms, d.degraded_ms) for d in strip.days]
        assert [(row[0].day, *map(exact, row[1:])) for row in days.rows] == rows
        spent = [0, *accumulate(day.downtime_ms for day in strip.days)]
        assert [left for _, left in burn.points] == [1 - Fraction(one, wanted["allowance_ms"]) for one in spent]
        assert list(burn.points) == sorted(burn.points, key=lambda point: point[0])
        assert wanted["period"]["start_ms"] == burn.start
        assert wanted["period"]["end_ms"] == burn.end


def test_the_longest_outage_is_the_accounts(known: Figures) -> None:
    told = world.report(known)
    for place, figure in enumerate(answer(known, world.AT, agreement="gold", period="2026-10")["figures"], 1):
        table = table_of(told, f"service-{place}-outages")
        assert table is not None
        rows = {row[0].key: row[1] for row in table.rows}
        assert exact(rows["row.longest"]) == max(outage["counted_ms"] for outage in figure["outages"])


def test_what_was_not_counted_of_an_outage_and_why(known: Figures) -> None:
    told = world.report(known)
    uncounted = table_of(told, "uncounted")
    assert uncounted is not None
    reasons = {ENGLISH.text(row[4]).replace("\u00a0", " ") for row in uncounted.rows}
    # 12 October: forty minutes, all of them excluded; 6 October: 00:20Z to 01:00Z lies in the announced maintenance
    assert reasons == {"40 min excluded by correction", "40 min in planned maintenance"}
    failed = {ENGLISH.text(row[5]) for row in uncounted.rows}
    assert failed == {"shop/home: timeout (2 failed probes)"}


def test_a_dependency_that_caused_an_outage_is_named(known: Figures) -> None:
    table = table_of(world.report(known), "dependencies")
    assert table is not None
    assert [[ENGLISH.text(cell).replace("\u00a0", " ") for cell in row] for row in table.rows] == [
        ["@Shop <i>", "Datenbank", "1", "40 min", "2"]
    ]


def test_maintenance_announced_too_late_and_over_the_limit_is_told(known: Figures) -> None:
    table = table_of(world.report(known), "maintenance")
    assert table is not None
    told = [[ENGLISH.text(cell).replace("\u00a0", " ") for cell in row[2:]] for row in table.rows]
    assert told == [
        ["Patchfenster", "with the agreement", "2 h", "announced in time"],
        [
            "+Update",
            "1 Oct 2026 07:00:00",
            "1 h",
            "1 h of service time not taken out: over the limit or counted already",
        ],
        ["zu spät", "–", "0 s", "not announced in time, does not count"],
    ]
    coming = table_of(world.report(known), "coming")
    assert coming is not None
    assert [ENGLISH.text(row[2]) for row in coming.rows] == ["Patchfenster"]


def test_a_trend_has_twelve_periods_at_most_and_none_is_made_up(known: Figures) -> None:
    rest = grounds(known, "gold", "2026-10", world.AT)
    assert rest is not None
    assert len(rest.trend) == 12
    assert [period.name for period, _ in rest.trend][-2:] == ["2026-09", "2026-10"]
    told = world.report(known)
    pictures = [block for section in told.sections for block in section.blocks if isinstance(block, Trend)]
    assert [[point.period.name for point in picture.points] for picture in pictures] == [["2026-10"], ["2026-10"]]


def test_without_a_figure_the_report_says_so_and_why(known: Figures, tmp_path: Path) -> None:
    seen = [line for line in world.observations() if line["at"] < world.START + 3_600_000]
    told = world.report(world.figures(tmp_path, None, seen), period="2026-W42")
    sentences = [
        ENGLISH.text(block.said)
        for section in told.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
    ]
    assert sentences[0] == "week 42 of 2026: there is no figure, so nothing is said about the agreement."
    assert "Nobody looked in all of the measured time" in sentences[2]
    assert told.verdict.value == "no_data"
    availability = [row[1] for row in told.tables()[0].rows]
    assert not any("100.000" in ENGLISH.text(cell) for cell in availability)
    assert numbers(told, 1)["availability"] is None


@pytest.mark.parametrize(
    ("period", "words"),
    {
        "2027-01": "has not begun: it begins at 2026-12-31T23:00:00.000Z",
        "2026-08": "was over before the first observation of the agreement gold: that was at 2026-10-01T00:00:00.000Z",
        "2026-13": "names no period that exists",
    }.items(),
)
def test_a_period_that_cannot_be_reported_is_refused(period: str, words: str, known: Figures) -> None:
    with pytest.raises(UsageError, match=words):
        grounds(known, "gold", period, world.AT)


def test_accounting_by_time_is_said(known: Figures) -> None:
    told = world.report(known)
    sentences = [ENGLISH.text(b.said) for s in told.sections for b in s.blocks if isinstance(b, Paragraph)]
    assert "Accounting is by time; requests and users are not weighed." in sentences
