"""What people see while something takes long: a bar, on a terminal only, gone when it is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def reading(size: int | None) -> Iterator[Callable[[int], None]]:
    """While a file of `size` bytes is read; the block tells of bytes read."""
    with _bar(DownloadColumn()) as progress:
        task = progress.add_task("reading", total=size)
        yield lambda count: progress.advance(task, count)


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """While `total` things are done; the block tells of each."""
    with _bar(MofNCompleteColumn()) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def busy(what: str) -> Iterator[None]:
    """While something is done of which nobody knows how long it takes."""
    if sys.stderr.isatty():
        with Console(stderr=True).status(what):
            yield
    else:
        yield


def _bar(amount: DownloadColumn | MofNCompleteColumn) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
