"""Validation errors in words: what was found, what was expected, what was meant."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from slamon.catalogue.models import PROBE_KINDS, Catalogue, CheckSettings, ReferenceTarget
from slamon.catalogue.problems import Place, Problem, did_you_mean
from slamon.catalogue.reader import KeyPath
from slamon.catalogue.secret import Secret

_TAGS = frozenset({"once", "recurring"})
_SHOWN = 60
_KINDS = {
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
PlaceOf = Callable[[KeyPath], Place]


def shown(value: Any) -> str:
    """A found value in a message: short, and never a secret."""
    if value is None:
        return "nothing"
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _key_path(location: Sequence[str | int]) -> KeyPath:
    return tuple(part for part in location if part not in _TAGS and part != "[key]" and not _internal(part))


def _internal(part: str | int) -> bool:
    return isinstance(part, str) and (
        part.startswith(("function-", "literal[", "constrained-")) or part in {"int", "str"}
    )


def problem_of(detail: Mapping[str, Any], place: PlaceOf, key_place: PlaceOf) -> Problem:
    """A validation error as a problem with place, found and expected."""
    path = _key_path(detail["loc"])
    kind = str(detail["type"])
    if kind == "extra_forbidden":
        return _unknown_key(path, key_place)
    if kind == "missing":
        return Problem(place(path[:-1]), path[:-1], f"no {path[-1]}", f"the key {path[-1]}")
    found = shown(detail.get("input"))
    if "[key]" in detail["loc"]:
        return Problem(key_place(path), path, f"the key {path[-1]!r}", _expected(detail, kind))
    if _sensitive(path):
        found = "a value of the wrong kind"
    return Problem(place(path), path, found, _expected(detail, kind))


def _sensitive(path: KeyPath) -> bool:
    return (
        any(part in {"password", "bearer", "headers", "body", "send", "proxy"} for part in path)
        and "expect" not in path
    )


def _expected(detail: Mapping[str, Any], kind: str) -> str:
    message = str(detail["msg"])
    context = detail.get("ctx") or {}
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind in {"literal_error", "enum"}:
        return f"one of {str(context.get('expected', '')).replace(' or ', ', ')}"
    if kind in _KINDS:
        return _KINDS[kind]
    return message.removeprefix("Input should be ").removeprefix("Value should have ")


def _unknown_key(path: KeyPath, key_place: PlaceOf) -> Problem:
    model = _model_at(Catalogue, path[:-1])
    known = sorted(_keys(model)) if model is not None else []
    hint = did_you_mean(str(path[-1]), known)
    if model in (CheckSettings, ReferenceTarget) and not hint:
        hint = f"the probe kinds there are: {', '.join(PROBE_KINDS)}"
    expected = f"one of: {', '.join(known)}" if known else "a known key"
    return Problem(key_place(path), path, f"the unknown key {str(path[-1])!r}", expected, hint)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """The model whose keys stand at a path."""
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = next((f for n, f in here.model_fields.items() if part in (f.alias or n,)), None)
            if field is None:
                return None
            here = field.annotation
        else:
            here = _inner(here)
        here = _unwrapped(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _inner(annotation: Any) -> Any:
    arguments = get_args(annotation)
    return arguments[1] if get_origin(annotation) is dict else arguments[0] if arguments else annotation


def _unwrapped(annotation: Any) -> Any:
    """Without Annotated and None; the first model of a union."""
    while True:
        arguments = get_args(annotation)
        if hasattr(annotation, "__metadata__"):
            annotation = arguments[0]
        elif arguments and get_origin(annotation) not in (dict, tuple, list):
            annotation = next((a for a in arguments if a is not type(None)), annotation)
        else:
            return annotation
