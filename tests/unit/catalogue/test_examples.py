"""The examples run as they are: they load without an error and without a warning."""

import re
from pathlib import Path

import pytest
from slamon.catalogue import load

CONFIG = Path(__file__).parents[3] / "config"
_VARIABLE = re.compile(r"\$\{env:(\w+)\}")
EXAMPLES = [CONFIG / "slamon.yml", *sorted((CONFIG / "examples").glob("*.yml"))]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_loads_and_has_nothing_to_spare(file: Path) -> None:
    catalogue = load(file, env=dict.fromkeys(_VARIABLE.findall(file.read_text()), "00"))

    assert catalogue.warnings == []
    assert catalogue.agreements


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_tells_the_editor_its_schema(file: Path) -> None:
    first = file.read_text().splitlines()[0]

    prefix = "" if file.parent == CONFIG else "../"
    assert first == f"# yaml-language-server: $schema={prefix}slamon.schema.json"
