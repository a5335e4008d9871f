{{/* Any value as the text that the broker is to read: a list as YAML in one line, a number as it was written. */}}
{{- define "webhook-broker.text" -}}
{{- if or (kindIs "slice" .) (kindIs "map" .) -}}
{{- toJson . -}}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- printf "%.0f" . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/* All variables of the nodes that are no secrets, as JSON. */}}
{{- define "webhook-broker.config" -}}
{{- $values := .Values -}}
{{- $all := dict -}}
{{- range $name, $value := $values.config -}}
{{- $_ := set $all $name (include "webhook-broker.text" $value) -}}
{{- end -}}
{{- $_ := set $all "DATABASE_URL" $values.database.url -}}
{{- if and $values.database.user (not $values.database.existingSecretKeys.user) -}}
{{- $_ := set $all "DATABASE_USER" $values.database.user -}}
{{- end -}}
{{- $_ := set $all "DATABASE_POOL_SIZE" (include "webhook-broker.text" $values.database.poolSize) -}}
{{- $_ := set $all "DRAIN" (printf "%ds" (int $values.drainSeconds)) -}}
{{- $_ := set $all "JAVA_HEAP" $values.jvm.maxHeap -}}
{{- if $values.jvm.extraOptions -}}
{{- $_ := set $all "JAVA_OPTS" (join " " $values.jvm.extraOptions) -}}
{{- end -}}
{{- $admin := printf "%s-admin" (include "webhook-broker.fullname" .) -}}
{{- $namespace := .Release.Namespace -}}
{{- $names := list $admin (printf "%s.%s" $admin $namespace) (printf "%s.%s.svc" $admin $namespace) (printf "%s.%s.svc.cluster.local" $admin $namespace) -}}
{{- $_ := set $all "ADMIN_HOSTS" (toJson (concat $names $values.adminService.hosts)) -}}
{{- if ne $values.auth.mode "none" -}}
{{- $_ := set $all "AUTH_MODE" $values.auth.mode -}}
{{- end -}}
{{- if ne $values.gatewayAuth.mode "none" -}}
{{- $_ := set $all "GATEWAY_AUTH_MODE" $values.gatewayAuth.mode -}}
{{- end -}}
{{- if $values.tls.existingSecret -}}
{{- $_ := set $all "TLS_CERTIFICATE" "/etc/webhook-broker/tls/tls.crt" -}}
{{- $_ := set $all "TLS_KEY" "/etc/webhook-broker/tls/tls.key" -}}
{{- $_ := set $all "TLS_ADMIN_PORT" (toString $values.tls.adminPort) -}}
{{- if $values.tls.clientAuthoritiesSecret -}}
{{- $_ := set $all "TLS_CLIENT_AUTH" $values.tls.clientAuth -}}
{{- $_ := set $all "TLS_CLIENT_AUTHORITIES" "/etc/webhook-broker/client-authorities/ca.crt" -}}
{{- end -}}
{{- end -}}
{{- if $values.outboundTls -}}
{{- $profiles := list -}}
{{- range $profile := $values.outboundTls -}}
{{- $folder := printf "/etc/webhook-broker/outbound/%s" $profile.name -}}
{{- $entry := dict "name" $profile.name -}}
{{- if or $profile.authoritiesConfigMap $profile.authoritiesSecret -}}
{{- $_ := set $entry "caBundle" (printf "%s/authorities/ca.crt" $folder) -}}
{{- end -}}
{{- if $profile.certificateSecret -}}
{{- $_ := set $entry "certificate" (printf "%s/certificate/tls.crt" $folder) -}}
{{- $_ := set $entry "key" (printf "%s/certificate/tls.key" $folder) -}}
{{- end -}}
{{- $profiles = append $profiles $entry -}}
{{- end -}}
{{- $_ := set $all "OUTBOUND_TLS" (toJson $profiles) -}}
{{- end -}}
{{- range $list := list "producers" "channels" "consumers" -}}
{{- if or (index $values.seed $list) (index $values.seed.existingSecretKeys $list) -}}
{{- $_ := set $all (printf "SEED_%s_FILE" (upper $list)) (printf "/etc/webhook-broker/seed/%s" $list) -}}
{{- end -}}
{{- end -}}
{{- if $values.prune.enabled -}}
{{- with $values.prune.remoteUrl -}}{{- $_ := set $all "RETENTION_REMOTE_URL" . -}}{{- end -}}
{{- with $values.prune.filePrefix -}}{{- $_ := set $all "RETENTION_FILE_PREFIX" . -}}{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{/* Of these the ones that a command needs, by the beginnings of their names: list root beginning... */}}
{{- define "webhook-broker.configOf" -}}
{{- $some := dict -}}
{{- $beginnings := rest . -}}
{{- range $name, $value := include "webhook-broker.config" (first .) | fromJson -}}
{{- range $beginnings -}}
{{- if hasPrefix . $name -}}{{- $_ := set $some $name $value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $some -}}
{{- end -}}

{{/* The data of a ConfigMap, every value a text: JSON. */}}
{{- define "webhook-broker.data" -}}
{{- range $name, $value := fromJson . }}
{{ $name }}: {{ $value | toJson }}
{{- end }}
{{- end -}}

{{/* Of the jobs: not the heap and the options of the nodes, which their memory is not meant for. */}}
{{- define "webhook-broker.migrationConfig" -}}
{{- include "webhook-broker.configOf" (list . "DATABASE_" "LOG_") | fromJson | merge (dict "JAVA_HEAP" "256m") | toJson -}}
{{- end -}}

{{- define "webhook-broker.pruneConfig" -}}
{{- $prune := .Values.prune -}}
{{- $config := include "webhook-broker.configOf" (list . "DATABASE_" "LOG_" "SECRETS_" "RETENTION_" "HTTP_PROXY" "HTTPS_PROXY" "NO_PROXY") | fromJson -}}
{{- $_ := set $config "JAVA_HEAP" "256m" -}}
{{- $_ := set $config "RETENTION_NODE_NAME" ($prune.nodeName | default (printf "%s-prune" (include "webhook-broker.fullname" .))) -}}
{{- $_ := set $config "RETENTION_DAYS" (include "webhook-broker.text" $prune.messageDays) -}}
{{- with $prune.localPath -}}{{- $_ := set $config "RETENTION_LOCAL_PATH" . -}}{{- end -}}
{{- toJson $config -}}
{{- end -}}

{{- define "webhook-broker.seedData" -}}
{{- $seed := .Values.seed -}}
{{- $data := dict -}}
{{- range $list := list "producers" "channels" "consumers" -}}
{{- with index $seed $list -}}{{- $_ := set $data $list (toJson .) -}}{{- end -}}
{{- end -}}
{{- toJson $data -}}
{{- end -}}
