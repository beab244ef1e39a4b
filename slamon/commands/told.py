"""Checks that are not probed: what the running system was told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slamon.catalogue import CheckModel
from slamon.commands import tables
from slamon.commands.control import Control

LONGEST = 200
"""So much of a report's text is shown in a table."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a check by what was reported. `state` None: nothing is running that could have been told."""

    state: str | None
    message: str
    report: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> list[tuple[str, str]]:
        """Moments and words, by name."""
        moments = (
            ("last report", "last_ms"),
            ("runs since", "started_ms"),
            ("next one due", "due_ms"),
            ("down without it from", "down_from_ms"),
        )
        found = [(name, tables.moment(self.report[key])) for name, key in moments if self.report.get(key) is not None]
        words = self.report.get("words")
        return found + ([("what it said", words)] if words else [])


def told(checks: Sequence[CheckModel], data: Path) -> dict[str, Told]:
    """By check, for those that are not probed. `data`: the folder of the control socket."""
    wanted = [check for check in checks if not check.probed]
    if not wanted:
        return {}
    control = Control(data)
    if not control.alive():
        nobody = Told(None, f"it is not probed, and no slamon that it could report to runs on {data}")
        return {check.id: nobody for check in wanted}
    answer = control.get("/api/status")
    known = {
        f"{service['service']}/{check['check']}": check for service in answer["services"] for check in service["checks"]
    }
    missing = Told(None, "the running system does not have it: its catalogue is another one")
    return {check.id: _told(known[check.id]) if check.id in known else missing for check in wanted}


def _told(check: Mapping[str, Any]) -> Told:
    report = check.get("report") or {}
    return Told(check["state"] or "unknown", sentence(check), report)


def sentence(check: Mapping[str, Any]) -> str:
    """What is wrong, else what was reported: a line of a table."""
    report = check.get("report") or {}
    words = " ".join((report.get("words") or "").split())
    parts = [check.get("message") or "", words if len(words) <= LONGEST else f"{words[:LONGEST]}…"]
    if report.get("last_ms") is None and report.get("started_ms") is None:
        parts.append("nothing was reported yet")
    elif report.get("due_ms") is not None:
        parts.append(f"due {tables.moment(report['due_ms'])}")
    return "; ".join(part for part in parts if part)
