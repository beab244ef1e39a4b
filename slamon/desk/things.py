"""Complaints, satisfaction, reviews and actions, as their entries in the register make them.

Instants are whole milliseconds since the epoch (UTC). `number` is that of the entry that began it; `entered` and
`author` are that entry's. Names of people are as the register gives them: a pseudonym once they were erased.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Channel(StrEnum):
    """How a complaint came in."""

    PHONE = "phone"
    MAIL = "mail"
    TICKET = "ticket"
    MEETING = "meeting"
    PORTAL = "portal"
    CHAT = "chat"
    OTHER = "other"


class ComplaintState(StrEnum):
    """Where a complaint stands: of its answers and solutions the newest one says."""

    OPEN = "open"
    ANSWERED = "answered"
    SOLVED = "solved"


class Scale(StrEnum):
    """On what a score stands: CSAT from 1 to 5 (4 and 5 are satisfied), NPS from 0 to 10 (9 and 10 recommend)."""

    CSAT = "csat"
    NPS = "nps"

    @property
    def lowest(self) -> int:
        """The lowest score there is."""
        return 1 if self is Scale.CSAT else 0

    @property
    def highest(self) -> int:
        """The highest score there is."""
        return 5 if self is Scale.CSAT else 10


class ActionState(StrEnum):
    """Where an action stands. Overdue: open after the end of its due day."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Improvement(StrEnum):
    """The figure that an action is to better."""

    AVAILABILITY = "availability"
    DOWNTIME = "downtime"
    OUTAGES = "outages"
    LATENCY = "latency"
    COMPLAINTS = "complaints"


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said of something later: an answer, a solution, a new due day, a link."""

    number: int
    entered: int
    author: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a customer felt, and when. `felt_to` None: they could not say, or it goes on.

    `reference`: its number in the system it came from; one reference is one complaint. `outages`: the outages it was
    linked to, as service and begin; `who` None: nobody was named.
    """

    number: int
    entered: int
    author: str
    customer: str
    service: str
    felt_from: int
    felt_to: int | None
    text: str
    channel: Channel
    who: str | None = None
    reference: str | None = None
    state: ComplaintState = ComplaintState.OPEN
    outages: tuple[tuple[str, int], ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """One score of one respondent. `service` None: of all that the customer has."""

    number: int
    entered: int
    author: str
    customer: str
    service: str | None
    scale: Scale
    score: int
    asked: date
    who: str | None = None
    comment: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A meeting with a customer about a period, and what came of it. `actions`: numbers of those decided there."""

    number: int
    entered: int
    author: str
    customer: str
    period: str
    held: date
    participants: tuple[str, ...]
    minutes: str
    decisions: tuple[str, ...]
    actions: tuple[int, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an action is expected to better: a figure of a service under an agreement, up or down to a value.

    `value`: a ratio for availability and latency, milliseconds for downtime, a number for outages and complaints,
    each a month.
    """

    figure: Improvement
    agreement: str
    service: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody promised to do. `origin`: the entry it came of (a complaint, a review), or None.

    `ended`: the day it was done or dropped.
    """

    number: int
    entered: int
    author: str
    title: str
    owner: str
    team: str | None
    due: date
    customer: str | None = None
    service: str | None = None
    origin: int | None = None
    outage: tuple[str, int] | None = None
    expected: Expectation | None = None
    state: ActionState = ActionState.OPEN
    ended: date | None = None
    reference: str | None = None
    remarks: tuple[Remark, ...] = ()

    def overdue(self, today: date) -> bool:
        """Whether it is open and its due day is over."""
        return self.state is ActionState.OPEN and self.due < today
