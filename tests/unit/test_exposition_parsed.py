"""The exposition parsed back by prometheus-client says what the samples say: values, cuts, labels."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from slamon.accounting import Infinite, Ratio, State
from slamon.export import names
from slamon.export.numbers import burned, left, micro_seconds, seconds
from slamon.export.page import escaped
from slamon.export.samples import AgreementSample, CheckSample, ComplaintsSample, SatisfactionSample, ServiceSample

from tests.unit.exposition import (
    EVERYTHING,
    FORMATS,
    HAIR,
    ODD,
    ONE,
    SHOWN_ODD,
    Fixed,
    Key,
    exposed,
    parsed,
    series,
)

LAST_DIGIT = Fraction(1, 10**12)


@dataclass(frozen=True)
class Shown:
    """A series that is to be shown: exactly, or cut downward or upward to twelve digits."""

    name: str
    labels: dict[str, str]
    exact: Ratio | int
    cut: str = "not"

    @property
    def key(self) -> Key:
        return self.name, frozenset((key, value.replace(ODD, SHOWN_ODD)) for key, value in self.labels.items())

    def is_told_by(self, value: float) -> bool:
        if isinstance(self.exact, Infinite):
            return value == float(self.exact)
        told = Fraction(repr(value))
        short = {"down": self.exact - told, "up": told - self.exact}.get(self.cut)
        return told == self.exact if short is None else 0 <= short < LAST_DIGIT


def counted(name: str, labels: dict[str, str], exact: Ratio | int, created_ms: int | None) -> Iterator[Shown]:
    yield Shown(f"{name}_total", labels, exact)
    if created_ms is not None:
        yield Shown(f"{name}_created", labels, Fraction(created_ms, 1000))


def of_check(c: CheckSample) -> Iterator[Shown]:
    which = {"service": c.service, "check": c.check}
    if c.state is not None and c.state.value != "unknown":
        yield Shown("slamon_check_up", which, int(c.state.value != "down"))
        yield Shown("slamon_check_degraded", which, int(c.state.value == "degraded"))
    yield from counted("slamon_check_observations", which, c.observations, c.created_ms)
    yield from counted("slamon_check_degraded_observations", which, c.degraded, c.created_ms)
    yield from counted("slamon_check_failures", which, c.failures, c.created_ms)
    for reason, n in c.reasons.items():
        yield from counted("slamon_check_failures_by_reason", {**which, "reason": reason}, n, c.created_ms)
    if c.duration_us is not None:
        yield Shown("slamon_check_duration_seconds", which, Fraction(c.duration_us, 1_000_000))
    for phase, us in (c.phases_us or {}).items():
        yield Shown("slamon_check_phase_duration_seconds", {**which, "phase": phase}, Fraction(us, 1_000_000))
    yield from of_durations(c, which)
    if c.last_ms is not None:
        yield Shown("slamon_check_last_observation_timestamp_seconds", which, Fraction(c.last_ms, 1000))
    if c.certificate_expiry_s is not None:
        yield Shown("slamon_check_certificate_expiry_timestamp_seconds", which, c.certificate_expiry_s)
    if c.soa_serial is not None:
        yield Shown("slamon_check_soa_serial", which, c.soa_serial)
    yield Shown("slamon_check_info", {**which, "kind": c.kind, "target": c.target}, 1)


def of_durations(c: CheckSample, which: dict[str, str]) -> Iterator[Shown]:
    name = "slamon_check_latency_seconds"
    if c.durations is None:
        return
    bounds = [{5_000: "0.005", 100_000: "0.1", 2_500_000: "2.5", 1: "1e-06"}[us] for us in c.durations.bounds_us]
    for place, le in enumerate([*bounds, "+Inf"], 1):
        yield Shown(f"{name}_bucket", {**which, "le": le}, sum(c.durations.counts[:place]))
    yield Shown(f"{name}_sum", which, Fraction(c.durations.sum_us, 1_000_000))
    yield Shown(f"{name}_count", which, sum(c.durations.counts))
    if c.created_ms is not None:
        yield Shown(f"{name}_created", which, Fraction(c.created_ms, 1000))


def of_service(s: ServiceSample) -> Iterator[Shown]:
    for state in ("up", "degraded", "unknown", "down"):
        yield Shown("slamon_service_state", {"service": s.service, "state": state}, int(s.state.value == state))
    if s.since_ms is not None:
        since = Fraction(s.since_ms, 1000)
        yield Shown("slamon_service_state_since_timestamp_seconds", {"service": s.service}, since)
    yield from counted("slamon_service_outages", {"service": s.service}, s.outages, s.created_ms)
    yield Shown("slamon_service_info", {"service": s.service, "name": s.name, "team": s.team}, 1)
    owed = {"service": s.service, "team": s.team, "customer": s.customer}
    yield Shown("slamon_service_responsibility_info", owed, 1)
    for other in s.depends_on:
        yield Shown("slamon_service_dependency_info", {"service": s.service, "depends_on": other}, 1)
    if s.cause is not None:
        role = "cause" if s.cause == s.service else "dependent"
        yield Shown("slamon_service_down_info", {"service": s.service, "cause": s.cause, "role": role}, 1)


def of_agreement(a: AgreementSample) -> Iterator[Shown]:
    which = {"agreement": a.agreement, "service": a.service, "customer": a.customer}
    about = ("customer_name", "customer_kind", "team", "period", "service_hours", "timezone", "revision")
    yield Shown("slamon_agreement_info", which | {label: str(getattr(a, label)) for label in about}, 1)
    for word, figure in a.windows.items():
        at = {**which, "window": word}
        yield from ratio("availability_ratio", at, figure.availability)
        yield from ratio("burn_rate", at, figure.burn_rate, "up")
        yield from ratio("coverage_ratio", at, figure.coverage)
        yield from ratio("budget_burned_ratio", at, figure.budget_burned, "up")
    if a.previous is not None:
        yield from ratio("previous_period_availability_ratio", which, a.previous.availability)
        yield from ratio("previous_period_coverage_ratio", which, a.previous.coverage)
        yield from of_ms("previous_period_downtime_seconds", which, a.previous.downtime_ms)
        yield from ratio("previous_period_credit_ratio", which, a.previous.credit, "not")
    for t in a.thresholds:
        at = {**which, "severity": t.severity, "window": t.window}
        yield from ratio("budget_burned_threshold_ratio", at, t.ratio, "up")
    yield Shown("slamon_agreement_in_service", which, int(a.in_service))
    yield Shown("slamon_agreement_in_maintenance", which, int(a.in_maintenance))
    yield from of_period(a, which)
    if a.end_ms is not None:
        yield from of_ms("end_timestamp_seconds", which, a.end_ms)
    for word, n in (a.closed or {}).items():
        at = {"agreement": a.agreement, "customer": a.customer, "state": word}
        yield Shown("slamon_agreement_closed_periods", at, n)
    if a.accounted is not None:
        for word in ("up", "down", "unknown", "excluded"):
            exact = Fraction(getattr(a.accounted, word), 1000)
            yield from counted("slamon_agreement_accounted_seconds", {**which, "class": word}, exact, a.created_ms)


def of_period(a: AgreementSample, which: dict[str, str]) -> Iterator[Shown]:
    figure = a.current
    if figure is None:
        return
    yield from ratio("target_ratio", which, figure.target, "not")
    yield from ratio("period_availability_ratio", which, figure.availability)
    yield from ratio("period_coverage_ratio", which, figure.coverage)
    yield from ratio("min_coverage_ratio", which, a.min_coverage, "not")
    yield from of_ms("period_downtime_seconds", which, figure.downtime_ms)
    yield from of_ms("budget_seconds", which, int(figure.budget_ms))
    yield from ratio("budget_remaining_ratio", which, figure.budget_remaining)
    for word in ("not_in_service", "breached", "no_data", "insufficient_data", "at_risk", "on_track", "met"):
        yield Shown("slamon_agreement_verdict", {**which, "verdict": word}, int(figure.verdict.value == word))
    if figure.latency is not None:
        yield from ratio("latency_ratio", which, figure.latency.ratio)
        yield from ratio("latency_target_ratio", which, figure.latency.target, "not")
        yield Shown("slamon_agreement_latency_threshold_seconds", which, Fraction(figure.latency.threshold_us, 10**6))
    yield from of_ms("period_start_timestamp_seconds", which, figure.period.start)
    yield from of_ms("period_end_timestamp_seconds", which, figure.period.end)


def ratio(name: str, labels: dict[str, str], exact: Ratio | None, cut: str = "down") -> Iterator[Shown]:
    if exact is not None:
        yield Shown(f"slamon_agreement_{name}", labels, exact, cut)


def of_ms(name: str, labels: dict[str, str], ms: int) -> Iterator[Shown]:
    yield Shown(f"slamon_agreement_{name}", labels, Fraction(ms, 1000))


def of_complaints(c: ComplaintsSample) -> Iterator[Shown]:
    which = {"customer": c.customer, "service": c.service}
    yield from counted("slamon_customer_complaints", which, c.complaints, c.created_ms)
    for state in ("open", "answered"):
        yield Shown("slamon_customer_unsolved_complaints", {**which, "state": state}, c.unsolved[state])
    if c.oldest_open_ms is not None:
        oldest = Fraction(c.oldest_open_ms, 1000)
        yield Shown("slamon_customer_oldest_open_complaint_timestamp_seconds", which, oldest)
    yield Shown("slamon_customer_recent_complaints", which, c.recent)
    if c.unseen is not None:
        yield Shown("slamon_customer_unseen_complaints", which, c.unseen)
        if c.recent:
            yield Shown("slamon_customer_unseen_complaints_ratio", which, Fraction(c.unseen, c.recent), "up")


def of_satisfaction(s: SatisfactionSample) -> Iterator[Shown]:
    which = {"customer": s.customer, "service": s.service}
    if s.satisfaction is not None:
        yield Shown("slamon_customer_satisfaction_ratio", which, s.satisfaction, "down")
    if s.net_promoter is not None:
        yield Shown("slamon_customer_net_promoter_ratio", which, s.net_promoter, "down")
    for scale, n in s.scores.items():
        yield Shown("slamon_customer_scores", {**which, "scale": scale}, n)


def to_be_shown(openmetrics: bool) -> list[Shown]:
    """What the fixed samples say, told anew from the meaning of each family."""
    shown: list[Shown] = []
    for check in EVERYTHING.checks:
        shown += of_check(check)
    for service in EVERYTHING.services:
        shown += of_service(service)
    for agreement in EVERYTHING.agreements:
        shown += of_agreement(agreement)
    for complaints in EVERYTHING.complaints:
        shown += of_complaints(complaints)
    for satisfaction in EVERYTHING.satisfaction:
        shown += of_satisfaction(satisfaction)
    for actions in EVERYTHING.actions:
        for state, n in (("open", actions.open), ("overdue", actions.overdue)):
            shown.append(Shown("slamon_actions", {"team": actions.team, "state": state}, n))
    return [one for one in shown if openmetrics or not one.name.endswith("_created")]


@FORMATS
def test_parsed_back_it_says_what_the_samples_say_and_nothing_else(openmetrics: bool) -> None:
    told = series(exposed(EVERYTHING, *names.GROUPS[:-1], openmetrics=openmetrics), openmetrics)
    expected = to_be_shown(openmetrics)

    assert set(told) == {one.key for one in expected}
    assert [(one, told[one.key]) for one in expected if not one.is_told_by(told[one.key])] == []


# -- cut, never rounded


def test_a_hair_less_than_everything_never_shows_as_everything() -> None:
    assert left(1 - HAIR) == "0.999999999999"
    assert left(ONE) == "1"
    assert "0.9999999999999" not in exposed()


def test_a_hair_more_than_nothing_never_shows_as_nothing() -> None:
    assert burned(HAIR) == "0.000000000001"
    assert burned(Fraction(0)) == "0"


def test_an_overspent_budget_is_cut_towards_worse() -> None:
    assert left(Fraction(-1, 3)) == "-0.333333333334"
    assert left(Infinite.MINUS) == "-Inf"
    assert burned(Infinite.PLUS) == "+Inf"


RATIOS = st.fractions(min_value=-50, max_value=500)


@given(RATIOS)
def test_any_ratio_is_cut_against_the_provider_by_less_than_its_last_digit(exact: Fraction) -> None:
    assert 0 <= exact - Fraction(left(exact)) < LAST_DIGIT
    assert 0 <= Fraction(burned(exact)) - exact < LAST_DIGIT
    for told in (left(exact), burned(exact)):
        assert re.fullmatch(r"-?\d+(\.\d{0,11}[1-9])?", told)
        assert told != "-0"


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**18))
def test_times_are_told_exactly(ms: int, us: int) -> None:
    assert Fraction(seconds(ms)) == Fraction(ms, 1000)
    assert Fraction(micro_seconds(us)) == Fraction(us, 1_000_000)
    assert "e" not in seconds(ms) + micro_seconds(us)


# -- labels


def readable(value: str) -> str:
    """What a reader gets: control characters but the end of a line, and halves of characters, replaced."""
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c for c in value)


ANYTHING = st.text(st.characters() | st.sampled_from('\\"\n\x00,}{=# \ud800'))


@given(ANYTHING)
def test_any_value_of_a_label_comes_back_from_both_parsers(value: str) -> None:
    service = ServiceSample("s", value, value, State.UP, 0)
    for openmetrics in (False, True):
        page = exposed(Fixed(services=[service]), "service", openmetrics=openmetrics)
        info = next(f for f in parsed(page, openmetrics) if f.name in ("slamon_service", "slamon_service_info"))
        assert info.samples[0].labels == {"service": "s", "name": readable(value), "team": readable(value)}


@given(ANYTHING)
def test_no_value_of_a_label_ends_its_line_or_its_quotes(value: str) -> None:
    told = escaped(value)

    assert len(told.encode().splitlines()) <= 1
    assert re.fullmatch(r'(?:[^"\\\n]|\\[\\"n])*', told)


def test_the_odd_value_is_shown_readably_wherever_it_stands() -> None:
    values = {value for _, labels in series(exposed(), False) for _, value in labels}

    assert SHOWN_ODD in values
    assert ODD not in values
