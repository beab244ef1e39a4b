"""`slamon export openmetrics`: the ledger's past as samples, for a Prometheus that was not there."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from slamon.catalogue import Catalogue
from slamon.catalogue.quantities import duration_ms
from slamon.commands import waiting
from slamon.commands.places import catalogue, ledger_path
from slamon.errors import SlamonError, UsageError
from slamon.export.timed import written
from slamon.ledger import Stored, read_only
from slamon.running.opening import bounds_of, horizon, timed_checks
from slamon.running.retelling import Retelling, first_fact, moments
from slamon.shown import instant, instant_text

SHORTEST_MS = 1000


@dataclass(frozen=True, slots=True)
class Span:
    """What is asked for, as the words of the command say it. None: the first fact, the newest one."""

    start: str | None
    end: str | None
    every: str


def openmetrics(config: Path, data: Path | None, span: Span, output: Path | None) -> int:
    """Write the samples. 0; UsageError where the span makes no sense or the ledger has nothing of it."""
    every = _every(span.every)
    now = time.time_ns() // 1_000_000
    start = None if span.start is None else instant(span.start, now)
    loaded = catalogue(config, data)
    path = ledger_path(loaded, data)
    with waiting.busy("reading the ledger"):
        stored = _read(loaded, path, start, now)
    first, newest = first_fact(stored), stored.watermark
    if first is None or newest is None:
        raise UsageError(f"the ledger {path} holds no observation")
    start = first if start is None else start
    end = newest if span.end is None else instant(span.end, now)
    if end > newest:
        raise UsageError(f"--end {span.end}: the ledger knows nothing after {instant_text(newest)}")
    if end < start:
        raise UsageError(f"the span ends at {instant_text(end)}, before it begins at {instant_text(start)}")
    told = Retelling(loaded, stored, end)
    with (
        _opened(output) as file,
        tempfile.TemporaryDirectory(prefix="slamon-export-") as folder,
        written(file, Path(folder)) as put,
        waiting.busy("telling the past again"),
    ):
        for at in moments(max(start, first + 1), end, every):
            put(told.at(at), at)
    return 0


def _every(text: str) -> int:
    try:
        every = duration_ms(text)
    except ValueError as error:
        raise UsageError(f"--every {text}: {error}") from None
    if every < SHORTEST_MS:
        raise UsageError(f"--every {text}: expected 1s or more, as 5m")
    return every


def _read(loaded: Catalogue, path: Path, start: int | None, now: int) -> Stored:
    """All facts that figures from `start` on need. Durations by bucket only where histograms are shown."""
    since = None if start is None else horizon(loaded, start)
    timed = None if bounds_of(loaded) else timed_checks(loaded, now if start is None else start).durations()
    return read_only(path, since, timed)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """The standard output, or a file that is there whole or not at all."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    half = output.with_name(f".{output.name}.new")
    try:
        with half.open("wb") as file:
            yield file
        half.replace(output)
    except OSError as error:
        raise SlamonError(f"{output} cannot be written: {error.strerror or error}") from None
    finally:
        half.unlink(missing_ok=True)
