"""Templates: `{label}` in a text is the label's value, and nothing else is read in it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from slamon.catalogue.base import identifier

_LABEL = re.compile(r"(?<![${])\{([A-Za-z_][A-Za-z0-9_]*)\}(?!\})")
_OTHER = re.compile(r"[^a-z0-9_-]+")
_LONGEST_ID = 100
_DIGITS = 6

Path = tuple[str | int, ...]


class NoCheck(ValueError):
    """A target from which no check can be made, in words."""


def has_label(text: object) -> bool:
    """Whether a text holds a `{label}`."""
    return isinstance(text, str) and _LABEL.search(text) is not None


def filled(text: str, labels: Mapping[str, str]) -> str:
    """The text with the labels' values put in, once: what they hold is not looked at again. Raises NoCheck."""

    def one(match: re.Match[str]) -> str:
        value = labels.get(match[1])
        if value is None:
            raise NoCheck(f"the target has no label {match[1]}")
        return value

    return _LABEL.sub(one, text)


def filled_all(value: Any, labels: Mapping[str, str], path: Path = ()) -> Any:
    """A template's values with the labels put into every text; keys and secrets stay as they stand."""
    if isinstance(value, dict):
        return {key: filled_all(inner, labels, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled_all(inner, labels, (*path, index)) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    text = filled(value, labels)
    if path[:2] == ("exec", "command") and text.startswith("-") and not value.startswith("-"):
        raise NoCheck("a label that begins with - would be an option of the plug-in")
    return text


def made_id(text: str) -> str:
    """An id of a text, the same in every process; two texts never share one.

    What is an id already stays; of anything else the characters that may not stand become `-`, and six digits of the
    text's digest follow.
    """
    try:
        if len(text) <= _LONGEST_ID:
            return identifier(text)
    except ValueError:
        pass
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    plain = _OTHER.sub("-", text.lower()).strip("-_")[: _LONGEST_ID - _DIGITS - 1].rstrip("-_")
    return f"{plain}-{digest}" if plain else digest
