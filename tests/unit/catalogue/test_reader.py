"""YAML is read by the rules of YAML 1.2's core schema, with the place of every key."""

from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.reader import MAX_BYTES, Document, read, read_text


def document(text: str | bytes) -> Document:
    return read_text(Path("c.yml"), text.encode() if isinstance(text, str) else text)


def value(text: str) -> Any:
    found = document(text)
    assert found.problems == []
    return found.value


@pytest.mark.parametrize(
    "text", ["22:00", "12:30", "NO", "no", "on", "off", "Yes", "y", "0x1F.", "2026-10-01", "1_000", "<<", "=", "0o19"]
)
def test_what_yaml_1_1_would_bend_stays_text(text: str) -> None:
    assert value(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30", 30),
        ("-7", -7),
        ("007", 7),
        ("2.5", 2.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_of_the_core_schema(text: str, meant: Any) -> None:
    found = value(f"a: {text}")["a"]

    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize("text", ["'30'", '"30"', "'true'", '"~"', "''"])
def test_what_is_quoted_is_text(text: str) -> None:
    assert value(f"a: {text}") == {"a": text[1:-1]}


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert list(value("{2026-12-24: a, 30: b, true: c, null: d}")) == ["2026-12-24", "30", "true", "null"]


def test_a_block_of_text_keeps_its_lines() -> None:
    assert value("a: |\n  22:00\n  NO\n") == {"a": "22:00\nNO\n"}


def test_json_is_yaml() -> None:
    assert value('{"a": {"b": [1, "2", null, 0.5]}}') == {"a": {"b": [1, "2", None, 0.5]}}


def test_every_key_path_has_its_place() -> None:
    found = document("services:\n  shop:\n    checks: [a,\n      {b: 1}]\n")

    place = found.values["services", "shop", "checks", 1, "b"]
    assert (place.line, place.column) == (4, 11)
    key = found.keys["services", "shop"]
    assert (key.line, key.column) == (2, 3)


def test_columns_count_characters_not_bytes() -> None:
    found = document("{ä: ö, ü: 1}")

    assert found.values["ü",].column == 11


def test_an_alias_stands_for_its_anchor() -> None:
    assert value("a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_any_line_end_will_do(line_end: str) -> None:
    assert value(f"a: 1{line_end}b: 2{line_end}") == {"a": 1, "b": 2}


def test_a_byte_order_mark_is_no_key() -> None:
    assert document(b"\xef\xbb\xbfa: 1").value == {"a": 1}


def messages(found: Document) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_a_nul_in_a_text_is_one_error() -> None:
    assert messages(document('slamon: 1\nteams: {web: {name: "W\\0b"}}')) == [
        "c.yml:2:21: teams.web.name: found a NUL character, expected printable text"
    ]


def test_a_nul_in_a_key_is_one_error() -> None:
    assert len(messages(document('slamon: 1\n"te\\0ams": {}'))) == 1


def test_a_raw_nul_byte_is_one_error() -> None:
    assert len(messages(document(b"slamon: 1\nteams: \x00\n"))) == 1


def test_bytes_that_are_not_utf_8_name_their_line() -> None:
    assert messages(document(b"slamon: 1\nteams: {web: {name: M\xfcller}}\n")) == [
        "c.yml:2:1: found bytes that are not UTF-8, expected a file in UTF-8"
    ]


def test_utf_16_is_one_error() -> None:
    assert len(messages(document("slamon: 1".encode("utf-16")))) == 1


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.yml"
    with file.open("wb") as handle:
        handle.truncate(MAX_BYTES + 1)

    assert [problem.found for problem in read(file).problems] == [f"a file of {MAX_BYTES + 1} bytes"]


def test_a_file_that_is_none_is_one_error(tmp_path: Path) -> None:
    assert [problem.expected for problem in read(tmp_path / "none.yml").problems] == ["a file that can be read"]


@pytest.mark.parametrize("depth", [60, 20_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_nesting_is_one_error(depth: int, brackets: str) -> None:
    opening = "[" if brackets == "[]" else "{a: "

    assert len(messages(document("a: " + opening * depth + brackets[1] * depth))) == 1


def test_aliases_of_aliases_are_not_spun_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]

    assert len(messages(document("\n".join(lines)))) == 1


def test_an_empty_key_path_is_the_whole_file() -> None:
    assert str(document("- a: [").problems[0]).startswith("c.yml:2:1: found malformed YAML")
