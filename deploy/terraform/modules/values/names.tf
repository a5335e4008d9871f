# Made by scripts/deploy-tests/terraform write of config.yml and of what deploy/chart/templates/_checks.tpl says of config.

locals {
  settings = [
    "ADMIN_BIND_HOST", "ADMIN_HOSTS", "ADMIN_PORT", "AUDIT_DAYS", "AUDIT_LOG_LEVEL", "AUDIT_MAX_ENTRIES", "AUTH_ADMIN", "AUTH_ADMIN_FREE", "AUTH_MODE", "BIND_HOST",
    "BREAKER_LONGEST_PROBE", "BREAKER_THRESHOLD", "CONSUMER_TOKEN_HEADER", "DATABASE_CONNECT_TIMEOUT", "DATABASE_MAX_CONNECTION_AGE", "DATABASE_MAX_WAIT",
    "DATABASE_PASSWORD", "DATABASE_POOL_SIZE", "DATABASE_SOCKET_TIMEOUT", "DATABASE_URL", "DATABASE_USER", "DATA_FOLDER", "DELIVERY_TIMEOUT",
    "DISPATCH_MAX_BYTES", "DRAIN", "EMBEDDED_BUFFER_POOL", "EMBEDDED_REDO_LOG", "GATEWAY_AUTH_EXEMPT_PATHS", "GATEWAY_AUTH_MODE",
    "GATEWAY_AUTH_PREVIOUS_SECRET", "GATEWAY_AUTH_SECRET", "GATEWAY_AUTH_TOLERANCE", "HTTP2_CONNECTION_WINDOW", "HTTP2_MAX_EVENTS", "HTTP2_MAX_STREAMS",
    "HTTP2_STREAM_WINDOW", "HTTPS_PROXY", "HTTP_PROXY", "IDLE_TIMEOUT", "INTAKE_MAX_BYTES", "INTAKE_MAX_PAYLOAD", "INTAKE_MIN_UPLOAD_RATE",
    "INTAKE_QUEUE_CAPACITY", "INTAKE_UPLOAD_GRACE", "LABELLED_CONSUMERS", "LANE_CAPACITY", "LOG_FORMAT", "LOG_LEVEL", "LONGEST_RETRY_AFTER", "LONGEST_WAIT",
    "MAX_CONNECTIONS", "MAX_IN_FLIGHT_PER_CONSUMER", "MAX_REQUEST_HEADER_SIZE", "MAX_RETRIES", "MAX_TAKEOVERS", "MAX_THREADS", "MIN_SCHEDULE_DELAY",
    "MIN_THREADS", "NO_PROXY", "OUTBOUND_ALLOWED_NETWORKS", "OUTBOUND_CONNECTION_TTL", "OUTBOUND_CONNECT_TIMEOUT", "OUTBOUND_DENIED_NETWORKS",
    "OUTBOUND_DRAIN_TIMEOUT", "OUTBOUND_IO_THREADS", "OUTBOUND_KEEP_ALIVE", "OUTBOUND_MAX_CONNECTIONS_PER_ROUTE", "OUTBOUND_MAX_IN_FLIGHT",
    "OUTBOUND_MAX_RESPONSE_BYTES", "OUTBOUND_POLICY", "OUTBOUND_REQUIRE_HTTPS", "OUTBOUND_TLS", "PORT", "PULL_LARGEST_ANSWER", "PULL_LONGEST_WAIT",
    "PULL_MAX_BYTES", "PULL_MAX_WAITING", "QUOTA_CHANNELS", "QUOTA_CONSUMERS", "QUOTA_KEYS", "QUOTA_PRODUCERS", "RATIONAL_DELAY", "REGISTRY_MAX_ENTRIES",
    "REQUEST_IDLE_TIMEOUT", "RETENTION_BATCH_SIZE", "RETENTION_DAYS", "RETENTION_EVERY", "RETENTION_FILE_PREFIX", "RETENTION_GZIP", "RETENTION_LOCAL_PATH",
    "RETENTION_MAX_FILE_SIZE", "RETENTION_NODE_NAME", "RETENTION_PAUSE", "RETENTION_REMOTE_URL", "RETRY_DELAYS", "RETRY_JITTER", "SECRETS_KEY",
    "SECRETS_REDACT_HEADERS", "SEED_CHANNELS", "SEED_CONSUMERS", "SEED_PRODUCERS", "SHUTDOWN_GRACE_PERIOD", "STOP_TIMEOUT", "TAKEOVER_AFTER", "TLS_ADMIN_PORT",
    "TLS_CERTIFICATE", "TLS_CLIENT_AUTH", "TLS_CLIENT_AUTHORITIES", "TLS_KEY", "UNREACHABLE_FOR", "USER_AGENT",
  ]

  chart_values = {
    DATABASE_URL                 = "set database.url"
    DATABASE_USER                = "set database.user, or database.existingSecretKeys.user"
    DATABASE_PASSWORD            = "it is a secret, set database.existingSecret"
    DATABASE_POOL_SIZE           = "set database.poolSize"
    DATA_FOLDER                  = "the image has no embedded database, leave it out"
    EMBEDDED_BUFFER_POOL         = "the image has no embedded database, leave it out"
    EMBEDDED_REDO_LOG            = "the image has no embedded database, leave it out"
    PORT                         = "the pods' port is 8080, set service.port"
    ADMIN_PORT                   = "the pods' port is 8081, set adminService.port"
    BIND_HOST                    = "nodes are reached by the addresses of their pods, leave it out"
    ADMIN_BIND_HOST              = "nodes are reached by the addresses of their pods, leave it out"
    ADMIN_HOSTS                  = "set adminService.hosts"
    SECRETS_KEY                  = "it is a secret, set secretsKey.existingSecret"
    GATEWAY_AUTH_MODE            = "set gatewayAuth.mode"
    GATEWAY_AUTH_SECRET          = "it is a secret, set gatewayAuth.existingSecret"
    GATEWAY_AUTH_PREVIOUS_SECRET = "it is a secret, set gatewayAuth.existingSecret and gatewayAuth.previousSecretKey"
    AUTH_MODE                    = "set auth.mode"
    SEED_PRODUCERS               = "it holds tokens, set seed.producers or seed.existingSecret"
    SEED_CHANNELS                = "it holds tokens, set seed.channels or seed.existingSecret"
    SEED_CONSUMERS               = "it holds tokens, set seed.consumers or seed.existingSecret"
    TLS_CERTIFICATE              = "set tls.existingSecret"
    TLS_KEY                      = "it is a secret, set tls.existingSecret"
    TLS_ADMIN_PORT               = "set tls.adminPort"
    TLS_CLIENT_AUTH              = "set tls.clientAuth"
    TLS_CLIENT_AUTHORITIES       = "set tls.clientAuthoritiesSecret"
    OUTBOUND_TLS                 = "set outboundTls"
    DRAIN                        = "set drainSeconds"
    RETENTION_NODE_NAME          = "set prune.nodeName"
    RETENTION_DAYS               = "set prune.messageDays"
    RETENTION_LOCAL_PATH         = "set prune.localPath"
    RETENTION_REMOTE_URL         = "set prune.remoteUrl"
    RETENTION_FILE_PREFIX        = "set prune.filePrefix"
    RETENTION_EVERY              = "set prune.schedule"
  }
}
