"""A closed period made anew from the ledger and laid beside what was frozen: the first difference is named."""

from collections.abc import Iterator
from typing import Any

from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.running.freezing import NAMES, Content, freeze, read_back

_BEYOND = ("windows", "burn_rates", "budget_burned", "rolling")
"""What of a figure ends at the moment of closing: it rests on facts after the period."""


def first_difference(figures: Figures, frozen: Content) -> str | None:
    """In one sentence, what of a frozen period is otherwise now; None where everything is the same.

    `figures`: of the ledger as known at the moment of the closing. Its corrections are replaced by the frozen ones.
    """
    agreement, name, at = frozen["agreement"], frozen["period"]["name"], frozen["at_ms"]
    if agreement not in figures.book.agreements:
        return f"there is no agreement {agreement} in the catalogue any more"
    figures.book.set_corrections([read_back(told) for told in frozen["corrections"]])
    period = figures.period(agreement, name)
    if [period.start, period.end] != [frozen["period"]["start_ms"], frozen["period"]["end_ms"]]:
        return f"{name} begins or ends at another time now: the zone of {agreement}, or its data, has changed"
    try:
        now = freeze(figures, agreement, period, at)
    except (UsageError, IndexError) as error:
        return f"it cannot be accounted any more: {error}"
    return _facts(frozen, now) or _rest(frozen, now)


def _facts(frozen: Content, now: Content) -> str | None:
    before, after = frozen["facts"]["chains"], now["facts"]["chains"]
    for check in sorted({*before, *after}):
        what = "the unseen stretches" if check == "unseen" else f"the facts of {check}"
        if check not in after:
            return f"{what} are gone"
        if check not in before:
            return f"{what} have come in since"
        if before[check] != after[check]:
            return f"{what} differ, first on {_first_day(before[check]['days'], after[check]['days'])} (UTC)"
    return None


def _first_day(before: dict[str, str], after: dict[str, str]) -> str:
    return next((day for day in sorted({*before, *after}) if before.get(day) != after.get(day)), "an unknown day")


def _rest(frozen: Content, now: Content) -> str | None:
    """Terms before the figures that follow from them."""
    for part in ("terms", "holidays", "maintenance", "figures", "verdict"):
        found = next(_differences(_compared(frozen[part]), _compared(now[part]), part), None)
        if found is not None:
            versions = next(_differences(frozen["versions"], now["versions"], "version of"), None)
            return f"{found}; the facts are unchanged{'' if versions is None else f'; {versions}'}"
    return None


def _compared(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_names({k: v for k, v in figure.items() if k not in _BEYOND}) for figure in part]
    return part


def _without_names(figure: dict[str, Any]) -> dict[str, Any]:
    """An earlier version froze who entered a correction."""
    told = [{key: value for key, value in c.items() if key not in NAMES} for c in figure.get("corrections", ())]
    return {**figure, "corrections": told}


def differences(before: Content, after: Content) -> list[str]:
    """What two frozen states of one period differ in: figures and verdict, key by key."""
    return [
        *_differences(_compared(before["figures"]), _compared(after["figures"]), "figures"),
        *_differences(before["verdict"], after["verdict"], "verdict"),
    ]


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if key not in ("at", "at_ms"):
                yield from _differences(before.get(key), after.get(key), f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{path}[{place}]")
    elif before != after:
        yield f"{path} was {_short(before)}, is {_short(after)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
