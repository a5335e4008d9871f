locals {
  # What config may not have, and what to set in its place: an input, otherwise a value of the chart.
  own_values = merge(local.chart_values, { for name, input in {
    DATABASE_URL                 = "database.url"
    DATABASE_USER                = "database.user"
    DATABASE_PASSWORD            = "database.secret_name"
    DATABASE_POOL_SIZE           = "database.pool_size"
    JAVA_HEAP                    = "heap"
    JAVA_OPTS                    = "jvm.extraOptions"
    SECRETS_KEY                  = "secrets_key"
    AUTH_MODE                    = "auth.mode"
    GATEWAY_AUTH_MODE            = "gateway_auth"
    GATEWAY_AUTH_SECRET          = "gateway_auth.key"
    GATEWAY_AUTH_PREVIOUS_SECRET = "gateway_auth.previous_key"
    SEED_PRODUCERS               = "seed.producers_key"
    SEED_CHANNELS                = "seed.channels_key"
    SEED_CONSUMERS               = "seed.consumers_key"
    RETENTION_DAYS               = "archive.days"
    RETENTION_REMOTE_URL         = "archive.url"
    RETENTION_EVERY              = "archive.schedule"
  } : name => "set ${input}" })
  # Each can be given as a file too.
  own_variables = merge(local.own_values, { for name, how in local.own_values : "${name}_FILE" => how })
  setting_names = concat(local.settings, [for name in local.settings : "${name}_FILE"], keys(local.own_variables))

  mib        = { m = 1, g = 1024, Mi = 1, Gi = 1024 }
  heap_mib   = tonumber(regex("^[0-9]+", var.heap)) * local.mib[regex("[a-z]+$", var.heap)]
  memory_mib = tonumber(regex("^[0-9]+", var.resources.memory)) * local.mib[regex("[A-Za-z]+$", var.resources.memory)]
  limit_mib  = tonumber(regex("^[0-9]+", var.resources.memory_limit)) * local.mib[regex("[A-Za-z]+$", var.resources.memory_limit)]

  ca_folder = "/etc/webhook-broker/database"
  encrypted = var.database.ca_config_map != null
  database_url = !local.encrypted ? var.database.url : join("", [
    var.database.url, strcontains(var.database.url, "?") ? "&" : "?",
    "sslMode=verify-full&serverSslCert=${local.ca_folder}/ca.pem",
  ])

  # For the nodes, their migration and their pruning alike, since all three connect to the database.
  volumes = !local.encrypted ? null : {
    extraVolumes      = [{ name = "database-ca", configMap = { name = var.database.ca_config_map } }]
    extraVolumeMounts = [{ name = "database-ca", mountPath = local.ca_folder, readOnly = true }]
  }
  environment = {
    extraEnv = [
      for name, source in var.secret_env : { name = name, valueFrom = { secretKeyRef = { name = source.secret, key = source.key } } }
    ]
  }

  image = { for key, value in {
    repository = var.image.repository
    tag        = var.image.tag
    digest     = var.image.digest
  } : key => value if value != null }

  from = { for port, namespaces in {
    ingressFrom = try(var.network_policy.api_namespaces, [])
    adminFrom   = try(var.network_policy.admin_namespaces, [])
  } : port => [for name in namespaces : { namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = name } } }] }

  # Blocks that are off are left out, so that the chart's own defaults hold.
  blocks = {
    autoscaling = var.autoscaling == null ? null : {
      enabled                        = true
      minReplicas                    = var.autoscaling.min
      maxReplicas                    = var.autoscaling.max
      targetCPUUtilizationPercentage = var.autoscaling.cpu
    }
    secretsKey = var.secrets_key == null ? null : { existingSecret = var.secrets_key.secret_name, key = var.secrets_key.key }
    seed = var.seed == null ? null : {
      existingSecret = var.seed.secret_name
      existingSecretKeys = { for key, value in {
        producers = var.seed.producers_key
        channels  = var.seed.channels_key
        consumers = var.seed.consumers_key
      } : key => value if value != null }
    }
    gatewayAuth = var.gateway_auth == null ? null : { for key, value in {
      mode              = "hmac"
      existingSecret    = var.gateway_auth.secret_name
      secretKey         = var.gateway_auth.key
      previousSecretKey = var.gateway_auth.previous_key
    } : key => value if value != null }
    ingress = var.ingress == null ? null : { for key, value in {
      enabled     = true
      className   = var.ingress.class_name
      annotations = var.ingress.annotations
      hosts       = [{ host = var.ingress.host }]
      tls         = var.ingress.tls_secret == null ? [] : [{ secretName = var.ingress.tls_secret, hosts = [var.ingress.host] }]
    } : key => value if value != null }
    networkPolicy = var.network_policy == null ? null : merge({ enabled = true }, local.from)
    accounting = var.accounting_schedule == null ? null : { for key, value in {
      enabled        = true
      schedule       = var.accounting_schedule
      existingSecret = var.auth.operate_secret
    } : key => value if value != null }
  }

  values = merge(
    {
      fullnameOverride = var.name
      replicaCount     = var.replicas
      image            = local.image
      imagePullSecrets = [for name in var.image.pull_secrets : { name = name }]
      database = merge(
        {
          url                = local.database_url
          existingSecret     = var.database.secret_name
          existingSecretKeys = merge({ password = var.database.password_key }, var.database.user == null ? { user = var.database.user_key } : null)
          poolSize           = var.database.pool_size
          maxConnections     = var.database.max_connections
        },
        var.database.user == null ? null : { user = var.database.user },
      )
      auth = { mode = var.auth.mode }
      jvm  = { maxHeap = var.heap }
      resources = {
        requests = { cpu = var.resources.cpu, memory = var.resources.memory }
        limits   = { memory = var.resources.memory_limit }
      }
      config         = var.config
      serviceAccount = { annotations = var.service_account_annotations }
      migration      = merge({}, local.volumes)
      prune = merge(local.volumes, local.environment, var.archive == null ? null : {
        enabled     = true
        schedule    = var.archive.schedule
        messageDays = var.archive.days
        remoteUrl   = var.archive.url
      })
      metrics = {
        serviceMonitor = merge(
          { enabled = var.monitoring.service_monitor, labels = var.monitoring.labels },
          var.auth.read_secret == null ? null : { existingSecret = var.auth.read_secret },
        )
        prometheusRule = { enabled = var.monitoring.rules, labels = var.monitoring.labels }
        dashboard      = { enabled = var.monitoring.dashboard }
      }
    },
    local.volumes,
    local.environment,
    { for key, value in local.blocks : key => value if value != null },
  )
}
