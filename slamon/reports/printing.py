"""Documents into files; many of them in several processes, each light enough to start in a moment."""

import contextlib
import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from slamon.errors import SlamonError
from slamon.reports.apart import apart
from slamon.reports.blocks import read
from slamon.reports.document import Document
from slamon.reports.files import folder, name_of, write
from slamon.reports.formats import as_pdf, maker
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


def _one_of_several(forms: Iterable[ReportFormat]) -> None:
    """Each processor has a process: threads of typst would only want memory."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    give_way()
    gc.disable()
    for form in forms:
        maker(form)
    if ReportFormat.PDF in forms:
        as_pdf.fonts()  # once here, not in each child
    gc.freeze()


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage meanwhile: documents are in no cycle, and looking for one took a fifth of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True, slots=True)
class Order:
    """In which language and forms, and where to."""

    language: str
    forms: tuple[ReportFormat, ...]
    output: Path


def print_one(document: Document, order: Order) -> list[Path]:
    """Write the files of one document; gives their names."""
    return _printed(document, order, lambda form: maker(form)(document, order.language))


def _print_apart(document: Document, order: Order) -> list[Path]:
    """The same in one of several processes: of a PDF's layout, 40 MB of a year, nothing stays."""

    def made(form: ReportFormat) -> bytes:
        if form is ReportFormat.PDF:
            read(document, order.language)  # here, so that the page need not do it again
            return apart(lambda: as_pdf.made_once(document, order.language))
        return maker(form)(document, order.language)

    try:
        return _printed(document, order, made)
    finally:
        gc.collect()


def _printed(document: Document, order: Order, made: Callable[[ReportFormat], bytes]) -> list[Path]:
    target = folder(order.output)
    written = []
    for form in order.forms:
        path = target / name_of(document, order.language, form)
        write(path, made(form))
        written.append(path)
    return written


def print_all(documents: Iterable[Document], order: Order, number: int) -> Iterator[list[Path]]:
    """The same for about `number` documents, in their order, in as many processes as there are processors."""
    workers = min(os.cpu_count() or 1, 8)
    if number <= FEW or workers == 1:
        for document in documents:
            yield print_one(document, order)
        return
    waiting: deque[Future[list[Path]]] = deque()
    context = multiprocessing.get_context("spawn")
    with (
        _uncollected(),
        ProcessPoolExecutor(workers, mp_context=context, initializer=_one_of_several, initargs=(order.forms,)) as pool,
    ):
        try:
            for _ in range(workers):
                pool.submit(os.getpid)  # each starts one, which gets ready while the first document is made
            for document in documents:
                waiting.append(pool.submit(_print_apart, document, order))
                if len(waiting) >= workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise SlamonError("a process that makes documents was ended by something else; is memory short?") from None
        finally:
            for future in waiting:
                future.cancel()
