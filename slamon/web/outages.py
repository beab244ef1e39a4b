"""`/outages`: the outages of the periods asked for, newest first, and who was told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MOST = 200
"""So many outages are shown."""

MS = 1000
WORDS = {"firing": ("told", ""), "resolved": ("told", " that it is over"), "silenced": ("silenced by", "")}
"""What is said before and after somebody's name."""


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that reached a receiver, or that somebody silenced."""

    alert: str
    severity: str
    done: str
    at: datetime
    words: str


@dataclass(slots=True)
class Row:
    """An outage of a service. `end` None: it is not over. `counted`: what of it counts, by agreement."""

    service: str
    start: datetime
    end: datetime | None
    counted: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)


def rows(found: Mapping[str, Any]) -> Sequence[Row]:
    """Of what `/api/figures` answers; an outage that counts for several agreements is one row."""
    made: dict[tuple[str, int], Row] = {}
    for figure in found["figures"]:
        for outage in figure["outages"]:
            key = figure["service"], outage["start_ms"]
            end = None if outage["open"] else _moment(outage["end_ms"])
            row = made.setdefault(key, Row(figure["service"], _moment(outage["start_ms"]), end))
            row.counted[figure["agreement"]] = lasted(outage["counted_ms"])
            row.told += [one for one in map(_told, outage.get("notified", ())) if one not in row.told]
    for row in made.values():
        row.told.sort(key=lambda one: one.at)
    return sorted(made.values(), key=lambda row: (row.start, row.service), reverse=True)[:MOST]


def _told(notice: Mapping[str, Any]) -> Told:
    before, after = WORDS[notice["what"]]
    whom = notice["author"] if notice["what"] == "silenced" else notice["receiver"]
    return Told(
        notice["alert"],
        notice["severity"] or "",
        f"{before} {whom or 'somebody'}{after}",
        _moment(notice["at_ms"]),
        notice["words"] or "",
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // MS, UTC)


def lasted(ms: int) -> str:
    """`2 h 5 min 7 s`, cut to whole seconds."""
    seconds = ms // MS
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
