"""Our configuration of Alertmanager by its own tool: it is accepted, routes as it says, and its texts are read."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.commands import export_rules
from slamon.commands.formats import Tongue
from slamon.export.alerting.alert import Fit, Language
from slamon.export.alerting.alertmanager import Team, configuration

ALERTING = Path(__file__).parents[3] / "alerting"
FOLDERS = {Language.EN: ALERTING, Language.DE: ALERTING / "de"}
GOLDEN = Path(__file__).parent / "golden"
RENEW = "SLAMON_RENEW_GOLDEN"
TEAMS = (Team("web", "web@example.org"), Team("netz", "netz@example.org"), Team("silent", None))
CATALOGUE = {
    "slamon": 1,
    "teams": {team.id: {"name": team.id} | ({"email": team.email} if team.email else {}) for team in TEAMS},
    "services": {"shop": {"team": "web", "checks": {"page": {"tcp": {"address": "127.0.0.1:9"}}}}},
}


def amtool(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["amtool", *words], capture_output=True, text=True, timeout=60, env=os.environ | (env or {}))


@pytest.mark.parametrize("language", Language)
def test_amtool_accepts_what_is_checked_in(language: Language) -> None:
    done = amtool("check-config", str(FOLDERS[language] / "alertmanager.yml"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout
    assert "1 templates" in done.stdout


@pytest.mark.parametrize("language", Language)
def test_no_word_stands_for_another_place_in_the_file(language: Language) -> None:
    assert "&id" not in (FOLDERS[language] / "alertmanager.yml").read_text()


@pytest.mark.parametrize("lang", Tongue)
def test_amtool_accepts_what_the_command_writes_for_a_catalogue(lang: Tongue, tmp_path: Path) -> None:
    (tmp_path / "slamon.yml").write_text(json.dumps(CATALOGUE))
    export_rules.alertmanager(lang, ("page=critical",), tmp_path / "slamon.yml", tmp_path / "out")
    done = amtool("check-config", str(tmp_path / "out/alertmanager.yml"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert {"team-web", "team-netz"} <= _receivers((tmp_path / "out/alertmanager.yml").read_text())


def _receivers(config: str) -> set[str]:
    return {receiver["name"] for receiver in yaml.safe_load(config)["receivers"]}


ROUTES = (
    ("alertname=SlamonServiceDown severity=page team=web", "team-web"),
    ("alertname=SlamonServiceDown severity=page team=netz", "team-netz"),
    ("alertname=SlamonServiceDown severity=page team=silent", "pages"),
    ("alertname=SlamonServiceDown severity=page team=unknown", "pages"),
    ("alertname=SlamonServiceDown severity=page", "pages"),
    ("alertname=SlamonBudgetBurn severity=ticket team=web", "team-web"),
    ("alertname=SlamonBudgetBurn severity=ticket team=netz", "team-netz"),
    ("alertname=SlamonBudgetBurn severity=ticket team=silent", "tickets"),
    ("alertname=SlamonBudgetBurn severity=ticket", "tickets"),
    ("alertname=SlamonStalled severity=page team=monitoring service=slamon", "pages"),
    ("alertname=SlamonSlotsMissed severity=ticket team=monitoring service=slamon", "tickets"),
    ("alertname=SlamonWatchdog severity=none team=monitoring service=slamon", "watchdog"),
    ("alertname=SlamonWatchdog severity=none team=web", "watchdog"),
    ("alertname=Else severity=none team=web", "nobody"),
    ("alertname=Else", "tickets"),
)


@pytest.mark.parametrize(("labels", "receiver"), ROUTES, ids=[labels for labels, _ in ROUTES])
def test_amtool_finds_the_receiver(labels: str, receiver: str, tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(configuration(Fit(), TEAMS))
    words = ("config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}")
    done = amtool(*words, *labels.split())

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_receiver_that_a_route_can_reach_is_met() -> None:
    named: set[str] = set()
    waiting = [yaml.safe_load(configuration(Fit(), TEAMS))["route"]]
    while waiting:
        route = waiting.pop()
        named.add(route["receiver"])
        waiting += route.get("routes", [])

    assert named == {receiver for _, receiver in ROUTES}


HOSTILE = '{{ .Labels }} "Müller & Söhne" `{{`\n<b>}} 日本 $labels %s \\n'
START, END = "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"  # over the end of summer time


def alert(service: str, *, firing: bool, **labels: str) -> dict[str, Any]:
    return {
        "status": "firing" if firing else "resolved",
        "labels": {"alertname": "SlamonServiceDown", "service": service, "team": "web", "customer": "k"} | labels,
        "annotations": {
            "summary": f"{service} is down",
            "description": f"{service} is down.\nFailing checks: page\n- {HOSTILE} (gold): 12.345 % of the budget left",
            "dashboard_url": f"https://grafana.example.org/d/slamon-service?var-service={service}&from=now-6h&to=now",
            "runbook_url": "https://slamon.example.org/docs/runbooks/SlamonServiceDown.md",
        },
        "startsAt": START,
        "endsAt": "0001-01-01T00:00:00Z" if firing else END,
    }


CASES = {
    "firing": [alert("shop", firing=True)],
    "resolved": [alert("shop", firing=False)],
    "several": [
        alert("past", firing=False),
        alert("shop", firing=True, customer="several"),
        alert("mail", firing=True, customer="none", team=""),
    ],
    "over": [alert("shop", firing=False), alert("mail", firing=False)],
    "hostile": [alert(HOSTILE, firing=True, customer=HOSTILE, team=HOSTILE)],
}


def rendered(language: Language, case: str, text: str, folder: Path) -> str:
    alerts = CASES[case]
    data = folder / "data.json"
    firing = any(one["status"] == "firing" for one in alerts)
    data.write_text(json.dumps({"receiver": "pages", "status": "firing" if firing else "resolved", "alerts": alerts}))
    done = amtool(
        "template",
        "render",
        f"--template.glob={FOLDERS[language] / 'templates/*.tmpl'}",
        f"--template.text={text}",
        f"--template.data={data}",
        env={"TZ": "Europe/Berlin"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


PARTS = "\n".join(f'-- {part}\n{{{{ template "slamon.{part}" . }}}}' for part in ("title", "link", "text"))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", Language)
def test_what_a_notification_says(language: Language, case: str, tmp_path: Path) -> None:
    said = rendered(language, case, PARTS, tmp_path)
    file = GOLDEN / f"{case}.{language}.txt"
    if os.environ.get(RENEW):
        file.write_text(said, encoding="utf-8")

    assert said == file.read_text(encoding="utf-8"), f"meant? then renew it with {RENEW}=1"


@pytest.mark.parametrize("language", Language)
def test_a_stranger_s_text_arrives_letter_by_letter(language: Language, tmp_path: Path) -> None:
    said = rendered(language, "hostile", '{{ template "slamon.text" . }}', tmp_path)

    assert said.count(HOSTILE) == 6  # summary, description twice, team, customer, panel
    assert said.count(f"- {HOSTILE} (gold): 12.345 %") == 1
