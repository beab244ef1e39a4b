"""What writing the exposition costs: `python -m bench.exposition [CHECKS ...]`, from samples that are there already."""

import gc
import sys
import time
import tracemalloc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slamon.accounting import (
    WINDOWS,
    Accounted,
    AgreementVerdict,
    Figure,
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

CHECKS_A_SERVICE = 4
TIMES = 15
START, END = 1_790_805_600_000, 1_793_487_600_000
BOUNDS_US = (5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000)
PHASES = ("resolve", "connect", "tls", "processing", "transfer")
PAGE = [("page", window) for window in ("1h", "5m", "6h", "30m")]
TICKET = [("ticket", window) for window in ("1d", "2h", "3d", "6h")]


@dataclass(frozen=True, slots=True)
class Made:
    """A source of samples that are there already: only the writing is measured."""

    checks: Sequence[CheckSample]
    services: Sequence[ServiceSample]
    agreements: Sequence[AgreementSample]

    def check_samples(self) -> Iterable[CheckSample]:
        return self.checks

    def service_samples(self) -> Iterable[ServiceSample]:
        return self.services

    def agreement_samples(self) -> Iterable[AgreementSample]:
        return self.agreements

    def complaints_samples(self) -> Iterable[ComplaintsSample]:
        return ()

    def satisfaction_samples(self) -> Iterable[SatisfactionSample]:
        return ()

    def actions_samples(self) -> Iterable[ActionsSample]:
        return ()


def check(n: int, round_: int) -> CheckSample:
    """A check with everything that a check can show; figures change with every round."""
    return CheckSample(
        service=f"service-{n // CHECKS_A_SERVICE}",
        check=f"check-{n}",
        kind="http",
        target=f"https://service-{n // CHECKS_A_SERVICE}.example.org/{n}/",
        state=State.UP,
        observations=1_000_000 + n + round_,
        degraded=n,
        failures=7,
        reasons={"timeout": 4, "status": 3},
        created_ms=START,
        last_ms=END - n - round_,
        duration_us=81_234 + n + round_,
        phases_us=dict.fromkeys(PHASES, 1_000 + n + round_),
        certificate_expiry_s=1_800_000_000,
        durations=Durations(BOUNDS_US, [100 + round_] * (len(BOUNDS_US) + 1), 98_765_432 + n),
    )


def figure(agreement: str, service: str, round_: int) -> Figure:
    """The running period, with an outage."""
    length, down = END - START, 120_007 + round_
    return Figure(
        agreement=agreement,
        service=service,
        revision=1,
        period=Period("2026-10", START, END, PeriodKind.MONTH),
        at=END,
        in_service_ms=length,
        excluded_ms=0,
        measured_ms=length,
        unknown_ms=0,
        known_ms=length,
        downtime_ms=down,
        degraded_ms=0,
        observed_ms=length - 9,
        measured_full_ms=length,
        availability=Fraction(length - down, length),
        coverage=Fraction(length - 9, length),
        target=Fraction(999, 1000),
        allowance_ms=Fraction(length, 1000),
        budget_ms=Fraction(length, 1000),
        budget_remaining=1 - Fraction(down * 1000, length),
        verdict=AgreementVerdict.ON_TRACK,
        credit=None,
        outages=(),
        outage_count=1,
        mtrs_ms=Fraction(down),
        mtbf_ms=None,
        longest_ms=down,
        resolution_ms=30_000,
        blips=0,
        blip_ms=0,
        corrections=(),
    )


def window(agreement: str, service: str, ms: int, round_: int) -> WindowFigure:
    """One rolling window, with an outage of a second."""
    down = 1_000 + round_
    shares = (Fraction(ms - down, ms), Fraction(ms - 3, ms), Fraction(down * 1000, ms), Fraction(down, END - START))
    return WindowFigure(agreement, service, END - ms, END, ms, ms, 0, ms, down, ms - 3, *shares)


def agreement(n: int, round_: int) -> AgreementSample:
    """The agreement of one service, with every window."""
    name, service = f"agreement-{n}", f"service-{n}"
    current = figure(name, service, round_)
    return AgreementSample(
        agreement=name,
        service=service,
        customer="haendler",
        customer_name="Fachhändler",
        customer_kind="external",
        team="web",
        period="month",
        service_hours="24x7",
        timezone="Europe/Berlin",
        revision=1,
        min_coverage=Fraction(9, 10),
        current=current,
        previous=current,
        windows={name: window(name, service, ms, round_) for name, ms in WINDOWS.items()},
        thresholds=[Threshold(*which, Fraction(1, 50)) for which in PAGE + TICKET],
        in_service=True,
        in_maintenance=False,
        accounted=Accounted(END - START - 127 - round_, 127 + round_, 0, 0),
        created_ms=START,
    )


def made(checks: int, round_: int) -> Made:
    """So many checks, a service and an agreement for each four."""
    services = range(-(-checks // CHECKS_A_SERVICE))
    return Made(
        [check(n, round_) for n in range(checks)],
        [ServiceSample(f"service-{n}", f"Dienst {n}", "web", State.UP, round_, START) for n in services],
        [agreement(n, round_) for n in services],
    )


def measure(checks: int, openmetrics: bool) -> None:
    """Print milliseconds a page, microseconds a series, and the most CPU time from one piece to the next."""
    own = Own()
    took, longest, series, size = [], 0.0, 0, 0
    for round_ in range(TIMES):
        source = made(checks, round_)
        gc.collect()
        gc.disable()  # what the collector costs depends on all else that lives in the process
        pieces = []
        begun, before = time.perf_counter(), time.thread_time()
        for piece in render(source, own, frozenset(), openmetrics=openmetrics):
            pieces.append(piece)
            now = time.thread_time()
            longest, before = max(longest, now - before), now
        took.append(time.perf_counter() - begun)
        gc.enable()
        page = b"".join(pieces)
        series = sum(not line.startswith(b"#") for line in page.splitlines())
        size = len(page)
    first, *rest = took
    rest.sort()
    middle = rest[len(rest) // 2]
    kind = "OpenMetrics" if openmetrics else "text"
    print(
        f"{checks:>6} checks {kind:<12} {series:>7} series {size / 1e6:5.1f} MB   first {first * 1e3:7.1f} ms   "
        f"median {middle * 1e3:7.1f} ms = {middle * 1e6 / series:.3f} us a series   longest step {longest * 1e3:.2f} ms"
    )


def kept(checks: int) -> None:
    """Print what the prepared label strings take while they are kept."""
    source, own = made(checks, 0), Own()
    tracemalloc.start()
    for _ in render(source, own, frozenset(), openmetrics=True):
        pass  # nothing is kept of the pages
    print(f"{checks:>6} checks: prepared strings take {tracemalloc.get_traced_memory()[0] / 1e6:.1f} MB")
    tracemalloc.stop()


def main(sizes: Sequence[int]) -> None:
    for checks in sizes:
        kept(checks)
        for openmetrics in (False, True):
            measure(checks, openmetrics)


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [1_000, 4_000])
