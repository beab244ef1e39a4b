"""Design warnings: promises that what lies below them does not carry, targets that nobody can see, loose ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from slamon.accounting import Ratio, Span, whole_ms
from slamon.accounting.allowance import allowances
from slamon.accounting.promise import Carried, carried, merged, promised, uncovered
from slamon.accounting.spans import clipped
from slamon.catalogue import Catalogue, CheckModel
from slamon.catalogue.agreements import AgreementKind
from slamon.catalogue.reader import KeyPath
from slamon.reports.agreements.subject import Subject
from slamon.reports.document import Cell, Count, Cut, Duration, Many, Percent, Said, Text, say
from slamon.reports.offered.below import Below
from slamon.reports.parts import agreed

_PERIODS = 12
_PIECES = 3
"""So many stretches of the arithmetic are shown."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """What is weak: a word for programs, the key path, a sentence, and what helps. `about`: whose it is."""

    code: str
    path: KeyPath
    about: str
    said: Said
    remedy: Said


def weaknesses(catalogue: Catalogue, at: int) -> list[Weakness]:
    """Everything that is weak in the year from an instant on: first promises, then measurement, then loose ends."""
    below = Below(catalogue, at)
    found = [
        *(one for subject in below.all(AgreementKind.SLA) for one in _promises(below, subject)),
        *(one for subject in below.all(AgreementKind.SLA) for one in _underpinned(below, subject)),
        *(one for subject in below.all(AgreementKind.SLA) for one in _lapsing(below, subject)),
        *(one for subject in below.all(*AgreementKind) for one in _unseen(subject, at)),
        *_loose(catalogue),
    ]
    return list(dict.fromkeys(found))


def _path(subject: Subject, key: str) -> KeyPath:
    number = subject.stage.number
    revised = number > 1 and key in subject.catalogue.agreements[subject.id].revisions[number - 2].model_fields_set
    return ("agreements", subject.id, *(("revisions", number - 2) if revised else ()), key)


def _name(subject: Subject) -> Cell:
    """The agreement, with the revision where there are several."""
    if not subject.catalogue.agreements[subject.id].revisions:
        return Text(subject.id)
    return say("weak.revision", agreement=Text(subject.id), n=Count(subject.stage.number))


# -- promises


def _promises(below: Below, subject: Subject) -> Iterator[Weakness]:
    """More promised than what the services stand on is promised."""
    for service in subject.written.services:
        groups = below.groups(service)
        found = carried(below.serving(subject), groups)
        if found.ratio is not None and found.ratio < subject.terms.target:
            most = Percent(found.ratio, Cut.DOWN, 4)
            yield Weakness(
                "promise", _path(subject, "target"), subject.id,
                say("weak.promise", agreement=_name(subject), target=agreed(subject.terms.target),
                    service=Text(service), most=most, sums=_sums(below, service, found)),
                say("remedy.promise", most=most),
            )  # fmt: skip
        for place, levels in enumerate(groups):
            missing = uncovered(below.serving(subject), levels)
            names = below.catalogue.services[service].depends_on[place]
            if missing and levels and not _told_below(below, names):
                yield Weakness(
                    "hours", _path(subject, "service_hours"), subject.id,
                    say("weak.hours", agreement=_name(subject), service=Text(service), names=_names(names),
                        time=Duration(missing)),
                    say("remedy.hours", names=_names(names)),
                )  # fmt: skip


def _told_below(below: Below, names: tuple[str, ...]) -> bool:
    """Whether an agreement with a team or a supplier on it is compared by itself."""
    lower = (a for a in below.catalogue.agreements.values() if a.kind is not AgreementKind.SLA)
    return len(names) == 1 and any(names[0] in agreement.services for agreement in lower)


def _names(names: tuple[str, ...]) -> Cell:
    return Many(tuple(Text(name) for name in names))


def _sums(below: Below, service: str, found: Carried) -> Cell:
    """The arithmetic: the product of each stretch of common time with the same promises, and how long it is."""
    groups = below.catalogue.services[service].depends_on
    told: list[Cell] = []
    for piece in found.pieces[:_PIECES]:
        factors = Many(tuple(
            say("sums.group" if len(group) > 1 else "sums.one", names=_names(group), ratio=_percent(ratio))
            for group, ratio in zip(groups, piece.ratios, strict=True)
            if ratio is not None
        ))  # fmt: skip
        told.append(say("sums.piece", factors=factors, product=_percent(piece.product), time=Duration(piece.ms)))
    if len(found.pieces) > _PIECES:
        told.append(say("sums.more", n=Count(len(found.pieces) - _PIECES)))
    return Many(tuple(told))


def _percent(ratio: Ratio) -> Cell:
    return Percent(ratio, Cut.DOWN, 4)


# -- agreements with teams and suppliers below those with customers


def _underpinned(below: Below, subject: Subject) -> Iterator[Weakness]:
    needed = below.hard(subject.written.services)
    for lower in below.all(AgreementKind.OLA, AgreementKind.UC):
        under = [name for name in lower.written.services if name in needed]
        starts = [one.stage.start or 0 for one in (subject, lower)]
        ends = [one.stage.end for one in (subject, lower) if one.stage.end is not None]
        if under and (not ends or max(starts) < min(ends)):
            yield from _carries(below, lower, subject, under[0])


def _lapsing(below: Below, subject: Subject) -> Iterator[Weakness]:
    """Time of the year in which no team or supplier owes any more, or yet, what one of them owes in the rest of it."""
    needed = below.hard(subject.written.services)
    for service in (name for name in below.catalogue.services if name in needed):
        lower = [one for one in below.all(AgreementKind.OLA, AgreementKind.UC) if service in one.written.services]
        held = merged([promised([_valid(below, one)], one.terms.target) for one in lower], max)
        missing = uncovered(below.serving(subject), held)
        if lower and missing:
            last = max(lower, key=lambda one: _valid(below, one).end)
            said = say(
                "weak.carry_validity", agreement=_name(last), service=Text(service), upper=_name(subject),
                kind=say(f"agreement.kind.{last.written.kind.value}"), time=Duration(missing),
            )  # fmt: skip
            key = "valid_from" if last.stage.end is None else "valid_until"
            path = ("agreements", last.id, key)
            yield Weakness("carry_validity", path, last.id, said, say("remedy.carry_validity"))


def _valid(below: Below, subject: Subject) -> Span:
    """When a revision is in force in the year."""
    start, end = subject.stage.start, subject.stage.end
    return Span(max(below.start, start or below.start), below.end if end is None else min(below.end, end))


def _carries(below: Below, lower: Subject, upper: Subject, service: str) -> Iterator[Weakness]:
    who: dict[str, Cell] = {
        "agreement": _name(lower), "kind": say(f"agreement.kind.{lower.written.kind.value}"),
        "service": Text(service), "upper": _name(upper),
    }  # fmt: skip
    mine, wanted = lower.terms.target, upper.terms.target
    if mine < wanted:
        said = say("weak.carry_target", **who, target=agreed(mine), wanted=agreed(wanted))
        remedy = say("remedy.carry_target", wanted=agreed(wanted), target=agreed(mine))
        yield Weakness("carry_target", _path(lower, "target"), lower.id, said, remedy)
    missing = uncovered(_while(lower, below.serving(upper)), promised(below.serving(lower), mine))
    if missing:
        said = say("weak.carry_hours", **who, time=Duration(missing))
        yield Weakness("carry_hours", _path(lower, "service_hours"), lower.id, said, say("remedy.carry_hours"))
    response, asked = lower.written.response, upper.written.response
    if asked is not None and (response is None or response > asked):
        told = say("response.not") if response is None else Duration(response)
        said = say("weak.carry_response", **who, response=told, wanted=Duration(asked))
        remedy = say("remedy.carry_response", wanted=Duration(asked))
        yield Weakness("carry_response", _path(lower, "response"), lower.id, said, remedy)


def _while(subject: Subject, spans: list[Span]) -> list[Span]:
    """What of the spans lies within the validity of a revision: before and after it another one holds."""
    start, end = subject.stage.start, subject.stage.end
    first = spans[0].start if spans else 0
    last = spans[-1].end if spans else 0
    return clipped(spans, first if start is None else start, last if end is None else end)


# -- what is measured


def _unseen(subject: Subject, at: int) -> Iterator[Weakness]:
    """A budget that is spent before a check can tell."""
    start = max(at, subject.stage.start or at)
    budgets = [one.allowed_ms for one in allowances(subject.terms, start, _PERIODS) if one.measured_ms]
    if not budgets:
        return
    budget = min(budgets)
    for service in subject.written.services:
        coarse = [check for check in subject.below(service) if budget < check.interval_ms * check.confirm]
        if coarse:
            worst = max(coarse, key=_sight)
            said = say(
                "weak.resolution", agreement=_name(subject), target=agreed(subject.terms.target),
                budget=Duration(whole_ms(budget) or 0, Cut.DOWN), check=Text(worst.id),
                interval=Duration(worst.interval_ms), confirm=Count(worst.confirm), sight=Duration(_sight(worst)),
                n=Count(len(coarse)),
            )  # fmt: skip
            fine = max((whole_ms(budget) or 0) // worst.confirm // 1000 * 1000, 0)
            remedy = say("remedy.resolution", interval=Duration(fine)) if fine else say("remedy.target")
            yield Weakness("resolution", _path(subject, "target"), subject.id, said, remedy)


def _sight(check: CheckModel) -> int:
    return check.interval_ms * check.confirm


# -- loose ends


def _loose(catalogue: Catalogue) -> Iterator[Weakness]:
    """Services without agreement, check, owner or runbook; and nobody who signs."""
    bound = {name for agreement in catalogue.agreements.values() for name in agreement.services}
    for name, service in catalogue.services.items():
        missing = (
            ("no_agreement", name not in bound),
            ("no_check", not service.checks),
            ("no_owner", service.team is None),
            ("no_runbook", service.runbook is None),
        )
        for code, so in missing:
            if so:
                said = say(f"weak.{code}", service=Text(name))
                yield Weakness(code, ("services", name), name, said, say(f"remedy.{code}"))
    if catalogue.organisation is None and any(a.kind is AgreementKind.SLA for a in catalogue.agreements.values()):
        yield Weakness("no_organisation", (), "", say("weak.no_organisation"), say("remedy.no_organisation"))
