"""Alerts on slamon itself: whoever watches must be watched."""

from slamon.export import names as n
from slamon.export.alerting.alert import Alert, Fit, Group, Language, Severity, Texts

FRESH_S = 120
"""A watermark older than this is no sign of life."""

_RENAMED_ONES = 'count({__name__=~"slamon_.+",exported_service!=""}) > 0'
_FLEET = "/d/slamon-fleet?from=now-6h&to=now"


def group(fit: Fit) -> Group:
    """All of them, each with the labels that every alert has."""
    return Group(
        "slamon-self",
        (
            _alert(fit, "SlamonDown", Severity.PAGE, f'up{{job="{fit.job}"}} == 0', "2m", _DOWN),
            _alert(fit, "SlamonStalled", Severity.PAGE, _stalled(fit), "1m", _STALLED),
            _alert(fit, "SlamonLocalFault", Severity.PAGE, _local_fault(fit), "5m", _LOCAL_FAULT),
            _alert(fit, "SlamonLedgerCannotStore", Severity.PAGE, _failing(fit, "ledger"), "2m", _LEDGER),
            _alert(fit, "SlamonProbesNotRun", Severity.TICKET, _failing(fit, "probe"), "10m", _NOT_RUN),
            _alert(fit, "SlamonSlotsMissed", Severity.TICKET, _missed(fit), "10m", _MISSED),
            _alert(
                fit,
                "SlamonConfigurationRejected",
                Severity.TICKET,
                f"{fit.of(n.RELOAD_SUCCESSFUL)} == 0",
                "5m",
                _REJECTED,
            ),
            _alert(fit, "SlamonLabelsRenamed", Severity.TICKET, _RENAMED_ONES, "5m", _RENAMED),
            _alert(fit, "SlamonWatchdog", Severity.NONE, _watchdog(fit), "", _WATCHDOG),
        ),
    )


def _alert(fit: Fit, name: str, severity: Severity, expression: str, wait: str, texts: dict[Language, Texts]) -> Alert:
    labels = {"service": "slamon", "customer": "none", "team": fit.own_team}
    return Alert(name, severity, expression, texts, _FLEET, wait, labels)


def _stalled(fit: Fit) -> str:
    return f"time() - {fit.of(n.WATERMARK)} > {FRESH_S}"


def _local_fault(fit: Fit) -> str:
    """With the label `sight`: `none` when no slamon sees anything, `some` when another one still does."""
    fault = fit.of(n.LOCAL_FAULT)
    everywhere = f"on () (min({fault}) == 1)"
    return (
        f'label_replace({fault} == 1 and {everywhere}, "sight", "none", "", "")\n'
        f'or label_replace({fault} == 1 unless {everywhere}, "sight", "some", "", "")'
    )


def _failing(fit: Fit, component: str) -> str:
    return f"increase({fit.of(n.COMPONENT_ERRORS, component=component)}[5m]) > 0"


def _missed(fit: Fit) -> str:
    """More than one of a hundred probes that were due."""
    due = f"sum without (service, check) (increase({fit.of(n.CHECK_OBSERVATIONS)}[15m]))"
    return f"increase({fit.of(n.MISSED)}[15m]) > 0.01 * {due}"


def _watchdog(fit: Fit) -> str:
    return f"time() - max({fit.of(n.WATERMARK)}) < {FRESH_S}"


_DOWN = {
    Language.EN: Texts(
        "slamon on {{ $labels.instance }} does not answer",
        "Prometheus cannot scrape slamon on {{ $labels.instance }}: nobody is watching what it watches. Time in which "
        "it is stopped is unknown in every figure.",
    ),
    Language.DE: Texts(
        "slamon auf {{ $labels.instance }} antwortet nicht",
        "Prometheus erreicht slamon auf {{ $labels.instance }} nicht: niemand beobachtet, was es beobachtet. Zeit, in "
        "der es steht, ist in allen Zahlen unbekannt.",
    ),
}
_STALLED = {
    Language.EN: Texts(
        "slamon on {{ $labels.instance }} stands still",
        "It answers, but nothing was stored for {{ $value | humanizeDuration }}.",
    ),
    Language.DE: Texts(
        "slamon auf {{ $labels.instance }} steht still",
        "Es antwortet, hat aber seit {{ $value | humanizeDuration }} nichts gespeichert.",
    ),
}
_LOCAL_FAULT = {
    Language.EN: Texts(
        "The network of slamon on {{ $labels.instance }} fails",
        "The reference targets cannot be reached from {{ $labels.instance }}: the monitor's own network is at fault. "
        "Every check is unknown meanwhile; nobody is blamed, and real outages are not seen.",
    ),
    Language.DE: Texts(
        "Das Netz von slamon auf {{ $labels.instance }} ist gestört",
        "Die Referenzziele sind von {{ $labels.instance }} aus nicht erreichbar: gestört ist das eigene Netz. Alle "
        "Prüfungen sind solange unbekannt; niemand wird belastet, und echte Ausfälle werden nicht gesehen.",
    ),
}
_LEDGER = {
    Language.EN: Texts(
        "slamon on {{ $labels.instance }} cannot store",
        "Observations are not stored. Figures go on from memory; what is not stored by the time slamon stops is "
        "unknown for good. Most often the disk is full.",
    ),
    Language.DE: Texts(
        "slamon auf {{ $labels.instance }} kann nicht speichern",
        "Beobachtungen werden nicht gespeichert. Die Zahlen kommen solange aus dem Speicher; was bis zum Ende von "
        "slamon nicht gespeichert ist, bleibt für immer unbekannt. Meist ist die Platte voll.",
    ),
}
_NOT_RUN = {
    Language.EN: Texts(
        "slamon on {{ $labels.instance }} cannot run some probes",
        "Probes could not be run for ten minutes for reasons of our own. They make no observation: time becomes "
        "unknown. The log names the checks and the reasons.",
    ),
    Language.DE: Texts(
        "slamon auf {{ $labels.instance }} kann manche Prüfungen nicht ausführen",
        "Seit zehn Minuten scheitern Prüfungen an uns selbst. Sie ergeben keine Beobachtung: die Zeit wird unbekannt. "
        "Das Log nennt Prüfungen und Gründe.",
    ),
}
_MISSED = {
    Language.EN: Texts(
        "slamon on {{ $labels.instance }} misses probes",
        "More than one probe of a hundred was due and not begun: the machine is too slow for the catalogue, or "
        "something holds it.",
    ),
    Language.DE: Texts(
        "slamon auf {{ $labels.instance }} lässt Prüfungen aus",
        "Mehr als eine von hundert fälligen Prüfungen wurde nicht begonnen: die Maschine ist für den Katalog zu "
        "langsam, oder etwas hält sie auf.",
    ),
}
_REJECTED = {
    Language.EN: Texts(
        "The catalogue of slamon on {{ $labels.instance }} has a mistake",
        "It was not loaded, the one before stays in force. `slamon check` names each mistake with its place.",
    ),
    Language.DE: Texts(
        "Der Katalog von slamon auf {{ $labels.instance }} hat einen Fehler",
        "Er wurde nicht geladen, der vorige gilt weiter. `slamon check` nennt jeden Fehler mit seiner Stelle.",
    ),
}
_RENAMED = {
    Language.EN: Texts(
        "Labels of slamon's metrics are renamed",
        "{{ $value }} series arrive with `exported_service`: the scrape configuration lacks `honor_labels: true`. "
        "Rules and panels see nothing of them.",
    ),
    Language.DE: Texts(
        "Labels der Metriken von slamon sind umbenannt",
        "{{ $value }} Reihen kommen mit `exported_service` an: in der Scrape-Konfiguration fehlt `honor_labels: true`. "
        "Regeln und Tafeln sehen nichts davon.",
    ),
}
_WATCHDOG = {
    Language.EN: Texts(
        "slamon is alive",
        "This alert always fires. When it does not arrive any more, slamon, Prometheus, Alertmanager or the way "
        "between them is broken.",
    ),
    Language.DE: Texts(
        "slamon lebt",
        "Dieser Alarm feuert immer. Kommt er nicht mehr an, ist slamon, Prometheus, Alertmanager oder der Weg "
        "dazwischen gestört.",
    ),
}
