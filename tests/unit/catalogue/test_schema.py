"""The JSON Schema that editors complete and check by."""

import re
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue import json_schema
from slamon.catalogue.reader import read, read_text
from slamon.catalogue.schema import models

CONFIG = Path(__file__).parents[3] / "config"
EXAMPLES = [CONFIG / "slamon.yml", *sorted((CONFIG / "examples").glob("*.yml"))]
SCHEMA = json_schema()
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def refused(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """What a schema refuses of a value, for the keywords that the catalogue's schema uses."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] | {k: v for k, v in schema.items() if k != "$ref"}
    found = [f"{at}: {value!r} is not {schema['enum']}"] if "enum" in schema and value not in schema["enum"] else []
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']}")
    if "anyOf" in schema and all(refused(value, each, at) for each in schema["anyOf"]):
        found.append(f"{at}: {value!r} is none of {schema['anyOf']}")
    if "oneOf" in schema and sum(not refused(value, each, at) for each in schema["oneOf"]) != 1:
        found.append(f"{at}: not exactly one of {schema['oneOf']}")
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_a(value, kind) for kind in kinds):
        return [*found, f"{at}: {value!r} is no {kinds}"]
    return found + inside(value, schema, at)


def is_a(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def inside(value: Any, schema: dict[str, Any], at: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not match {schema['pattern']}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += refused(item, schema.get("items", {}), f"{at}[{index}]")
    if isinstance(value, dict):
        found += [f"{at}: no {key}" for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            found += refused(item, of_key(key, schema), f"{at}.{key}")
    return found


def of_key(key: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what stands at a key; one that nothing satisfies where the key is not allowed."""
    by_pattern = [part for pattern, part in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
    found = schema.get("properties", {}).get(key) or (by_pattern or [schema.get("additionalProperties", True)])[0]
    return {"enum": ["no such key"]} if found is False else {} if found is True else found


def described(part: dict[str, Any]) -> bool:
    return bool(part.get("description") or ("$ref" in part and described(SCHEMA["$defs"][part["$ref"][8:]])))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_are_valid_by_it(file: Path) -> None:
    assert refused(read(file).value, SCHEMA) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "slamon: 2",
        "slamon: 1\nservice: {}",
        "slamon: 1\ndefaults: {interval: 30}",
        "slamon: 1\ndefaults: {confirm: true}",
        "slamon: 1\nteams: {Web Team: {name: Web}}",
        "slamon: 1\nservices: {s: {checks: {c: {icmp: {}}}}}",
        "slamon: 1\nservices: {s: {checks: {c: {}}}}",
        'slamon: 1\nservices: {s: {checks: {c: {tcp: {address: "a:1"}, http: {url: "http://a/"}}}}}',
        "slamon: 1\nservices: {s: {needs: most}}",
        "slamon: 1\nagreements: {a: {customer: k, services: [s], target: 99.9}}",
        "slamon: 1\nagreements: {a: {customer: k, services: [s]}}",
        'slamon: 1\ncalendars: {c: {hours: {mo: ["08:00-18:00"]}}}',
    ],
)
def test_what_the_catalogue_refuses_it_refuses_too(wrong: str) -> None:
    assert refused(read_text(Path("c.yml"), wrong.encode()).value, SCHEMA) != []


def test_every_key_says_what_it_means() -> None:
    parts = {"": SCHEMA} | SCHEMA["$defs"]
    silent = [f"{n}.{k}" for n, p in parts.items() for k, v in p.get("properties", {}).items() if not described(v)]

    assert silent == []


def test_every_model_knows_no_other_keys() -> None:
    names = {model.__name__ for model in models()} - {"Catalogue"}

    assert {n for n, part in SCHEMA["$defs"].items() if part.get("additionalProperties") is False} == names
    assert SCHEMA["additionalProperties"] is False


def test_defaults_are_valid_as_they_would_be_written() -> None:
    parts = {"": SCHEMA} | SCHEMA["$defs"]
    given = [(f"{n}.{k}", v) for n, p in parts.items() for k, v in p.get("properties", {}).items() if "default" in v]

    assert len(given) > 25
    assert [found for at, part in given for found in refused(part["default"], part, at)] == []
    assert SCHEMA["$defs"]["Defaults"]["properties"]["interval"]["default"] == "30s"
    assert SCHEMA["$defs"]["Rules"]["properties"]["min_coverage"]["default"] == "90%"
    assert SCHEMA["$defs"]["HttpOptions"]["properties"]["body_limit"]["default"] == "1MiB"


def test_every_reference_leads_somewhere() -> None:
    used = set(re.findall(r"'\$ref': '#/\$defs/(\w+)'", repr(SCHEMA)))

    assert used == set(SCHEMA["$defs"])
