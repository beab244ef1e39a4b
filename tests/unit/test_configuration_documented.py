"""The manual's pages on configuration and kinds: every key with default and meaning, no other; examples load."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from slamon.catalogue import Catalogue, CatalogueErrors, load, load_value
from slamon.catalogue.access import HttpAccess
from slamon.catalogue.agreements import OneOffMaintenance, RecurringMaintenance
from slamon.catalogue.checks import PROBE_KINDS, CheckSettings
from slamon.catalogue.discovery.models import HttpSd
from slamon.catalogue.models import ReferenceTarget
from slamon.catalogue.quantities import SIZE
from slamon.catalogue.reader import read_text
from slamon.catalogue.references import may_be_secret
from slamon.catalogue.schema import json_schema, meaning, models, written_default

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGE = "\n".join(
    page.read_text(encoding="utf-8")
    for page in (REFERENCE / "configuration.md", *sorted((REFERENCE / "kinds").glob("*.md")))
)
KINDS = {OneOffMaintenance: ", once", RecurringMaintenance: ", recurring"}
STEPS: dict[Any, str] = {dict: ".<id>", tuple: "[]"}
FILES = ("password.txt", "ca.pem", "client.pem", "client.key", "bestellung.txt", "known_hosts", "../web-config.yml")


def model_paths() -> dict[str, type[BaseModel]]:
    """Every model under the key path where it is first met."""
    found: dict[type[BaseModel], str] = {}
    waiting: list[tuple[Any, str]] = [(Catalogue, "")]
    while waiting:
        here, path = waiting.pop(0)
        if isinstance(here, type) and issubclass(here, BaseModel):
            if here not in found:
                found[here] = path + KINDS.get(here, "")
                waiting += [(f.annotation, f"{path}.{f.alias or n}".strip(".")) for n, f in here.model_fields.items()]
            continue
        step = STEPS.get(get_origin(here), "")
        waiting += [(inner, path + step) for inner in get_args(here)]
    return {path: model for model, path in found.items()}


PATHS = model_paths()


def sections() -> dict[str, str]:
    """The page's texts by the key path in their headings; the file's own keys by an empty one."""
    parts = re.split(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)
    titled = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {"": titled["Sections"]} | {t.replace("`", ""): text for t, text in titled.items() if t.startswith("`")}


SECTIONS = sections()


def rows(path: str) -> dict[str, list[str]]:
    """The rows of a section's table by key: type, default, meaning."""
    lines = [line.strip("| ") for line in SECTIONS[path].splitlines() if line.startswith("| `")]
    found = [line.split(" | ") for line in lines]
    return {cells[0].strip("`"): cells[1:] for cells in found}


def default_of(field: Any) -> str:
    """The cell of a default."""
    default = written_default(field)
    if field.is_required():
        return "required"
    if default is None or default == []:
        return "–"
    text = f"[{', '.join(default)}]" if isinstance(default, list) else str(default)
    return f"`{text.lower() if isinstance(default, bool) else text}`"


def examples() -> list[str]:
    return re.findall(r"^```yaml\n(.+?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def used(annotation: Any, value: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """Every key that a value uses, with its model."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
        if isinstance(value, dict) and set(value) <= set(fields):
            for key, inner in value.items():
                yield annotation, key
                yield from used(fields[key], inner)
        return
    inner_values = value.values() if isinstance(value, dict) and get_origin(annotation) is dict else [value]
    if isinstance(value, list):
        inner_values = value
    for inner in get_args(annotation):
        for one in inner_values:
            yield from used(inner, one)


def test_every_model_has_its_section_and_no_other() -> None:
    assert set(SECTIONS) == set(PATHS)
    assert set(PATHS.values()) == set(models())


@pytest.mark.parametrize("path", PATHS)
def test_every_key_stands_in_its_section_and_no_other(path: str) -> None:
    assert set(rows(path)) == {field.alias or name for name, field in PATHS[path].model_fields.items()}


@pytest.mark.parametrize("path", PATHS)
def test_a_key_has_its_type_default_and_meaning(path: str) -> None:
    told = rows(path)
    for name, field in PATHS[path].model_fields.items():
        kind, default, means = told[field.alias or name]
        assert kind
        assert default == default_of(field)
        assert means == meaning(field)


@pytest.mark.parametrize("path", PATHS)
def test_a_closed_set_of_values_is_told_whole(path: str) -> None:
    schema = json_schema()
    part = schema["$defs"].get(PATHS[path].__name__, schema)
    for key, described in part["properties"].items():
        reference = described.get("$ref", "")[8:]
        values = described.get("enum") or schema["$defs"].get(reference, {}).get("enum") or []
        assert [value for value in values if f"`{value}`" not in rows(path)[key][0]] == []


def test_every_key_is_used_in_an_example() -> None:
    shown = {pair for text in examples() for pair in used(Catalogue, read_text(Path("page"), text.encode()).value)}
    kinds = {(ReferenceTarget, kind) for kind in PROBE_KINDS if (CheckSettings, kind) in shown}  # one key, shown once
    access = {(m, key) for m in PATHS.values() if issubclass(m, HttpAccess) for key in HttpAccess.model_fields}
    shared = {(m, key) for m, key in access if (HttpSd, key) in shown}  # the same way in, shown once
    known = {(m, f.alias or n) for m in PATHS.values() for n, f in m.model_fields.items()} - kinds - shared

    assert {f"{model.__name__}.{key}" for model, key in known - shown} == set()


def test_the_examples_are_one_catalogue(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for number, text in enumerate(examples()):
        (folder / f"{number:02}.yml").write_text(text)
    for name in FILES:
        (folder / name).write_text("geheim\n")

    tokens = {"BACKUP_TOKEN": "x7Qm2LrT9vKc4WnZ0hYdBs3F", "MAIL_TOKEN": "b4Gh8NfW1qPz6MtX3sJkVe5C"}
    catalogue = load(folder, env={"API_KEY": "geheim", **tokens})

    assert [str(warning) for warning in catalogue.warnings if "used by nothing" not in str(warning)] == []
    assert {check.kind for check in catalogue.checks.values()} == set(PROBE_KINDS)


def test_every_key_that_may_hold_a_secret_is_named() -> None:
    told = PAGE.split("\n## Secrets\n", 1)[1].split("\n## ", 1)[0]
    options = [(kind, key) for kind, model in PROBE_KINDS.items() for key in model.model_fields]
    found = {key for kind, key in options if may_be_secret(("services", "s", "checks", "c", kind, key))}

    assert [key for key in found | {"password", "send"} if f"`{key}`" not in told] == []


def test_units_are_those_that_are_read() -> None:
    for unit in re.findall(r"[A-Za-z]+", SIZE.split("?")[1]):
        assert f"`{unit}`" in PAGE
    for unit in ("ms", "s", "m", "h", "d", "w"):
        assert f"`{unit}`" in PAGE
        load_value({"slamon": 1, "defaults": {"interval": f"3{unit}"}})


def test_the_error_that_is_shown_is_the_one_that_is_given(tmp_path: Path) -> None:
    file = tmp_path / "shop.yml"
    file.write_text(
        'slamon: 1\nservices:\n  shop:\n    checks:\n      home: {tcp: {address: "127.0.0.1:9"}, intervall: 30s}\n'
    )

    with pytest.raises(CatalogueErrors) as raised:
        load(file, env={})

    assert str(raised.value).replace(f"{tmp_path}/", "") in PAGE


def test_the_editors_line_is_that_of_the_examples() -> None:
    line = "# yaml-language-server: $schema=slamon.schema.json"

    assert line in PAGE
    assert (ROOT / "config" / "slamon.yml").read_text(encoding="utf-8").startswith(line)
