"""Columns of long tables on paper have the room that their texts need, or are left to typst."""

import json
from typing import Any

import typst
from slamon.reports.formats.widths import BOLD, em, found


def table(texts: list[str], *, wide: bool = False, rows: int = 50) -> dict[str, Any]:
    return {
        "kind": "table",
        "plain": False,
        "columns": [{"title": "Begin", "right": False, "wide": wide} for _ in texts],
        "rows": [[{"text": text, "tone": ""} for text in texts] for _ in range(rows)],
    }


def put(block: dict[str, Any]) -> dict[str, Any]:
    (section,) = found({"sections": [{"blocks": [block]}]})["sections"]
    return dict(section["blocks"][0])


def widths(block: dict[str, Any]) -> Any:
    return put(block).get("widths")


def test_the_widest_text_counts() -> None:
    short, long = widths(table(["1 min", "2026-10-05 12:00:00.155"]))
    assert 2 < short < 4
    assert 10 < long < 13  # 10.2 em as typst measures it


def test_what_is_set_in_bold_has_more_room() -> None:
    block = table(["insufficient data"])
    (thin,) = widths(block)
    block["rows"][7][0]["tone"] = "warn"
    (wide,) = widths(block)
    assert wide > 1.15 * thin


SIGNS = [
    chr(code)
    for low, high in ((0x20, 0x7F), (0xA0, 0x180), (0x370, 0x460), (0x1E00, 0x1F00), (0x2010, 0x2040), (0x20A0, 0x20C0))
    for code in range(low, high)
    if chr(code).isprintable()
] + [*"∞−≥≤→", "\u00a0"]
MEASURE = """
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 10pt)
#context [#metadata(json(bytes(sys.inputs.signs)).map(sign => (
  measure(box(sign * 10)).width.pt(), measure(box(text(weight: "bold", sign * 10))).width.pt()))) <found>]
"""


def test_no_sign_is_wider_than_it_is_taken_for() -> None:
    told = typst.query(
        MEASURE.encode(), "<found>", field="value", one=True, ignore_system_fonts=True,
        sys_inputs={"signs": json.dumps(SIGNS)},
    )  # fmt: skip
    measured = dict(zip(SIGNS, json.loads(told), strict=True))
    assert measured["m"][0] > 75
    wider = [s for s, (thin, bold) in measured.items() if thin > em(s) * 100 or bold > em(s) * BOLD * 100 + 1e-6]
    assert wider == []


def test_a_column_that_wraps_takes_what_is_left() -> None:
    assert widths(table(["words"], wide=True)) == [None]


def test_short_tables_and_such_as_have_no_room_are_left_alone() -> None:
    assert widths(table(["1 min"], rows=12)) is None
    assert widths(table(["W" * 100])) is None


def test_rows_that_take_one_line_are_known_and_texts_alone_are_given_as_texts() -> None:
    block = table(["1 min", "words"], rows=20)
    block["columns"][1]["wide"] = True
    block["rows"][3][1] = {"text": "many words " * 40, "tone": ""}
    block["rows"][4][1] = {"text": "met", "tone": "good"}
    made = put(block)
    assert made["single"] == [number != 3 for number in range(20)]
    assert made["rows"][0] == ["1 min", "words"]
    assert made["rows"][4] == ["1 min", {"text": "met", "tone": "good"}]
    assert block["rows"][0][0] == {"text": "1 min", "tone": ""}, "what the page takes too was changed"
