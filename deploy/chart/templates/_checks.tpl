{{/* Seconds of a duration of config.yml, rounded up; 0 if it is none, as the broker itself then says. */}}
{{- define "webhook-broker.seconds" -}}
{{- $text := include "webhook-broker.text" . | trim -}}
{{- if regexMatch "^[0-9]{1,9} *(ms|milliseconds?)$" $text -}}
{{- div (add (regexFind "^[0-9]+" $text | int64) 999) 1000 -}}
{{- else if regexMatch "^[0-9]{1,9} *(s|seconds?)$" $text -}}
{{- regexFind "^[0-9]+" $text | int64 -}}
{{- else if regexMatch "^[0-9]{1,9} *(m|min|mins|minutes?)$" $text -}}
{{- mul (regexFind "^[0-9]+" $text | int64) 60 -}}
{{- else if regexMatch "^[0-9]{1,9} *(h|hours?)$" $text -}}
{{- mul (regexFind "^[0-9]+" $text | int64) 3600 -}}
{{- else -}}
0
{{- end -}}
{{- end -}}

{{/* MiB of a heap (256m, 1g) or of a quantity of Kubernetes (768Mi, 1Gi, 1G, 1000000000); 0 if it is none. */}}
{{- define "webhook-broker.mebibytes" -}}
{{- $text := include "webhook-broker.text" . -}}
{{- $number := regexFind "^[0-9]+" $text | int64 -}}
{{- if regexMatch "^[0-9]{1,9}(m|Mi)$" $text -}}
{{- $number -}}
{{- else if regexMatch "^[0-9]{1,9}(g|Gi)$" $text -}}
{{- mul $number 1024 -}}
{{- else if regexMatch "^[0-9]{1,9}M$" $text -}}
{{- div (mul $number 1000000) 1048576 -}}
{{- else if regexMatch "^[0-9]{1,9}G$" $text -}}
{{- div (mul $number 1000000000) 1048576 -}}
{{- else if regexMatch "^[0-9]{1,18}$" $text -}}
{{- div $number 1048576 -}}
{{- else -}}
0
{{- end -}}
{{- end -}}

{{/* Which value sets a variable in place of config, as JSON. */}}
{{- define "webhook-broker.ownValues" -}}
DATABASE_URL: set database.url
DATABASE_USER: set database.user, or database.existingSecretKeys.user
DATABASE_PASSWORD: it is a secret, set database.existingSecret
DATABASE_POOL_SIZE: set database.poolSize
DATA_FOLDER: the image has no embedded database, leave it out
EMBEDDED_BUFFER_POOL: the image has no embedded database, leave it out
EMBEDDED_REDO_LOG: the image has no embedded database, leave it out
PORT: the pods' port is 8080, set service.port
ADMIN_PORT: the pods' port is 8081, set adminService.port
BIND_HOST: nodes are reached by the addresses of their pods, leave it out
ADMIN_BIND_HOST: nodes are reached by the addresses of their pods, leave it out
ADMIN_HOSTS: set adminService.hosts
SECRETS_KEY: it is a secret, set secretsKey.existingSecret
GATEWAY_AUTH_MODE: set gatewayAuth.mode
GATEWAY_AUTH_SECRET: it is a secret, set gatewayAuth.existingSecret
GATEWAY_AUTH_PREVIOUS_SECRET: it is a secret, set gatewayAuth.existingSecret and gatewayAuth.previousSecretKey
AUTH_MODE: set auth.mode
SEED_PRODUCERS: it holds tokens, set seed.producers or seed.existingSecret
SEED_CHANNELS: it holds tokens, set seed.channels or seed.existingSecret
SEED_CONSUMERS: it holds tokens, set seed.consumers or seed.existingSecret
TLS_CERTIFICATE: set tls.existingSecret
TLS_KEY: it is a secret, set tls.existingSecret
TLS_ADMIN_PORT: set tls.adminPort
TLS_CLIENT_AUTH: set tls.clientAuth
TLS_CLIENT_AUTHORITIES: set tls.clientAuthoritiesSecret
OUTBOUND_TLS: set outboundTls
DRAIN: set drainSeconds
RETENTION_NODE_NAME: set prune.nodeName
RETENTION_DAYS: set prune.messageDays
RETENTION_LOCAL_PATH: set prune.localPath
RETENTION_REMOTE_URL: set prune.remoteUrl
RETENTION_FILE_PREFIX: set prune.filePrefix
RETENTION_EVERY: set prune.schedule
{{- end -}}

{{/* Refuses what would fail only in the cluster, or show a secret; all of it at once. */}}
{{- define "webhook-broker.checks" -}}
{{- $values := .Values -}}
{{- $wrong := list -}}
{{- $database := $values.database -}}

{{- if not $database.url -}}
{{- $wrong = append $wrong "database.url is needed, such as jdbc:mariadb://db.example.com:3306/broker" -}}
{{- else if not (regexMatch "^jdbc:mariadb:(sequential:)?//[^/]+/[^/?]+" $database.url) -}}
{{- $wrong = append $wrong "database.url must be jdbc:mariadb://host:3306/schema, or jdbc:mariadb:sequential://node1,node2/schema" -}}
{{- else if or (regexMatch "//[^/?]*@" $database.url) (regexMatch "(?i)[?&](user|password|[a-z]*passw[a-z]*)=" $database.url) -}}
{{- $wrong = append $wrong "database.url must have no user and no password: set database.user and database.existingSecret" -}}
{{- end -}}
{{- $sources := 0 -}}
{{- range list $database.password $database.existingSecret $values.config.DATABASE_PASSWORD_FILE -}}
{{- if . -}}{{- $sources = add1 $sources -}}{{- end -}}
{{- end -}}
{{- if ne (int $sources) 1 -}}
{{- $wrong = append $wrong "the password of the database must come from exactly one place: database.existingSecret, database.password (for trials), or config.DATABASE_PASSWORD_FILE" -}}
{{- end -}}
{{- if and $database.existingSecretKeys.user (not $database.existingSecret) -}}
{{- $wrong = append $wrong "database.existingSecretKeys.user is a key of database.existingSecret, which is missing" -}}
{{- end -}}

{{- $own := include "webhook-broker.ownValues" . | fromYaml -}}
{{- range $name, $value := $values.config -}}
{{- $isFile := regexMatch "^(DATABASE_PASSWORD|SECRETS_KEY|GATEWAY_AUTH_(PREVIOUS_)?SECRET|SEED_[A-Z]+)_FILE$" $name -}}
{{- with ternary "" (get $own (trimSuffix "_FILE" $name)) $isFile -}}
{{- $wrong = append $wrong (printf "config.%s: %s" $name .) -}}
{{- end -}}
{{- if regexMatch "://[^ ]*@" (include "webhook-broker.text" $value) -}}
{{- $wrong = append $wrong (printf "config.%s is a URL with a user or password, which is a secret: take it from a Secret by extraEnv, with valueFrom.secretKeyRef" $name) -}}
{{- end -}}
{{- end -}}
{{- $gatewayAuth := and (ne $values.gatewayAuth.mode "none") $values.gatewayAuth.existingSecret -}}
{{- range $name, $other := dict "SECRETS_KEY_FILE" $values.secretsKey.existingSecret "GATEWAY_AUTH_SECRET_FILE" $gatewayAuth "GATEWAY_AUTH_PREVIOUS_SECRET_FILE" (and $gatewayAuth $values.gatewayAuth.previousSecretKey) -}}
{{- if and $other (hasKey $values.config $name) -}}
{{- $wrong = append $wrong (printf "config.%s: a Secret has it already, give either" $name) -}}
{{- end -}}
{{- end -}}
{{- range $list := list "producers" "channels" "consumers" -}}
{{- $name := printf "SEED_%s_FILE" (upper $list) -}}
{{- if and (hasKey $values.config $name) (or (index $values.seed $list) (index $values.seed.existingSecretKeys $list)) -}}
{{- $wrong = append $wrong (printf "config.%s: seed has it already, give either" $name) -}}
{{- end -}}
{{- end -}}

{{/* A volume is named, or an annotation lets somebody inject it. */}}
{{- $readers := dict "" (list "webhook-broker.config" $values.extraVolumeMounts $values.podAnnotations) -}}
{{- range $job, $its := dict "migration" "webhook-broker.migrationConfig" "prune" "webhook-broker.pruneConfig" -}}
{{- if (index $values $job).enabled -}}
{{- $_ := set $readers (printf "%s." $job) (list $its (index $values $job).extraVolumeMounts $values.jobs.podAnnotations) -}}
{{- end -}}
{{- end -}}
{{- range $who, $reader := $readers -}}
{{- if not (or (index $reader 1) (index $reader 2)) -}}
{{- range $name, $_ := include (first $reader) $ | fromJson -}}
{{- if and (hasSuffix "_FILE" $name) (hasKey $values.config $name) -}}
{{- $wrong = append $wrong (printf "config.%s names a file: set %sextraVolumes and %sextraVolumeMounts" $name $who $who) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- range $where, $list := dict "extraEnv" $values.extraEnv "migration.extraEnv" $values.migration.extraEnv "prune.extraEnv" $values.prune.extraEnv -}}
{{- range $list -}}
{{- $isSecret := or (regexMatch "(PASSWORD|SECRET|TOKEN|ACCESS_KEY|^SECRETS_KEY|^TLS_KEY)$" .name) (hasPrefix "SEED_" .name) -}}
{{- if and .value (or $isSecret (regexMatch "://[^ ]*@" (include "webhook-broker.text" .value))) -}}
{{- $wrong = append $wrong (printf "%s: %s is a secret in the open: take it from a Secret, with valueFrom.secretKeyRef" $where .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- $nodes := int (ternary $values.autoscaling.maxReplicas $values.replicaCount $values.autoscaling.enabled) -}}
{{- if and $values.autoscaling.enabled (gt (int $values.autoscaling.minReplicas) (int $values.autoscaling.maxReplicas)) -}}
{{- $wrong = append $wrong "autoscaling.minReplicas must be at most autoscaling.maxReplicas" -}}
{{- end -}}
{{- $surge := 0 -}}
{{- if ne (toString $values.strategy.type) "Recreate" -}}
{{- $maxSurge := dig "rollingUpdate" "maxSurge" 1 $values.strategy | toString -}}
{{- if hasSuffix "%" $maxSurge -}}
{{- $surge = div (add (mul $nodes (trimSuffix "%" $maxSurge | int)) 99) 100 -}}
{{- else -}}
{{- $surge = int $maxSurge -}}
{{- end -}}
{{- end -}}
{{- $rolling := $values.strategy.rollingUpdate | default dict -}}
{{- if and (ne (toString $values.strategy.type) "Recreate") (regexMatch "^0+%?$" (toString $rolling.maxUnavailable)) (regexMatch "^0+%?$" (toString $rolling.maxSurge)) -}}
{{- $wrong = append $wrong "strategy.rollingUpdate: maxUnavailable or maxSurge must be above 0, otherwise no node could be replaced" -}}
{{- end -}}
{{- $connections := mul (add $nodes $surge) (int $database.poolSize) -}}
{{- if gt $connections (int64 $database.maxConnections) -}}
{{- $wrong = append $wrong (printf "%d nodes, with %d more in a rollout, open up to %d connections (database.poolSize %d each), and database.maxConnections is %d: lower %s or database.poolSize, or raise max_connections of the server and then database.maxConnections" $nodes (int $surge) (int $connections) (int $database.poolSize) (int $database.maxConnections) (ternary "autoscaling.maxReplicas" "replicaCount" $values.autoscaling.enabled)) -}}
{{- end -}}

{{- $grace := include "webhook-broker.seconds" ($values.config.SHUTDOWN_GRACE_PERIOD | default "15s") | int -}}
{{- $stop := include "webhook-broker.seconds" ($values.config.STOP_TIMEOUT | default "10s") | int -}}
{{- $needed := add $values.drainSeconds $grace $stop $stop 5 | int -}}
{{- if lt (int $values.terminationGracePeriodSeconds) $needed -}}
{{- $wrong = append $wrong (printf "terminationGracePeriodSeconds must be at least %d: drainSeconds %d, SHUTDOWN_GRACE_PERIOD %d, twice STOP_TIMEOUT %d, and 5" $needed (int $values.drainSeconds) $grace $stop) -}}
{{- end -}}

{{/* What the process takes beside the heap: docs/sizing.md. Jobs serve nobody, and take less. */}}
{{- $limit := include "webhook-broker.mebibytes" (dig "limits" "memory" "" $values.resources) | int -}}
{{- $needed := add (include "webhook-broker.mebibytes" $values.jvm.maxHeap | int) 450 | int -}}
{{- if and (gt $limit 0) (lt $limit $needed) -}}
{{- $wrong = append $wrong (printf "resources.limits.memory must be at least %dMi: jvm.maxHeap and 450 MiB more" $needed) -}}
{{- end -}}
{{- range $job := list "migration" "prune" -}}
{{- $heap := "256m" -}}
{{- range (index $values $job).extraEnv -}}
{{- if eq .name "JAVA_HEAP" -}}{{- $heap = .value -}}{{- end -}}
{{- end -}}
{{- $limit := include "webhook-broker.mebibytes" (dig "resources" "limits" "memory" "" (index $values $job)) | int -}}
{{- $needed := add (include "webhook-broker.mebibytes" $heap | int) 256 | int -}}
{{- if and (gt $limit 0) (lt $limit $needed) -}}
{{- $wrong = append $wrong (printf "%s.resources.limits.memory must be at least %dMi: the heap of %s, which JAVA_HEAP in %s.extraEnv changes, and 256 MiB more" $job $needed $heap $job) -}}
{{- end -}}
{{- end -}}

{{- if and (ne $values.gatewayAuth.mode "none") (not $values.gatewayAuth.existingSecret) (not $values.config.GATEWAY_AUTH_SECRET_FILE) -}}
{{- $wrong = append $wrong "gatewayAuth.mode hmac needs gatewayAuth.existingSecret" -}}
{{- end -}}
{{- $seed := $values.seed -}}
{{- $keys := $seed.existingSecretKeys -}}
{{- if and $seed.existingSecret (or $seed.producers $seed.channels $seed.consumers) -}}
{{- $wrong = append $wrong "seed.existingSecret takes the place of seed.producers, seed.channels and seed.consumers: give either" -}}
{{- end -}}
{{- if ne (empty $seed.existingSecret) (not (or $keys.producers $keys.channels $keys.consumers)) -}}
{{- $wrong = append $wrong "seed.existingSecret and seed.existingSecretKeys are needed together: the keys say which lists that Secret has" -}}
{{- end -}}

{{- if and $values.tls.adminPort (not $values.tls.existingSecret) -}}
{{- $wrong = append $wrong "tls.adminPort needs tls.existingSecret" -}}
{{- end -}}
{{- if and (ne $values.tls.clientAuth "none") (not (and $values.tls.existingSecret $values.tls.clientAuthoritiesSecret)) -}}
{{- $wrong = append $wrong "tls.clientAuth needs tls.existingSecret and tls.clientAuthoritiesSecret" -}}
{{- end -}}
{{- if and $values.tls.clientAuthoritiesSecret (eq $values.tls.clientAuth "none") -}}
{{- $wrong = append $wrong "tls.clientAuthoritiesSecret is of no use while tls.clientAuth is none" -}}
{{- end -}}
{{- if and $values.tls.adminPort $values.metrics.serviceMonitor.enabled (not $values.metrics.serviceMonitor.tlsConfig) -}}
{{- $wrong = append $wrong "Prometheus must know the certificate of the admin port: set metrics.serviceMonitor.tlsConfig, such as its ca and serverName" -}}
{{- end -}}
{{- range $values.outboundTls -}}
{{- if and .authoritiesConfigMap .authoritiesSecret -}}
{{- $wrong = append $wrong (printf "outboundTls %s: give authoritiesConfigMap or authoritiesSecret" .name) -}}
{{- end -}}
{{- end -}}

{{- if and $values.networkPolicy.enabled $values.metrics.serviceMonitor.enabled (not $values.networkPolicy.adminFrom) -}}
{{- $wrong = append $wrong "networkPolicy.adminFrom must let Prometheus in, such as [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}], as metrics.serviceMonitor is enabled" -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) -}}
{{- $wrong = append $wrong "ingress.hosts is needed, such as [{host: broker.example.com}]" -}}
{{- end -}}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) -}}
{{- $wrong = append $wrong "httpRoute.parentRefs is needed, such as [{name: gateway}]" -}}
{{- end -}}
{{- if eq (int $values.service.port) 0 -}}
{{- $wrong = append $wrong "service.port is needed" -}}
{{- end -}}

{{- $free := include "webhook-broker.text" ($values.config.AUTH_ADMIN_FREE | default "") -}}
{{- if $free -}}
{{- range $path := list "/ping" "/ready" -}}
{{- if not (contains $path $free) -}}
{{- $wrong = append $wrong (printf "config.AUTH_ADMIN_FREE must have %s, which the kubelet asks without a key" $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $values.auth.mode "keys") (ne (include "webhook-broker.text" ($values.config.AUTH_ADMIN | toString)) "false") -}}
{{- if and $values.accounting.enabled (not $values.accounting.existingSecret) -}}
{{- $wrong = append $wrong "accounting needs a key of the role operate while auth.mode is keys: set accounting.existingSecret" -}}
{{- end -}}
{{- if and $values.metrics.serviceMonitor.enabled (not $values.metrics.serviceMonitor.existingSecret) (not (contains "/prometheus" $free)) -}}
{{- $wrong = append $wrong "Prometheus needs a key of the role read while auth.mode is keys: set metrics.serviceMonitor.existingSecret" -}}
{{- end -}}
{{- end -}}

{{- $prune := $values.prune -}}
{{- if $prune.enabled -}}
{{- if lt (int $prune.messageDays) 1 -}}
{{- $wrong = append $wrong "prune.messageDays is needed: messages older than this go" -}}
{{- end -}}
{{- if not (or $prune.localPath $prune.remoteUrl) -}}
{{- $wrong = append $wrong "prune needs a place for the archives: prune.remoteUrl, or prune.localPath with prune.existingClaim" -}}
{{- end -}}
{{- if and $prune.localPath (not $prune.existingClaim) (not $prune.extraVolumeMounts) -}}
{{- $wrong = append $wrong "prune.localPath needs prune.existingClaim: everything else in the pod is read-only, or gone with it" -}}
{{- end -}}
{{- if and $prune.existingClaim (not (regexMatch "^/.*[^/]$" $prune.localPath)) -}}
{{- $wrong = append $wrong "prune.existingClaim needs prune.localPath, a folder such as /archives" -}}
{{- end -}}
{{- end -}}
{{- if regexMatch "://[^ ]*@" $prune.remoteUrl -}}
{{- $wrong = append $wrong "prune.remoteUrl must have no user and no password: set prune.existingSecret" -}}
{{- end -}}

{{- if $wrong -}}
{{- fail (printf "\n\n  %s\n" (join "\n  " $wrong)) -}}
{{- end -}}
{{- end -}}
