"""What a check asks and expects is told key by key; what is secret, and where files lie, is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from slamon.catalogue import load
from slamon.catalogue.spelt import FILES, UNTOLD, spelt

EXAMPLES = sorted((Path(__file__).parents[3] / "config" / "examples").glob("*.yml"))


SECRET = "7a9bd1c0ffee" * 3
"""A token, and bytes in hexadecimal."""


class Everything(dict[str, str]):
    """An environment in which every variable is set."""

    def get(self, key: str, default: Any = None) -> str:
        return SECRET


def given(model: BaseModel, before: str = "") -> Iterator[str]:
    """The paths of the keys that differ from their default, where they are not secret."""
    for name, field in type(model).model_fields.items():
        value, key = getattr(model, name), field.alias or name
        if key in UNTOLD or value == field.get_default(call_default_factory=True):
            continue
        if isinstance(value, BaseModel):
            yield from given(value, f"{before}{key}.")
        else:
            yield before + key


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.stem)
def test_every_option_that_is_given_is_told(file: Path) -> None:
    catalogue = load(file, env=Everything())
    for check in catalogue.checks.values():
        told = dict(spelt(check.options))
        for path in given(check.options):
            assert any(key == path or key.startswith((f"{path}.", f"{path}[")) for key in told), path
        assert not [value for value in told.values() if SECRET in value]


def test_quantities_have_their_units_and_files_only_their_names(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    (tmp_path / "slamon.yml").write_text(
        "slamon: 1\nservices:\n  s:\n    checks:\n      c:\n        http:\n          url: https://a.example.org/\n"
        "          body_limit: 64KiB\n          tls: {ca_file: ca.pem}\n"
        "          headers: {X-Key: secret-value}\n"
        "          expect: {degraded_over: 1500ms, json: [{path: n, below: 2.5}]}\n"
    )
    (check,) = load(tmp_path / "slamon.yml").checks.values()
    assert dict(spelt(check.options)) == {
        "url": "https://a.example.org/", "body_limit": "64KiB", "tls.ca_file": "ca.pem", "headers.X-Key": "***",
        "expect.degraded_over": "1500ms", "expect.json[0].path": "n", "expect.json[0].below": "2.5",
    }  # fmt: skip
    assert "ca_file" in FILES
