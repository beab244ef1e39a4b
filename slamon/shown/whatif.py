"""What would have been, as JSON values: exact milliseconds, ratios as decimal strings cut after 12 digits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from slamon.accounting import Figure, exact_digits, ratio_text, whole_ms
from slamon.accounting.proposal import Candidate, Proposal
from slamon.accounting.redundancy import Replica
from slamon.accounting.simulation import Past, Simulated, error, untouched
from slamon.accounting.whatif import Key, Summary, difference, key, left_ms, summaries
from slamon.shown.figure import accounted


@dataclass(frozen=True, slots=True)
class Told:
    """A variant with its figures. `words`: its terms as they were written; none for what was agreed."""

    name: str
    words: tuple[str, ...]
    figures: tuple[Figure, ...]


def variant_json(told: Told, agreed: Mapping[Key, Figure]) -> dict[str, Any]:
    """A variant's terms, summaries and figures, each beside the figure that was agreed."""
    return {
        "name": told.name,
        "terms": list(told.words),
        "summaries": [_summary(found) for found in summaries(told.figures, agreed)],
        "figures": [_figure(figure, agreed[key(figure)]) for figure in told.figures],
    }


def _figure(figure: Figure, agreed: Figure) -> dict[str, Any]:
    other = difference(figure, agreed)
    return accounted(figure) | {
        "target": exact_digits(figure.target),
        "measured_full_ms": figure.measured_full_ms,
        "observed_ms": figure.observed_ms,
        "allowance_ms": whole_ms(figure.allowance_ms),
        "budget_remaining": ratio_text(figure.budget_remaining),
        "left_ms": whole_ms(left_ms(figure)),
        "blips": figure.blips,
        "blip_ms": figure.blip_ms,
        "difference": {
            "availability": ratio_text(other.availability),
            "downtime_ms": other.downtime_ms,
            "measured_ms": other.measured_ms,
            "left_ms": whole_ms(other.left_ms),
            "credit": ratio_text(other.credit),
            "verdict_before": other.verdict_before.value,
        },
    }


def _summary(found: Summary) -> dict[str, Any]:
    return {
        "agreement": found.agreement,
        "service": found.service,
        "met": list(found.met),
        "breached": list(found.breached),
        "left_out": list(found.left_out),
        "availability": ratio_text(found.availability),
        "downtime_ms": found.downtime_ms,
        "credit_sum": ratio_text(found.credit),
        "left_ms": whole_ms(found.left_ms),
        "newly_met": list(found.newly_met),
        "newly_breached": list(found.newly_breached),
    }


# -- proposals, simulations, replicas


def proposal_json(variant: str, agreement: str, service: str, found: Proposal) -> dict[str, Any]:
    """The strictest target kept as often as asked, with every other that was tried."""
    return {
        "variant": variant,
        "agreement": agreement,
        "service": service,
        "confidence": ratio_text(found.confidence),
        "counted": list(found.counted),
        "left_out": [
            {
                "period": out.period,
                "reason": str(out.reason),
                "coverage": ratio_text(out.coverage),
                "availability": ratio_text(out.availability),
            }
            for out in found.left_out
        ],
        "proposed": None if found.proposed is None else _candidate(found.proposed),
        "candidates": [_candidate(candidate) for candidate in found.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "target": exact_digits(candidate.target),
        "kept": candidate.kept,
        "missed": list(candidate.missed),
        "bound": ratio_text(candidate.bound),
    }


def simulation_json(
    ids: Mapping[str, Any], measured: Past, ahead_ms: int, simulated: Simulated | None, targets: Iterable[Fraction]
) -> dict[str, Any]:
    """The chance of keeping each target; `simulated` None: nothing could be drawn."""
    found: dict[str, Any] = {
        **ids,
        "ahead_ms": ahead_ms,
        "outages": len(measured.lengths_ms),
        "up_ms": measured.up_ms,
        "longest_ms": max(measured.lengths_ms, default=None),
        "no_outage": _chance(untouched(measured, ahead_ms)) if measured.up_ms > 0 and ahead_ms > 0 else None,
        "availability": {},
        "targets": [],
    }
    if simulated is not None:
        runs = len(simulated.downtimes_ms)
        found["availability"] = {
            name: ratio_text(simulated.availability(share))
            for name, share in (("half", Fraction(1, 2)), ("nine_of_ten", Fraction(9, 10)))
        }
        for target in targets:
            kept = simulated.kept(target)
            found["targets"].append(
                {
                    "target": exact_digits(target),
                    "kept": kept,
                    "chance": ratio_text(Fraction(kept, runs)),
                    "error": _chance(error(kept, runs)),
                }
            )
    return found


def _chance(value: float) -> str:
    """A chance that was worked out in floating point: six digits are more than it is worth."""
    return f"{value:.6f}"


def replica_json(service: str, found: Replica) -> dict[str, Any]:
    """A figure with one more component in a service."""
    figure = found.figure
    met = None if found.availability is None else found.availability >= figure.target
    return {
        "replica_of": service,
        "agreement": figure.agreement,
        "service": figure.service,
        "revision": figure.revision,
        "period": figure.period.name,
        "target": exact_digits(figure.target),
        "failing": ratio_text(found.failing),
        "downtime_ms": figure.downtime_ms,
        "helped_ms": found.helped_ms,
        "expected_ms": whole_ms(Fraction(-(-found.expected_ms.numerator // found.expected_ms.denominator))),
        "availability": ratio_text(figure.availability),
        "expected_availability": ratio_text(found.availability),
        "kept": met,
    }
