"""Figures as they were told as JSON, read back: those of a closed period are never computed anew."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from slamon.accounting import (
    AgreementVerdict,
    Correction,
    CorrectionCause,
    CorrectionKind,
    Figure,
    LatencyFigure,
    LatencyVerdict,
    Outage,
    Period,
    Sums,
    parse_period,
)
from slamon.accounting.budget import remaining


def figure_of(told: Mapping[str, Any]) -> Figure:
    """The figure that `figure_json` told, exact again: ratios are made of the whole milliseconds that stand beside."""
    sums = Sums(
        told["in_service_ms"],
        told["excluded_ms"],
        told["unknown_ms"],
        told["downtime_ms"],
        told["degraded_ms"],
        told["observed_ms"],
        told["measured_ms"] - told["known_ms"],
    )
    miss = 1 - Fraction(told["target"])
    full = told["measured_full_ms"]
    budget = miss * (full - sums.left_out_ms)
    outages = tuple(Outage(o["start_ms"], o["end_ms"], o["counted_ms"], o["open"]) for o in told["outages"])
    return Figure(
        agreement=told["agreement"],
        service=told["service"],
        revision=told["revision"],
        period=_period(told),
        at=told["at_ms"],
        in_service_ms=sums.in_service_ms,
        excluded_ms=sums.excluded_ms,
        measured_ms=sums.measured_ms,
        unknown_ms=sums.unknown_ms,
        known_ms=sums.known_ms,
        downtime_ms=sums.downtime_ms,
        degraded_ms=sums.degraded_ms,
        observed_ms=sums.observed_ms,
        measured_full_ms=full,
        availability=sums.availability,
        coverage=sums.coverage,
        target=Fraction(told["target"]),
        allowance_ms=miss * full,
        budget_ms=budget,
        budget_remaining=remaining(budget, sums.downtime_ms),
        verdict=AgreementVerdict(told["verdict"]),
        credit=None if told["credit"] is None else Fraction(told["credit"]),
        outages=outages,
        outage_count=len(outages),
        mtrs_ms=_mean(sums.downtime_ms, outages),
        mtbf_ms=_mean(sums.known_ms - sums.downtime_ms, outages),
        longest_ms=max((o.counted_ms for o in outages), default=0),
        resolution_ms=told["resolution_ms"],
        blips=told["blips"],
        blip_ms=told["blip_ms"],
        corrections=tuple(_correction(told["agreement"], c) for c in told["corrections"]),
        latency=_latency(told.get("latency_objective")),
    )


def _period(told: Mapping[str, Any]) -> Period:
    found = told["period"]
    return Period(found["name"], found["start_ms"], found["end_ms"], parse_period(found["name"], told["timezone"]).kind)


def _mean(total_ms: int, outages: tuple[Outage, ...]) -> Fraction | None:
    return Fraction(total_ms, len(outages)) if outages else None


def _correction(agreement: str, told: Mapping[str, Any]) -> Correction:
    return Correction(
        agreement,
        CorrectionKind(told["kind"]),
        told["start_ms"],
        told["end_ms"],
        told["entered_ms"],
        told.get("author") or "",
        told.get("reason") or "",
        CorrectionCause(told["cause"]),
        told.get("ticket"),
    )


def _latency(told: Mapping[str, Any] | None) -> LatencyFigure | None:
    if told is None:
        return None
    good, total = told["good"], told["total"]
    return LatencyFigure(
        good,
        total,
        None if told["ratio"] is None else Fraction(good, total),
        Fraction(told["target"]),
        told["threshold_ms"] * 1000,
        LatencyVerdict(told["verdict"]),
    )
