"""Secrets: one type that never shows what it holds."""

import hashlib
from typing import Any

from pydantic import GetCoreSchemaHandler, SerializationInfo
from pydantic_core import core_schema

DIGESTS = "digests"
"""In a serialization's context: secrets are written as digests, so that a changed one is seen."""


class Secret:
    """A text that prints as `***`; only `reveal` gives it out. Equal secrets compare equal."""

    __slots__ = ("_text", "referred")

    def __init__(self, text: str, *, referred: bool = False) -> None:
        """`referred`: it holds what `${env:...}` or `${file:...}` put in, and does not stand in the catalogue."""
        self._text = text
        self.referred = referred

    def reveal(self) -> str:
        """The secret itself: hand it to the wire and to nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not to be stored")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Takes a text; gives `***` when a model is written out."""
        return core_schema.no_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(cls.written, info_arg=True),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """In the JSON Schema a secret is a text."""
        return {"type": "string"}

    @staticmethod
    def written(value: "Secret", info: SerializationInfo) -> str:
        """`***`, or a digest for the one who compares definitions."""
        if info.context and info.context.get(DIGESTS):
            return hashlib.sha256(b"slamon secret\0" + value.reveal().encode()).hexdigest()
        return "***"

    @classmethod
    def _validated(cls, value: object) -> "Secret":
        if isinstance(value, Secret):
            return value
        if not isinstance(value, str):
            raise ValueError("a text, for example ${env:TOKEN} or ${file:/run/secrets/token}")
        return cls(value)
