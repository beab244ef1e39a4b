"""Colours and words. The palette is Okabe and Ito's, which every kind of colour vision tells apart.

States and verdicts are shown as words in a colour, never as a colour alone.
"""

from collections.abc import Mapping

from grafana_foundation_sdk.models import dashboard as m

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, RED, PINK, GREY = "#E69F00", "#D55E00", "#CC79A7", "#999999"

STATES: Mapping[str, tuple[int, str]] = {
    "up": (0, BLUE),
    "degraded": (1, ORANGE),
    "unknown": (2, GREY),
    "down": (3, RED),
}
"""Name to number and colour: the greater, the worse."""

VERDICTS: Mapping[str, tuple[int, str]] = {
    "not_in_service": (0, GREY),
    "met": (1, BLUE),
    "on_track": (2, BLUE),
    "at_risk": (3, ORANGE),
    "insufficient_data": (4, GREY),
    "no_data": (5, GREY),
    "breached": (6, RED),
}

HOURS: Mapping[str, tuple[int, str]] = {
    "out of service hours": (0, GREY),
    "in service": (1, BLUE),
    "maintenance": (2, PINK),
}

YES_NO: Mapping[str, tuple[int, str]] = {"no": (0, BLUE), "yes": (1, RED)}
WELL: Mapping[str, tuple[int, str]] = {"failed": (0, RED), "well": (1, BLUE)}


def words(of: Mapping[str, tuple[int, str]]) -> list[m.ValueMapping]:
    """Numbers as words in their colours."""
    results = {
        str(number): m.ValueMappingResult(text=name.replace("_", " "), color=colour, index=number)
        for name, (number, colour) in of.items()
    }
    return [m.ValueMap(options=results)]


def plain(colour: str = BLUE) -> m.ThresholdsConfig:
    """One colour whatever the value: what is good or bad is said by metrics, not by constants here."""
    return m.ThresholdsConfig(mode=m.ThresholdsMode.ABSOLUTE, steps=[m.Threshold(value=None, color=colour)])


def none_is_good(colour: str = RED) -> m.ThresholdsConfig:
    """Blue at nothing, another colour from one on: for numbers of things that should not be."""
    steps = [m.Threshold(value=None, color=BLUE), m.Threshold(value=1, color=colour)]
    return m.ThresholdsConfig(mode=m.ThresholdsMode.ABSOLUTE, steps=steps)
