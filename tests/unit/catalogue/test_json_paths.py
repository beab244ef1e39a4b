"""The catalogue refuses the JSON paths that the probe cannot read, and no others."""

from pathlib import Path

import pytest
from slamon.catalogue import CatalogueErrors, load
from slamon.probes.json_path import parse

PATHS = [
    "status",
    "$.status",
    "nodes[0].name",
    "a.b.c",
    "list[-1]",
    "$",
    "[0]",
    "a['b c'].d",
    "a.[0]",
    "grün",
    "a b",
    "nodes[",
    "nodes[x]",
    "nodes[0",
    "nodes]",
    "a..b",
    "a.",
    "'a'",
    "a[99999999999]",
    "$$",
]


def readable(path: str) -> bool:
    try:
        return bool(parse(path)) or path == "$"
    except ValueError:
        return False


def accepted(folder: Path, path: str) -> bool:
    expect = f'{{json: [{{path: "{path}", exists: true}}]}}'
    (folder / "c.yml").write_text(
        f"slamon: 1\nservices: {{s: {{checks: {{c: {{http: {{url: http://127.0.0.1/, expect: {expect}}}}}}}}}}}\n"
    )
    try:
        load(folder / "c.yml", env={})
    except CatalogueErrors:
        return False
    return True


@pytest.mark.parametrize("path", PATHS)
def test_both_read_the_same_paths(tmp_path: Path, path: str) -> None:
    assert accepted(tmp_path, path) == readable(path)
