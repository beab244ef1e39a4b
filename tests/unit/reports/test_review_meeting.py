"""The agenda fits the meeting and a page; the minutes form reads as YAML whatever names hold."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdf
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slamon.desk import Desk
from slamon.figures import Figures
from slamon.reports.document import Lines, Said
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat
from slamon.reports.review.agenda import LEAST, items, minutes
from slamon.reports.review.minutes import form, form_name
from slamon.reports.review.writing import agenda_page, minutes_page, pack

from tests.unit.reports import review_world as world
from tests.unit.reports.test_review import exact, rows, sentences, table, text

KEYS = ["customer", "period", "held", "participants", "minutes", "decisions", "actions", "done", "reference"]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return world.figures(tmp_path_factory.mktemp("world"))


# -- the agenda


@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.integers(1, 500))
def test_minutes_sum_to_the_meeting_unless_it_is_too_short(weights: list[int], total: int) -> None:
    given_ = minutes(weights, total)
    assert len(given_) == len(weights)
    assert min(given_) >= LEAST
    assert sum(given_) == max(total, LEAST * len(weights))
    for weight, several in zip(weights, given_, strict=True):
        assert all(several >= other - 1 for w, other in zip(weights, given_, strict=True) if w <= weight)


def test_what_needs_a_decision_comes_first(known: Figures) -> None:
    found = items(world.reviewed(known))
    decides = [item.decides for item in found]
    assert decides == sorted(decides, reverse=True)
    assert [item.key for item in found] == [
        "missed", "unseen", "complaints", "overdue", "renewals", "proposals",
        "decisions", "outages", "satisfaction", "changes", "close",
    ]  # fmt: skip
    told = agenda_page(world.reviewed(known), 60)
    assert sentences(told, "agenda") == ["6 items need a decision and come first. 60 minutes in all."]
    lines = rows(told, "agenda")
    assert sum(int(text(line["minutes"])) for line in lines) == 60
    assert [int(text(line["from_minute"])) for line in lines][:2] == [0, int(text(lines[0]["minutes"]))]
    assert text(lines[0]["why"]) == "1 agreement was missed: gold"
    assert text(lines[3]["why"]) == "1 action is overdue: no. 2"


def test_targets_that_history_speaks_against_are_counted_in_both_directions(known: Figures) -> None:
    proposed = rows(pack(world.reviewed(known)), "proposals")
    off = [Fraction(exact(row["proposed"])) - Fraction(exact(row["target"])) for row in proposed]
    assert (min(off) < 0, max(off) > 0) == (True, True)
    line = rows(agenda_page(world.reviewed(known), 60), "agenda")[5]
    assert text(line["why"]).startswith(f"for {sum(map(bool, off))} services history speaks")


def test_a_quiet_quarter_needs_no_decision(known: Figures) -> None:
    found = items(world.reviewed(known, "2026-Q3", Desk.of([]), at=world.OUTAGE))
    assert "complaints" not in [item.key for item in found]
    assert "overdue" not in [item.key for item in found]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("length", [10, 60, 480])
def test_the_agenda_fits_a_page(language: str, length: int, known: Figures) -> None:
    content = maker(ReportFormat.PDF)(agenda_page(world.reviewed(known), length), language)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pack_has_bookmarks_and_begins_with_one_page_of_summary(language: str, known: Figures) -> None:
    content = maker(ReportFormat.PDF)(pack(world.reviewed(known)), language)
    read = pypdf.PdfReader(io.BytesIO(content))
    titles = [str(mark.title) for mark in read.outline if not isinstance(mark, list)]
    assert len(titles) == len(pack(world.reviewed(known)).sections)
    second = read.get_destination_page_number(
        next(m for m in read.outline if not isinstance(m, list) and m.title == titles[1])
    )
    assert second == 1
    assert b"pdfaid" in content


@pytest.mark.parametrize("number", [0, 9, 17, 40])
def test_no_heading_stands_alone_at_the_foot_of_a_page(number: int, known: Figures) -> None:
    """Whatever comes before it: below each there is room for more than its own line."""
    more = [("2026-11-01", world.action(f"Maßnahme {i}", "2027-02-01")) for i in range(number)]
    material = world.reviewed(known, desk=Desk.of(world.entries([*world.ENTRIES, *more])))
    read = pypdf.PdfReader(io.BytesIO(maker(ReportFormat.PDF)(pack(material), "de")))
    marks = [mark for mark in read.outline if not isinstance(mark, list)]
    assert len(marks) == len(pack(material).sections)
    foot = 46 + 3 * 12  # the margin, and three lines
    assert [mark.title for mark in marks if float(mark.top) < foot] == []


# -- the minutes


def loaded(content: bytes) -> dict[str, Any]:
    return dict(yaml.safe_load(content))


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_form_is_prefilled_and_has_the_keys_that_are_read_back(language: str, known: Figures) -> None:
    content = form(world.reviewed(known), language)
    found = loaded(content)
    assert list(found) == KEYS
    assert (found["customer"], found["period"], str(found["held"])) == ("haendler", "2026-Q4", "2027-01-08")
    assert [found[key] for key in KEYS[3:]] == [[], "", [], [], [], None]
    assert "\n# 2: Zweiten Leitungsweg bestellen (T. Weber" in content.decode()
    assert form_name(world.reviewed(known)) == "2026-Q4_haendler-minutes.yml"


def test_the_example_in_the_form_is_an_action_as_it_is_to_be_written(known: Figures) -> None:
    lines = form(world.reviewed(known), "en").decode().splitlines()
    begin = lines.index("# actions:")
    example = "\n".join(line.removeprefix("# ") for line in lines[begin : lines.index("actions: []")])
    (action,) = yaml.safe_load(example)["actions"]
    assert list(action) == ["title", "owner", "team", "due", "service", "expected"]
    assert (action["team"], action["service"]) == ("web", "shop")
    assert action["expected"] == {"figure": "downtime", "agreement": "gold", "value": "30m"}


@given(title=st.text(min_size=1, max_size=80), owner=st.text(min_size=1, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_whatever_is_written_in_an_action_stays_a_comment(title: str, owner: str, known: Figures) -> None:
    action = world.action(title, "2026-12-01", owner=owner)
    material = world.reviewed(known, desk=Desk.of(world.entries([("2026-11-01", action)])))
    found = loaded(form(material, "de"))
    assert list(found) == KEYS
    assert (found["actions"], found["done"]) == ([], [])


@pytest.mark.parametrize(
    "title", ["a\ndone: [1]", "a\u2028done: [1]", "a\x85done: [1]", "a\rdone: [1]", "a\x0bdone: [1]"]
)
def test_no_line_break_of_yaml_gets_into_the_form(title: str, known: Figures) -> None:
    material = world.reviewed(known, desk=Desk.of(world.entries([("2026-11-01", world.action(title, "2026-12-01"))])))
    assert loaded(form(material, "en"))["done"] == []


def test_a_customer_may_have_any_name(tmp_path: Path) -> None:
    catalogue = {**world.CATALOGUE, "customers": {"haendler": {"name": "# ' \" : {x}", "kind": "external"},
                                                  "vertrieb": {"name": "عميل", "kind": "internal"}}}  # fmt: skip
    found = loaded(form(world.reviewed(world.figures(tmp_path, catalogue)), "en"))
    assert found["customer"] == "haendler"


def test_the_printed_page_has_room_and_the_open_actions(known: Figures) -> None:
    told = minutes_page(world.reviewed(known))
    room = [block for section in told.sections for block in section.blocks if isinstance(block, Lines)]
    assert [line.number for line in room] == [2, 5, 4, 1]
    assert [text(row["number"]) for row in rows(told, "done")] == ["2", "6", "13"]
    assert all(isinstance(name, Said) for name, _ in table(told, "minutes").rows)
    content = maker(ReportFormat.PDF)(told, "de")
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
    page = maker(ReportFormat.HTML)(told, "de").decode()
    assert page.count('class="ruled"') == 12
