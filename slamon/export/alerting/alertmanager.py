"""An Alertmanager configuration for our alerts: who gets what, grouped how, and what silences what."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slamon.export.alerting.alert import Fit, Language, Severity
from slamon.export.alerting.writing import dumped

_AGREED = ("agreement", "service")


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While `source` fires `target` is not notified, where the labels of `equal` are the same."""

    why: str
    source: Sequence[str]
    target: Sequence[str]
    equal: Sequence[str] = ()


INHIBITIONS = (
    Inhibition(
        "Who is blind says nothing about services.",
        ['alertname="SlamonLocalFault"', 'sight="none"'],
        [
            'alertname=~"Slamon(Service|Check|Heartbeat|Certificate|Budget|Agreement(AtRisk|Breached)|Coverage|Latency).*"'
        ],
    ),
    Inhibition(
        "An outage over those of the services that stand on what failed.",
        ['alertname="SlamonServiceDown"', 'role="cause"'],
        ['alertname="SlamonServiceDown"', 'role="dependent"'],
        ["cause"],
    ),
    Inhibition(
        "Down says it all.",
        ['alertname="SlamonServiceDown"'],
        ['alertname=~"Slamon(ServiceDegraded|CheckFlapping|HeartbeatMissed|BudgetBurn)"'],
        ["service"],
    ),
    Inhibition(
        "What cannot be mended any more is at risk no more.",
        ['alertname="SlamonAgreementBreached"'],
        ['alertname="SlamonAgreementAtRisk"'],
        _AGREED,
    ),
    Inhibition(
        "The fast burn over the slow one.",
        ['alertname="SlamonBudgetBurn"', 'severity="{page}"'],
        ['alertname="SlamonBudgetBurn"', 'severity="{ticket}"'],
        _AGREED,
    ),
    Inhibition(
        "The urgent end of a certificate over its announcement.",
        ['alertname="SlamonCertificateExpiring"', 'severity="{page}"'],
        ['alertname="SlamonCertificateExpiring"', 'severity="{ticket}"'],
        ["service", "check"],
    ),
    Inhibition(
        "Who is not there cannot stand still.",
        ['alertname="SlamonDown"'],
        ['alertname=~"Slamon(Stalled|LedgerCannotStore|LocalFault)"'],
        ["instance"],
    ),
)


@dataclass(frozen=True, slots=True)
class Team:
    """Who is told: the id that alerts bear, and a mail address, if there is one."""

    id: str
    email: str | None


def configuration(fit: Fit, teams: Sequence[Team] = ()) -> str:
    """The whole file. Addresses of receivers are examples that reach nobody; secrets are read from files."""
    content = {
        "global": {
            "smtp_smarthost": "127.0.0.1:25",
            "smtp_from": "slamon@example.org",
            "smtp_require_tls": False,
        },
        "templates": ["templates/*.tmpl"],
        "route": _route(fit, teams),
        "inhibit_rules": [_inhibition(fit, one) for one in INHIBITIONS],
        "receivers": [*_receivers(fit), *(_of_team(team) for team in teams if team.email)],
    }
    return dumped(_HEAD, content)


_BACK = {"url": "http://127.0.0.1:10650/api/alerts", "send_resolved": True}
"""slamon is told what reached a receiver."""

_HEAD = (
    "# Written by `slamon export alertmanager`. Put in your addresses: those of example.org reach nobody.\n"
    "# The receivers pager and chat are ready to be named in the routes.\n"
)


def _route(fit: Fit, teams: Sequence[Team]) -> dict[str, Any]:
    page, ticket, none = (fit.severity(severity) for severity in Severity)
    mailed = [team for team in teams if team.email]
    return {
        "receiver": "tickets",
        "group_by": ["service"],
        "group_wait": "10s",
        "group_interval": "1m",
        "repeat_interval": "12h",
        "routes": [
            {
                "matchers": ['alertname="SlamonWatchdog"'],
                "receiver": "watchdog",
                "group_wait": "0s",
                "group_interval": "1m",
                "repeat_interval": "5m",
            },
            {"matchers": [_is("severity", none)], "receiver": "nobody"},
            {
                "matchers": [_is("severity", page)],
                "receiver": "pages",
                "repeat_interval": "4h",
                "routes": _by_team(mailed, page),
            },
            {
                "matchers": [_is("severity", ticket)],
                "receiver": "tickets",
                "group_wait": "1m",
                "group_interval": "10m",
                "repeat_interval": "5d",
                "routes": _by_team(mailed, ticket),
            },
        ],
    }


def _by_team(teams: Sequence[Team], severity: str) -> list[dict[str, Any]]:
    return [
        {"matchers": [_is("team", team.id), _is("severity", severity)], "receiver": f"team-{team.id}"} for team in teams
    ]


def _is(label: str, value: str) -> str:
    """A matcher as Alertmanager reads it, whatever stands in the value."""
    return f"{label}={json.dumps(value, ensure_ascii=False)}"


def _inhibition(fit: Fit, one: Inhibition) -> dict[str, Any]:
    words = {"page": fit.severity(Severity.PAGE), "ticket": fit.severity(Severity.TICKET)}
    rule: dict[str, Any] = {
        "source_matchers": [_worded(matcher, words) for matcher in one.source],
        "target_matchers": [_worded(matcher, words) for matcher in one.target],
    }
    return rule | ({"equal": list(one.equal)} if one.equal else {})


def _worded(matcher: str, words: Mapping[str, str]) -> str:
    for ours, theirs in words.items():
        matcher = matcher.replace(f'"{{{ours}}}"', json.dumps(theirs, ensure_ascii=False))
    return matcher


def _receivers(fit: Fit) -> list[dict[str, Any]]:
    return [
        {"name": "nobody"},
        {"name": "watchdog", "webhook_configs": [{"url": "http://127.0.0.1:9/", "send_resolved": False}]},
        {
            "name": "pages",
            "webhook_configs": [_BACK],
            "email_configs": [_mail("oncall@example.org")],
        },
        {
            "name": "tickets",
            "webhook_configs": [_BACK],
            "email_configs": [_mail("service@example.org")],
        },
        {
            "name": "chat",
            "slack_configs": [
                {
                    "api_url": "http://127.0.0.1:9/",
                    "channel": "#betrieb" if fit.language is Language.DE else "#operations",
                    "send_resolved": True,
                    "color": '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
                    "title": '{{ template "slamon.title" . }}',
                    "title_link": '{{ template "slamon.link" . }}',
                    "text": '{{ template "slamon.text" . }}',
                }
            ],
        },
        {
            "name": "pager",
            "pagerduty_configs": [
                {
                    "url": "http://127.0.0.1:9/",
                    "routing_key": "put-your-routing-key-here",
                    "send_resolved": True,
                    "severity": "critical",
                    "client": "slamon",
                    "client_url": '{{ template "slamon.link" . }}',
                    "description": '{{ template "slamon.title" . }}',
                    "details": {"text": '{{ template "slamon.text" . }}'},
                }
            ],
        },
    ]


def _of_team(team: Team) -> dict[str, Any]:
    assert team.email is not None
    return {"name": f"team-{team.id}", "webhook_configs": [_BACK], "email_configs": [_mail(team.email)]}


def _mail(to: str) -> dict[str, Any]:
    return {
        "to": to,
        "send_resolved": True,
        "headers": {"Subject": '{{ template "slamon.title" . }}'},
        "html": "",
        "text": '{{ template "slamon.text" . }}',
    }
