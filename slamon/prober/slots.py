"""When a check is due: slots of about 100 ms, to which checks are spread by a stable hash of their ids.

All checks of one interval share its slots; slot i of n is due i/n of an interval after each whole multiple of the
interval. The grid is laid out once by wall clock, so that a restart moves nothing, and kept by the monotonic clock from
then on, so that no step of the wall clock moves it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from math import floor
from typing import Any

from apscheduler.triggers.base import BaseTrigger

from slamon.clock import Clock
from slamon.prober.flights import Lane

SLOT_MS = 100
"""About how long a slot is."""

GRACE_S = 1.0
"""A slot that comes later than this, or than half its interval, is missed: a gap, not a burst."""

EARLY_S = 0.01
"""A scheduler that plans by wall clock, in whole milliseconds or less, may come early by this much."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A slot's place: `offset_ms` after each whole multiple of `interval_ms`."""

    interval_ms: int
    offset_ms: int

    @property
    def name(self) -> str:
        """The name of the slot's job."""
        return f"slot/{self.interval_ms}/{self.offset_ms}"


def place(check_id: str, interval_ms: int) -> Place:
    """Where a check belongs; depends on nothing but its id and its interval."""
    count = max(1, interval_ms // SLOT_MS)
    digest = blake2b(check_id.encode(), digest_size=8).digest()
    return Place(interval_ms, int.from_bytes(digest) % count * interval_ms // count)


@dataclass(frozen=True, slots=True)
class Grid:
    """The monotonic time at which the wall clock's epoch would have been, had the wall clock never stepped."""

    epoch_s: float

    @classmethod
    def laid_out(cls, clock: Clock) -> "Grid":
        """By both clocks as they stand now."""
        return cls(clock.monotonic() - clock.now() / 1000)

    def due(self, place: Place, turn: int) -> float:
        """When the place is due for the given turn: monotonic seconds."""
        return self.epoch_s + (turn * place.interval_ms + place.offset_ms) / 1000

    def turn(self, place: Place, monotonic: float) -> int:
        """The newest turn that is due at the given time."""
        return floor(((monotonic + EARLY_S - self.epoch_s) * 1000 - place.offset_ms) / place.interval_ms)


@dataclass(slots=True, eq=False)
class Slot:
    """The checks of one place, and how far its turns have been taken."""

    place: Place
    grid: Grid
    taken: int
    lanes: dict[str, Lane] = field(default_factory=dict)

    def take(self, monotonic: float) -> tuple[float | None, int]:
        """The due time (monotonic seconds) of the turn to be begun now, if there is one, and how many were missed."""
        turn = self.grid.turn(self.place, monotonic)
        if turn <= self.taken:
            return None, 0
        missed = turn - self.taken - 1
        self.taken = turn
        due = self.grid.due(self.place, turn)
        if monotonic - due > self._grace_s():
            return None, missed + 1
        return due, missed

    def next_due(self, monotonic: float) -> float:
        """The due time of the first turn not yet due."""
        return self.grid.due(self.place, self.grid.turn(self.place, monotonic) + 1)

    def open_due(self, monotonic: float) -> float:
        """The due time of the first turn not yet taken that can still be begun; may be a little past."""
        turn = self.grid.turn(self.place, monotonic)
        due = self.grid.due(self.place, turn)
        if turn > self.taken and monotonic - due <= self._grace_s():
            return due
        return self.grid.due(self.place, turn + 1)

    def _grace_s(self) -> float:
        return min(GRACE_S, self.place.interval_ms / 2000)


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler is untyped
    """Tells the scheduler, which plans by wall clock, when a slot is due by the monotonic clock."""

    def __init__(self, slot: Slot, monotonic: Callable[[], float]) -> None:
        self._slot = slot
        self._monotonic = monotonic

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The wall clock of the next turn, by the distance on the monotonic clock from `now`."""
        monotonic = self._monotonic()
        due = self._slot.open_due(monotonic) if previous_fire_time is None else self._slot.next_due(monotonic)
        return now + timedelta(seconds=due - monotonic)

    def __getstate__(self) -> Any:
        raise TypeError("slots live in memory only")
