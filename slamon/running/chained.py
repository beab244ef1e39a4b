"""The facts of a period as a chain of digests, day by day: the same facts give the same chain, folded or not."""

from collections.abc import Iterable, Iterator
from typing import Any

from slamon.accounting import QUARTER_MS, BlindSpans, CheckHistory, Period
from slamon.accounting.zones import DAY_MS, date_at
from slamon.figures import Figures
from slamon.ledger.register import digest

_MARK = 16
"""So many hexadecimal digits of a day's link are kept; the last link is kept whole."""

Row = tuple[int, list[Any]]


def facts(figures: Figures, checks: Iterable[str], period: Period, at: int, threshold_us: int | None) -> dict[str, Any]:
    """The chains of each check's runs and of the unseen stretches in a settled period, as known at `at` (ms).

    `threshold_us`: where durations are agreed on; they are chained too then.
    """
    found = {"unseen": _chain(_unseen(figures, period))}
    for check in sorted(checks):
        history = figures.book.histories[check].before(at)
        rows = list(_runs(history, period, at))
        if threshold_us is not None:
            rows = sorted([*rows, *_durations(history, period, threshold_us)], key=lambda row: row[0])
        found[check] = _chain(rows)
    return {"digest": digest("", found), "chains": found}


def _chain(rows: Iterable[Row]) -> dict[str, Any]:
    by_day: dict[int, list[list[Any]]] = {}
    for at, row in rows:
        by_day.setdefault(at // DAY_MS, []).append(row)
    link, days = "", {}
    for day, told in sorted(by_day.items()):
        link = digest(link, told)
        days[date_at("UTC", day * DAY_MS).isoformat()] = link[:_MARK]
    return {"digest": link, "days": days}


def _runs(history: CheckHistory, period: Period, at: int) -> Iterator[Row]:
    """A run that reaches over the period's end may still grow: of it only what lies inside is told."""
    for run in history.runs():
        end = history.end_of(run, at)
        if run.start >= period.end or end <= period.start:
            continue
        begun = [run.start, run.verdict.value, run.reason, run.counted]
        whole = end <= period.end
        yield max(run.start, period.start), [*begun, run.last, end, run.count] if whole else begun


def _durations(history: CheckHistory, period: Period, threshold_us: int) -> Iterator[Row]:
    for start in range(period.start + -period.start % QUARTER_MS, period.end - QUARTER_MS + 1, QUARTER_MS):
        good, total = history.counts(start, threshold_us)
        if total:
            yield start, ["quarter", start, good, total]


def _unseen(figures: Figures, period: Period) -> Iterator[Row]:
    spans = BlindSpans(figures.all_blinds())
    for begun, ended in zip(spans.starts, spans.ends, strict=True):
        start, end = max(begun, period.start), min(ended, period.end)
        if start < end:
            yield start, [start, end]
