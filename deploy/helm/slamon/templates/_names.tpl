{{- define "slamon.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}-slamon
{{- end }}

{{- define "slamon.labels" -}}
app.kubernetes.io/name: slamon
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "slamon.selector" -}}
app.kubernetes.io/name: slamon
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
