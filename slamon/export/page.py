"""Samples in, the lines of one group's families out."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

from slamon.accounting import WORST_FIRST, AgreementVerdict, Figure, State, WindowFigure, exact_digits, whole_ms
from slamon.export import names
from slamon.export.families import Family, Kind
from slamon.export.numbers import burned, left, micro_seconds, number, seconds
from slamon.export.samples import (
    ActionsSample,
    AgreementSample,
    CheckSample,
    ComplaintsSample,
    Durations,
    SatisfactionSample,
    ServiceSample,
)

_A_PIECE = 5
"""So often is gathered what is given away in one piece."""

_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no label shows as it is: control characters other than the end of a line, and halves of characters."""

STATES = (State.UP, State.DEGRADED, State.UNKNOWN, State.DOWN)
CLASSES = ("up", "down", "unknown", "excluded")
VERDICTS = (AgreementVerdict.NOT_IN_SERVICE, *WORST_FIRST)
_UP = {State.UP: "1", State.DEGRADED: "1", State.DOWN: "0"}


def escaped(value: str) -> str:
    """A label's value as it stands between its quotes."""
    value = _ODD.sub("\ufffd", value)
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def labelled(keys: tuple[str, ...], *values: str) -> str:
    """Labels in their braces, or nothing without labels."""
    return opened(keys, *values) + "}" if keys else ""


def opened(keys: tuple[str, ...], *values: str) -> str:
    """Labels without their closing brace, so that one more can follow; there is one at least."""
    pairs = (f'{key}="{escaped(value)}"' for key, value in zip(keys, values, strict=True))
    return "{" + ",".join(pairs)


_prepared = lru_cache(maxsize=1 << 16)(opened)
"""As the same labels come at every scrape, they are made once."""


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
        self.group = group
        self._openmetrics = openmetrics
        self._families = names.FAMILIES[group]
        self._lines: dict[str, list[str]] = {family.name: [] for family in self._families}
        self._gathered: dict[str, list[bytes]] = {family.name: [] for family in self._families}

    def gather(self) -> None:
        """Join the lines written since the last time: a hundred thousand of them take milliseconds to be let go."""
        for name, lines in self._lines.items():
            if lines:
                self._gathered[name].append("".join(lines).encode())
                lines.clear()

    def taken(self) -> Iterator[tuple[Family, list[str]]]:
        """The lines written since the last time, family by family; they are gone from the page."""
        for family in self._families:
            lines = self._lines[family.name]
            if lines:
                yield family, lines
                self._lines[family.name] = []

    def pieces(self) -> Iterator[bytes]:
        """Every family that has a series, in their order; all lines are gathered."""
        for family in self._families:
            gathered = self._gathered[family.name]
            if gathered:
                yield head(family, self._openmetrics)
            for first in range(0, len(gathered), _A_PIECE):
                yield b"".join(gathered[first : first + _A_PIECE])

    def _put(self, family: Family, labels: str, value: str) -> None:
        name = family.name
        self._lines[name].append(f"{name}{labels} {value}\n")

    def _count(self, family: Family, labels: str, value: str, created: str | None) -> None:
        self._put(family, labels, value)
        if created is not None:
            self._lines[family.name].append(f"{family.base}_created{labels} {created}\n")

    def _since(self, created_ms: int | None) -> str | None:
        """What `_created` says; None where the format has none."""
        return seconds(created_ms) if self._openmetrics and created_ms is not None else None

    def _info(self, family: Family, sample: object) -> None:
        values = [str(getattr(sample, label)) for label in family.labels]
        self._put(family, _prepared(family.labels, *values) + "}", "1")

    # -- checks

    def check(self, sample: CheckSample) -> None:
        """One check's series."""
        start = _prepared(names.CHECK_UP.labels, sample.service, sample.check)
        labels, since = start + "}", self._since(sample.created_ms)
        up = None if sample.state is None else _UP.get(sample.state)
        if up is not None:
            self._put(names.CHECK_UP, labels, up)
            self._put(names.CHECK_DEGRADED, labels, "1" if sample.state is State.DEGRADED else "0")
        self._count(names.CHECK_OBSERVATIONS, labels, str(sample.observations), since)
        self._count(names.CHECK_DEGRADED_OBSERVATIONS, labels, str(sample.degraded), since)
        self._count(names.CHECK_FAILURES, labels, str(sample.failures), since)
        for reason, count in sample.reasons.items():
            self._count(names.CHECK_FAILURES_BY_REASON, f'{start},reason="{_word(reason)}"}}', str(count), since)
        self._newest(start, sample)
        if sample.durations is not None:
            self._histogram(start, sample.durations, since)
        self._info(names.CHECK_INFO, sample)

    def _newest(self, start: str, sample: CheckSample) -> None:
        labels = start + "}"
        if sample.duration_us is not None:
            self._put(names.CHECK_DURATION, labels, micro_seconds(sample.duration_us))
        for phase, us in (sample.phases_us or {}).items():
            self._put(names.CHECK_PHASE_DURATION, f'{start},phase="{_word(phase)}"}}', micro_seconds(us))
        if sample.last_ms is not None:
            self._put(names.CHECK_LAST_OBSERVATION, labels, seconds(sample.last_ms))
        if sample.certificate_expiry_s is not None:
            self._put(names.CHECK_CERTIFICATE_EXPIRY, labels, str(sample.certificate_expiry_s))
        if sample.soa_serial is not None:
            self._put(names.CHECK_SOA_SERIAL, labels, str(sample.soa_serial))

    def _histogram(self, start: str, durations: Durations, since: str | None) -> None:
        name, ends = names.CHECK_LATENCY.name, _ends(durations.bounds_us)
        totals = list(accumulate(durations.counts))
        bucket = f"{name}_bucket{start}"
        lines = [f"{bucket}{end}{total}\n" for end, total in zip(ends, totals, strict=True)]
        lines.append(f"{name}_sum{start}}} {micro_seconds(durations.sum_us)}\n")
        lines.append(f"{name}_count{start}}} {totals[-1]}\n")
        if since is not None:
            lines.append(f"{name}_created{start}}} {since}\n")
        self._lines[name] += lines

    # -- services

    def service(self, sample: ServiceSample) -> None:
        """One service's series."""
        start = _prepared(names.SERVICE_OUTAGES.labels, sample.service)
        for state in STATES:
            self._put(names.SERVICE_STATE, f'{start},state="{state.value}"}}', "1" if state is sample.state else "0")
        if sample.since_ms is not None:
            self._put(names.SERVICE_STATE_SINCE, start + "}", seconds(sample.since_ms))
        self._count(names.SERVICE_OUTAGES, start + "}", str(sample.outages), self._since(sample.created_ms))
        self._info(names.SERVICE_INFO, sample)
        self._info(names.SERVICE_RESPONSIBILITY, sample)
        for other in sample.depends_on:
            self._put(names.SERVICE_DEPENDENCY, f'{start},depends_on="{other}"}}', "1")
        if sample.cause is not None:
            self._info(names.SERVICE_DOWN, sample)

    # -- agreements

    def agreement(self, sample: AgreementSample) -> None:
        """The series of one agreement for one service."""
        start = _prepared(names.TARGET.labels, sample.agreement, sample.service, sample.customer)
        labels = start + "}"
        self._info(names.AGREEMENT_INFO, sample)
        for window, figure in sample.windows.items():
            self._window(f'{start},window="{window}"}}', figure)
        if sample.current is not None:
            self._period(start, sample.current)
            self._put(names.MIN_COVERAGE, labels, exact_digits(sample.min_coverage))
        if sample.previous is not None:
            self._previous(labels, sample.previous)
        for threshold in sample.thresholds:
            which = f'{start},severity="{threshold.severity}",window="{threshold.window}"}}'
            self._put(names.BUDGET_BURNED_THRESHOLD, which, burned(threshold.ratio))
        self._put(names.IN_SERVICE, labels, "1" if sample.in_service else "0")
        self._put(names.IN_MAINTENANCE, labels, "1" if sample.in_maintenance else "0")
        if (accounted := sample.accounted) is not None:
            since = self._since(sample.created_ms)
            for name in CLASSES:
                self._count(names.ACCOUNTED, f'{start},class="{name}"}}', seconds(getattr(accounted, name)), since)
        if sample.end_ms is not None:
            self._put(names.AGREEMENT_END, labels, seconds(sample.end_ms))
        if sample.closed is not None:
            family = names.CLOSED_PERIODS
            for state, count in sample.closed.items():
                self._put(family, labelled(family.labels, sample.agreement, sample.customer, state), str(count))

    def _window(self, labels: str, figure: WindowFigure) -> None:
        if figure.availability is not None:
            self._put(names.AVAILABILITY, labels, left(figure.availability))
        if figure.burn_rate is not None:
            self._put(names.BURN_RATE, labels, burned(figure.burn_rate))
        if figure.coverage is not None:
            self._put(names.COVERAGE, labels, left(figure.coverage))
        if figure.budget_burned is not None:
            self._put(names.BUDGET_BURNED, labels, burned(figure.budget_burned))

    def _previous(self, labels: str, figure: Figure) -> None:
        if figure.availability is not None:
            self._put(names.PREVIOUS_AVAILABILITY, labels, left(figure.availability))
        if figure.coverage is not None:
            self._put(names.PREVIOUS_COVERAGE, labels, left(figure.coverage))
        self._put(names.PREVIOUS_DOWNTIME, labels, seconds(figure.downtime_ms))
        if figure.credit is not None:
            self._put(names.PREVIOUS_CREDIT, labels, exact_digits(figure.credit))

    def _period(self, start: str, figure: Figure) -> None:
        labels = start + "}"
        self._put(names.TARGET, labels, exact_digits(figure.target))
        if figure.availability is not None:
            self._put(names.PERIOD_AVAILABILITY, labels, left(figure.availability))
        if figure.coverage is not None:
            self._put(names.PERIOD_COVERAGE, labels, left(figure.coverage))
        self._put(names.PERIOD_DOWNTIME, labels, seconds(figure.downtime_ms))
        self._put(names.BUDGET, labels, seconds(whole_ms(figure.budget_ms) or 0))
        self._put(names.BUDGET_REMAINING, labels, left(figure.budget_remaining))
        for verdict in VERDICTS:
            holds = "1" if verdict is figure.verdict else "0"
            self._put(names.VERDICT, f'{start},verdict="{verdict.value}"}}', holds)
        if (latency := figure.latency) is not None:
            if latency.ratio is not None:
                self._put(names.LATENCY, labels, left(latency.ratio))
            self._put(names.LATENCY_TARGET, labels, exact_digits(latency.target))
            self._put(names.LATENCY_THRESHOLD, labels, micro_seconds(latency.threshold_us))
        self._put(names.PERIOD_START, labels, seconds(figure.period.start))
        self._put(names.PERIOD_END, labels, seconds(figure.period.end))

    # -- the desk

    def complaints(self, sample: ComplaintsSample) -> None:
        """The series of a customer's complaints about one service."""
        start = _prepared(names.COMPLAINTS.labels, sample.customer, sample.service)
        labels = start + "}"
        self._count(names.COMPLAINTS, labels, str(sample.complaints), self._since(sample.created_ms))
        for state, count in sample.unsolved.items():
            self._put(names.UNSOLVED_COMPLAINTS, f'{start},state="{state}"}}', str(count))
        if sample.oldest_open_ms is not None:
            self._put(names.OLDEST_OPEN_COMPLAINT, labels, seconds(sample.oldest_open_ms))
        self._put(names.RECENT_COMPLAINTS, labels, str(sample.recent))
        if sample.unseen is not None:
            self._put(names.UNSEEN_COMPLAINTS, labels, str(sample.unseen))
            if sample.recent:
                self._put(names.UNSEEN_SHARE, labels, burned(Fraction(sample.unseen, sample.recent)))

    def satisfaction(self, sample: SatisfactionSample) -> None:
        """The series of a customer's scores for one service, or for all together."""
        start = _prepared(names.SATISFACTION.labels, sample.customer, sample.service)
        if sample.satisfaction is not None:
            self._put(names.SATISFACTION, start + "}", left(sample.satisfaction))
        if sample.net_promoter is not None:
            self._put(names.NET_PROMOTER, start + "}", left(sample.net_promoter))
        for scale, count in sample.scores.items():
            self._put(names.SCORES, f'{start},scale="{scale}"}}', str(count))

    def actions(self, sample: ActionsSample) -> None:
        """The series of a team's actions."""
        for state, count in (("open", sample.open), ("overdue", sample.overdue)):
            self._put(names.ACTIONS, labelled(names.ACTIONS.labels, sample.team, state), str(count))


@lru_cache(maxsize=1000)
def _word(value: str) -> str:
    """A reason or phase, of which there are few."""
    return escaped(value)


@lru_cache(maxsize=100)
def _ends(bounds_us: tuple[int, ...]) -> tuple[str, ...]:
    """The ends of a histogram's bucket labels, up to the value."""
    bounds = [*(number(us / 1_000_000) for us in bounds_us), "+Inf"]
    return tuple(f',le="{bound}"}} ' for bound in bounds)
