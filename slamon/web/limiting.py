"""So many requests at once, and so many as time goes on."""

from collections import OrderedDict
from collections.abc import Callable

from slamon.web.webconfig import RateLimit


class Bucket:
    """A bucket of requests that fills up again with time."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: seconds of a clock that never steps."""
        self._now = now
        self._limit = RateLimit()
        self._left = 0.0
        self._at = 0.0

    def take(self, limit: RateLimit) -> bool:
        """Take one; False when none is left."""
        if not limit.interval_ms:
            return True
        now = self._now()
        if limit != self._limit:
            self._limit, self._left, self._at = limit, limit.burst, now
        self._left = min(limit.burst, self._left + (now - self._at) * 1000 / limit.interval_ms)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Buckets:
    """A bucket for each of many; those that were asked least lately are forgotten."""

    def __init__(self, limit: RateLimit, now: Callable[[], float], most: int = 4096) -> None:
        self._limit = limit
        self._now = now
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, whose: str) -> bool:
        """Take one of somebody's; False when none is left."""
        bucket = self._buckets.get(whose)
        if bucket is None:
            bucket = self._buckets[whose] = Bucket(self._now)
        self._buckets.move_to_end(whose)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket.take(self._limit)
