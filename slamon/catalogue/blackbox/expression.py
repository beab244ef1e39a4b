"""Conditions in CEL, compiled when they are read."""

from functools import lru_cache
from typing import Any

MOST_KEPT = 256
LONGEST = 10_000


@lru_cache(maxsize=MOST_KEPT)
def program(text: str) -> Any:
    """The expression over `body`, made ready. Raises ValueError with what was expected."""
    try:
        from cel_expr_python import cel
    except ImportError:
        raise ValueError("no condition in CEL, for slamon was installed without the extra cel (slamon[cel])") from None
    if not text.strip() or len(text) > LONGEST:
        raise ValueError("a CEL expression, for example body.status == 'up'")
    environment = cel.NewEnv(variables={"body": cel.Type.DYN})
    try:
        return environment.compile(text)
    except Exception as error:  # noqa: BLE001  the library raises errors of its own making
        first = next(iter(str(error).strip().splitlines()), "").rpartition("ERROR: ")[2]
        raise ValueError(f"a CEL expression over body, for example body.status == 'up' ({first})") from None
