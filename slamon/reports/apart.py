"""A call in a child of its own, which ends with it: what the call took of memory is given back at once."""

import os
import pickle
from collections.abc import Callable
from typing import BinaryIO, NoReturn, TypeVar

from slamon.errors import SlamonError

Given = TypeVar("Given")


def apart(call: Callable[[], Given]) -> Given:
    """What `call` gives, or what it raises; both travel as pickles.

    For a process without other threads: the child is a fork. SlamonError where the child ended without an answer.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _answer(call, os.fdopen(writes, "wb"))
    os.close(writes)
    with os.fdopen(reads, "rb") as answers:
        told = answers.read()
    _, status = os.waitpid(child, 0)
    if not told or status:
        raise SlamonError(f"a process that made a document ended without it (status {status}); is memory short?")
    given, error = pickle.loads(told)  # of our own child
    if error is not None:
        raise error
    result: Given = given
    return result


def _answer(call: Callable[[], object], answers: BinaryIO) -> NoReturn:
    """In the child: nothing of the parent is cleaned up here."""
    code = 1
    try:
        try:
            told = pickle.dumps((call(), None))
        except Exception as error:  # noqa: BLE001  the parent raises it
            told = pickle.dumps((None, error))
        answers.write(told)
        answers.close()
        code = 0
    finally:
        os._exit(code)
