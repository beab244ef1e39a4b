"""Scenes of slamon itself."""

from collections.abc import Sequence
from typing import Any

from tests.integration.alerting.scenes import Scene, Slamon, Span

OWN = {"service": "slamon", "customer": "none", "team": "monitoring"}


def one(name: str, *spans: Span, instance: str = "a:10650", **labels: str) -> Slamon:
    """One series of one slamon."""
    return Slamon(instance).put(name, spans, **labels)


def raw(name: str, told: str, instance: str = "a:10650") -> Slamon:
    """A series that moves, in promtool's own words."""
    slamon = Slamon(instance)
    slamon.series[f'{name}{{instance="{instance}",job="slamon"}}'] = told
    return slamon


def fault(*spans: Span, instance: str = "a:10650") -> Slamon:
    return one("slamon_local_fault", *spans, instance=instance)


def errors(component: str, told: str) -> Slamon:
    slamon = Slamon()
    name = "slamon_component_errors_total"
    slamon.series[f'{name}{{component="{component}",instance="a:10650",job="slamon"}}'] = told
    return slamon


def missed(told: str) -> Slamon:
    slamon = raw("slamon_slots_missed_total", told)
    slamon.series['slamon_check_observations_total{check="c",instance="a:10650",job="slamon",service="s"}'] = "0+100x60"
    return slamon


def scene(name: str, alert: str, slamons: Sequence[Slamon], firing: dict[int, int], **more: Any) -> Scene:
    return Scene(name, alert, slamons, firing, **more)


SCENES = (
    scene(
        "slamon does not answer",
        "SlamonDown",
        [one("up", (5, 1), (10, 0), (5, 1))],
        {6: 0, 7: 1, 14: 1, 15: 0},
        labels={"severity": "page", **OWN},
    ),
    scene("a quick restart", "SlamonDown", [one("up", (5, 1), (1, 0), (14, 1))], {5: 0, 7: 0, 19: 0}),
    scene("slamon is not there at all: rules without it", "SlamonDown", [Slamon()], {10: 0}),
    scene(
        "the watermark stands still",
        "SlamonStalled",
        [raw("slamon_ledger_watermark_timestamp_seconds", "0+60x5 300+0x9 900+60x10")],
        {8: 0, 9: 1, 14: 1, 16: 0},
        labels={"severity": "page", **OWN},
    ),
    scene(
        "the watermark goes on",
        "SlamonStalled",
        [raw("slamon_ledger_watermark_timestamp_seconds", "0+60x30")],
        {10: 0, 29: 0},
    ),
    scene(
        "the reference targets fail",
        "SlamonLocalFault",
        [fault((5, 0), (20, 1), (5, 0))],
        {9: 0, 10: 1, 24: 1, 25: 0},
        labels={"severity": "page", "sight": "none", **OWN},
    ),
    scene(
        "one of two sites is blind",
        "SlamonLocalFault",
        [fault((5, 0), (20, 1), (5, 0)), fault((30, 0), instance="b:10650")],
        {9: 0, 10: 1, 25: 0},
        labels={"sight": "some"},
    ),
    scene("a short fault of the network", "SlamonLocalFault", [fault((5, 0), (4, 1), (20, 0))], {8: 0, 12: 0}),
    scene(
        "commits fail",
        "SlamonLedgerCannotStore",
        [errors("ledger", "0+0x5 1+1x10 11+0x20")],
        {7: 0, 8: 1, 15: 1, 30: 0},
        labels={"severity": "page", **OWN},
    ),
    scene(
        "slamon restarts: the counter begins anew",
        "SlamonLedgerCannotStore",
        [errors("ledger", "7+0x10 0+0x20")],
        {10: 0, 12: 0, 30: 0},
    ),
    scene(
        "probes cannot be run",
        "SlamonProbesNotRun",
        [errors("probe", "0+0x5 1+1x20 21+0x20")],
        {15: 0, 16: 1, 26: 1, 40: 0},
        labels={"severity": "ticket", **OWN},
    ),
    scene("one probe could not be run", "SlamonProbesNotRun", [errors("probe", "0+0x5 1+0x30")], {10: 0, 30: 0}),
    scene(
        "more than one probe of a hundred is not begun",
        "SlamonSlotsMissed",
        [missed("0+0x20 5+5x20 100+0x20")],
        {33: 0, 34: 1, 40: 1, 57: 0},
        labels={"severity": "ticket", **OWN},
    ),
    scene("fewer than one of a hundred", "SlamonSlotsMissed", [missed("0+0.5x60")], {30: 0, 59: 0}),
    scene(
        "the catalogue on disk has a mistake",
        "SlamonConfigurationRejected",
        [one("slamon_config_last_reload_successful", (5, 1), (20, 0), (5, 1))],
        {9: 0, 10: 1, 24: 1, 25: 0},
        labels={"severity": "ticket", **OWN},
    ),
    scene(
        "a mistake that is mended at once",
        "SlamonConfigurationRejected",
        [one("slamon_config_last_reload_successful", (5, 1), (4, 0), (20, 1))],
        {8: 0, 12: 0},
    ),
    scene(
        "labels arrive renamed",
        "SlamonLabelsRenamed",
        [
            one(
                "slamon_service_state",
                (5, None),
                (20, 0),
                (10, None),
                exported_service="shop",
                service="x",
                state="down",
            )
        ],
        {9: 0, 10: 1, 24: 1, 30: 0},
        labels={"severity": "ticket", **OWN},
    ),
    scene(
        "labels arrive as they are",
        "SlamonLabelsRenamed",
        [one("slamon_service_state", (30, 0), service="shop", state="down")],
        {10: 0, 29: 0},
    ),
    scene(
        "alive: the dead man's switch is held",
        "SlamonWatchdog",
        [raw("slamon_ledger_watermark_timestamp_seconds", "_x3 180+60x10 780+0x20")],
        {2: 0, 3: 1, 13: 1, 14: 1, 15: 0, 30: 0},
        labels={"severity": "none", **OWN},
    ),
    scene("nothing is there", "SlamonWatchdog", [Slamon()], {10: 0}),
)
