"""Alerts on what customers use: services, their checks, certificates and jobs."""

from slamon.export import names as n
from slamon.export.alerting import phrases, terms
from slamon.export.alerting.alert import Alert, Fit, Group, Language, Severity, Texts

_DAY_S = 86_400
_SERVICE = "/d/slamon-service?var-service={{ $labels.service }}&from=now-6h&to=now"
_CHECK = "/d/slamon-service?var-service={{ $labels.service }}&var-check={{ $labels.check }}&from=now-24h&to=now"


def group(fit: Fit) -> Group:
    """All of them."""
    return Group(
        "slamon-services",
        (
            _down(fit),
            _degraded(fit),
            _flapping(fit),
            _certificate(fit, Severity.TICKET, 14, 2),
            _certificate(fit, Severity.PAGE, 2, None),
            _heartbeat(fit),
        ),
    )


def _down(fit: Fit) -> Alert:
    seen = f"{terms.in_state(fit, 'down', 'up|degraded')}\nand on (service) {terms.hurt(fit)}"
    budgets, failing = phrases.budgets(fit, "service", "service"), phrases.failing(fit, "cause")
    return Alert(
        "SlamonServiceDown",
        Severity.PAGE,
        terms.caused(fit, terms.owed(fit, seen)),
        {
            Language.EN: Texts(
                "{{ $labels.service }} is down",
                '{{ $labels.service }} is down{{ if eq $labels.role "dependent" }}: '
                f"{{{{ $labels.cause }}}}, on which it stands, is{{{{ end }}}}.{failing}{budgets}",
            ),
            Language.DE: Texts(
                "{{ $labels.service }} ist ausgefallen",
                '{{ $labels.service }} ist ausgefallen{{ if eq $labels.role "dependent" }}, weil '
                f"{{{{ $labels.cause }}}} ausgefallen ist{{{{ end }}}}.{failing}{budgets}",
            ),
        },
        _SERVICE,
    )


def _degraded(fit: Fit) -> Alert:
    seen = f"{terms.in_state(fit, 'degraded', 'up')}\nand on (service) {terms.hurt(fit)}"
    return Alert(
        "SlamonServiceDegraded",
        Severity.TICKET,
        terms.owed(fit, seen),
        {
            Language.EN: Texts(
                "{{ $labels.service }} is degraded",
                "{{ $labels.service }} has worked for a quarter of an hour, but not as it should: it is slow, "
                "or one of its parts is.",
            ),
            Language.DE: Texts(
                "{{ $labels.service }} ist eingeschränkt",
                "{{ $labels.service }} läuft seit einer Viertelstunde, aber nicht so, wie es soll: zu langsam, "
                "oder ein Teil davon ist gestört.",
            ),
        },
        _SERVICE,
        wait="15m",
    )


def _flapping(fit: Fit) -> Alert:
    flaps = f"max by (service, check) (changes({fit.of(n.CHECK_UP)}[1h])) > 5"
    return Alert(
        "SlamonCheckFlapping",
        Severity.TICKET,
        terms.owed(fit, f"{flaps}\nand on (service) {terms.hurt(fit)}"),
        {
            Language.EN: Texts(
                "{{ $labels.service }}/{{ $labels.check }} goes up and down",
                "{{ $labels.service }}/{{ $labels.check }} changed between up and down {{ $value }} times "
                "within an hour. Each of these outages counts.",
            ),
            Language.DE: Texts(
                "{{ $labels.service }}/{{ $labels.check }} flattert",
                "{{ $labels.service }}/{{ $labels.check }} hat in einer Stunde {{ $value }} Mal zwischen "
                "erreichbar und ausgefallen gewechselt. Jeder dieser Ausfälle zählt.",
            ),
        },
        _CHECK,
    )


def _certificate(fit: Fit, severity: Severity, days: int, beyond: int | None) -> Alert:
    left = f"min by (service, check) ({fit.of(n.CHECK_CERTIFICATE_EXPIRY)}) - time()"
    bounds = f"{left} < {days * _DAY_S}" + (f"\n  and {left} >= {beyond * _DAY_S}" if beyond is not None else "")
    return Alert(
        "SlamonCertificateExpiring",
        severity,
        terms.owed(fit, bounds),
        {
            Language.EN: Texts(
                "A certificate of {{ $labels.service }}/{{ $labels.check }} ends in {{ $value | humanizeDuration }}",
                "The first certificate of the chain that {{ $labels.service }}/{{ $labels.check }} shows ends in "
                "{{ $value | humanizeDuration }}. When it has ended the service is down for everyone who verifies it.",
            ),
            Language.DE: Texts(
                "Ein Zertifikat von {{ $labels.service }}/{{ $labels.check }} endet in {{ $value | humanizeDuration }}",
                "Das erste Zertifikat der Kette, die {{ $labels.service }}/{{ $labels.check }} zeigt, endet in "
                "{{ $value | humanizeDuration }}. Danach ist der Dienst für alle ausgefallen, die es prüfen.",
            ),
        },
        _CHECK,
        wait="5m",
    )


def _heartbeat(fit: Fit) -> Alert:
    late = (
        f"max by (service, check) (max_over_time({fit.of(n.CHECK_INFO, kind='heartbeat')}[{terms.LAST}]))\n"
        f"  and on (service, check) max by (service, check) ({fit.of(n.CHECK_UP)}) == 0"
    )
    return Alert(
        "SlamonHeartbeatMissed",
        Severity.TICKET,
        terms.owed(fit, late),
        {
            Language.EN: Texts(
                "The job {{ $labels.service }}/{{ $labels.check }} has not reported",
                "{{ $labels.service }}/{{ $labels.check }} was due and has not reported in time, reported a failure, "
                "or runs for too long.",
            ),
            Language.DE: Texts(
                "Der Job {{ $labels.service }}/{{ $labels.check }} hat sich nicht gemeldet",
                "{{ $labels.service }}/{{ $labels.check }} war fällig und hat sich nicht rechtzeitig gemeldet, hat "
                "einen Fehler gemeldet oder läuft zu lange.",
            ),
        },
        _CHECK,
    )
