"""Runs a target's cases; a case that raises what is not allowed is a finding, and so is one that takes too long."""

import time
import traceback
from collections.abc import Iterable
from itertools import islice

from tests.fuzz.mutate import cases
from tests.fuzz.targets import Target

SLOW_S = 1.0
"""Seconds of a thread's processor time: so long nothing may hold the event loop by far."""


class Finding(AssertionError):
    """What a case brought to light."""


def run(name: str, target: Target, number: int, count: int) -> None:
    """Run so many cases of a row. Raises Finding."""
    _run(name, target, islice(cases(target.seeds, number), count))


def run_for(name: str, target: Target, number: int, seconds: float) -> int:
    """Run for so long; how many cases that were. Raises Finding."""
    end, count = time.monotonic() + seconds, 0
    for data in cases(target.seeds, number):
        if time.monotonic() >= end:
            break
        _run(name, target, (data,))
        count += 1
    return count


def _run(name: str, target: Target, data: Iterable[bytes]) -> None:
    for case in data:
        begun = time.thread_time()
        try:
            target.parse(case)
        except target.refuses:
            pass
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:
            raise Finding(f"{name}: {case!r}\n{traceback.format_exc()}") from None
        took = time.thread_time() - begun
        if took > SLOW_S:
            raise Finding(f"{name}: took {took:.1f} s of processor time: {case!r}")
