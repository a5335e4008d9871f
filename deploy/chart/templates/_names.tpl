{{- define "webhook-broker.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
The name of all objects, with an ending for most. Two releases never have one name, unless fullnameOverride gives it (so there is no
nameOverride): it ends in the chart's name also where the release's holds that, and what is too long, or no name of a Service, is told apart
by a hash. With the longest ending it is that of a CronJob, so 52 characters at most.
*/}}
{{- define "webhook-broker.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else -}}
{{- $name := include "webhook-broker.name" . -}}
{{- $wanted := ternary $name (printf "%s-%s" .Release.Name $name) (eq .Release.Name $name) -}}
{{- $plain := $wanted | replace "." "-" -}}
{{- if regexMatch "^[0-9]" $plain -}}
{{- $plain = printf "b-%s" $plain -}}
{{- end -}}
{{- if or (ne $plain $wanted) (gt (len $plain) 41) -}}
{{- printf "%s-%s" ($plain | trunc 32 | trimAll "-") ($wanted | sha256sum | trunc 8) -}}
{{- else -}}
{{- $plain -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Of the pods of one component, which is the second of the list. */}}
{{- define "webhook-broker.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "webhook-broker.name" $root | quote }}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 | quote }}
{{- end -}}

{{/* The same with those that users add, which replace none of ours: list root component more. */}}
{{- define "webhook-broker.podLabels" -}}
{{- $ours := include "webhook-broker.selectorLabels" . | fromYaml -}}
{{- $more := dict -}}
{{- if gt (len .) 2 -}}{{- $more = index . 2 -}}{{- end -}}
{{- toYaml (merge (dict) $ours $more (index . 0).Values.commonLabels) -}}
{{- end -}}

{{/* Of an object of one component: list root component more. */}}
{{- define "webhook-broker.labels" -}}
{{- $root := index . 0 -}}
{{- $more := dict -}}
{{- if gt (len .) 2 -}}{{- $more = index . 2 -}}{{- end -}}
{{- $ours := include "webhook-broker.selectorLabels" . | fromYaml -}}
{{- $chart := dict "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" ($root.Values.image.tag | default $root.Chart.AppVersion | replace "+" "_" | trunc 63 | trimAll "-_.")
  "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- toYaml (merge (dict) $ours $chart $more $root.Values.commonLabels) -}}
{{- end -}}

{{- define "webhook-broker.image" -}}
{{- $image := .Values.image -}}
{{- $registry := (.Values.global | default dict).imageRegistry | default $image.registry -}}
{{- if $registry -}}{{- $registry | trimSuffix "/" -}}/{{- end -}}
{{- $image.repository -}}
{{- if $image.digest -}}@{{- $image.digest -}}{{- else -}}:{{- $image.tag | default .Chart.AppVersion -}}{{- end -}}
{{- end -}}

{{- define "webhook-broker.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "webhook-broker.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* The part of a URL before the path, within the namespace: list root service. */}}
{{- define "webhook-broker.adminUrl" -}}
{{- ternary "https" "http" (eq (include "webhook-broker.adminTls" .) "true") -}}://{{- include "webhook-broker.fullname" . -}}-admin:{{- .Values.adminService.port | int -}}
{{- end -}}

{{- define "webhook-broker.apiUrl" -}}
{{- ternary "https" "http" (ne .Values.tls.existingSecret "") -}}://{{- include "webhook-broker.fullname" . -}}:{{- .Values.service.port | int -}}
{{- end -}}

{{- define "webhook-broker.adminTls" -}}
{{- and (ne .Values.tls.existingSecret "") .Values.tls.adminPort -}}
{{- end -}}
