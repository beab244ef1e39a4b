"""What is on the desk, counted for the exposition: complaints by customer and service, scores, actions by team."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from slamon.accounting.zones import DAY_MS
from slamon.catalogue import Catalogue
from slamon.desk import ActionState, Complaint, ComplaintState, Desk
from slamon.desk.days import day_of
from slamon.desk.reconciling import UNSEEN, Finding
from slamon.desk.satisfaction import Mood, moods
from slamon.desk.things import Scale
from slamon.export.samples import ActionsSample, ComplaintsSample, SatisfactionSample

RECENT_MS = 90 * DAY_MS
"""How far back complaints count for the monitoring's quality: a quarter, as reviews are held."""

ASKED_DAYS = 365
"""How far back scores count: most are asked for once or twice a year."""

_UNSOLVED = (ComplaintState.OPEN, ComplaintState.ANSWERED)


@dataclass(frozen=True, slots=True)
class DeskSamples:
    """All series of the desk at one moment."""

    complaints: tuple[ComplaintsSample, ...] = ()
    satisfaction: tuple[SatisfactionSample, ...] = ()
    actions: tuple[ActionsSample, ...] = ()


@dataclass(slots=True)
class _Count:
    """What is counted of one customer's complaints about one service."""

    complaints: int = 0
    recent: int = 0
    unseen: int = 0
    told: int = 0
    oldest_open_ms: int | None = None
    first_ms: int | None = None
    unsolved: dict[str, int] = field(default_factory=lambda: {state.value: 0 for state in _UNSOLVED})

    def add(self, complaint: Complaint, since: int, finding: Finding | None) -> None:
        """One more; `finding` None: not reconciled yet."""
        self.complaints += 1
        self.first_ms = _earlier(self.first_ms, complaint.entered)
        if complaint.state in _UNSOLVED:
            self.unsolved[complaint.state.value] += 1
        if complaint.state is ComplaintState.OPEN:
            self.oldest_open_ms = _earlier(self.oldest_open_ms, complaint.entered)
        if complaint.felt_from >= since:
            self.recent += 1
            self.told += finding is not None
            self.unseen += finding in UNSEEN

    def sample(self, customer: str, service: str) -> ComplaintsSample:
        """What is shown of it."""
        unseen = self.unseen if self.told == self.recent else None
        counts = (self.complaints, self.unsolved, self.recent, unseen)
        return ComplaintsSample(customer, service, *counts, self.oldest_open_ms, self.first_ms)


def _earlier(one: int | None, other: int) -> int:
    return other if one is None else min(one, other)


def counted(catalogue: Catalogue, desk: Desk, findings: Mapping[int, Finding], now: int) -> DeskSamples:
    """The samples of `now` (ms). What is agreed and not complained about counts from 0.

    Ten thousand entries take some 30 ms: not to be called in the event loop.
    """
    counts = {(a.customer, service): _Count() for a in catalogue.agreements.values() for service in a.services}
    for complaint in desk.complaints.values():
        count = counts.setdefault((complaint.customer, complaint.service), _Count())
        count.add(complaint, now - RECENT_MS, findings.get(complaint.number))
    last = day_of(catalogue, None, now)
    told = moods(desk.satisfaction.values(), last - timedelta(days=ASKED_DAYS - 1), last)
    return DeskSamples(
        tuple(count.sample(*key) for key, count in counts.items()),
        tuple(_satisfaction(mood) for mood in told),
        tuple(_actions(catalogue, desk, now)),
    )


def _satisfaction(mood: Mood) -> SatisfactionSample:
    scores = {Scale.CSAT.value: mood.csat, Scale.NPS.value: mood.nps}
    return SatisfactionSample(
        mood.customer,
        mood.service or "",
        None if mood.csat is None else mood.csat.ratio,
        None if mood.nps is None else mood.nps.score,
        {scale: told.count for scale, told in scores.items() if told is not None},
    )


def _actions(catalogue: Catalogue, desk: Desk, now: int) -> Iterator[ActionsSample]:
    teams: dict[str, list[int]] = {team: [0, 0] for team in catalogue.teams}
    days = {customer: day_of(catalogue, customer, now) for customer in (None, *catalogue.customers)}
    for action in desk.actions.values():
        if action.state is ActionState.OPEN:
            today = days.get(action.customer) or days[None]
            teams.setdefault(action.team or "", [0, 0])[action.overdue(today)] += 1
    return (ActionsSample(team, *count) for team, count in teams.items())
