"""One figure as JSON values: exact milliseconds, ratios as decimal strings."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from fractions import Fraction
from typing import Any

from slamon.accounting import (
    CheckTerms,
    Correction,
    Figure,
    LatencyFigure,
    Revision,
    Rules,
    WindowFigure,
    cut_up,
    exact_digits,
    ratio_text,
    whole_ms,
)
from slamon.figures import Figures
from slamon.shown.evidence import Witnesses
from slamon.shown.moments import instant_text

TIMES = ("in_service", "excluded", "measured", "unknown", "known", "downtime", "degraded")
MAIN_WINDOWS = ("5m", "1h", "6h", "1d", "3d", "7d", "30d")
"""The windows that `windows` and `burn_rates` tell; `budget_burned` and `rolling` tell all of them."""

_DEFAULT_RULES = Rules()
_DEFAULT_TERMS = CheckTerms("", 0)


def figure_json(figures: Figures, figure: Figure, now: int) -> dict[str, Any]:
    """A figure made at `now`, with the rolling windows that end then."""
    made: dict[str, Any] = {}
    for _ in figure_steps(figures, figure, now, made):
        pass
    return made


def figure_steps(figures: Figures, figure: Figure, now: int, made: dict[str, Any]) -> Iterator[None]:
    """The same in steps; `made` is whole when they are done."""
    windows = figures.windows(figure.agreement, figure.service, now)
    revision = next(r for r in figures.book.agreements[figure.agreement].revisions if r.number == figure.revision)
    yield
    made |= accounted(figure)
    made |= _of_windows(windows)
    made |= _agreed(figures, figure, revision)
    made["outage_evidence"] = []
    yield from Witnesses(figures, figure, revision, now).evidence(made["outage_evidence"])


def accounted(figure: Figure) -> dict[str, Any]:
    """What the worked cases tell, but the windows, in their order."""
    period = figure.period
    made: dict[str, Any] = {
        "agreement": figure.agreement,
        "service": figure.service,
        "revision": figure.revision,
        "at": instant_text(figure.at),
        "at_ms": figure.at,
        "period": {"name": period.name, "start_ms": period.start, "end_ms": period.end},
        **{f"{name}_ms": getattr(figure, f"{name}_ms") for name in TIMES},
        "availability": ratio_text(figure.availability),
        "coverage": ratio_text(figure.coverage),
        "budget_ms": whole_ms(figure.budget_ms),
        "verdict": figure.verdict.value,
        "credit": ratio_text(figure.credit),
        "outages": [
            {"start_ms": o.start, "end_ms": o.end, "counted_ms": o.counted_ms, "open": o.open} for o in figure.outages
        ],
        "outage_count": figure.outage_count,
        "mtrs_ms": whole_ms(figure.mtrs_ms),
        "mtbf_ms": whole_ms(figure.mtbf_ms),
        "longest_ms": figure.longest_ms,
    }
    if figure.latency is not None:
        made["latency"] = {"good": figure.latency.good, "total": figure.latency.total}
        made["latency_objective"] = _latency(figure.latency)
    return made


def _latency(latency: LatencyFigure) -> dict[str, Any]:
    return {
        "good": latency.good,
        "total": latency.total,
        "ratio": ratio_text(latency.ratio),
        "target": exact_digits(latency.target),
        "threshold_ms": latency.threshold_us // 1000,
        "verdict": latency.verdict.value,
    }


def _of_windows(windows: Mapping[str, WindowFigure]) -> dict[str, Any]:
    return {
        "windows": {name: ratio_text(windows[name].availability) for name in MAIN_WINDOWS},
        "burn_rates": {name: ratio_text(windows[name].burn_rate) for name in MAIN_WINDOWS},
        "budget_burned": {name: cut_up(window.budget_burned, 12) for name, window in windows.items()},
        "rolling": {name: _window(window) for name, window in windows.items()},
    }


def _window(window: WindowFigure) -> dict[str, Any]:
    """One rolling window. Burn rate and burned budget are cut upward here: they stand against the provider."""
    return {
        "start_ms": window.start,
        "measured_ms": window.measured_ms,
        "unknown_ms": window.unknown_ms,
        "known_ms": window.known_ms,
        "downtime_ms": window.downtime_ms,
        "observed_ms": window.observed_ms,
        "availability": ratio_text(window.availability),
        "coverage": ratio_text(window.coverage),
        "burn_rate": cut_up(window.burn_rate, 12),
        "budget_burned": cut_up(window.budget_burned, 12),
    }


def _agreed(figures: Figures, figure: Figure, revision: Revision) -> dict[str, Any]:
    """What stands beside a figure: whose it is, what was agreed, and how sure it is."""
    agreement = figures.catalogue.agreements[figure.agreement]
    return {
        "customer": agreement.customer,
        "customer_name": figures.catalogue.customers[agreement.customer].name,
        "timezone": revision.zone,
        "target": exact_digits(figure.target),
        "target_text": f"{exact_digits(figure.target * 100)} %",
        "measured_full_ms": figure.measured_full_ms,
        "allowance_ms": whole_ms(figure.allowance_ms),
        "budget_remaining": ratio_text(figure.budget_remaining),
        "observed_ms": figure.observed_ms,
        "resolution_ms": figure.resolution_ms,
        "blips": figure.blips,
        "blip_ms": figure.blip_ms,
        "rules": _rules(revision.rules) | _confirmation(figures, figure),
        "corrections": [_correction(c) for c in figure.corrections],
    }


def _rules(rules: Rules) -> dict[str, Any]:
    """The rules that are not the default: words, ms (their names end so), ratios as decimal strings."""
    told = {}
    for field in fields(rules):
        value = getattr(rules, field.name)
        if value != getattr(_DEFAULT_RULES, field.name):
            told[field.name] = _plain(value)
    return told


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    return exact_digits(value) if isinstance(value, Fraction) else value


def _confirmation(figures: Figures, figure: Figure) -> dict[str, Any]:
    """Where checks of the service are confirmed other than by default: by check."""
    told: dict[str, dict[str, int]] = {}
    for member in figures.book.services[figure.service].members:
        terms = figures.book.checks[member.check_id]
        if terms.confirm != _DEFAULT_TERMS.confirm:
            told.setdefault("confirm", {})[terms.id] = terms.confirm
        if terms.flapping != _DEFAULT_TERMS.flapping:
            told.setdefault("flapping", {})[terms.id] = terms.flapping
    return dict(told)


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "kind": correction.kind.value,
        "start_ms": correction.start,
        "end_ms": correction.end,
        "entered_ms": correction.entered,
        "author": correction.author,
        "reason": correction.reason,
        "cause": correction.cause.value,
        "ticket": correction.ticket,
    }
