"""Documents into files; many of them in several processes, each light enough to start in a moment."""

import contextlib
import ctypes
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from slamon.reports.document import Document
from slamon.reports.files import folder, name_of, write
from slamon.reports.formats import maker
from slamon.reports.forms import ReportFormat

FEW = 8
"""So many are written faster than another process starts."""

_AHEAD = 2
"""So many documents wait for each process: memory does not grow with their number."""


_NICE = 10


def give_way() -> None:
    """Let this process come after those that probe."""
    with contextlib.suppress(OSError):
        os.nice(_NICE)


def _one_of_several() -> None:
    """Each processor has a process: threads of typst would only want memory."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    give_way()


@dataclass(frozen=True, slots=True)
class Order:
    """In which language and forms, and where to."""

    language: str
    forms: tuple[ReportFormat, ...]
    output: Path


def print_one(document: Document, order: Order) -> list[Path]:
    """Write the files of one document; gives their names."""
    target = folder(order.output)
    written = []
    for form in order.forms:
        path = target / name_of(document, order.language, form)
        write(path, maker(form)(document, order.language))
        written.append(path)
    return written


def _print_and_forget(document: Document, order: Order) -> list[Path]:
    """As `print_one`; what typst freed goes back to the system, which glibc would keep for the next file."""
    try:
        return print_one(document, order)
    finally:
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


def print_all(documents: Iterable[Document], order: Order, number: int) -> Iterator[list[Path]]:
    """The same for about `number` documents, in their order, in as many processes as there are processors."""
    workers = min(os.cpu_count() or 1, 8)
    if number <= FEW or workers == 1:
        for document in documents:
            yield print_one(document, order)
        return
    waiting: deque[Future[list[Path]]] = deque()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_one_of_several) as pool:
        try:
            for document in documents:
                waiting.append(pool.submit(_print_and_forget, document, order))
                if len(waiting) >= workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
