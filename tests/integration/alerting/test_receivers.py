"""Every receiver of ours told by a real Alertmanager: webhook, mail, what Slack and PagerDuty take; en and de."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from slamon.export.alerting.alert import Language

from tests.integration.alerting.test_alertmanager import FOLDERS
from tests.integration.delivery.servers import Inbox, mail_server
from tests.system.alerting_peers import Told, alertmanager, webhook
from tests.system.running import wait_for

NAMES = ("pages", "tickets", "chat", "pager")
HOSTILE = 'Müller & Söhne "GmbH" {{ .Status }}'
LINK = "https://grafana.example.org/d/slamon-service?var-service=shop"
ALERT: dict[str, Any] = {
    "labels": {"alertname": "SlamonServiceDown", "severity": "page", "service": "shop", "customer": "k"},
    "annotations": {
        "summary": "shop is down",
        "description": f"shop is down.\n{HOSTILE}",
        "dashboard_url": LINK,
        "runbook_url": "https://slamon.example.org/docs/runbooks/SlamonServiceDown.md",
    },
    "startsAt": "2026-11-25T01:00:00Z",
}
OVER = {"startsAt": "2026-11-25T01:00:00Z", "endsAt": "2026-11-25T02:00:00Z"}
RUNBOOK = {Language.EN: "What to do: https://slamon", Language.DE: "Was zu tun ist: https://slamon"}


@dataclass
class Reached:
    """What came where."""

    told: Told
    inbox: Inbox


def turned(language: Language, told: Told, mail_port: int) -> str:
    """The configuration that is checked in, with addresses on loopback, and each receiver told of everything."""
    config = yaml.safe_load((FOLDERS[language] / "alertmanager.yml").read_text())
    config["global"]["smtp_smarthost"] = f"127.0.0.1:{mail_port}"
    for receiver in config["receivers"]:
        for hook in receiver.get("webhook_configs", ()):
            hook["url"] = f"{told.url}/hook/{receiver['name']}"
        for slack in receiver.get("slack_configs", ()):
            slack["api_url"] = f"{told.url}/slack"
        for pager in receiver.get("pagerduty_configs", ()):
            pager["url"] = f"{told.url}/pagerduty"
    routes = [{"receiver": name, "continue": True} for name in NAMES]
    config["route"] |= {"routes": routes, "group_wait": "0s", "group_interval": "1s"}
    return yaml.safe_dump(config, allow_unicode=True)


@pytest.fixture(scope="module", params=Language)
def reached(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Language, Reached]]:
    language: Language = request.param
    folder = tmp_path_factory.mktemp("receivers")
    shutil.copytree(FOLDERS[language] / "templates", folder / "templates")
    inbox = Inbox()
    with webhook() as told, mail_server(inbox) as port, alertmanager(folder, turned(language, told, port)) as peer:
        peer.post(ALERT)
        wait_for(lambda: _count(told, inbox, 1), "everybody is told", 60)
        peer.post(ALERT | OVER)
        wait_for(lambda: _count(told, inbox, 2), "everybody is told that it is over", 60)
        yield language, Reached(told, inbox)


def _count(told: Told, inbox: Inbox, times: int) -> bool:
    paths = ("/hook/pages", "/hook/tickets", "/slack", "/pagerduty")
    addressed = [one for recipients in inbox.recipients for one in recipients]
    mailed = min(addressed.count(who) for who in ("oncall@example.org", "service@example.org"))
    return mailed >= times and all(len(told.messages(path)) >= times for path in paths)


def test_the_receivers_are_all_there_are() -> None:
    """One that comes later is told here too, or is nobody."""
    for language in Language:
        config = yaml.safe_load((FOLDERS[language] / "alertmanager.yml").read_text())
        assert {receiver["name"] for receiver in config["receivers"]} - {"nobody", "watchdog"} == set(NAMES)


def test_a_mail_says_what_is_down_and_what_to_do(reached: tuple[Language, Reached]) -> None:
    language, found = reached
    for who in ("oncall@example.org", "service@example.org"):
        mails = [mail for mail, to in zip(found.inbox.mails, found.inbox.recipients, strict=True) if to == [who]]
        body = mails[0].get_body(("plain",))
        assert body is not None
        text = body.get_content()
        assert mails[0]["Subject"] == "shop is down"
        assert HOSTILE in text
        assert RUNBOOK[language] in text
        assert mails[1]["Subject"] != mails[0]["Subject"]


def test_slack_is_told_in_a_message_with_title_link_and_text(reached: tuple[Language, Reached]) -> None:
    language, found = reached
    firing, over = found.told.messages("/slack")[:2]
    [attachment] = firing["attachments"]
    assert firing["channel"] == {Language.EN: "#operations", Language.DE: "#betrieb"}[language]
    assert (attachment["title"], attachment["title_link"], attachment["color"]) == ("shop is down", LINK, "danger")
    assert HOSTILE in attachment["text"]
    assert RUNBOOK[language] in attachment["text"]
    assert over["attachments"][0]["color"] == "good"
    assert over["attachments"][0]["title"] != attachment["title"]


def test_pagerduty_is_told_to_trigger_and_to_resolve_the_same(reached: tuple[Language, Reached]) -> None:
    language, found = reached
    firing, over = found.told.messages("/pagerduty")[:2]
    assert (firing["event_action"], over["event_action"]) == ("trigger", "resolve")
    assert firing["dedup_key"] == over["dedup_key"]
    assert (firing["payload"]["summary"], firing["payload"]["severity"]) == ("shop is down", "critical")
    assert (firing["client"], firing["client_url"]) == ("slamon", LINK)
    assert HOSTILE in firing["payload"]["custom_details"]["text"]
    assert RUNBOOK[language] in firing["payload"]["custom_details"]["text"]


def test_a_webhook_has_all_labels_and_texts(reached: tuple[Language, Reached]) -> None:
    _, found = reached
    for name in ("pages", "tickets"):
        firing, over = found.told.messages(f"/hook/{name}")[:2]
        assert (firing["status"], over["status"]) == ("firing", "resolved")
        assert firing["alerts"][0]["labels"] == ALERT["labels"]
        assert firing["alerts"][0]["annotations"] == ALERT["annotations"]
