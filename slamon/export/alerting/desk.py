"""Alerts on the service manager's desk: reports, agreements that end, actions, complaints. Tickets, never pages."""

from slamon.export import names as n
from slamon.export.alerting.alert import Alert, Fit, Group, Language, Severity, Texts
from slamon.export.alerting.terms import LAST

ENDING_DAYS = 60
"""So long before its end an agreement is told: to negotiate, sign and put a new one into the catalogue."""

UNANSWERED_DAYS = 3
"""So long a complaint may wait for an answer, over a weekend too."""

_DAY_S = 86_400
_CUSTOMER = "/d/slamon-customer?var-customer={{ $labels.customer }}&from=now-90d&to=now"
_ALL = "/d/slamon-customer?from=now-90d&to=now"
_DAYS = '{{ printf "%.0f" $value }}'


def group(fit: Fit) -> Group:
    """All of them."""
    return Group("slamon-desk", (_report(fit), _ending(fit), _overdue(fit), _unanswered(fit)))


def _last(expression: str) -> str:
    """The value, over a restart too."""
    return f"last_over_time({expression}[{LAST}])"


def _report(fit: Fit) -> Alert:
    return Alert(
        "SlamonReportFailed",
        Severity.TICKET,
        f"max by (report) ({_last(fit.of(n.REPORT_FAILING))}) == 1",
        {
            Language.EN: Texts(
                "The report {{ $labels.report }} was not delivered",
                "The newest run of {{ $labels.report }} that was due has failed for an hour. It is tried again by "
                "itself; the log says why it fails.",
            ),
            Language.DE: Texts(
                "Der Bericht {{ $labels.report }} wurde nicht zugestellt",
                "Der letzte fällige Lauf von {{ $labels.report }} scheitert seit einer Stunde. Er wird von selbst "
                "wiederholt; das Log nennt den Grund.",
            ),
        },
        _ALL,
        wait="1h",
        labels={"service": "slamon", "customer": "none", "team": fit.own_team},
    )


def _ending(fit: Fit) -> Alert:
    """One for each agreement, however many services it binds; an agreement that has ended is history."""
    left = f"min by (agreement, customer) ({_last(fit.of(n.AGREEMENT_END))}) - time()"
    return Alert(
        "SlamonAgreementEnding",
        Severity.TICKET,
        f"floor(({left}) / {_DAY_S} > 0) < {ENDING_DAYS}",
        {
            Language.EN: Texts(
                f"The agreement {{{{ $labels.agreement }}}} ends in {_DAYS} days",
                "After that nothing is owed to {{ $labels.customer }} under {{ $labels.agreement }}, and nothing is "
                "accounted. Renew it, or let it end.",
            ),
            Language.DE: Texts(
                f"Die Vereinbarung {{{{ $labels.agreement }}}} endet in {_DAYS} Tagen",
                "Danach ist {{ $labels.customer }} unter {{ $labels.agreement }} nichts mehr geschuldet, und nichts "
                "wird mehr abgerechnet. Zu erneuern, oder auslaufen zu lassen.",
            ),
        },
        _CUSTOMER,
    )


def _overdue(fit: Fit) -> Alert:
    overdue = fit.of(n.ACTIONS, state="overdue")
    return Alert(
        "SlamonActionOverdue",
        Severity.TICKET,
        f"max by (team) ({_last(overdue)}) > 0",
        {
            Language.EN: Texts(
                "{{ if eq $value 1.0 }}An action{{ else }}{{ $value }} actions{{ end }} of "
                "{{ with $labels.team }}{{ . }}{{ else }}no team{{ end }} should be done",
                "The due day is over, and neither is it done nor was another day agreed. "
                "`slamon register action list` names them.",
            ),
            Language.DE: Texts(
                "{{ if eq $value 1.0 }}Eine Maßnahme ist{{ else }}{{ $value }} Maßnahmen sind{{ end }} überfällig: "
                "{{ with $labels.team }}{{ . }}{{ else }}ohne Team{{ end }}",
                "Der Termin ist vorbei, und weder ist sie erledigt noch ein anderer Tag vereinbart. "
                "`slamon register action list` nennt sie.",
            ),
        },
        _ALL,
        labels={"service": "slamon", "customer": "none"},
    )


def _unanswered(fit: Fit) -> Alert:
    oldest = f"min by (customer, service) ({_last(fit.of(n.OLDEST_OPEN_COMPLAINT))})"
    return Alert(
        "SlamonComplaintUnanswered",
        Severity.TICKET,
        f"floor((time() - {oldest}) / {_DAY_S}) >= {UNANSWERED_DAYS}",
        {
            Language.EN: Texts(
                f"{{{{ $labels.customer }}}} has waited {_DAYS} days for an answer",
                "The oldest complaint of {{ $labels.customer }} about {{ $labels.service }} that nobody answered. "
                "`slamon register reconcile` lays it beside what was measured.",
            ),
            Language.DE: Texts(
                f"{{{{ $labels.customer }}}} wartet seit {_DAYS} Tagen auf eine Antwort",
                "Die älteste Beschwerde von {{ $labels.customer }} über {{ $labels.service }}, auf die niemand "
                "geantwortet hat. `slamon register reconcile` legt sie neben das Gemessene.",
            ),
        },
        _CUSTOMER,
    )
