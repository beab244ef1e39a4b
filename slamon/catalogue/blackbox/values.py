"""The values of a blackbox.yml: how that program reads booleans, numbers, durations, sizes and patterns.

Every reader raises ValueError with what was expected and a valid example.
"""

import re
from fractions import Fraction
from typing import Annotated, Any

import re2
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from slamon.catalogue.base import Pattern
from slamon.catalogue.blackbox.expression import program
from slamon.catalogue.quantities import whole_number
from slamon.catalogue.reader import Written
from slamon.catalogue.secret import Secret

_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_OLD_TRUE = frozenset({"y", "Y", "yes", "on"})
_OLD_FALSE = frozenset({"n", "N", "no", "off"})
_INT = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|0o?[0-7]+|0b[01]+|[0-9]+)")
_WHOLE_FLOAT = re.compile(r"[-+]?[0-9]+(?:\.0*)?(?:[eE]\+?[0-9]{1,2})?")
_DURATION = re.compile(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+")
_DURATION_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_SIZE = re.compile(r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[KMGTPE]i?B|B))+")
_SIZE_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]?)i?B")
_POWERS = "KMGTPE"
_LARGEST = 2**63 - 1
_LONGEST = 1000


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")
    return str(value)


def _truth(value: object) -> bool:
    text = value if isinstance(value, str) else ""
    if (isinstance(value, Written) and text in _TRUE) or text in _OLD_TRUE:
        return True
    if (isinstance(value, Written) and text in _FALSE) or text in _OLD_FALSE:
        return False
    raise ValueError("true or false")


def _whole(value: object) -> int:
    if not isinstance(value, Written) or len(value) > _LONGEST:
        raise ValueError("a whole number without quotes")
    text = value.replace("_", "")
    if _INT.fullmatch(text):
        digits = text.lstrip("+-")
        octal = len(digits) > 1 and digits[0] == "0" and digits[1] in "01234567"
        number = int(digits, 8) if octal else int(digits, 0)
    elif _WHOLE_FLOAT.fullmatch(text):
        number = int(Fraction(text.lstrip("+-").rstrip(".")))
    else:
        raise ValueError("a whole number without quotes")
    if number > _LARGEST:
        raise ValueError("a whole number of at most 63 bits")
    return -number if text.startswith("-") else number


def _duration(value: object) -> float:
    """In seconds."""
    text = value if isinstance(value, str) else ""
    if text == "0" and not isinstance(value, Written):
        return 0.0
    if len(text) > _LONGEST or not _DURATION.fullmatch(text):
        raise ValueError("a duration with its unit (ns, us, ms, s, m or h), for example 5s or 1m30s")
    parts = _DURATION_PART.findall(text)
    nanoseconds = int(sum(Fraction(number.rstrip(".")) * _NS[unit] for number, unit in parts))
    if nanoseconds > _LARGEST:
        raise ValueError("a duration of at most 292 years")
    return (-nanoseconds if text.startswith("-") else nanoseconds) / 1e9


def _size(value: object) -> int:
    """In bytes; KB and KiB are both 1024."""
    text = value if isinstance(value, str) else ""
    if text == "0":
        return 0
    mixed = "iB" in text and re.search(r"[KMGTPE]B", text)
    if len(text) > _LONGEST or mixed or not _SIZE.fullmatch(text):
        raise ValueError("a size with its unit, for example 10MB or 512KiB")
    parts = _SIZE_PART.findall(text)
    size = int(
        sum(Fraction(number.rstrip(".")) * 1024 ** (_POWERS.index(unit) + 1 if unit else 0) for number, unit in parts)
    )
    return min(size, _LARGEST - 1) if not text.startswith("-") else _LARGEST - 1


def _secret(value: object) -> Secret:
    return value if isinstance(value, Secret) else Secret(_text(value))


def _some(value: Secret) -> Secret | None:
    return value if value.reveal() else None


def _expression(value: str) -> str:
    program(value)
    return value


def expands(template: str, match: "re.Match[bytes]") -> bytes:
    """`template` with `$1`, `${1}`, `$name` or `${name}` replaced; what was not captured is empty, `$$` is a `$`."""
    names = {name if isinstance(name, str) else name.decode(): n for name, n in match.re.groupindex.items()}

    def captured(found: "re.Match[str]") -> str:
        name = found.group(1) or found.group(2)
        if name is None:
            return "$"
        number = whole_number(name)
        number = names.get(name, -1) if number is None else number
        if not 0 <= number <= match.re.groups:
            return ""
        return (match.group(number) or b"").decode("utf-8", "surrogateescape")

    return _TEMPLATE.sub(captured, template).encode("utf-8", "surrogateescape")


_TEMPLATE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|\$)")


def compiled(pattern: str) -> Any:
    """A pattern for bytes."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern.encode("utf-8", "surrogateescape"), options)


Text = Annotated[str, BeforeValidator(_text)]
"""Any scalar, as it is written."""

Flag = Annotated[bool, PlainValidator(_truth)]
Whole = Annotated[int, PlainValidator(_whole)]
Seconds = Annotated[float, PlainValidator(_duration)]
Bytes = Annotated[int, PlainValidator(_size)]
Hidden = Annotated[Secret | None, PlainValidator(lambda value: _some(_secret(value)))]
"""A secret; an empty one is none."""

Regexp = Annotated[Pattern, BeforeValidator(_text)]
Cel = Annotated[str, BeforeValidator(_text), AfterValidator(_expression)]
Texts = Annotated[tuple[Text, ...], Field(default=())]
Regexps = Annotated[tuple[Regexp, ...], Field(default=())]
TextMap = Annotated[dict[Text, Text], Field(default_factory=dict)]
