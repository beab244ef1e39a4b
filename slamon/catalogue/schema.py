"""The JSON Schema of the catalogue, for editors that complete and check."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from slamon.catalogue.models import PROBE_KINDS, Catalogue


class _Generator(GenerateJsonSchema):
    """Schemas by alias, in JSON Schema 2020-12."""

    ignored_warning_kinds = {"non-serializable-default", "skipped-choice"}  # noqa: RUF012  pydantic's own attribute


def json_schema() -> dict[str, Any]:
    """The schema of a catalogue's file."""
    schema = Catalogue.model_json_schema(by_alias=True, schema_generator=_Generator)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "slamon catalogue"
    for name in ("CheckSettings", "ReferenceTarget"):
        schema["$defs"][name]["oneOf"] = [{"required": [kind]} for kind in PROBE_KINDS]
    return schema
