"""Standard output and error, so that whoever reads them decides nothing about what a command does.

A reader that goes away (`slamon account | head -1`) is no failure: the exit code stays the answer's. What cannot be
written to standard output otherwise (a full disk) is a failure of ours; a log that cannot be written stops nothing.
"""

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from slamon.errors import SlamonError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(SlamonError):
    """Standard output cannot be written."""


class _Output(io.FileIO):
    """A standard stream; what comes after a failure to write is dropped."""

    def __init__(self, fd: int, *, answers: bool) -> None:
        """`answers`: somebody waits for what is written, and must hear that it is not whole."""
        super().__init__(fd, "w", closefd=False)
        self._answers = answers
        self._failed = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """See `io.RawIOBase`; OutputError where an answer cannot be written."""
        if not self._failed:
            try:
                return super().write(data)
            except OSError as error:
                self._failed = True
                if self._answers and not isinstance(error, BrokenPipeError):
                    raise OutputError(f"the answer cannot be written: {error.strerror}") from error
        return memoryview(data).nbytes


def set_up() -> None:
    """Make the standard streams safe to write to. A test's own streams stay."""
    for fd in (0, 1, 2):
        _opened(fd)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text(1, sys.__stdout__, answers=True)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(2, sys.__stderr__, answers=False)


def _opened(fd: int) -> None:
    """What was closed by whoever started us must not become the number of the next file that is opened."""
    try:
        os.fstat(fd)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one


def _text(fd: int, before: TextIO | None, *, answers: bool) -> TextIO:
    raw = _Output(fd, answers=answers)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8" if before is None else before.encoding,
        errors="backslashreplace",
        line_buffering=not answers or raw.isatty(),
    )
