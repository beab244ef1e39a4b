"""Scenes of the service manager's desk: reports, agreements that end, actions, complaints."""

from collections.abc import Sequence
from typing import Any

from tests.integration.alerting.scenes import Scene, Slamon, Span

DAY_S = 86_400
OWN = {"severity": "ticket", "service": "slamon", "customer": "none"}


def report(*spans: Span, name: str = "monthly", instance: str = "a:10650") -> Slamon:
    return Slamon(instance).put("slamon_report_failing", spans, report=name)


def ending(*spans: Span, services: Sequence[str] = ("shop",), instance: str = "a:10650") -> Slamon:
    """When an agreement on some services ends, in seconds after the scene begins."""
    slamon = Slamon(instance)
    for service in services:
        labels = {"agreement": "gold", "service": service, "customer": "kunde"}
        slamon.put("slamon_agreement_end_timestamp_seconds", spans, **labels)
    return slamon


def actions(overdue: Sequence[Span], team: str = "web", instance: str = "a:10650") -> Slamon:
    minutes = sum(span[0] for span in overdue)
    slamon = Slamon(instance).put("slamon_actions", overdue, team=team, state="overdue")
    return slamon.put("slamon_actions", [(minutes, 7)], team=team, state="open")


def oldest(*spans: Span) -> Slamon:
    """When the oldest complaint that nobody answered was entered: before the scene begins."""
    name = "slamon_customer_oldest_open_complaint_timestamp_seconds"
    return Slamon().put(name, spans, customer="kunde", service="shop")


def scene(name: str, alert: str, slamons: Sequence[Slamon], firing: dict[int, int], **more: Any) -> Scene:
    return Scene(name, alert, slamons, firing, **more)


SCENES = (
    scene(
        "a report is not delivered, until it is",
        "SlamonReportFailed",
        [report((5, 0), (70, 1), (15, 0))],
        {64: 0, 65: 1, 74: 1, 75: 0},
        labels={**OWN, "report": "monthly", "team": "monitoring"},
    ),
    scene(
        "a report that is delivered at the second try",
        "SlamonReportFailed",
        [report((5, 0), (59, 1), (30, 0))],
        {63: 0, 65: 0, 90: 0},
    ),
    scene(
        "slamon restarts while a report fails: it is still the same failure",
        "SlamonReportFailed",
        [report((5, 0), (30, 1), (4, None), (45, 1), (10, 0))],
        {64: 0, 65: 1, 83: 1, 84: 0},
    ),
    scene(
        "of two reports one fails",
        "SlamonReportFailed",
        [report((90, 1)), report((90, 0), name="weekly")],
        {59: 0, 60: 1, 89: 1},
    ),
    scene(
        "sixty days before an agreement on two services ends, once, until it is renewed",
        "SlamonAgreementEnding",
        [ending((30, 60 * DAY_S + 600), (10, 425 * DAY_S), services=("shop", "mail"))],
        {10: 0, 11: 1, 29: 1, 30: 0},
        labels={"severity": "ticket", "agreement": "gold", "customer": "kunde"},
    ),
    scene(
        "an agreement that has ended is history",
        "SlamonAgreementEnding",
        [ending((40, 1200))],
        {0: 1, 19: 1, 20: 0, 39: 0},
    ),
    scene("an agreement that ends in 61 days", "SlamonAgreementEnding", [ending((30, 61 * DAY_S))], {0: 0, 29: 0}),
    scene(
        "two slamons know of one agreement",
        "SlamonAgreementEnding",
        [ending((30, 30 * DAY_S)), ending((30, 30 * DAY_S), instance="b:10650")],
        {0: 1, 29: 1},
    ),
    scene(
        "an action's due day is over, until it is done",
        "SlamonActionOverdue",
        [actions([(5, 0), (20, 2), (10, 0)])],
        {4: 0, 5: 1, 24: 1, 25: 0},
        labels={**OWN, "team": "web"},
    ),
    scene("actions that are open and not due", "SlamonActionOverdue", [actions([(30, 0)])], {0: 0, 29: 0}),
    scene(
        "slamon restarts: the actions are overdue all the time",
        "SlamonActionOverdue",
        [actions([(10, 1), (4, None), (10, 1)], team="")],
        {9: 1, 12: 1, 20: 1},
        labels=OWN,
    ),
    scene(
        "nobody has answered for three days, until somebody does",
        "SlamonComplaintUnanswered",
        [oldest((30, -3 * DAY_S + 600), (10, None))],
        {9: 0, 10: 1, 34: 1, 36: 0},
        labels={"severity": "ticket", "customer": "kunde", "service": "shop"},
    ),
    scene(
        "the next oldest is a day old",
        "SlamonComplaintUnanswered",
        [oldest((30, -3 * DAY_S), (10, -DAY_S))],
        {29: 1, 30: 0, 39: 0},
    ),
    scene("a complaint of yesterday", "SlamonComplaintUnanswered", [oldest((30, -DAY_S))], {0: 0, 29: 0}),
)
