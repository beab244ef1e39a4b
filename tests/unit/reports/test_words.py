"""Every message of a report stands in both languages, whole, and is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import slamon.reports
from slamon.accounting import AgreementVerdict, CorrectionCause, CorrectionKind, LatencyVerdict
from slamon.catalogue.parties import CustomerKind
from slamon.reports.pictures import COLOURS
from slamon.reports.stretches import Was
from slamon.reports.words import WORDS, Form

PACKAGE = Path(slamon.reports.__file__).parent


def forms(entry: Form) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) else entry


def holes(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("key", WORDS)
def test_a_message_stands_in_both_languages_with_the_same_cells(key: str) -> None:
    english, german = WORDS[key]
    assert len(forms(english)) == len(forms(german))
    found = [holes(text) for text in (*forms(english), *forms(german))]
    assert all(text.strip() == text and text for text in (*forms(english), *forms(german)))
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("key", [key for key, entry in WORDS.items() if not isinstance(entry[0], str)])
def test_a_message_with_two_forms_tells_the_number(key: str) -> None:
    assert "n" in holes(forms(WORDS[key][0])[0])


def literals() -> Iterator[str]:
    """Every text of the package that could be a key; of a text with holes, its beginning and a star."""
    for path in PACKAGE.rglob("*.py"):
        if path.name == "words.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                yield f"{node.values[0].value}*"


def test_no_key_has_two_messages() -> None:
    """Tables of words are joined: of two with one key, one would be lost without a word."""
    keys = [
        key.value
        for path in PACKAGE.rglob("words.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and "." in key.value
    ]
    assert sorted(keys) == sorted(set(keys))


def test_every_message_is_used_and_no_other() -> None:
    found = set(literals())
    beginnings = tuple(word[:-1] for word in found if word.endswith(".*"))
    assert [key for key in WORDS if key not in found and not key.startswith(beginnings)] == []
    groups = {key.partition(".")[0] for key in WORDS if "." in key}
    keys = [
        word for word in found if re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", word) and word.partition(".")[0] in groups
    ]
    assert [word for word in keys if word not in WORDS] == []


@pytest.mark.parametrize(
    ("group", "words"),
    {
        "verdict": [*AgreementVerdict, *LatencyVerdict],
        "overall": list(AgreementVerdict),
        "cause": list(CorrectionCause),
        "correction": list(CorrectionKind),
        "kind": list(CustomerKind),
        "was": list(Was),
        "legend": list(COLOURS),
        "weekday": [str(day) for day in range(7)],
    }.items(),
)
def test_every_word_of_a_closed_set_has_its_message(group: str, words: list[str]) -> None:
    assert {f"{group}.{word}" for word in words} == {key for key in WORDS if key.startswith(f"{group}.")}
