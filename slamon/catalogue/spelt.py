"""A probe's options as people wrote them: every key that is not at its default, without what is secret."""

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from slamon.catalogue.base import Options
from slamon.catalogue.schema import writer_of
from slamon.catalogue.secret import Secret

UNTOLD = frozenset({"token", "token_sha256", "username", "password", "basic_auth", "bearer", "proxy"})
"""Who may ask is nobody else's business."""

FILES = frozenset({"body_file", "ca_file", "certificate", "key", "known_hosts"})
"""Files of this machine: their names are told, not where they lie."""


def spelt(options: Options) -> Iterator[tuple[str, str]]:
    """Key path and value, in the order of the model: expect.status, 200."""
    yield from _model(options, "")


def _model(model: BaseModel, before: str) -> Iterator[tuple[str, str]]:
    for name, field in type(model).model_fields.items():
        value, key = getattr(model, name), field.alias or name
        if key in UNTOLD or value == field.get_default(call_default_factory=True):
            continue
        writer = writer_of(field)
        if writer is not None and value is not None:
            yield before + key, writer(value)
        elif key in FILES and isinstance(value, (str, PurePath)):
            yield before + key, PurePath(value).name
        else:
            yield from _value(value, before + key)


def _value(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        found = list(_model(value, f"{key}."))
        yield from found or [(key, "true")]
    elif isinstance(value, Mapping):
        for inner, one in value.items():
            if inner not in UNTOLD:
                yield from _value(one, f"{key}.{inner}")
    elif isinstance(value, (list, tuple)) and any(isinstance(one, (BaseModel, Mapping)) for one in value):
        for number, one in enumerate(value):
            yield from _value(one, f"{key}[{number}]")
    else:
        yield key, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (list, tuple, set, frozenset)):
        found = [_text(one) for one in value]
        return ", ".join(sorted(found) if isinstance(value, (set, frozenset)) else found)
    if isinstance(value, float):
        return f"{value:g}"
    return "null" if value is None else str(value)
