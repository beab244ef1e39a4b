"""One deadline over a whole conversation, however slowly the other side answers. For a process's main thread."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from slamon.errors import SlamonError


class NotDelivered(SlamonError):
    """A report did not get to where it is wanted; the message says why, without secrets."""


class _TooLong(BaseException):
    """Nothing that handles errors of the conversation may take this one for one."""


@contextmanager
def within(timeout_ms: int) -> Iterator[None]:
    """NotDelivered where what is done inside takes longer."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, timeout_ms / 1000)
    try:
        yield
    except _TooLong:
        raise NotDelivered(f"not done within {timeout_ms / 1000:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
