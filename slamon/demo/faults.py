"""Live faults of the demo company, on cue: what happens, when, and how it is undone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from slamon.demo.company import Company, Mood

CYCLE_S = 600
Change = Callable[[Mood], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the script: `at_s` after a cycle's start `cause` is done to an endpoint, `lasts_s` later undone."""

    at_s: int
    lasts_s: int
    endpoint: str
    story: str
    cause: Change


def _breaks(mood: Mood) -> None:
    mood.broken = True


def _slows(mood: Mood) -> None:
    mood.delay_s = 0.7


def _drops_one(mood: Mood) -> None:
    mood.drops = 1


def _recovers(mood: Mood) -> None:
    mood.broken, mood.delay_s, mood.drops = False, 0.0, 0


SCRIPT = (
    Fault(60, 5, "database", "the database drops one connection: a blip, not an outage", _drops_one),
    Fault(150, 90, "api", "the API answers 503: an outage of the API and of all that depends on it", _breaks),
    Fault(330, 60, "shop", "the shop takes 700 ms longer: degraded", _slows),
    Fault(480, 40, "mail", "the mail server turns connections away: an outage of mail", _breaks),
)


async def play(company: Company, *, script: tuple[Fault, ...] = SCRIPT, cycle_s: float = CYCLE_S) -> None:
    """Play the script over and over until cancelled; whatever is broken then is mended."""
    log = structlog.get_logger("slamon.demo")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        while True:
            for fault in script:
                await asyncio.sleep(begun + fault.at_s - loop.time())
                log.info("demo fault begins", story=fault.story, lasts_s=fault.lasts_s)
                fault.cause(company.mood(fault.endpoint))
                await asyncio.sleep(begun + fault.at_s + fault.lasts_s - loop.time())
                _recovers(company.mood(fault.endpoint))
                log.info("demo fault is over", story=fault.story)
            begun += cycle_s
    finally:
        for endpoint in company.endpoints.values():
            _recovers(endpoint.mood)


def timetable(script: tuple[Fault, ...] = SCRIPT) -> list[str]:
    """The script in lines for a reader: minutes after the start, how long, what."""
    return [f"+{fault.at_s // 60}:{fault.at_s % 60:02d}  for {fault.lasts_s:>2} s  {fault.story}" for fault in script]
