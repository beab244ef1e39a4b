"""The usual rules of RFC 5545 in words; the rule itself always stands beside them."""

import re

from slamon.reports.document import Cell, Count, Many, Text, say

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ORDINALS = ("1", "2", "3", "4", "5", "-1")
_BY_DAY = re.compile(r"(-?[0-9])?([A-Z]{2})")


def in_words(rule: str) -> Cell | None:
    """When it recurs; None where this module has no words for it."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    kind, every = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    parts.pop("WKST", None)
    if kind == "DAILY" and not parts:
        return say("recurs.daily") if every == "1" else say("recurs.days", every=Count(int(every)))
    if kind == "WEEKLY" and set(parts) <= {"BYDAY"}:
        days = _weekdays(parts.get("BYDAY", ""))
        return None if days is None else _weekly(every, days)
    if kind == "MONTHLY" and set(parts) == {"BYDAY"}:
        day = _ordinal(parts["BYDAY"])
        return None if day is None else _monthly(every, day)
    if kind == "MONTHLY" and set(parts) == {"BYMONTHDAY"} and parts["BYMONTHDAY"].isdecimal():
        return _monthly(every, say("recurs.day", day=Text(parts["BYMONTHDAY"])))
    return None


def _weekly(every: str, days: Cell) -> Cell:
    return say("recurs.weekly", days=days) if every == "1" else say("recurs.weeks", every=Count(int(every)), days=days)


def _monthly(every: str, day: Cell) -> Cell:
    return say("recurs.monthly", day=day) if every == "1" else say("recurs.months", every=Count(int(every)), day=day)


def _weekdays(text: str) -> Cell | None:
    names = text.split(",")
    return Many(tuple(say(f"weekday.{_DAYS.index(n)}") for n in names)) if set(names) <= set(_DAYS) else None


def _ordinal(text: str) -> Cell | None:
    found = _BY_DAY.fullmatch(text)
    if found is None or found[1] not in _ORDINALS or found[2] not in _DAYS:
        return None
    which = "last" if found[1] == "-1" else found[1]
    return say(f"ordinal.{which}", day=say(f"weekday.{_DAYS.index(found[2])}"))
