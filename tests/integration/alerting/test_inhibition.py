"""What keeps what quiet: every pair of our configuration, in a real Alertmanager."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.export.alerting.alert import Fit
from slamon.export.alerting.alertmanager import INHIBITIONS, configuration

from tests.system.alerting_peers import Alertmanager, alertmanager
from tests.system.running import wait_for

Labels = dict[str, str]


def quiet(fit: Fit | None = None) -> str:
    """Our configuration with receivers that tell nobody."""
    content = yaml.safe_load(configuration(fit or Fit()))
    content["receivers"] = [{"name": receiver["name"]} for receiver in content["receivers"]]
    del content["templates"]
    return yaml.safe_dump(content)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    """One for all pairs, which keep apart by their services."""
    with alertmanager(tmp_path_factory.mktemp("alertmanager"), quiet()) as found:
        yield found


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alertmanager]:
    with alertmanager(tmp_path, quiet()) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Pair:
    """While `source` fires, nobody hears of `target`, but of `other`: the nearest that is not kept quiet."""

    name: str
    source: Labels
    target: Labels
    other: Labels
    rule: int


def alert(name: str, service: str, severity: str = "ticket", **more: str) -> Labels:
    return {"alertname": name, "service": service, "severity": severity, "customer": "c", "team": "t", **more}


def down(service: str, cause: str | None = None) -> Labels:
    role = "cause" if cause is None else "dependent"
    return alert("SlamonServiceDown", service, "page", cause=cause or service, role=role)


def agreed(name: str, service: str, severity: str = "ticket", agreement: str = "gold") -> Labels:
    return alert(name, service, severity, agreement=agreement)


def own(name: str, instance: str) -> Labels:
    return alert(name, "slamon", "page", instance=instance)


def certificate(service: str, severity: str, check: str = "page") -> Labels:
    return alert("SlamonCertificateExpiring", service, severity, check=check)


PAIRS = (
    Pair("cause over dependent", down("a"), down("b", "a"), down("c", "else"), 1),
    Pair("down over burn", down("d1"), agreed("SlamonBudgetBurn", "d1"), agreed("SlamonBudgetBurn", "x1"), 2),
    Pair("down over page of a burn", down("d2"), agreed("SlamonBudgetBurn", "d2", "page"), down("x2"), 2),
    Pair(
        "down over degraded",
        down("d3"),
        alert("SlamonServiceDegraded", "d3"),
        alert("SlamonServiceDegraded", "x3"),
        2,
    ),
    Pair(
        "down over a missed heartbeat",
        down("d4"),
        alert("SlamonHeartbeatMissed", "d4", check="job"),
        alert("SlamonHeartbeatMissed", "x4", check="job"),
        2,
    ),
    Pair(
        "down over flapping",
        down("d5"),
        alert("SlamonCheckFlapping", "d5", check="page"),
        alert("SlamonCheckFlapping", "x5", check="page"),
        2,
    ),
    Pair("not over what it cannot explain", down("d6"), agreed("SlamonBudgetBurn", "d6"), certificate("d6", "page"), 2),
    Pair(
        "not over what is lost for good",
        down("d7"),
        agreed("SlamonBudgetBurn", "d7"),
        agreed("SlamonAgreementBreached", "d7"),
        2,
    ),
    Pair(
        "breached over at risk",
        agreed("SlamonAgreementBreached", "e1"),
        agreed("SlamonAgreementAtRisk", "e1"),
        agreed("SlamonAgreementAtRisk", "e1", agreement="silver"),
        3,
    ),
    Pair(
        "page over ticket of one burn",
        agreed("SlamonBudgetBurn", "f1", "page"),
        agreed("SlamonBudgetBurn", "f1"),
        agreed("SlamonBudgetBurn", "f1", agreement="silver"),
        4,
    ),
    Pair(
        "page over ticket of one certificate",
        certificate("g1", "page"),
        certificate("g1", "ticket"),
        certificate("g1", "ticket", "other"),
        5,
    ),
    Pair("gone over stalled", own("SlamonDown", "h1"), own("SlamonStalled", "h1"), own("SlamonStalled", "h2"), 6),
    Pair(
        "gone over its ledger",
        own("SlamonDown", "h3"),
        own("SlamonLedgerCannotStore", "h3"),
        own("SlamonLedgerCannotStore", "h4"),
        6,
    ),
    Pair(
        "gone over its network",
        own("SlamonDown", "h5"),
        own("SlamonLocalFault", "h5") | {"sight": "some"},
        own("SlamonLocalFault", "h6") | {"sight": "some"},
        6,
    ),
)


def told(found: Alertmanager, *labels: Labels) -> list[bool]:
    """Post alerts; of each, whether another one keeps it quiet, once the last one is known to be."""
    found.post(*({"labels": one, "annotations": {"summary": "something"}} for one in labels))
    wait_for(lambda: inhibited(found, labels[-1]), f"{labels[-1]} is kept quiet", 60)
    return [inhibited(found, one) for one in labels]


def inhibited(found: Alertmanager, labels: Labels) -> bool:
    (one,) = [alert for alert in found.alerts() if alert["labels"] == labels]
    return bool(one["status"]["inhibitedBy"])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_one_alert_keeps_another_quiet_and_no_other(pair: Pair, shared: Alertmanager) -> None:
    assert told(shared, pair.source, pair.other, pair.target) == [False, False, True]


def test_every_rule_of_inhibition_has_its_pair() -> None:
    """The first one, over everything, has tests of its own."""
    assert {0, *(pair.rule for pair in PAIRS)} == set(range(len(INHIBITIONS)))


EVERYTHING: tuple[Labels, ...] = (
    down("s"),
    alert("SlamonServiceDegraded", "s"),
    alert("SlamonCheckFlapping", "s", check="page"),
    alert("SlamonHeartbeatMissed", "s", check="page"),
    certificate("s", "page"),
    agreed("SlamonBudgetBurn", "t", "page"),
    agreed("SlamonAgreementAtRisk", "s"),
    agreed("SlamonAgreementBreached", "t"),
    agreed("SlamonCoverageLow", "s"),
    agreed("SlamonLatencyObjectiveMissed", "s"),
)

DESK: tuple[Labels, ...] = (
    {"alertname": "SlamonAgreementEnding", "severity": "ticket", "customer": "c", "agreement": "gold"},
    {"alertname": "SlamonComplaintUnanswered", "severity": "ticket", "customer": "c", "service": "s"},
)
"""What people wait for, whatever is seen."""


def test_who_sees_nothing_says_nothing_about_services(alone: Alertmanager) -> None:
    fault = own("SlamonLocalFault", "one") | {"sight": "none"}
    itself = own("SlamonProbesNotRun", "one")
    expected = [False, False, *(False for _ in DESK), *(True for _ in EVERYTHING)]

    assert told(alone, fault, itself, *DESK, *EVERYTHING) == expected


def test_a_fault_of_one_site_takes_nothing_away_while_another_one_sees(alone: Alertmanager) -> None:
    fault = own("SlamonLocalFault", "one") | {"sight": "some"}
    known = (agreed("SlamonAgreementBreached", "z"), agreed("SlamonAgreementAtRisk", "z"))
    those = [one for one in EVERYTHING if one["alertname"] in ("SlamonServiceDown", "SlamonAgreementBreached")]

    assert told(alone, fault, *those, *known) == [False, *(False for _ in those), False, True]


def test_everything_is_all_that_we_know() -> None:
    """An alert that is added to the rules must be thought of here."""
    rules: list[dict[str, Any]] = []
    for file in (Path(__file__).parents[3] / "alerting/rules").glob("*.yml"):
        rules += yaml.safe_load(file.read_text())["groups"][0]["rules"]
    alerts = [rule for rule in rules if "alert" in rule]
    ours = {rule["alert"] for rule in alerts if rule["labels"].get("service") != "slamon"}

    assert ours == {one["alertname"] for one in (*EVERYTHING, *DESK)}


def test_other_words_for_the_severities_keep_the_same_quiet(tmp_path: Path) -> None:
    words = {"page": 'cri"tical', "ticket": "war\\ning"}
    with alertmanager(tmp_path, quiet(Fit(severities=words))) as found:
        page, ticket = (agreed("SlamonBudgetBurn", "f1", words[word]) for word in ("page", "ticket"))
        assert told(found, page, agreed("SlamonBudgetBurn", "f2", words["ticket"]), ticket) == [False, False, True]
