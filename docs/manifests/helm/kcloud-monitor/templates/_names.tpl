{{- define "kcloud-monitor.name" -}}
{{- if contains "kcloud-monitor" .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-kcloud-monitor" .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "kcloud-monitor.selector" -}}
app.kubernetes.io/name: kcloud-monitor
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "kcloud-monitor.labels" -}}
{{ include "kcloud-monitor.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "kcloud-monitor.secret" -}}
{{- .Values.secret.existing | default (include "kcloud-monitor.name" .) -}}
{{- end -}}

{{- /* Whether several servers run, which share their state by PostgreSQL and Redis. */ -}}
{{- define "kcloud-monitor.many" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) -}}yes{{- end -}}
{{- end -}}
