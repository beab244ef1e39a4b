"""Samples in, the lines of one group's families out."""

import re
from collections.abc import Iterator
from functools import lru_cache

from slamon.accounting import WORST_FIRST, AgreementVerdict, Figure, State, exact_digits, whole_ms
from slamon.export import names
from slamon.export.names import Family, Kind
from slamon.export.numbers import burned, left, micro_seconds, number, seconds
from slamon.export.samples import AgreementSample, CheckSample, Durations, ServiceSample

_LINES_A_PIECE = 500
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no label shows as it is: control characters other than the end of a line, and halves of characters."""

STATES = (State.UP, State.DEGRADED, State.UNKNOWN, State.DOWN)
VERDICTS = (AgreementVerdict.NOT_IN_SERVICE, *WORST_FIRST)
_UP = {State.UP: "1", State.DEGRADED: "1", State.DOWN: "0"}


def escaped(value: str) -> str:
    """A label's value as it stands between its quotes."""
    value = _ODD.sub("\ufffd", value)
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@lru_cache(maxsize=1 << 18)
def labelled(keys: tuple[str, ...], *values: str) -> str:
    """Labels in their braces, or nothing without labels; prepared once, as the same ones come at every scrape."""
    pairs = ",".join(f'{key}="{escaped(value)}"' for key, value in zip(keys, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def head(family: Family, openmetrics: bool) -> bytes:
    """HELP, TYPE and, where the format knows it, UNIT."""
    if not openmetrics:
        kind = Kind.GAUGE if family.kind is Kind.INFO else family.kind
        return f"# HELP {family.name} {family.help}\n# TYPE {family.name} {kind.value}\n".encode()
    unit = f"# UNIT {family.base} {family.unit}\n" if family.unit else ""
    return f"# HELP {family.base} {family.help}\n# TYPE {family.base} {family.kind.value}\n{unit}".encode()


class Page:
    """The families of one group."""

    def __init__(self, group: str, openmetrics: bool) -> None:
        self._openmetrics = openmetrics
        self._families = names.FAMILIES[group]
        self._lines: dict[str, list[str]] = {family.name: [] for family in self._families}

    def pieces(self) -> Iterator[bytes]:
        """Every family that has a series, in their order."""
        for family in self._families:
            lines = self._lines[family.name]
            if lines:
                yield head(family, self._openmetrics)
            for first in range(0, len(lines), _LINES_A_PIECE):
                yield "".join(lines[first : first + _LINES_A_PIECE]).encode()

    def _put(self, family: Family, values: tuple[str, ...], value: str) -> None:
        name = family.name
        self._lines[name].append(f"{name}{labelled(family.labels, *values)} {value}\n")

    def _count(self, family: Family, values: tuple[str, ...], value: str, created_ms: int | None) -> None:
        self._put(family, values, value)
        self._created(family, values, created_ms)

    def _created(self, family: Family, values: tuple[str, ...], created_ms: int | None) -> None:
        if self._openmetrics and created_ms is not None:
            labels = labelled(family.labels, *values)
            self._lines[family.name].append(f"{family.base}_created{labels} {seconds(created_ms)}\n")

    # -- checks

    def check(self, sample: CheckSample) -> None:
        """One check's series."""
        key = (sample.service, sample.check)
        up = None if sample.state is None else _UP.get(sample.state)
        if up is not None:
            self._put(names.CHECK_UP, key, up)
            self._put(names.CHECK_DEGRADED, key, "1" if sample.state is State.DEGRADED else "0")
        since = sample.created_ms
        self._count(names.CHECK_OBSERVATIONS, key, str(sample.observations), since)
        self._count(names.CHECK_DEGRADED_OBSERVATIONS, key, str(sample.degraded), since)
        self._count(names.CHECK_FAILURES, key, str(sample.failures), since)
        for reason, count in sample.reasons.items():
            self._count(names.CHECK_FAILURES_BY_REASON, (*key, reason), str(count), since)
        if sample.duration_us is not None:
            self._put(names.CHECK_DURATION, key, micro_seconds(sample.duration_us))
        for phase, us in (sample.phases_us or {}).items():
            self._put(names.CHECK_PHASE_DURATION, (*key, phase), micro_seconds(us))
        if sample.durations is not None:
            self._histogram(key, sample.durations, since)
        if sample.last_ms is not None:
            self._put(names.CHECK_LAST_OBSERVATION, key, seconds(sample.last_ms))
        if sample.certificate_expiry_s is not None:
            self._put(names.CHECK_CERTIFICATE_EXPIRY, key, str(sample.certificate_expiry_s))
        self._put(names.CHECK_INFO, (*key, sample.kind, sample.target), "1")

    def _histogram(self, key: tuple[str, str], durations: Durations, since: int | None) -> None:
        family = names.CHECK_LATENCY
        name, lines, with_bound = family.name, self._lines[family.name], (*family.labels, "le")
        total = 0
        for bound, count in zip((*durations.bounds_us, None), durations.counts, strict=True):
            total += count
            le = "+Inf" if bound is None else _bound(bound)
            lines.append(f"{name}_bucket{labelled(with_bound, *key, le)} {total}\n")
        labels = labelled(family.labels, *key)
        lines.append(f"{name}_sum{labels} {micro_seconds(durations.sum_us)}\n")
        lines.append(f"{name}_count{labels} {total}\n")
        self._created(family, key, since)

    # -- services

    def service(self, sample: ServiceSample) -> None:
        """One service's series."""
        for state in STATES:
            self._put(names.SERVICE_STATE, (sample.service, state.value), "1" if state is sample.state else "0")
        self._count(names.SERVICE_OUTAGES, (sample.service,), str(sample.outages), sample.created_ms)
        self._put(names.SERVICE_INFO, (sample.service, sample.name, sample.team), "1")

    # -- agreements

    def agreement(self, sample: AgreementSample) -> None:
        """The series of one agreement for one service."""
        key = (sample.agreement, sample.service, sample.customer)
        self._info(sample)
        self._windows(key, sample)
        if sample.current is not None:
            self._period(key, sample.current)
        if (previous := sample.previous) is not None:
            if previous.availability is not None:
                self._put(names.PREVIOUS_AVAILABILITY, key, left(previous.availability))
            if previous.coverage is not None:
                self._put(names.PREVIOUS_COVERAGE, key, left(previous.coverage))
            self._put(names.PREVIOUS_DOWNTIME, key, seconds(previous.downtime_ms))
        for threshold in sample.thresholds:
            labels = (*key, threshold.severity, threshold.window)
            self._put(names.BUDGET_BURNED_THRESHOLD, labels, burned(threshold.ratio))
        self._put(names.IN_SERVICE, key, "1" if sample.in_service else "0")
        self._put(names.IN_MAINTENANCE, key, "1" if sample.in_maintenance else "0")
        if (accounted := sample.accounted) is not None:
            for name in ("up", "down", "unknown", "excluded"):
                ms = getattr(accounted, name)
                self._count(names.ACCOUNTED, (*key, name), seconds(ms), sample.created_ms)

    def _info(self, sample: AgreementSample) -> None:
        values = (getattr(sample, label) for label in names.AGREEMENT_INFO.labels)
        self._put(names.AGREEMENT_INFO, tuple(map(str, values)), "1")

    def _windows(self, key: tuple[str, str, str], sample: AgreementSample) -> None:
        for window, figure in sample.windows.items():
            labels = (*key, window)
            if figure.availability is not None:
                self._put(names.AVAILABILITY, labels, left(figure.availability))
            if figure.burn_rate is not None:
                self._put(names.BURN_RATE, labels, burned(figure.burn_rate))
            if figure.coverage is not None:
                self._put(names.COVERAGE, labels, left(figure.coverage))
            if figure.budget_burned is not None:
                self._put(names.BUDGET_BURNED, labels, burned(figure.budget_burned))

    def _period(self, key: tuple[str, str, str], figure: Figure) -> None:
        self._put(names.TARGET, key, exact_digits(figure.target))
        if figure.availability is not None:
            self._put(names.PERIOD_AVAILABILITY, key, left(figure.availability))
        if figure.coverage is not None:
            self._put(names.PERIOD_COVERAGE, key, left(figure.coverage))
        self._put(names.PERIOD_DOWNTIME, key, seconds(figure.downtime_ms))
        self._put(names.BUDGET, key, seconds(whole_ms(figure.budget_ms) or 0))
        self._put(names.BUDGET_REMAINING, key, left(figure.budget_remaining))
        for verdict in VERDICTS:
            self._put(names.VERDICT, (*key, verdict.value), "1" if verdict is figure.verdict else "0")
        if (latency := figure.latency) is not None:
            if latency.ratio is not None:
                self._put(names.LATENCY, key, left(latency.ratio))
            self._put(names.LATENCY_TARGET, key, exact_digits(latency.target))
        self._put(names.PERIOD_START, key, seconds(figure.period.start))
        self._put(names.PERIOD_END, key, seconds(figure.period.end))


@lru_cache(maxsize=1000)
def _bound(us: int) -> str:
    return number(us / 1_000_000)
