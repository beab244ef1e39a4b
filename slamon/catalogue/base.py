"""What all models of the catalogue share."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import re2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

_LONGEST_NAME = 200
ID = r"^[a-z0-9][a-z0-9_-]*$"


class Model(BaseModel):
    """Frozen, and no key is accepted that is not known."""

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


class Options(Model):
    """What the options of every probe kind have."""

    probed: ClassVar[bool] = True
    """Whether slamon asks; else others report in."""
    settles: ClassVar[frozenset[str]] = frozenset()
    """Keys of a check that have no meaning for the kind, so that none may be given."""

    def settled(self) -> Mapping[str, int]:
        """What the kind itself says of a check instead of these keys: fields of a `CheckModel`."""
        return {}

    @property
    def target(self) -> str:
        """The probed address as labels and pages show it, without credentials."""
        raise NotImplementedError


def mistaken(found: str, expected: str, *at: str | int) -> PydanticCustomError:
    """A mistake with what was found and expected, at a key path below the model that raises it."""
    return PydanticCustomError("mistaken", "{expected}", {"found": found, "expected": expected, "at": at})


def _named(value: str) -> str:
    if not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable():
        raise ValueError(f"a text of 1 to {_LONGEST_NAME} printable characters, on one line")
    return value


Name = Annotated[str, AfterValidator(_named), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200})]
"""What people read on pages, in labels and in the terminal: one printable line."""

Truth = Annotated[bool, Strict()]
"""`true` or `false`, never a text such as NO."""

Whole = Annotated[int, Strict()]
"""A whole number, never a text or a fraction."""

Number = Annotated[float, Strict()]
"""A number, never a text."""


def _words(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def _pattern(value: str) -> str:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(value, options)
    except re2.error as error:
        raise ValueError(f"a regular expression as RE2 reads it ({_words(error)})") from None
    return value


def _listed(value: object) -> object:
    if value == "" or (isinstance(value, (list, tuple)) and "" in value):
        raise ValueError("a text that is not empty: an empty one is in every body")
    return value if isinstance(value, (list, tuple)) else [value]


Pattern = Annotated[str, AfterValidator(_pattern)]
"""A regular expression of RE2: no backtracking, so no stranger's body can hang it."""

Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One text or a list of them."""

Patterns = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One regular expression or a list of them."""


def identifier(value: Any) -> str:
    """An id: a mapping's key."""
    if not isinstance(value, str) or not re2.fullmatch(r"[a-z0-9][a-z0-9_-]*", value):
        raise ValueError("an id of a-z, 0-9, _ and -, beginning with a letter or digit, for example shop-gold")
    return value


Identifier = Annotated[str, BeforeValidator(identifier), WithJsonSchema({"type": "string", "pattern": ID})]
