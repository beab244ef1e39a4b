"""Fixed samples of everything that the exposition can show, and the exposition made of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics_parser
from prometheus_client.parser import text_string_to_metric_families
from slamon.accounting import (
    Accounted,
    AgreementVerdict,
    Figure,
    Infinite,
    LatencyFigure,
    LatencyVerdict,
    Period,
    PeriodKind,
    State,
    Threshold,
    WindowFigure,
)
from slamon.export.own import Own
from slamon.export.samples import (
    ActionsSample,
    AgreementSample,
    CheckSample,
    ComplaintsSample,
    Durations,
    SatisfactionSample,
    ServiceSample,
)
from slamon.export.text import render

OCTOBER = Period("2026-10", 1_790_805_600_000, 1_793_487_600_000, PeriodKind.MONTH)  # 31 days and an hour, in Berlin
FORMATS = pytest.mark.parametrize("openmetrics", [False, True], ids=["text", "openmetrics"])
NOW = 1_792_000_000_500
SINCE = 1_788_214_400_250
HAIR = Fraction(1, 10**13)  # less than the last of twelve digits
ODD = 'Käse "a\\b"\nz\x00\x1b\t\r\x7f\x85\ud83d🙂'
"""A value as no one should give it: quotes, backslash, lines, control characters, half a character, emoji."""
SHOWN_ODD = 'Käse "a\\b"\nz' + "\ufffd" * 7 + "🙂"
"""What a reader of the exposition gets of it."""


@dataclass(frozen=True)
class Fixed:
    """A source of samples that are there already."""

    checks: Iterable[CheckSample] = ()
    services: Iterable[ServiceSample] = ()
    agreements: Iterable[AgreementSample] = ()
    complaints: Iterable[ComplaintsSample] = ()
    satisfaction: Iterable[SatisfactionSample] = ()
    actions: Iterable[ActionsSample] = ()

    def check_samples(self) -> Iterable[CheckSample]:
        return self.checks

    def service_samples(self) -> Iterable[ServiceSample]:
        return self.services

    def agreement_samples(self) -> Iterable[AgreementSample]:
        return self.agreements

    def complaints_samples(self) -> Iterable[ComplaintsSample]:
        return self.complaints

    def satisfaction_samples(self) -> Iterable[SatisfactionSample]:
        return self.satisfaction

    def actions_samples(self) -> Iterable[ActionsSample]:
        return self.actions


UP = CheckSample(
    service="shop",
    check="start",
    kind="http",
    target="https://shop.example.org/?q=***",
    state=State.UP,
    observations=1_000_003,
    degraded=2,
    failures=7,
    reasons={"timeout": 4, "certificate": 3},
    created_ms=SINCE,
    last_ms=NOW - 12_345,
    duration_us=81_200,
    phases_us={"resolve": 1_000, "connect": 2_050, "tls": 30_000, "processing": 48_149, "transfer": 1},
    certificate_expiry_s=1_800_000_000,
    soa_serial=4_294_967_295,
    durations=Durations((5_000, 100_000, 2_500_000), [10, 0, 999_980, 6], 98_765_432_100_001),
)
CHECKS = (
    UP,
    CheckSample("shop", "basket", "http", "http://[::1]:8080/", State.DEGRADED, 9, 9, 0, {}, SINCE, NOW, 2_000_000),
    CheckSample("db", "port", "tcp", "db.example.org:5432", State.DOWN, 5, 0, 5, {"refused": 5}, SINCE, NOW, 0, {}),
    CheckSample("db", "stale", "tcp", "127.0.0.1:1", State.UNKNOWN, 1, 0, 0, {}, 0, 0),
    CheckSample("db", "new", "tcp", "127.0.0.1:2", None, 0, 0, 0, {}, durations=Durations((1,), [0, 0], 0)),
    replace(UP, service="odd", check=ODD, target=ODD, reasons={ODD: 1}, phases_us={ODD: 1}, durations=None),
)
SERVICES = (
    ServiceSample("shop", "Onlineshop", "web", State.UP, 0, SINCE, "haendler", ("db", "slow")),
    ServiceSample("slow", "Langsam", "", State.DEGRADED, 3, SINCE + 1),
    ServiceSample("new", "Neu", "", State.UNKNOWN, 0),
    ServiceSample("db", "Datenbank", "daten", State.DOWN, 12, SINCE, "several", cause="db", since_ms=SINCE + 7),
    ServiceSample("order", "Bestellen", "", State.DOWN, 2, SINCE, depends_on=("db",), cause="db"),
    ServiceSample("odd", ODD, ODD, State.UP, 0, SINCE),
)

FIGURE = Figure(
    agreement="gold",
    service="shop",
    revision=2,
    period=OCTOBER,
    at=NOW,
    in_service_ms=1_194_400_500,
    excluded_ms=7_200_000,
    measured_ms=1_187_200_500,
    unknown_ms=30_000,
    known_ms=1_187_170_500,
    downtime_ms=61_001,
    degraded_ms=5_000,
    observed_ms=1_187_170_500,
    measured_full_ms=2_674_800_000,
    availability=Fraction(1_187_170_500 - 61_001, 1_187_170_500),
    coverage=Fraction(1_187_170_500, 1_187_200_500),
    target=Fraction(9995, 10_000),
    allowance_ms=Fraction(2_674_800_000, 2000),
    budget_ms=Fraction(2_674_770_001, 2000),  # 1337385.0005 ms
    budget_remaining=1 - Fraction(61_001 * 2000, 2_674_770_001),
    verdict=AgreementVerdict.ON_TRACK,
    credit=None,
    outages=(),
    outage_count=1,
    mtrs_ms=Fraction(61_001),
    mtbf_ms=None,
    longest_ms=61_001,
    resolution_ms=15_000,
    blips=0,
    blip_ms=0,
    corrections=(),
    latency=LatencyFigure(949, 999, Fraction(949, 999), Fraction(19, 20), 800_000, LatencyVerdict.MISSED),
)
NOTHING_SEEN = replace(
    FIGURE,
    downtime_ms=0,
    availability=None,
    coverage=Fraction(0),
    target=Fraction(99, 100),
    budget_remaining=Fraction(1),
    verdict=AgreementVerdict.NO_DATA,
    latency=None,
)
OVERSPENT = replace(
    FIGURE,
    downtime_ms=1,
    availability=1 - HAIR,
    coverage=1 - HAIR,
    target=Fraction(1),
    budget_ms=Fraction(0),
    budget_remaining=Infinite.MINUS,
    verdict=AgreementVerdict.BREACHED,
    latency=LatencyFigure(9, 9, None, Fraction(999, 1000), 800_000, LatencyVerdict.TOO_FEW),
)
TWICE = replace(
    FIGURE,
    budget_ms=Fraction(30_500),
    budget_remaining=Fraction(-1),
    verdict=AgreementVerdict.BREACHED,
    latency=None,
)
CLOSED = replace(
    NOTHING_SEEN, coverage=None, budget_ms=Fraction(0), measured_full_ms=0, verdict=AgreementVerdict.NOT_IN_SERVICE
)


def window(
    availability: Fraction | None,
    coverage: Fraction | None,
    burn_rate: Fraction | Infinite | None,
    budget_burned: Fraction | Infinite | None,
) -> WindowFigure:
    """A rolling window; the times it was computed from are not shown."""
    return WindowFigure("", "", 0, 1, 1, 1, 0, 1, 0, 1, availability, coverage, burn_rate, budget_burned)


ZERO, ONE = Fraction(0), Fraction(1)
GOLD = AgreementSample(
    agreement="gold",
    service="shop",
    customer="haendler",
    customer_name="Fachhändler",
    customer_kind="external",
    team="web",
    period="month",
    service_hours="24x7",
    timezone="Europe/Berlin",
    revision=2,
    min_coverage=Fraction(9, 10),
    current=FIGURE,
    previous=replace(FIGURE, downtime_ms=0, credit=Fraction(1, 20), availability=ONE, coverage=1 - HAIR),
    windows={
        "5m": window(ONE, ONE, ZERO, ZERO),
        "1h": window(Fraction(3599, 3600), Fraction(2, 3), Fraction(5, 9), Fraction(1, 1337)),
        "30d": window(1 - HAIR, 1 - HAIR, HAIR, 1 - HAIR),
    },
    thresholds=[Threshold("page", "1h", Fraction(1, 50)), Threshold("page", "5m", Fraction(1, 600))],
    in_service=True,
    in_maintenance=False,
    accounted=Accounted(up=86_399_999, down=1, unknown=0, excluded=7_200_000),
    created_ms=SINCE,
    closed={"closed": 1, "approved": 2, "disputed": 0},
    end_ms=NOW + 86_400_000,
)
AGREEMENTS = (
    GOLD,
    replace(
        GOLD,
        agreement="strict",
        current=OVERSPENT,
        previous=replace(CLOSED, availability=None),
        windows={"5m": window(ZERO, ONE, Infinite.PLUS, Infinite.PLUS), "1h": window(None, None, None, None)},
        thresholds=[],
        in_maintenance=True,
    ),
    replace(GOLD, agreement="twice", current=TWICE, previous=NOTHING_SEEN, windows={}, thresholds=[], accounted=None),
    replace(GOLD, agreement="dark", current=NOTHING_SEEN, previous=None, windows={}, thresholds=[]),
    replace(GOLD, agreement="closed", current=CLOSED, previous=None, windows={}, thresholds=[], in_service=False),
    replace(
        GOLD,
        agreement="coming",
        current=None,
        previous=None,
        windows={"5m": window(None, None, None, None)},
        thresholds=[],
        in_service=False,
        accounted=None,
        created_ms=None,
    ),
    replace(
        GOLD,
        agreement="odd",
        service=ODD,
        customer_name=ODD,
        team="",
        service_hours=ODD,
        previous=None,
        windows={},
        thresholds=[],
    ),
)
COMPLAINTS = (
    ComplaintsSample("dealers", "shop", 7, {"open": 2, "answered": 1}, 3, 2, NOW, SINCE),
    ComplaintsSample("dealers", "mail", 0, {"open": 0, "answered": 0}, 0, 0),
    ComplaintsSample("dealers", "new", 1, {"open": 0, "answered": 1}, 1, None),
)
SATISFACTION = (
    SatisfactionSample("dealers", "shop", Fraction(2, 3), Fraction(-1, 7), {"csat": 3, "nps": 7}),
    SatisfactionSample("dealers", "", None, ONE, {"nps": 1}),
)
ACTIONS = (ActionsSample("web", 3, 1), ActionsSample("", 0, 2))
EVERYTHING = Fixed(CHECKS, SERVICES, AGREEMENTS, COMPLAINTS, SATISFACTION, ACTIONS)


def own() -> Own:
    """Our own health after a few things have happened; only what depends on process and time is not fixed."""
    own = Own()
    own.loaded(SINCE)
    own.not_loaded()
    for late_s in (0.0005, 0.004, 0.004, 60.0):
        own.lateness(late_s)
    own.in_flight(3)
    own.missed(2)
    own.rejected()
    own.component_error("probe")
    own.component_error("ledger")
    own.committed(0.25, NOW)
    own.local_fault(True)
    own.ledger_size(4_096)
    own.loop_delay(0.5)
    own.report("monthly", failing=False, last_success_ms=SINCE)
    own.report("weekly", failing=True, last_success_ms=None)
    own.report_run("monthly", successful=True)
    own.report_run("weekly", successful=False)
    return own


def exposed(source: Fixed = EVERYTHING, *groups: str, openmetrics: bool = False, health: Own | None = None) -> str:
    """The exposition as text."""
    pieces = render(source, health or own(), frozenset(groups), openmetrics=openmetrics)
    return b"".join(pieces).decode()


def masked(page: str) -> str:
    """Without what differs from one process to the next: versions, process metrics, when the process began to count."""
    page = re.sub(r'(version|python)="[^"]*"', r'\1="-"', page)
    page = re.sub(r"^(process_\w+) .*", r"\1 0", page, flags=re.MULTILINE)
    counted = "slots_missed|observations_rejected|component_errors|report_runs|\\w+_seconds"
    own_since = rf"^(slamon_(?:{counted})_created(?:\{{(?:component|report)=[^}}]*\}})?) .*"
    return re.sub(own_since, r"\1 0", page, flags=re.MULTILINE)


def parsed(page: str, openmetrics: bool) -> list[Metric]:
    parse = openmetrics_parser.text_string_to_metric_families if openmetrics else text_string_to_metric_families
    return list(parse(page))


Key = tuple[str, frozenset[tuple[str, str]]]


def series(page: str, openmetrics: bool) -> dict[Key, float]:
    """Every series once, by name and labels."""
    found: dict[Key, float] = {}
    for family in parsed(page, openmetrics):
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found
            found[key] = sample.value
    return found
