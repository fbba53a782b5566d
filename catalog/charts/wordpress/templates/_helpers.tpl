{{- define "wordpress.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "wordpress.database" -}}
{{ include "wordpress.name" . }}-mariadb
{{- end -}}

{{- define "wordpress.selector" -}}
app.kubernetes.io/name: wordpress
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "wordpress.databaseSelector" -}}
app.kubernetes.io/name: mariadb
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "wordpress.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "wordpress.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "wordpress.url" -}}
https://{{ .Values.ingress.host }}{{ .Values.portSuffix }}
{{- end -}}
