"""A made-up year of a service: outages as public post-mortems show them, and all that looks like one and is none.

Most outages are short and few are long: collections of public post-mortems have a median around half an hour and a
tail of many hours. Deployments add short ones, some failures come and go, some happen in announced maintenance or at
night, and twice a year it is the monitor's own network that fails. All from a seed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

YEAR = 2026
START_S = int(datetime(YEAR, 1, 1, tzinfo=UTC).timestamp())
END_S = int(datetime(YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
PROBE_S = 30
RETRY_S = 8
WHILE_S = 90
"""So long a flapping service is down, and then up."""


class Kind(StrEnum):
    """What happens."""

    OUTAGE = "outage"
    FLAPPING = "flapping"
    BLIP = "blip"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A stretch [start, end) in seconds in which probes fail: all of them, or every other one of a flapping service.

    `NETWORK`: the service is well, and the monitor sees nothing.
    """

    start: int
    end: int
    kind: Kind


def a_year(seed: int) -> list[Event]:
    """The events of one year, in order, half an hour apart at least."""
    dice = random.Random(seed)
    drawn = [
        *(_event(dice, Kind.OUTAGE, dice.lognormvariate(7.4, 1.1)) for _ in range(14)),
        *(_event(dice, Kind.OUTAGE, dice.uniform(60, 360)) for _ in range(26)),
        *(_event(dice, Kind.FLAPPING, dice.uniform(900, 3600)) for _ in range(8)),
        *(_event(dice, Kind.BLIP, dice.uniform(1, 6)) for _ in range(60)),
        *(_event(dice, Kind.NETWORK, dice.uniform(360, 1200)) for _ in range(3)),
        *(_maintained(month) for month in range(1, 13)),
    ]
    found: list[Event] = []
    for event in sorted(drawn):
        if not found or event.start - found[-1].end >= 1800:
            found.append(event)
    return found


def _event(dice: random.Random, kind: Kind, length_s: float) -> Event:
    start = dice.randrange(START_S + 7 * 86_400, END_S - 2 * 86_400)
    return Event(start, start + max(1, int(min(length_s, 10 * 3600))), kind)


def _maintained(month: int) -> Event:
    """What the monthly maintenance takes down: the first Sunday, 02:10 to 03:20 in UTC."""
    first = datetime(YEAR, month, 1, 2, 10, tzinfo=UTC)
    sunday = first + timedelta(days=(6 - first.weekday()) % 7)
    start = int(sunday.timestamp())
    return Event(start, start + 4200, Kind.OUTAGE)


def fails(event: Event, at: int) -> bool:
    """Whether a probe that begins then fails."""
    if not event.start <= at < event.end:
        return False
    return event.kind is not Kind.FLAPPING or (at - event.start) // WHILE_S % 2 == 0


def probes(events: Sequence[Event]) -> list[tuple[int, bool, int]]:
    """Every probe: when, whether it fails, and the interval it vouches with; sparse where nothing happens.

    A failure is probed again at once until it is confirmed, as slamon does.
    """
    found: list[tuple[int, bool, int]] = []
    at = START_S
    for event in [*events, Event(END_S, END_S, Kind.BLIP)]:
        near = event.start - 600
        while at < near - 600:
            found.append((at, False, 600))
            at += 600
        while at < event.end + 900 and at < END_S:
            failed = fails(event, at)
            found.append((at, failed, PROBE_S))
            first = failed and not (len(found) > 1 and found[-2][1])
            at += RETRY_S if first else PROBE_S
    return found
