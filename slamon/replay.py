"""Observations from a JSON-lines file, as if they had been made: figures without a ledger.

A line is one observation, for example
`{"check": "shop/home", "at": "2026-10-05T00:00:00Z", "verdict": "up", "duration_ms": 120}`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from slamon.accounting import Observation, Verdict
from slamon.catalogue import Catalogue, CheckModel
from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError
from slamon.figures import Facts, Figures

EXAMPLE = '{"check": "shop/home", "at": "2026-10-05T00:00:00Z", "verdict": "up", "duration_ms": 120}'
LONGEST_LINE = 65_536
"""Bytes; what is longer is no observation."""

_KEYS = ("check", "at", "verdict", "duration_ms", "reason", "retry")
_KNOWN = frozenset(_KEYS)
_NEEDED = frozenset(_KEYS[:3])
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_LONGEST_REASON = 100
_LONGEST_DURATION_MS = 86_400_000
_FIRST_MS, _END_MS = 0, 7_258_118_400_000
_NAMED = 10
_TOLD_BYTES = 1 << 18


@dataclass(slots=True)
class Reading:
    """What a file told: by check, in order of time.

    `rejected` were not after the newest of their check (`first_rejected`: the line of the first one), `later` were not
    before the instant asked for; neither count. `latest`: when the newest one of all was made, in ms.
    """

    observations: dict[str, list[Observation]] = field(default_factory=dict)
    count: int = 0
    rejected: int = 0
    first_rejected: int | None = None
    later: int = 0
    latest: int | None = None

    def take(self, observation: Observation, line: int, before: int) -> None:
        """One more, in the order of the file."""
        self.latest = observation.at if self.latest is None else max(self.latest, observation.at)
        if observation.at >= before:
            self.later += 1
            return
        seen = self.observations.setdefault(observation.check, [])
        if seen and observation.at <= seen[-1].at:
            self.rejected += 1
            self.first_rejected = self.first_rejected or line
            return
        seen.append(observation)
        self.count += 1


class _Parser:
    """Lines to observations; `number` is the line's, for complaints."""

    def __init__(self, path: Path, checks: Mapping[str, CheckModel]) -> None:
        self.number = 0
        self._path = path
        self._checks = checks
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=self._constant)

    def wrong(self, found: str, expected: str, hint: str = "") -> NoReturn:
        """Raises UsageError: place, what was found, what was expected, an example."""
        also = f"; {hint}" if hint else ""
        raise UsageError(f"{self._path}:{self.number}: found {found}, expected {expected}{also}; for example {EXAMPLE}")

    def parse(self, raw: bytes) -> Observation:
        """What the line says; the terms are those of the catalogue's check."""
        found = self._parsed(raw)
        if not found.keys() <= _KNOWN:
            key = next(key for key in found if key not in _KNOWN)
            self.wrong(f"the key {_said(key)}", f"keys out of {', '.join(_KEYS)}", did_you_mean(key, _KEYS))
        if not found.keys() >= _NEEDED:
            key = next(key for key in _KEYS if key in _NEEDED and key not in found)
            self.wrong(f"no {key}", f"the keys {', '.join(_KEYS[: len(_NEEDED)])}")
        check = self._check(found["check"])
        return Observation(
            check.id,
            self._at(found["at"]),
            self._verdict(found["verdict"]),
            check.interval_ms,
            check.stale_after_ms,
            self._duration(found.get("duration_ms")),
            self._reason(found.get("reason")),
            self._retry(found.get("retry", False)),
        )

    def _parsed(self, raw: bytes) -> Mapping[str, Any]:
        """The object that stands on the line."""
        if len(raw) > LONGEST_LINE:
            self.wrong(f"a line of more than {LONGEST_LINE} bytes", "one observation a line")
        if b"\0" in raw:
            self.wrong("a NUL byte", "text in UTF-8")
        try:
            found = self._decoder.decode(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self.wrong(f"bytes that are no UTF-8 (at {error.start + 1})", "text in UTF-8")
        except json.JSONDecodeError as error:
            self.wrong(f"no JSON (column {error.colno}: {error.msg})", "a JSON object")
        except (RecursionError, ValueError):
            self.wrong("JSON beyond all measure", "a flat JSON object")
        if not isinstance(found, dict):
            self.wrong(_said(found), "a JSON object")
        return found

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice = next(key for i, (key, _) in enumerate(pairs) if any(key == other for other, _ in pairs[:i]))
            self.wrong(f"the key {_said(twice)} twice", "each key once")
        return made

    def _constant(self, name: str) -> NoReturn:
        self.wrong(name, "a number")

    def _check(self, found: object) -> CheckModel:
        checks = self._checks
        known = checks.get(found) if isinstance(found, str) else None
        if known is None:
            there = ", ".join(list(checks)[:_NAMED]) + (", ..." if len(checks) > _NAMED else "")
            hint = did_you_mean(found, checks) if isinstance(found, str) else ""
            self.wrong(f"check {_said(found)}", f"a check of the catalogue ({there or 'it has none'})", hint)
        return known

    def _at(self, found: object) -> int:
        at: int | None = None
        if isinstance(found, int) and not isinstance(found, bool):
            at = found
        elif isinstance(found, str):
            try:
                at = instant_ms(found)
            except (ValueError, OverflowError):
                at = None
        if at is None:
            self.wrong(f"at {_said(found)}", "a time with its offset or Z, or whole milliseconds since 1970")
        if not _FIRST_MS <= at < _END_MS:
            self.wrong(f"at {_said(found)}", "a time from 1970 to 2199")
        return at

    def _verdict(self, found: object) -> Verdict:
        verdict = _VERDICTS.get(found) if isinstance(found, str) else None
        if verdict is None:
            hint = did_you_mean(found, _VERDICTS) if isinstance(found, str) else ""
            self.wrong(f"verdict {_said(found)}", f"one of {', '.join(_VERDICTS)}", hint)
        return verdict

    def _duration(self, found: object) -> int | None:
        """In us."""
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= _LONGEST_DURATION_MS:
            self.wrong(f"duration_ms {_said(found)}", "milliseconds from 0 to a day")
        return round(found * 1000)

    def _reason(self, found: object) -> str | None:
        if found is not None and (not isinstance(found, str) or not found.isprintable()):
            self.wrong(f"reason {_said(found)}", "a word such as timeout")
        return None if found is None else found[:_LONGEST_REASON]

    def _retry(self, found: object) -> bool:
        if not isinstance(found, bool):
            self.wrong(f"retry {_said(found)}", "true or false")
        return found


def _said(value: object) -> str:
    """A value as it stood there, cut to a length that can be read."""
    try:
        text = json.dumps(value, ensure_ascii=True)
    except (ValueError, RecursionError):
        return "something endless"
    return text if len(text) <= 60 else text[:57] + "..."


def checks_of(catalogue: Catalogue) -> dict[str, CheckModel]:
    """Every check that an observation may be of, the reference targets among them, by id."""
    references = catalogue.reference.checks if catalogue.reference is not None else ()
    return {**catalogue.checks, **{check.id: check for check in references}}


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, numbered from 1; UsageError where the file cannot be read.

    A line that is too long comes cut, one byte longer than the longest.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                if raw.strip() or len(raw) > LONGEST_LINE:
                    yield number, raw
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def read(
    path: Path, catalogue: Catalogue, before: int, progress: Callable[[int], None] = lambda _count: None
) -> Reading:
    """The observations of a file made before an instant (ms). UsageError at the first line that is wrong.

    `progress` is told of every so many bytes.
    """
    reading = Reading()
    parser = _Parser(path, checks_of(catalogue))
    read_bytes = 0
    for parser.number, raw in lines(path):
        read_bytes += len(raw)
        if read_bytes > _TOLD_BYTES:
            progress(read_bytes)
            read_bytes = 0
        reading.take(parser.parse(raw), parser.number, before)
    return reading


def replayed(catalogue: Catalogue, reading: Reading) -> Figures:
    """Figures of what was read, as if the catalogue had been in force all the time."""
    return Figures(catalogue, Facts(tails=reading.observations))
