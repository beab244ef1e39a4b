"""The manual's page on probes names every reason, option and phase, and no other."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from slamon.catalogue import load
from slamon.catalogue.checks import PROBE_KINDS
from slamon.catalogue.probe_options import HttpExpect, HttpOptions, TcpOptions, TlsOptions
from slamon.probes import Reason

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = ROOT / "config" / "examples"
PAGE = (REFERENCE / "probes.md").read_text(encoding="utf-8")
PHASES = {"resolve", "connect", "tls", "processing", "transfer"}


def rows(heading: str) -> set[str]:
    """The names in the first column of the tables under a heading."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z0-9_]+)", cell)}


def keys(*models: type[BaseModel]) -> set[str]:
    """The keys a catalogue may give."""
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


def test_every_reason_is_explained_and_no_other() -> None:
    assert rows("Reasons") == {reason.value for reason in Reason}


def test_each_reason_says_what_happened_and_what_to_do() -> None:
    for reason in Reason:
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{reason.value}` |"))
        assert all(len(cell.strip()) > 10 for cell in row.split("|")[2:4]), row


def test_every_phase_is_explained_and_no_other() -> None:
    assert rows("Phases") == PHASES


def test_every_option_is_explained_and_no_other() -> None:
    assert rows("http") == keys(HttpOptions, HttpExpect) - {"expect"}
    assert rows("TLS options") == keys(TlsOptions)
    section = PAGE.split("\n## tcp\n", 1)[1].split("\n## ", 1)[0]
    assert all(f"`{key}`" in section for key in keys(TcpOptions))


@pytest.mark.parametrize("kind", PROBE_KINDS)
def test_every_kind_has_its_section_or_page(kind: str) -> None:
    page = REFERENCE / "kinds" / f"{kind}.md"
    assert f"\n## {kind}\n" in PAGE or page.read_text(encoding="utf-8").startswith(f"# {kind}\n")


@pytest.mark.parametrize("kind", PROBE_KINDS)
def test_every_kind_has_an_example_that_loads(kind: str) -> None:
    file = EXAMPLES / f"{kind}.yml"
    found = load(file, env=dict.fromkeys(re.findall(r"\$\{env:(\w+)\}", file.read_text()), "00"))
    assert kind in {check.kind for check in found.checks.values()}
