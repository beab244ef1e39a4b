"""Paths into a JSON document: `status`, `nodes[0].name`, `$.a.b`, `["a key"].b`, `list[-1]`."""

import re2

Step = str | int
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_STEP = re2.compile(r"""^(?:\.?([^.\[\]"']+)|\.?\[(-?[0-9]{1,9})\]|\.?\["([^"]*)"\]|\.?\['([^']*)'\])""")


class Missing:
    """What stands at a path that leads nowhere."""


MISSING = Missing()


def parse(path: str) -> tuple[Step, ...]:
    """The steps of a path; ValueError with an example when it is malformed."""
    rest = path.removeprefix("$").removeprefix(".")
    steps: list[Step] = []
    while rest:
        match = _STEP.search(rest)
        if match is None:
            raise ValueError(f"{path!r} is no path into JSON; write for example status or nodes[0].name")
        name, index, double, single = match.groups()
        steps.append(int(index) if index is not None else next(t for t in (name, double, single) if t is not None))
        rest = rest[match.end() :]
    return tuple(steps)


def find(document: Json, steps: tuple[Step, ...]) -> Json | Missing:
    """What stands there, or MISSING."""
    value = document
    for step in steps:
        if isinstance(step, int):
            if not isinstance(value, list) or not -len(value) <= step < len(value):
                return MISSING
            value = value[step]
        else:
            if not isinstance(value, dict) or step not in value:
                return MISSING
            value = value[step]
    return value
