"""A period of an agreement as it is frozen: figures, what they rest on, and who made them with what."""

import base64
import platform
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

import slamon
from slamon import shown
from slamon.accounting import (
    AgreementTerms,
    Correction,
    CorrectionCause,
    CorrectionKind,
    Period,
    Revision,
    exact_digits,
)
from slamon.accounting.account import Account
from slamon.accounting.calendar import in_service, maintained, planned, validity
from slamon.accounting.periods import period_of
from slamon.accounting.plan import in_force
from slamon.accounting.zones import date_at
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.ledger import Entry
from slamon.ledger.register import canonical
from slamon.running.chained import facts
from slamon.shown import instant_text

Content = dict[str, Any]
NAMES = ("author", "reason")
"""Of a correction of the register: personal, so that they are read from its entry."""


class NotStoredYet(UsageError):
    """The period is over, and what was seen is not stored up to its end: to be tried again."""


def to_close(figures: Figures, agreement: str, name: str, at: int, now: int) -> Period:
    """The period that is to be closed, of facts known up to `at` (ms); UsageError says why it cannot be one."""
    period = figures.period(agreement, name)
    if period.kind is None:
        raise UsageError(f"{name} is a free span: only a whole week, month, quarter or year is closed, as 2026-10")
    if period.end > now:
        raise UsageError(
            f"{name} has not ended for {agreement}: it ends at {instant_text(period.end)}, "
            f"and it is {instant_text(now)} now"
        )
    if period.end > at:
        raise NotStoredYet(f"what is stored reaches up to {instant_text(at)} only")
    if not figures.book.within(agreement, period):
        raise UsageError(f"the agreement {agreement} was not in force in {name}: there is nothing to close")
    begins = [figures.book.begins(service) for service in figures.book.agreements[agreement].services]
    first = min((start for start in begins if start is not None), default=None)
    if first is None or first >= period.end:
        known = "nothing was observed yet" if first is None else f"the first observation was at {instant_text(first)}"
        raise UsageError(f"{name} of {agreement} cannot be closed: {known}")
    return period


def unsettled(figures: Figures, agreement: str, period: Period, at: int) -> list[str]:
    """What may still change the figures of a period that has ended, in sentences; none: it is settled (section 9)."""
    told = []
    for service in figures.book.agreements[agreement].services:
        for revision in figures.book.within(agreement, period):
            inside = validity(revision, period.start, period.end)
            assert inside is not None
            account = figures.book.part(agreement, service, revision.number, at, period.start).account
            if account.frontier < inside.end:
                told.append(_why(service, account, inside.end, at))
    return list(dict.fromkeys(told))


def _why(service: str, account: Account, end: int, at: int) -> str:
    """Which checks keep a service open; none of them: an outage that may be short, or a local fault."""
    rests_on = account.track.rests_on()
    late = sorted({m.check_id for m, view in rests_on if view.settled(at) < min(end, m.until or end)})
    if late:
        why = (
            f"{', '.join(late)}: a failure that is not confirmed, or an observation still due, reaches into the period"
        )
    else:
        why = "an outage that may turn out shorter than min_outage, or a local fault, reaches into the period"
    return f"{service} is settled up to {instant_text(account.frontier)} only ({why})"


def freeze(figures: Figures, agreement: str, period: Period, at: int) -> Content:
    """Everything that a closing keeps, as JSON values. The period is settled."""
    answer = shown.answer(figures, at, agreement=agreement, period=period.name)
    terms = figures.book.agreements[agreement]
    revisions = figures.book.within(agreement, period)
    return {
        "agreement": agreement,
        "period": {"name": period.name, "start_ms": period.start, "end_ms": period.end},
        "at_ms": at,
        "figures": [_without_names(figure, figures.book.corrections) for figure in answer["figures"]],
        "verdict": answer["agreements"][0],
        "corrections": [written(c) for c in touching(figures.book.corrections, agreement, period)],
        "maintenance": {str(r.number): _maintenance(r, period) for r in revisions},
        "terms": _terms(figures, terms, revisions, period),
        "holidays": {str(r.number): _holidays(r, period) for r in revisions},
        "versions": versions(),
        "facts": facts(figures, _checks(figures, agreement, revisions, period, at), period, at, _threshold(revisions)),
    }


def packed(content: Content) -> str:
    """As it is kept and sent: JSON, compressed by zlib, in base64."""
    return base64.b64encode(zlib.compress(canonical(content).encode(), 9)).decode()


def entry_value(
    what: str, agreement: str, period: str, author: str, entries: Sequence[Entry], content: Content, **more: str
) -> dict[str, Any]:
    """What is entered to close or restate (`what`) a period. `entries`: the register that the content knew."""
    return {
        "what": what,
        "agreement": agreement,
        "period": period,
        "author": author,
        "after": entries[-1].id if entries else 0,
        "content": packed(content),
        **more,
    }


def touching(corrections: Iterable[Correction], agreement: str, period: Period) -> list[Correction]:
    """An agreement's corrections in force that say something of the period."""
    found = in_force(corrections, agreement)
    return [c for c in found if c.start < period.end and period.start < c.end]


def written(correction: Correction) -> dict[str, Any]:
    """A correction as JSON values. Who entered one of the register, and why, is told by its entry, never frozen."""
    told = {
        "order": list(correction.order),
        "agreement": correction.agreement,
        "kind": correction.kind.value,
        "start_ms": correction.start,
        "end_ms": correction.end,
        "entered_ms": correction.entered,
        "author": correction.author,
        "reason": correction.reason,
        "cause": correction.cause.value,
        "ticket": correction.ticket,
    }
    return _nameless(told) if _registered(correction) else told


def _registered(correction: Correction) -> bool:
    return correction.order[0] == 0


def _nameless(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in NAMES}


def _without_names(figure: dict[str, Any], corrections: Iterable[Correction]) -> dict[str, Any]:
    """A figure whose corrections of the register do not tell who entered them."""
    registered = {_key(written(c)) for c in corrections if _registered(c)}
    told = [_nameless(c) if _key(c) in registered else c for c in figure["corrections"]]
    return {**figure, "corrections": told}


def _key(told: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(told[key] for key in ("kind", "start_ms", "end_ms", "entered_ms", "cause", "ticket"))


def with_names(content: Content, registered: Iterable[Correction]) -> Content:
    """Frozen content as people read it: with who entered the corrections of the register and why, as known now."""
    by_order = {correction.order: correction for correction in registered}
    corrections = []
    for told in content["corrections"]:
        found = by_order.get(tuple(told["order"]))
        names = {} if found is None else {"author": found.author, "reason": found.reason}
        corrections.append({**told, **names})
    by_key = {_key(told): {key: told[key] for key in NAMES if key in told} for told in corrections}
    figures = [
        {**figure, "corrections": [{**c, **by_key.get(_key(c), {})} for c in figure["corrections"]]}
        for figure in content["figures"]
    ]
    return {**content, "corrections": corrections, "figures": figures}


def read_back(told: dict[str, Any]) -> Correction:
    """What `written` wrote."""
    return Correction(
        told["agreement"],
        CorrectionKind(told["kind"]),
        told["start_ms"],
        told["end_ms"],
        told["entered_ms"],
        told.get("author", ""),
        told.get("reason", ""),
        CorrectionCause(told["cause"]),
        told["ticket"],
        order=tuple(told["order"]),
    )


def versions() -> dict[str, str]:
    """What the figures were made with."""
    return {
        "slamon": slamon.__version__,
        "python": platform.python_version(),
        "holidays": metadata.version("holidays"),
        "tzdata": _tzdata(),
    }


def _tzdata() -> str:
    """The zone data that is read: the system's where there is one, else the package's."""
    for folder in TZPATH:
        try:
            with (Path(folder) / "tzdata.zi").open(encoding="ascii") as file:
                return file.readline().removeprefix("# version").strip()
        except (OSError, UnicodeDecodeError):
            continue
    try:
        return metadata.version("tzdata")
    except metadata.PackageNotFoundError:
        return "unknown"


def _threshold(revisions: Sequence[Revision]) -> int | None:
    return next((r.latency.threshold_us for r in revisions if r.latency is not None), None)


def _checks(figures: Figures, agreement: str, revisions: Sequence[Revision], period: Period, at: int) -> set[str]:
    """Every check that the figures rest on, of those that were one of their service's in the period."""
    return {
        member.check_id
        for service in figures.book.agreements[agreement].services
        for revision in revisions
        for member, _ in figures.book.part(
            agreement, service, revision.number, at, period.start
        ).account.track.rests_on()
        if (member.since is None or member.since < period.end) and (member.until is None or member.until > period.start)
    }


def _maintenance(revision: Revision, period: Period) -> dict[str, Any]:
    """What was planned in the period, and what of the time in service counts as maintenance."""
    counted = []
    start = period.start
    while start < period.end:
        part = period_of(revision.period, revision.zone, start)
        counted += maintained(revision, part, in_service(revision, part.start, part.end))
        start = part.end
    return {
        "planned": [[s.start, s.end] for s in planned(revision, period.start, period.end)],
        "counted": [
            [max(s.start, period.start), min(s.end, period.end)]
            for s in counted
            if s.start < period.end and period.start < s.end
        ],
    }


def _holidays(revision: Revision, period: Period) -> list[str]:
    if revision.hours is None or revision.hours.holidays is None:
        return []
    first, last = date_at(revision.zone, period.start), date_at(revision.zone, period.end - 1)
    return [day.isoformat() for day in revision.hours.holidays(first, last)]


def _terms(figures: Figures, terms: AgreementTerms, revisions: Sequence[Revision], period: Period) -> dict[str, Any]:
    """What was agreed and watched, as the accounting had it."""
    services: dict[str, Any] = {}
    coming = list(terms.services)
    while coming:
        name = coming.pop()
        if name in services:
            continue
        found = figures.book.services[name]
        members = [
            (m.check_id, max(m.since or period.start, period.start), min(m.until or period.end, period.end))
            for m in found.members
        ]
        services[name] = {
            "needs": found.needs,
            "depends_on": [list(group) for group in found.depends_on],
            "checks": {
                check: {"from_ms": since, "to_ms": until, **_confirming(figures, check)}
                for check, since, until in members
                if since < until
            },
        }
        coming += [name for group in found.depends_on for name in group]
    return {
        "customer": terms.customer,
        "services": {name: services[name] for name in sorted(services)},
        "revisions": {str(r.number): _plain(_inside(r, period)) for r in revisions},
    }


def _inside(revision: Revision, period: Period) -> Revision:
    """Its validity within the period: when it began before and ends later is no matter of the period."""
    inside = validity(revision, period.start, period.end)
    assert inside is not None
    return replace(revision, valid_from=inside.start, valid_until=inside.end, maintenance=())


def _confirming(figures: Figures, check: str) -> dict[str, int]:
    found = figures.book.checks[check]
    return {"interval_ms": found.interval_ms, "confirm": found.confirm, "flapping": found.flapping}


def _plain(value: Any) -> Any:
    """Terms as JSON values; rules that give dates are told by what they gave (maintenance, holidays)."""
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not callable(getattr(value, f.name))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return exact_digits(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(inner) for key, inner in sorted(value.items())}
    if isinstance(value, frozenset | set):
        return sorted(_plain(inner) for inner in value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value
