{{/* What all pods have in common: list root automount. */}}
{{- define "webhook-broker.pod" -}}
{{- $values := (index . 0).Values -}}
# Otherwise a Service that is called admin would set ADMIN_PORT.
enableServiceLinks: false
automountServiceAccountToken: {{ index . 1 }}
{{- with $values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext: {{- toYaml $values.podSecurityContext | nindent 2 }}
{{- with $values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "webhook-broker.container" -}}
image: {{ include "webhook-broker.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- toYaml .Values.securityContext | nindent 2 }}
{{- end -}}

{{/* The variables that Secrets have: list root; with a third entry it is the name of the Secret that holds the password in a hook. */}}
{{- define "webhook-broker.databaseEnv" -}}
{{- $root := index . 0 -}}
{{- $database := $root.Values.database -}}
{{- $secret := $database.existingSecret | default (index . 1) -}}
{{- if $database.existingSecretKeys.user }}
- name: DATABASE_USER
  valueFrom:
    secretKeyRef: {name: {{ $secret | quote }}, key: {{ $database.existingSecretKeys.user | quote }}}
{{- end }}
{{- if or $database.password $database.existingSecret }}
- name: DATABASE_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ $secret | quote }}, key: {{ ternary "password" $database.existingSecretKeys.password (empty $database.existingSecret) | quote }}}
{{- end }}
{{- end -}}

{{- define "webhook-broker.secretsKeyEnv" -}}
{{- with .Values.secretsKey }}
{{- if .existingSecret }}
- name: SECRETS_KEY
  valueFrom:
    secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .key | quote }}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "webhook-broker.gatewayAuthEnv" -}}
{{- with .Values.gatewayAuth }}
{{- if and (ne .mode "none") .existingSecret }}
- name: GATEWAY_AUTH_SECRET
  valueFrom:
    secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .secretKey | quote }}}
{{- with .previousSecretKey }}
- name: GATEWAY_AUTH_PREVIOUS_SECRET
  valueFrom:
    secretKeyRef: {name: {{ $.Values.gatewayAuth.existingSecret | quote }}, key: {{ . | quote }}}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Files that only the broker's user may read. Whole folders, since Kubernetes does not renew single files. */}}
{{- define "webhook-broker.volumes" -}}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret: {secretName: {{ . | quote }}, defaultMode: 0440}
{{- end }}
{{- with .Values.tls.clientAuthoritiesSecret }}
- name: client-authorities
  secret: {secretName: {{ . | quote }}, defaultMode: 0440}
{{- end }}
{{- if include "webhook-broker.seeds" . }}
- name: seed
  secret:
    secretName: {{ .Values.seed.existingSecret | default (printf "%s-seed" (include "webhook-broker.fullname" .)) | quote }}
    defaultMode: 0440
    {{- if .Values.seed.existingSecret }}
    items:
      {{- range $list, $key := .Values.seed.existingSecretKeys }}
      {{- if $key }}
      - {key: {{ $key | quote }}, path: {{ $list }}}
      {{- end }}
      {{- end }}
    {{- end }}
{{- end }}
{{- range $index, $profile := .Values.outboundTls }}
{{- with $profile.authoritiesConfigMap }}
- name: outbound-{{ $index }}-authorities
  configMap: {name: {{ . | quote }}}
{{- end }}
{{- with $profile.authoritiesSecret }}
- name: outbound-{{ $index }}-authorities
  secret: {secretName: {{ . | quote }}, defaultMode: 0440}
{{- end }}
{{- with $profile.certificateSecret }}
- name: outbound-{{ $index }}-certificate
  secret: {secretName: {{ . | quote }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- end -}}

{{- define "webhook-broker.volumeMounts" -}}
{{- if .Values.tls.existingSecret }}
- {name: tls, mountPath: /etc/webhook-broker/tls, readOnly: true}
{{- end }}
{{- if .Values.tls.clientAuthoritiesSecret }}
- {name: client-authorities, mountPath: /etc/webhook-broker/client-authorities, readOnly: true}
{{- end }}
{{- if include "webhook-broker.seeds" . }}
- {name: seed, mountPath: /etc/webhook-broker/seed, readOnly: true}
{{- end }}
{{- range $index, $profile := .Values.outboundTls }}
{{- if or $profile.authoritiesConfigMap $profile.authoritiesSecret }}
- {name: outbound-{{ $index }}-authorities, mountPath: {{ printf "/etc/webhook-broker/outbound/%s/authorities" $profile.name | quote }}, readOnly: true}
{{- end }}
{{- if $profile.certificateSecret }}
- {name: outbound-{{ $index }}-certificate, mountPath: {{ printf "/etc/webhook-broker/outbound/%s/certificate" $profile.name | quote }}, readOnly: true}
{{- end }}
{{- end }}
{{- end -}}

{{- define "webhook-broker.seeds" -}}
{{- $seed := .Values.seed -}}
{{- if or $seed.existingSecret $seed.producers $seed.channels $seed.consumers -}}true{{- end -}}
{{- end -}}

{{/* Of the pods that call the broker and know its certificate. Only the certificate: the key is none of their business. */}}
{{- define "webhook-broker.callerVolumes" -}}
{{- with .Values.tls.existingSecret }}
- name: certificate
  secret: {secretName: {{ . | quote }}, defaultMode: 0440, items: [{key: tls.crt, path: tls.crt}]}
{{- end }}
{{- end -}}

{{- define "webhook-broker.portName" -}}
{{- ternary "http" "https" (empty .Values.tls.existingSecret) -}}
{{- end -}}

{{/* A list that goes on after another one; nothing if it is empty. */}}
{{- define "webhook-broker.list" -}}
{{- if . }}
{{ toYaml . }}
{{- end }}
{{- end -}}
