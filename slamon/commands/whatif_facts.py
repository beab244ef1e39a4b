"""What `slamon whatif` looks back on: the facts, the moment as of which they are known, the periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slamon.accounting import AgreementTerms, Period, Revision, next_period, parse_period, period_of
from slamon.accounting.calendar import validity
from slamon.accounting.periods import whole_before
from slamon.catalogue import Catalogue, terms
from slamon.commands import reading
from slamon.commands.control import Control
from slamon.commands.places import ledger_path
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.replay import replayed
from slamon.running.stored import known_figures
from slamon.shown import future, instant, parsed_instant

MOST_PERIODS = 120
_DIGITS = 3
"""A number with more of them is a year."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures as known at `at`, and which periods of each agreement and service are looked at, the oldest first."""

    figures: Figures
    at: int
    periods: Mapping[tuple[str, str], Sequence[Period]]
    notes: Sequence[str] = field(default_factory=list)

    def ahead(self, agreement: str, name: str | None) -> Period:
        """The period to come of that name; None: the agreement's next one. UsageError for one that has begun."""
        revision = _in_force(self.figures.book.agreements[agreement], self.at)
        if name is None:
            return next_period(period_of(revision.period, revision.zone, self.at), revision.zone)
        period = _named(name, revision.zone, "--ahead")
        if period.start < self.at:
            raise UsageError(f"--ahead {name}: that period has begun; name one that is still to come")
        return period


def facts(
    loaded: Catalogue,
    data: Path | None,
    agreement: str | None,
    service: str | None,
    at: str | None,
    periods: str,
    observations: Path | None,
    now: int,
) -> Facts:
    """The facts of a file, or of the ledger as it lies there; UsageError where the question makes no sense.

    `periods`: a number (the last whole ones) or names parted by commas. Of a running system the ledger is read, up to
    its last commit.
    """
    _must_be_known(loaded, agreement, service)
    agreed = {a.id: a for a in terms.agreement_terms(loaded) if agreement in (None, a.id)}
    if observations is not None:
        moment = now if at is None else parsed_instant(at)
        seen = reading.observations(observations, loaded, moment)
        if moment > now and seen.latest is not None and seen.latest <= now:
            raise future(moment, now)
        figures = replayed(loaded, seen)
    else:
        moment = now if at is None else instant(at, now)
        figures, moment = _stored(loaded, data, agreed, periods, moment)
    notes: list[str] = []
    found = {
        (key, name): _looked_at(figures, one, name, periods, moment, notes)
        for key, one in agreed.items()
        for name in one.services
        if service in (None, name)
    }
    return Facts(figures, moment, found, notes)


def _must_be_known(loaded: Catalogue, agreement: str | None, service: str | None) -> None:
    if agreement is not None and agreement not in loaded.agreements:
        raise UsageError(f"there is no agreement {agreement!r}; there are: {', '.join(loaded.agreements)}")
    if service is not None and service not in loaded.services:
        raise UsageError(f"there is no service {service!r}; there are: {', '.join(loaded.services)}")
    if agreement is not None and service is not None and service not in loaded.agreements[agreement].services:
        bound = ", ".join(loaded.agreements[agreement].services)
        raise UsageError(f"the agreement {agreement} does not bind {service!r}; it binds: {bound}")


def _stored(
    loaded: Catalogue, data: Path | None, agreed: Mapping[str, AgreementTerms], periods: str, at: int
) -> tuple[Figures, int]:
    path = ledger_path(loaded, data)
    running = Control(path.parent).alive()
    wanted = [period for one in agreed.values() for period in _wanted(one, periods, at)]
    oldest = min(wanted, key=lambda period: period.start, default=None)
    return known_figures(loaded, path, None if oldest is None else oldest.name, at, running=running)


# -- periods


def _in_force(agreement: AgreementTerms, at: int) -> Revision:
    return next((r for r in agreement.revisions if validity(r, at, at + 1) is not None), agreement.revisions[-1])


def _named(name: str, zone: str, word: str) -> Period:
    try:
        return parse_period(name, zone)
    except ValueError as error:
        raise UsageError(f"{word}: {error}") from None


def _count(periods: str) -> int | None:
    """How many periods are asked for; None where they are named."""
    return int(periods) if periods.isdecimal() and periods.isascii() and len(periods) <= _DIGITS else None


def _wanted(agreement: AgreementTerms, periods: str, at: int) -> list[Period]:
    """A number of whole periods before `at`, or those named."""
    revision = _in_force(agreement, at)
    count = _count(periods)
    if count is not None:
        if not 1 <= count <= MOST_PERIODS:
            raise UsageError(
                f"--periods {count}: expected a number from 1 to {MOST_PERIODS}, or names as 2026-09,2026-10"
            )
        return whole_before(revision.period, revision.zone, at, count)
    names = list(dict.fromkeys(name.strip() for name in periods.split(",") if name.strip()))
    if not 1 <= len(names) <= MOST_PERIODS:
        raise UsageError(f"--periods: expected a number from 1 to {MOST_PERIODS}, or names as 2026-09,2026-10")
    return sorted((_named(name, revision.zone, "--periods") for name in names), key=lambda period: period.start)


def _looked_at(
    figures: Figures, agreement: AgreementTerms, service: str, periods: str, at: int, notes: list[str]
) -> list[Period]:
    """The periods wanted; of a number of them those before the first observation are left out, and that is said."""
    wanted = _wanted(agreement, periods, at)
    for period in wanted:
        if period.start > at:
            raise UsageError(f"--periods: the period {period.name} has not begun")
    if _count(periods) is None:
        return wanted
    begins = figures.book.begins(service)
    found = [period for period in wanted if begins is not None and period.end > begins]
    if len(found) < len(wanted):
        notes.append(
            f"{agreement.id}/{service}: {len(found)} of the last {len(wanted)} periods: "
            "before them nothing was observed"
        )
    return found
