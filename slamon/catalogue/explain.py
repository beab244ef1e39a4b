"""Validation errors in words: what was found, what was expected, what was meant."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from slamon.catalogue.checks import PROBE_KINDS, CheckSettings
from slamon.catalogue.models import Catalogue, ReferenceTarget
from slamon.catalogue.problems import Place, Problem, did_you_mean
from slamon.catalogue.reader import KeyPath
from slamon.catalogue.secret import Secret

_SHOWN = 60
_CREDENTIALS = re.compile(r"//[^/@]*@")
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
_SENSITIVE = frozenset(
    {"password", "bearer", "headers", "body", "send", "send_hex", "proxy", "environment", "token"}
    | {"bearer_token", "client_certificate_key", "client_secret", "credentials", "http_headers", "key", "metadata"}
    | {"proxy_connect_header", "proxy_url"}
)
PlaceOf = Callable[[KeyPath], Place]
_BOUNDS = {
    "greater_than_equal": ("a number from {}", "ge"),
    "less_than_equal": ("a number up to {}", "le"),
    "too_short": ("a list with at least {} entry", "min_length"),
    "too_long": ("a list with at most {} entries", "max_length"),
    "string_too_short": ("a text that is not empty", "min_length"),
}


def shown(value: Any) -> str:
    """A found value in a message: short, and never a secret."""
    if value is None:
        return "nothing"
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(_CREDENTIALS.sub("//***@", value)) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _key_path(location: Sequence[str | int], value: Any) -> KeyPath:
    """The parts of a location that are keys of the value: validators add names of their own between them."""
    path: list[str | int] = []
    for part in location:
        there = isinstance(value, dict) and part in value
        if there or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            path.append(part)
            value = value[part]
    return tuple(path)


def problem_of(
    detail: Mapping[str, Any],
    value: Any,
    place: PlaceOf,
    key_place: PlaceOf,
    root: type[BaseModel] = Catalogue,
) -> Problem:
    """A validation error of the value, which `root` models, as a problem with place, found and expected."""
    path = _key_path(detail["loc"], value)
    kind = str(detail["type"])
    if kind == "mistaken":
        path += tuple(detail["ctx"].get("at", ()))
        return Problem(place(path), path, str(detail["ctx"]["found"]), str(detail["ctx"]["expected"]))
    if kind == "extra_forbidden":
        return _unknown_key(path, key_place, root)
    if kind == "missing":
        return Problem(place(path), path, f"no {detail['loc'][-1]}", f"the key {detail['loc'][-1]}")
    found = shown(detail.get("input"))
    if "[key]" in detail["loc"]:
        return Problem(key_place(path), path, f"the key {path[-1]!r}", _expected(detail, kind))
    if _sensitive(path):
        found = "a value of the wrong kind"
    return Problem(place(path), path, found, _expected(detail, kind))


def follows(detail: Mapping[str, Any], value: Any) -> bool:
    """Whether an error only follows from others: a list is too short because its broken entries were left out."""
    if detail["type"] != "too_short":
        return False
    for part in _key_path(detail["loc"], value):
        value = value[part]
    return isinstance(value, list) and len(value) >= detail["ctx"]["min_length"]


def _sensitive(path: KeyPath) -> bool:
    return any(part in _SENSITIVE for part in path) and "expect" not in path


def _expected(detail: Mapping[str, Any], kind: str) -> str:
    message = str(detail["msg"])
    context = detail.get("ctx") or {}
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind in {"literal_error", "enum"}:
        return str(context.get("expected", "")).replace("'", "")
    if kind in _KINDS:
        return _KINDS[kind]
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return words.format(context[bound])
    return message.removeprefix("Input should be ").removeprefix("Value should have ")


def _unknown_key(path: KeyPath, key_place: PlaceOf, root: type[BaseModel]) -> Problem:
    model = _model_at(root, path[:-1])
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
