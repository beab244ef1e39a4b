"""A blocking question, beside the loop: in a thread that nothing waits for at the end."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from slamon.catalogue.discovery.lists import BadList
from slamon.errors import SlamonError

T = TypeVar("T")


async def in_thread(question: Callable[[], T], timeout_s: float) -> T:
    """The answer of a blocking question, asked in a thread that nothing waits for at the end.

    Raises BadList or SlamonError where the question does, and TimeoutError.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def answer(settle: Callable[[], None]) -> None:
        if not future.done():
            settle()

    def ask() -> None:
        try:
            result = question()
            settle = partial(future.set_result, result)
        except (BadList, SlamonError) as error:
            settle = partial(future.set_exception, error)
        try:
            loop.call_soon_threadsafe(answer, settle)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more

    threading.Thread(target=ask, name="discovery", daemon=True).start()
    return await asyncio.wait_for(future, timeout_s)
