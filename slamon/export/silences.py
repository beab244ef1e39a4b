"""Planned maintenance as silences: what keeps alerts quiet while nobody is owed anything.

An agreement's alerts are quiet in its own maintenance that counts; a service's while each of its agreements is in
maintenance or out of service hours: exactly while `SlamonServiceDown` would not fire either.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from slamon.accounting import AgreementTerms, Span
from slamon.accounting.calendar import planned
from slamon.accounting.plan import Moment, Plan, in_force
from slamon.accounting.spans import common, joined
from slamon.accounting.zones import DAY_MS
from slamon.catalogue import Catalogue
from slamon.catalogue.terms import agreement_terms, corrections

_AROUND_MS = 35 * DAY_MS
"""So much more on both sides is worked out, so that a long maintenance keeps its ends as time goes by."""

_MARK = re.compile(r"\[slamon ([0-9TZ:.-]+)/([0-9TZ:.-]+)\]$")
_OURS = ("alertname", "Slamon.+")

TURN_S = 120.0
"""The most that one comparison with an Alertmanager may take, however many silences there are."""


@dataclass(frozen=True, slots=True, order=True)
class Silence:
    """Quiet in [start, end), in ms. `agreement` empty: the alerts on the service itself, its checks and jobs.

    Two are the same when all but `why` is equal.
    """

    start: int
    end: int
    service: str
    agreement: str
    why: str = ""

    @property
    def key(self) -> "Silence":
        """The same without words."""
        return replace(self, why="")

    def written(self, author: str) -> dict[str, Any]:
        """As Alertmanager's interface takes it, and `amtool silence import`."""
        matchers = [(*_OURS, True), ("service", self.service, False), ("agreement", self.agreement, False)]
        start, end = _text(self.start), _text(self.end)
        return {
            "matchers": [
                {"name": name, "value": value, "isRegex": pattern, "isEqual": True} for name, value, pattern in matchers
            ],
            "startsAt": start,
            "endsAt": end,
            "createdBy": author,
            "comment": f"{self.why} [slamon {start}/{end}]".strip(),
        }


@dataclass(frozen=True, slots=True)
class Synced:
    """What a comparison changed. `refused`: what Alertmanager did not take, in its words."""

    made: Sequence[Silence]
    ended: Sequence[Silence]
    refused: Sequence[str] = ()


def read(found: Mapping[str, Any], author: str) -> Silence | None:
    """What a silence of Alertmanager was made for; None where it is not of this author, or somebody has changed it."""
    mark = _MARK.search(str(found["comment"]))
    if mark is None or found["createdBy"] != author:
        return None
    values = {m["name"]: m["value"] for m in found["matchers"]}
    if values.keys() != {"alertname", "service", "agreement"} or _ms(found["endsAt"]) != _ms(mark[2]):
        return None
    told = Silence(_ms(mark[1]), _ms(mark[2]), values["service"], values["agreement"])
    same = sorted(map(_matcher, found["matchers"])) == sorted(map(_matcher, told.written(author)["matchers"]))
    return told if same else None


def _matcher(found: Mapping[str, Any]) -> tuple[str, str, bool, bool]:
    return found["name"], found["value"], found["isRegex"], found.get("isEqual", True)


def _text(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class _Times:
    """When an agreement is owed, and when that is held by maintenance or an agreed exclusion."""

    serving: Sequence[Span]
    held: Sequence[Span]


def silences(catalogue: Catalogue, now: int, ahead: int) -> list[Silence]:
    """All that hold at `now` or begin within `ahead` (ms), in order of time."""
    low, high = now - _AROUND_MS, now + ahead + _AROUND_MS
    touched, agreements = _concerned(catalogue)
    times = {agreement.id: _times(agreement, catalogue, low, high) for agreement in agreements}
    made = [
        Silence(span.start, span.end, service, agreement.id, _why((agreement,), span))
        for agreement in agreements
        for span in times[agreement.id].held
        for service in agreement.services
    ]
    for service in touched:
        bound = [agreement for agreement in agreements if service in agreement.services]
        for span in _quiet([times[agreement.id] for agreement in bound], low, high):
            made.append(Silence(span.start, span.end, service, "", _why(bound, span)))
    return due(sorted(made), now, ahead)


def due(found: Iterable[Silence], now: int, ahead: int) -> list[Silence]:
    """Of silences those that hold at `now` or begin within `ahead` (ms)."""
    return [one for one in found if one.end > now and one.start < now + ahead]


def _concerned(catalogue: Catalogue) -> tuple[Sequence[str], Sequence[AgreementTerms]]:
    """The services that are ever maintained, and every agreement on one of them."""
    corrected = {c.agreement for c in corrections(catalogue)}
    agreements = agreement_terms(catalogue)
    held = [a for a in agreements if a.id in corrected or any(revision.maintenance for revision in a.revisions)]
    services = dict.fromkeys(service for agreement in held for service in agreement.services)
    return list(services), [a for a in agreements if not services.keys().isdisjoint(a.services)]


def _times(agreement: AgreementTerms, catalogue: Catalogue, low: int, high: int) -> _Times:
    corrected = in_force(corrections(catalogue), agreement.id)
    serving: list[Span] = []
    held: list[Span] = []
    for revision in agreement.revisions:
        plan = Plan(revision, corrected, low)
        plan.reach(high)
        for span, moment in _stretches(plan, low, high):
            if moment >= Moment.MEASURED:
                serving.append(span)
            if moment >= Moment.EXCLUDED:
                held.append(span)
    return _Times(joined(serving), joined(held))


def _stretches(plan: Plan, low: int, high: int) -> Iterator[tuple[Span, int]]:
    times = [*plan.coming.times, high]
    for i, moment in enumerate(plan.coming.codes):
        start, end = max(low, times[i]), min(high, times[i + 1])
        if start < end:
            yield Span(start, end), moment


def _quiet(bound: Sequence[_Times], low: int, high: int) -> list[Span]:
    """When some agreement is in maintenance and no other one is owed."""
    held = joined(span for times in bound for span in times.held)
    owed = joined(span for times in bound for span in common(times.serving, _gaps(times.held, low, high)))
    return common(held, _gaps(owed, low, high))


def _gaps(spans: Sequence[Span], low: int, high: int) -> list[Span]:
    """What a sorted list leaves of [low, high)."""
    starts, ends = [low, *(span.end for span in spans)], [*(span.start for span in spans), high]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _why(bound: Sequence[AgreementTerms], span: Span) -> str:
    """What is done then, as it was announced."""
    said = {
        entry.summary: None
        for agreement in bound
        for revision in agreement.revisions
        for entry in revision.maintenance
        if entry.summary and planned(replace(revision, maintenance=(entry,)), span.start, span.end)
    }
    return f"Planned maintenance: {', '.join(said)}" if said else "Planned maintenance"
