"""Each file in `bad` holds one mistake, and says in its first lines every message that it must give."""

from pathlib import Path

import pytest
from slamon.catalogue import CatalogueErrors, load
from slamon.catalogue.checks import PROBE_KINDS, CheckSettings

BAD = Path(__file__).parent / "bad"
MARK = "# error: "
LISTS = {"<kinds>": ", ".join(PROBE_KINDS), "<keys of a check>": ", ".join(sorted(CheckSettings.model_fields))}
"""Grow with every probe kind."""


def promised(file: Path) -> list[str]:
    text = file.read_text()
    for words, meant in LISTS.items():
        text = text.replace(words, meant)
    return [line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)]


def given(file: Path) -> list[str]:
    with pytest.raises(CatalogueErrors) as raised:
        load(file, env={})
    return [str(problem).replace(f"{BAD}/", "") for problem in raised.value.problems]


@pytest.mark.parametrize("name", sorted(file.stem for file in BAD.glob("*.yml")))
def test_a_mistake_is_told_with_its_place_what_was_found_and_what_is_right(name: str) -> None:
    file = BAD / f"{name}.yml"

    assert given(file) == promised(file)


def test_no_file_is_without_a_promise() -> None:
    assert [file.name for file in BAD.glob("*.yml") if not promised(file)] == []


def test_one_mistake_gives_one_message() -> None:
    several = [file.stem for file in BAD.glob("*.yml") if len(promised(file)) > 1]

    assert several == ["several"]
