"""Paths into JSON: what they reach, and that nothing else happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slamon.probes.json_path import MISSING, find, parse

DOCUMENT = {"a": {"b": [{"c": 1}, None]}, "x.y": {"": True}, "0": "zero"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b[0].c", 1),
        ("$.a.b[0].c", 1),
        ('["a"]["b"][0]["c"]', 1),
        ("a.b[1]", None),
        ("a.b[-2].c", 1),
        ("['x.y'][\"\"]", True),
        ("0", "zero"),
        ("$", DOCUMENT),
        ("a.b[2]", MISSING),
        ("a.b[-3]", MISSING),
        ("a.b.c", MISSING),
        ("a[0]", MISSING),
        ("nothing", MISSING),
    ],
)
def test_paths(path: str, value: object) -> None:
    assert find(DOCUMENT, parse(path)) == value or find(DOCUMENT, parse(path)) is value


@pytest.mark.parametrize("path", ["a[", "a[x]", "a]", "a..b", "[99999999999]", "a['b]"])
def test_malformed_paths_name_an_example(path: str) -> None:
    with pytest.raises(ValueError, match="write for example"):
        parse(path)


@given(st.text(max_size=60))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        steps = parse(text)
    except ValueError:
        return
    find(DOCUMENT, steps)
