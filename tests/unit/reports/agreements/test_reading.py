"""What only helps to read: minutes by period, coming holidays, changes before and after, no sentence too many."""

from typing import Any

import pytest
from slamon.catalogue.quantities import instant_ms
from slamon.reports.agreements.subject import in_force, numbered
from slamon.reports.agreements.writing import document
from slamon.reports.document import Document, Paragraph, Table
from slamon.reports.tongue import Tongue

from tests.unit.reports.agreements import world

AT = instant_ms("2026-11-15T12:00:00Z")
GOLD = ("agreements", "gold")


def tables(made: Document) -> dict[str, list[list[str]]]:
    tongue = Tongue("en", made.zone)
    return {
        table.key: [[tongue.text(cell).replace("\u00a0", " ") for cell in row] for row in table.rows]
        for table in (block for s in made.sections for block in s.blocks if isinstance(block, Table))
    }


def sentences(made: Document, section: str) -> list[str]:
    tongue = Tongue("en", made.zone)
    return [
        tongue.text(block.said).replace("\u00a0", " ")
        for s in made.sections if s.key == section for block in s.blocks if isinstance(block, Paragraph)
    ]  # fmt: skip


def gold(revision: int = 1, at: int = AT, **more: Any) -> Document:
    changes = [((*GOLD, key), value) for key, value in more.items()]
    return document(numbered(world.catalogue(*changes), "gold", revision), at)


def test_a_target_is_told_in_minutes_of_each_period_of_the_revision() -> None:
    """January 2026 in Bavaria: 20 office days of 10 h and 5 Saturdays of 4 h, 0.1 % of 220 h is 13 min 12 s."""
    shown = tables(gold())["allowed"]
    assert shown[0] == ["January 2026", "220 h", "13 min 12 s"]
    assert len(shown) == 12
    (told,) = [line for line in sentences(gold(), "availability") if line.startswith("In time: ")]
    assert "in the shortest" in told


def test_a_revision_without_end_is_told_from_now_on() -> None:
    shown = tables(gold(2))["allowed"]
    assert [row[0] for row in shown] == [f"quarter {n} of 2027" for n in (1, 2, 3, 4)]


def test_the_holidays_of_the_coming_year_stand_beside_the_hours() -> None:
    shown = tables(gold())["holidays"]
    assert ["25 Dec 2026", "Friday"] in shown
    assert ["15 Aug 2027", "Sunday"] in shown  # Assumption Day: one of those called catholic
    assert "holidays" not in tables(gold(service_hours="24x7"))


def test_changes_to_come_and_those_before_are_told() -> None:
    after, before = tables(gold(1)), tables(gold(2))
    assert ["Target availability", "99.9 %", "99.95 %"] in after["changes_after"]
    assert ["Target availability", "99.9 %", "99.95 %"] in before["changes_before"]
    assert "changes_before" not in after
    assert "changes_after" not in before


def test_nothing_is_said_of_what_is_not_agreed() -> None:
    assert sentences(gold(latency=None), "latency") == []
    assert sentences(gold(credits=[]), "credits") == []
    assert len(sentences(gold(), "latency")) == 1


@pytest.mark.parametrize(
    ("at", "number"), [("2025-06-01", 1), ("2026-06-01", 1), ("2027-01-01", 2), ("2027-06-01", 2), ("2029-01-01", 2)]
)
def test_the_revision_in_force_is_taken_or_the_nearest(at: str, number: int) -> None:
    found = in_force(world.catalogue(), "gold", instant_ms(f"{at}T00:00:00+01:00"))
    assert found.stage.number == number
