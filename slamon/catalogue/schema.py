"""The JSON Schema of the catalogue, for editors that complete and check."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from slamon.catalogue import quantities
from slamon.catalogue.checks import PROBE_KINDS
from slamon.catalogue.models import Catalogue

_WRITERS: Mapping[Any, Callable[[Any], str]] = {
    quantities.duration_ms: quantities.written_duration,
    quantities.positive_duration_ms: quantities.written_duration,
    quantities.retention_ms: quantities.written_duration,
    quantities.percent: quantities.written_percent,
    quantities.positive_percent: quantities.written_percent,
    quantities.clock_minutes: quantities.written_clock,
    quantities.size_bytes: quantities.written_size,
}


class _Generator(GenerateJsonSchema):
    """Schemas by alias, in JSON Schema 2020-12."""

    ignored_warning_kinds = {"non-serializable-default", "skipped-choice"}  # noqa: RUF012  pydantic's own attribute


def json_schema() -> dict[str, Any]:
    """The schema of a catalogue's file. Defaults stand as people write them."""
    schema = Catalogue.model_json_schema(by_alias=True, schema_generator=_Generator)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "slamon catalogue"
    for model in models():
        described = schema if model is Catalogue else schema["$defs"][model.__name__]
        for name, field in model.model_fields.items():
            _put_right(described["properties"][field.alias or name], field)
    for name in ("CheckSettings", "ReferenceTarget"):
        schema["$defs"][name]["oneOf"] = [{"required": [kind]} for kind in PROBE_KINDS]
    for options in PROBE_KINDS.values():
        tls = schema["$defs"][options.__name__]["properties"].get("tls")
        if tls is not None:
            tls["anyOf"].insert(0, {"type": "boolean"})
    _close(schema)
    return schema


def _close(part: Any) -> None:
    """Mappings whose keys have a pattern take no other keys."""
    if isinstance(part, dict) and "patternProperties" in part:
        part["additionalProperties"] = False
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _close(inner)


def models() -> Iterator[type[BaseModel]]:
    """Every model of the catalogue, each once, the catalogue first."""
    seen: dict[type[BaseModel], None] = {}
    waiting: list[Any] = [Catalogue]
    while waiting:
        here = waiting.pop(0)
        if isinstance(here, type) and issubclass(here, BaseModel):
            if here not in seen:
                seen[here] = None
                waiting.extend(field.annotation for field in here.model_fields.values())
        else:
            waiting.extend(get_args(here))
    yield from seen


def written_default(field: FieldInfo) -> object:
    """A field's default as it would stand in a file; None where there is none or it is a mapping."""
    value = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, (BaseModel, dict)) or field.is_required():
        return None
    writer = writer_of(field)
    if writer is not None:
        return writer(value)
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value


def writer_of(field: FieldInfo) -> Callable[[Any], str] | None:
    """What writes a field's value as people write it, where it is a quantity with a unit."""
    kinds = get_args(field.annotation) if get_origin(field.annotation) in (Union, UnionType) else ()
    inner = (m for kind in kinds for m in getattr(kind, "__metadata__", ()))
    readers = [m.func for m in (*field.metadata, *inner) if isinstance(m, BeforeValidator)]
    return next((_WRITERS[reader] for reader in readers if reader in _WRITERS), None)


def meaning(field: FieldInfo) -> str:
    """What a key means, in a line."""
    return " ".join((field.description or "").split())


def _put_right(described: dict[str, Any], field: FieldInfo) -> None:
    """Defaults as people write them, descriptions on one line."""
    described["description"] = meaning(field)
    described.pop("default", None)
    default = written_default(field)
    if default is not None and default != []:
        described["default"] = default
