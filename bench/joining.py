"""Results of some parts beside those of the others that were measured before."""

from typing import Any

PARTS = ("comparison", "checks", "history", "hung", "reports", "desk")
"""As results name them; each of `kinds` is one more."""


def joined(found: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """`found`, and of `before` what was not measured anew; `measured` tells of each part when it was.

    The facts of the machine are those of the newest. A smoke test and real measurements do not mix.
    """
    if before.get("quick") != found["quick"]:
        before = {}
    kept = {part: before[part] for part in PARTS if part in before}
    kinds = before.get("kinds", {}) | found.get("kinds", {})
    days = {part: before.get("measured", {}).get(part, before.get("at")) for part in names(before)}
    measured = {"measured": days | dict.fromkeys(names(found), found["at"])}
    return kept | found | ({"kinds": kinds} if kinds else {}) | measured


def names(results: dict[str, Any]) -> list[str]:
    """The parts that are there."""
    return [part for part in PARTS if part in results] + list(results.get("kinds", {}))
