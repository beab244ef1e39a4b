"""The half year's entries, put into the register at the moments at which they were made."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from slamon.catalogue import Catalogue
from slamon.demo.half_year.said import Closed, Said, everything
from slamon.ledger import Ledger, register
from slamon.running.closings import CLOSING, RESTATEMENT
from slamon.running.entering import enter
from slamon.running.freezing import entry_value, freeze, to_close
from slamon.running.stored import figures_of

_NAMING = ("entry", "origin")


def write_register(catalogue: Catalogue, path: Path, told: Callable[[], object]) -> None:
    """Enter everything into the ledger at `path`, in order; `told` after each."""
    ledger = Ledger.open(path)
    numbers: dict[str, int] = {}
    try:
        for one in everything():
            value = _closing(catalogue, path, one) if isinstance(one, Closed) else _resolved(one, numbers)
            made = enter(catalogue, ledger, value, _ms(one.at))
            if isinstance(one, Said) and one.key:
                numbers[one.key] = made.entries[0].id
            told()
    finally:
        ledger.close()


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000


def _resolved(said: Said, numbers: dict[str, int]) -> dict[str, Any]:
    """The value with numbers for names: `key`, or `key+1` for the entry after it."""
    value = dict(said.value)
    for key in _NAMING:
        if key in value:
            name, _, after = str(value[key]).partition("+")
            value[key] = numbers[name] + int(after or 0)
    return value


def _closing(catalogue: Catalogue, path: Path, one: Closed) -> dict[str, Any]:
    at = _ms(one.at)
    figures, _ = figures_of(catalogue, path, one.period, at, running=False)
    period = to_close(figures, one.agreement, one.period, at, at)
    content = freeze(figures, one.agreement, period, at)
    what = CLOSING if one.reason is None else RESTATEMENT
    more = {} if one.reason is None else {"reason": one.reason}
    return entry_value(what, one.agreement, one.period, one.author, register(path), content, **more)
