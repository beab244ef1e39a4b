"""Columns of long tables on paper have the room that their texts need, or are left to typst."""

from typing import Any

from slamon.reports.formats.widths import put


def table(texts: list[str], *, wide: bool = False, rows: int = 50) -> dict[str, Any]:
    return {
        "kind": "table",
        "plain": False,
        "columns": [{"title": "Begin", "right": False, "wide": wide} for _ in texts],
        "rows": [[{"text": text, "tone": ""} for text in texts] for _ in range(rows)],
    }


def widths(block: dict[str, Any]) -> Any:
    put({"sections": [{"blocks": [block]}]})
    return block.get("widths")


def test_the_widest_text_counts() -> None:
    short, long = widths(table(["1 min", "2026-10-05 12:00:00.155"]))
    assert 2 < short < 4
    assert 10 < long < 13  # 10.2 em as typst measures it


def test_a_column_that_wraps_takes_what_is_left() -> None:
    assert widths(table(["words"], wide=True)) == [None]


def test_short_tables_and_such_as_have_no_room_are_left_alone() -> None:
    assert widths(table(["1 min"], rows=12)) is None
    assert widths(table(["W" * 100])) is None
