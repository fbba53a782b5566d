{{- define "tiddlywiki.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "tiddlywiki.selector" -}}
app.kubernetes.io/name: tiddlywiki
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tiddlywiki.labels" -}}
{{ include "tiddlywiki.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "tiddlywiki.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
