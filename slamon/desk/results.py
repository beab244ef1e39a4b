"""Satisfaction and what actions brought as keys and values, exact; and what an outcome is called."""

from collections.abc import Mapping
from typing import Any

from slamon.accounting import ratio_text
from slamon.desk.improving import Improved, Measured, Outcome
from slamon.desk.satisfaction import Csat, Mood, Nps

OUTCOMES: Mapping[str, Mapping[Outcome, str]] = {
    "en": {
        Outcome.NOT_DONE: "not done yet",
        Outcome.TOO_EARLY: "too early to say",
        Outcome.NO_FIGURE: "not measured",
        Outcome.REACHED: "reached",
        Outcome.BETTER: "better, not reached",
        Outcome.NOT_BETTER: "not better",
    },
    "de": {
        Outcome.NOT_DONE: "noch nicht erledigt",
        Outcome.TOO_EARLY: "dafür ist es zu früh",
        Outcome.NO_FIGURE: "nicht gemessen",
        Outcome.REACHED: "erreicht",
        Outcome.BETTER: "besser, nicht erreicht",
        Outcome.NOT_BETTER: "nicht besser",
    },
}
"""What an outcome is called, by language."""


def mood_json(mood: Mood) -> dict[str, Any]:
    """Both scales; null where nobody was asked on it. Ratios are cut after 12 digits, bounds rounded to 6."""
    return {
        "customer": mood.customer,
        "service": mood.service,
        "csat": None if mood.csat is None else _csat(mood.csat),
        "nps": None if mood.nps is None else _nps(mood.nps),
    }


def _csat(told: Csat) -> dict[str, Any]:
    figures = {"satisfied": told.satisfied, "ratio": ratio_text(told.ratio), "mean": ratio_text(told.mean)}
    return {"count": told.count, **figures, **_bounds(told), "few": told.few}


def _nps(told: Nps) -> dict[str, Any]:
    figures = {"promoters": told.promoters, "detractors": told.detractors, "score": ratio_text(told.score)}
    return {"count": told.count, **figures, **_bounds(told), "few": told.few}


def _bounds(told: Csat | Nps) -> dict[str, Any]:
    interval = told.interval
    return {"low": round(interval.low, 6), "high": round(interval.high, 6)}


def improved_json(one: Improved) -> dict[str, Any]:
    """Values as expectations have them: ratios, ms or numbers a month; those that are counted exact as fractions."""
    return {
        "action": one.action.number,
        "title": one.action.title,
        "figure": one.expected.figure.value,
        "agreement": one.expected.agreement,
        "service": one.expected.service,
        "expected": str(one.expected.value),
        "outcome": one.outcome.value,
        "before": _measured(one.before),
        "after": _measured(one.after),
        "possible_from_ms": one.possible_from,
    }


def _measured(told: Measured | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {
        "start_ms": told.start,
        "end_ms": told.end,
        "value": None if told.value is None else str(told.value),
        "coverage": ratio_text(told.coverage),
    }
