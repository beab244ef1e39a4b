"""A part of the catalogue as it would be written in a file: what loads again to the same."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from slamon.accounting import exact_digits
from slamon.catalogue import quantities
from slamon.catalogue.calendars import day_span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rewritten(model: BaseModel) -> dict[str, Any]:
    """The keys that were given, with their values as people write them: texts, numbers, lists, mappings."""
    told: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        if name in model.model_fields_set:
            told[field.alias or name] = _value(getattr(model, name), field.annotation, _reader(field.metadata))
    return told


Reader = Callable[..., Any]


def _reader(metadata: Any) -> Reader | None:
    """What reads the value, if it is one of those that know a unit or a form."""
    readers = [one.func for one in metadata if isinstance(one, BeforeValidator)]
    return next((reader for reader in readers if reader in _WRITERS), None)


def _value(value: Any, annotation: Any, reader: Reader | None) -> Any:
    if value is None:
        return None
    if reader is not None:
        return _WRITERS[reader](value)
    if isinstance(value, BaseModel):
        return rewritten(value)
    if hasattr(annotation, "__metadata__"):
        return _value(value, get_args(annotation)[0], _reader(annotation.__metadata__))
    arguments, origin = get_args(annotation), get_origin(annotation)
    if isinstance(value, Mapping):
        return {_value(key, arguments[0], None): _value(inner, arguments[1], None) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        inner = arguments[0] if arguments and origin in (tuple, list) else _inside(arguments)
        return [_value(one, inner, None) for one in value]
    known = next((kind for kind in arguments if _reader(getattr(kind, "__metadata__", ())) is not None), None)
    if known is not None:
        return _value(value, known, None)
    return value.value if isinstance(value, Enum) else value


def _inside(arguments: tuple[Any, ...]) -> Any:
    """The items of a list that may also be nothing."""
    found = next((one for one in arguments if get_origin(one) in (tuple, list)), None)
    return get_args(found)[0] if found is not None else None


def _duration(milliseconds: int) -> str:
    return quantities.written_duration(milliseconds)


def _percent(ratio: Fraction) -> str:
    return f"{exact_digits(ratio * 100)}%"


def _instant(ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat().replace("+00:00", "Z")


def _date_or_instant(value: date | int) -> str:
    return _instant(value) if isinstance(value, int) else value.isoformat()


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _span(span: tuple[int, int]) -> str:
    return f"{_clock(span[0])}-{_clock(span[1])}"


_WRITERS: Mapping[Reader, Callable[[Any], str]] = {
    quantities.duration_ms: _duration,
    quantities.positive_duration_ms: _duration,
    quantities.percent: _percent,
    quantities.positive_percent: _percent,
    quantities.instant_ms: _instant,
    quantities.calendar_date: date.isoformat,
    quantities.date_or_instant: _date_or_instant,
    quantities.clock_minutes: _clock,
    day_span: _span,
}
