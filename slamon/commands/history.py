"""`slamon import prometheus` and `--history`: what another monitor saw, chunk by chunk into the ledger for good."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from slamon.accounting import Observation
from slamon.catalogue import Catalogue, CheckModel
from slamon.commands import waiting
from slamon.commands.past import IMPORT, Past
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.tables import moment
from slamon.errors import UsageError
from slamon.imports import kuma
from slamon.imports.database_history import GatusHistory, KumaHistory
from slamon.imports.databases import is_database
from slamon.imports.histories import Mapped, Series, Source, mapped
from slamon.imports.prometheus_history import PrometheusHistory
from slamon.ledger import Batch, Ledger, Mark, Stored
from slamon.shown import instant_text, parsed_instant

LEFT_BEHIND = 1
MOST_NAMED = 20
_NEVER = 1 << 62
_LONGEST_TOKEN = 65_536


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command's words say. Instants and durations in ms; None: what the source or the ledger says."""

    config: Path
    data: Path | None
    map: str
    start: str | None
    end: str | None
    chunk_ms: int
    interval_ms: int | None = None


def import_prometheus(wanted: Wanted, url: str, query: str, step_ms: int | None, token_file: Path | None) -> int:
    """Read an engine's samples. 0 when every series was of a check, 1 when some were of none."""
    token = None
    if token_file is not None:
        try:
            token = token_file.read_text(encoding="utf-8")[:_LONGEST_TOKEN].strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"--token-file {token_file} cannot be read") from None
    return _import(PrometheusHistory(url, query, step_ms, token), wanted, "{job}/{instance}", {})


def import_database(peer: str, file: Path, wanted: Wanted) -> int:
    """Read the results in a database of Uptime Kuma or gatus; see `import_prometheus`."""
    if not is_database(file):
        raise UsageError(f"{file} is no SQLite database: history is in kuma.db, or where storage.path of gatus says")
    if peer == "gatus":
        return _import(GatusHistory(file), wanted, "{service}/{check}", {})
    names = {check.source: f"{service.id}/{check.id}" for service, check in kuma.import_files([file]).checks}
    return _import(KumaHistory(file), wanted, "{name}/probe", names)


def _import(source: Source, wanted: Wanted, template: str, names: Mapping[str, str]) -> int:
    loaded = catalogue(wanted.config, wanted.data)
    found = mapped(wanted.map, loaded.checks, template)
    if not wanted.map:
        found.wanted = [(check, {"id": number}) for number, check in names.items()]
    path = ledger_path(loaded, wanted.data)
    history = History(loaded, path, source, found, wanted.interval_ms)
    history.run(wanted)
    return _told(history, found, source)


def _told(history: "History", found: Mapped, source: Source) -> int:
    for what in source.remarks():
        typer.echo(f"not carried over: {what}", err=True)
    for name in list(found.unmapped)[:MOST_NAMED]:
        typer.echo(f"of no check, left behind: {name}", err=True)
    if len(found.unmapped) > MOST_NAMED:
        typer.echo(f"of no check, left behind: {len(found.unmapped) - MOST_NAMED} more series", err=True)
    typer.echo(history.summary)
    return LEFT_BEHIND if found.unmapped or source.remarks() else 0


class History:
    """One import into one ledger: each chunk is a commit, and a mark says how far it came."""

    def __init__(self, loaded: Catalogue, path: Path, source: Source, found: Mapped, interval_ms: int | None) -> None:
        self._loaded, self._path, self._source, self._found = loaded, path, source, found
        self._interval_ms = interval_ms
        self._now = time.time_ns() // 1_000_000
        self._count = 0
        self._checks: set[str] = set()
        self._span = (0, 0)
        self._reach = max((check.stale_after_ms for check in loaded.checks.values()), default=0)

    @property
    def summary(self) -> str:
        """What was done, in a sentence."""
        start, end = self._span
        return (
            f"{self._count} observations of {len(self._checks)} check(s) imported, "
            f"from {moment(start)} to {moment(end)}, from {self._source.words}"
        )

    def run(self, wanted: Wanted) -> None:
        """Everything that is not there yet. Raises UsageError, LedgerBusy, or what the source does."""
        ledger = Ledger.open(self._path)
        try:
            stored = ledger.load(_NEVER)
            mark = next((m for m in stored.marks if m.kind == IMPORT and m.words == self._source.words), None)
            start, end = self._asked(wanted, mark)
            done = start if mark is None or mark.start != start else min(_done(mark, wanted.chunk_ms), end)
            self._refuse(ledger.load(start - self._reach), done, end)
            self._span = (start, end)
            chunks = list(_chunks(start, done, end, wanted.chunk_ms))
            with waiting.counting("importing", len(chunks)) as told:
                for first, last in chunks:
                    mark = self._chunk(ledger, start, first, last, mark if done > start or first > start else None)
                    told()
        finally:
            ledger.close(clean=ledger.was_clean)

    def _asked(self, wanted: Wanted, mark: Mark | None) -> tuple[int, int]:
        """From when to when: as the words say, else as it was begun, as the source tells, as facts are kept."""
        told = self._source.span()
        start = parsed_instant(wanted.start) if wanted.start is not None else None
        if start is None:
            start = mark.start if mark is not None else told[0] if told else self._now - self._loaded.storage.retention
        end = parsed_instant(wanted.end) if wanted.end is not None else told[1] if told else self._now
        end = min(end, self._now)
        if end <= start:
            raise UsageError(f"nothing to import from {instant_text(start)} to {instant_text(end)}")
        return start, end

    def _refuse(self, stored: Stored, done: int, end: int) -> None:
        """Where the ledger has facts of these checks that are not of this import."""
        for check in self._loaded.checks:
            seen = [(run.start, run.last + 1) for run in stored.runs.get(check, ())]
            seen += [(tail.at, tail.at + 1) for tail in stored.tails.get(check, ())]
            for first, last in seen:
                if first < end and last > done:
                    raise UsageError(
                        f"{check} has facts of its own from {instant_text(first)} on: they are never edited. "
                        f"Import up to there: --end {instant_text(first)}"
                    )

    def _chunk(self, ledger: Ledger, start: int, first: int, last: int, mark: Mark | None) -> Mark:
        seen = self._observations(first, last)
        batch = Batch()
        if seen:
            begin = min(observations[0].at for observations in seen.values())
            stored = ledger.load(begin - self._reach)
            past = Past(self._loaded, self._path, stored, seen, self._now, goes_on=mark is not None)
            batch = past.batch(self._source.words)
        made = Mark(IMPORT, start, _free(ledger, start, last, self._source.words), self._now, self._source.words)
        batch.marks = [made]
        batch.unmarked = [mark] if mark is not None else []
        ledger.commit(batch).result()
        self._count += sum(len(observations) for observations in seen.values())
        self._checks |= seen.keys()
        return made

    def _observations(self, first: int, last: int) -> dict[str, list[Observation]]:
        """By check, in order of time; of a check several series may tell, one after the other."""
        found: dict[str, list[Series]] = {}
        for series in self._source.series(first, last):
            check = self._found.check(series)
            if check is not None:
                found.setdefault(check, []).append(series)
        return {check: self._of(self._loaded.checks[check], told) for check, told in found.items()}

    def _of(self, check: CheckModel, told: Sequence[Series]) -> list[Observation]:
        interval = self._interval_ms or check.interval_ms
        stale = check.stale_after_ms if self._interval_ms is None else 2 * interval + check.timeout_ms
        made: list[Observation] = []
        for series in sorted(told, key=lambda one: one.results[0].at):
            if made and series.results[0].at <= made[-1].at:
                both = " and ".join(one.name for one in told[:2])
                raise UsageError(
                    f"{check.id} is told by two series at once: {both}; give a --map that tells them apart"
                )
            for result in series.results:
                if not made or result.at > made[-1].at:
                    made.append(Observation(check.id, result.at, result.verdict, interval, stale, result.duration_us))
        return made


def _chunks(start: int, done: int, end: int, length: int) -> Iterator[tuple[int, int]]:
    """What is left of [start, end) after `done`, cut where it would have been cut from the beginning."""
    first = done
    while first < end:
        last = min(start + ((first - start) // length + 1) * length, end)
        yield first, last
        first = last


def _done(mark: Mark, length: int) -> int:
    """Up to where a mark's import came: `_free` may have made its end a ms later."""
    return mark.end - ((mark.end - mark.start) % length == 1)


def _free(ledger: Ledger, start: int, end: int, words: str) -> int:
    """The end of a mark: a ms later where another import has a mark of the same span."""
    taken = {(m.start, m.end) for m in ledger.load(_NEVER).marks if m.kind == IMPORT and m.words != words}
    while (start, end) in taken:
        end += 1
    return end
