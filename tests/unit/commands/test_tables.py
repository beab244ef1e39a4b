"""Tables lose nothing: on no width is a cell cut, broken up, or taken for markup."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from slamon.commands.tables import Cell, Sheet, age, coloured, columns, duration, percent

HEADS = columns("agreement", "service", "avail-\nable", "found", keys=("agreement", "service"), free=("found",))
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


def printed(sheet: Sheet, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, markup=False, highlight=False, emoji=False).print(sheet)
    return out.getvalue().splitlines()


@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4), width=st.integers(34, 200))
def test_every_cell_stands_whole_on_one_line_whatever_the_width(
    rows: list[tuple[str, str, str, str]], width: int
) -> None:
    lines = printed(Sheet("Title", HEADS, rows), width)
    assert lines[0].rstrip() == "Title"
    for row in rows:
        for cell in row[:3]:
            # a paragraph's heading may be wider than a very narrow terminal: it is broken at a blank then
            assert any(cell in line for line in lines)


def test_what_fits_is_a_table_and_what_does_not_are_paragraphs() -> None:
    sheet = Sheet("Title", HEADS, [["gold", "shop", "99.123 %", "a sentence about it"]])
    assert [line.rstrip() for line in printed(sheet, 80)] == [
        "Title",
        "                    avail-",
        "agreement  service  able      found",
        "gold       shop     99.123 %  a sentence about it",
    ]
    assert [line.rstrip() for line in printed(sheet, 40)] == [
        "Title",
        "gold  shop",
        "  available 99.123 %",
        "  found a sentence about it",
    ]


def test_free_text_wraps_before_the_table_gives_way() -> None:
    found = "a long sentence that tells what was found and what would have been right"
    lines = [line.rstrip() for line in printed(Sheet("Title", HEADS, [["gold", "shop", "99.1 %", found]]), 60)]
    assert lines[2].startswith("agreement  service")
    assert " ".join(" ".join(line[28:] for line in lines[3:]).split()) == found
    assert len(lines) > 4


@pytest.mark.parametrize("width", [30, 200])
@pytest.mark.parametrize("words", ["[red]x[/red]", "[/]", "no connection to [fe80::1]:25", ":smile:", "\\[b]"])
def test_a_strangers_words_are_text_and_no_markup(words: str, width: int) -> None:
    shown = " ".join(" ".join(printed(Sheet("[bold]", HEADS, [["a", "b", "c", words]]), width)).split())
    assert words in shown
    assert shown.startswith("[bold]")


def test_an_empty_cell_takes_no_place_in_a_paragraph() -> None:
    rows: list[list[Cell]] = [["gold", "", coloured(None), ""]]
    assert [line.rstrip() for line in printed(Sheet("Title", HEADS, rows), 20)] == ["Title", "gold", "  available -"]


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        ("0.999994", "99.999 %"),  # cut, not rounded
        ("0.9999999", "99.999 %"),
        ("1", "100.000 %"),
        ("-0.00000001", "-0.001 %"),  # toward minus infinity
        ("0", "0.000 %"),
        ("infinite", "∞"),
        ("-infinite", "-∞"),
        (None, "-"),
    ],
)
def test_a_ratio_is_cut_downward(ratio: str | None, shown: str) -> None:
    assert percent(ratio) == shown


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0, "0s"),
        (1, "0.001s"),
        (61_500, "1m 1.5s"),
        (3_600_000, "1h"),
        (172_805_000, "2d 0h 0m 5s"),
        (173_100_000, "2d 0h 5m"),
        (90_000, "1m 30s"),
        (90_061_000, "1d 1h 1m 1s"),
        (None, "-"),
    ],
)
def test_a_length_of_time_is_shown_to_the_millisecond(ms: int | None, shown: str) -> None:
    assert duration(ms) == shown


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(-5, "0s"), (59_999, "59s"), (60_000, "1m"), (3_599_999, "59m"), (7_800_000, "2h 10m"), (356_400_000, "4d 3h")],
)
def test_an_age_is_shown_in_whole_units(ms: int, shown: str) -> None:
    assert age(ms) == shown
