"""What a notification says: Alertmanager's templates (0.25 knows all that is used here).

One notification may tell of alerts that fire and of others that are over: its title is of those that fire.
"""

from collections.abc import Mapping

from slamon.export.alerting.alert import Language

_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "resolved": "Over: ",
        "more": "and {{ len (slice . 1) }} more",
        "since": "since",
        "until": "from",
        "to": "to",
        "form": "2006-01-02 15:04 MST",
        "team": "Team",
        "customer": "Customer",
        "several": "several",
        "panel": "Panel",
        "runbook": "What to do",
    },
    Language.DE: {
        "resolved": "Vorbei: ",
        "more": "und {{ len (slice . 1) }} weitere",
        "since": "seit",
        "until": "von",
        "to": "bis",
        "form": "02.01.2006 15:04 MST",
        "team": "Team",
        "customer": "Kunde",
        "several": "mehrere",
        "panel": "Tafel",
        "runbook": "Was zu tun ist",
    },
}

_TEMPLATE = """\
{{- define "slamon.heading" -}}
{{ (index . 0).Annotations.summary }}{{ if gt (len .) 1 }} (@more@){{ end }}
{{- end }}

{{- define "slamon.title" -}}
{{ if .Alerts.Firing }}{{ template "slamon.heading" .Alerts.Firing }}
{{- else }}@resolved@{{ template "slamon.heading" .Alerts.Resolved }}{{ end }}
{{- end }}

{{- define "slamon.link" -}}
{{ if .Alerts.Firing }}{{ (index .Alerts.Firing 0).Annotations.dashboard_url }}
{{- else }}{{ (index .Alerts.Resolved 0).Annotations.dashboard_url }}{{ end }}
{{- end }}

{{- define "slamon.about" }}
{{- if .Labels.team }}@team@: {{ .Labels.team }}
{{ end }}
{{- if and .Labels.customer (ne .Labels.customer "none") }}@customer@: \
{{ if eq .Labels.customer "several" }}@several@{{ else }}{{ .Labels.customer }}{{ end }}
{{ end }}
{{- end }}

{{- define "slamon.text" -}}
{{- range .Alerts.Firing }}{{ .Annotations.summary }}, @since@ {{ .StartsAt.Local.Format "@form@" }}
{{ .Annotations.description }}
{{ template "slamon.about" . }}@panel@: {{ .Annotations.dashboard_url }}
@runbook@: {{ .Annotations.runbook_url }}

{{ end }}
{{- range .Alerts.Resolved }}@resolved@{{ .Annotations.summary }}, \
@until@ {{ .StartsAt.Local.Format "@form@" }} \
@to@ {{ .EndsAt.Local.Format "@form@" }}
{{ template "slamon.about" . }}
{{ end }}
{{- end }}
"""


def template(language: Language) -> str:
    """The template file in that language."""
    text = _TEMPLATE
    for key, word in _WORDS[language].items():
        text = text.replace(f"@{key}@", word)
    return text
