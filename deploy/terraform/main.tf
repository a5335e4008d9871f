locals {
  namespace   = var.create_namespace ? kubernetes_namespace_v1.this[0].metadata[0].name : var.namespace
  make_secret = var.database_password_version != null
  labels      = { "app.kubernetes.io/instance" = var.name, "app.kubernetes.io/managed-by" = "terraform" }

  # What the chart needs to know of this release beside its settings.
  release = merge(
    # Ended before Helm gives up on it: the next apply takes the job away, and must not meet one that works.
    { migration = { activeDeadlineSeconds = var.timeout - 30 } },
    # Nodes read the password when they start: a new one makes new nodes.
    local.make_secret ? { podAnnotations = { database-password-version = tostring(var.database_password_version) } } : null,
  )
}

module "values" {
  source = "./modules/values"

  name        = var.name
  image       = var.image
  replicas    = var.replicas
  autoscaling = var.autoscaling
  database = merge(
    var.database,
    local.make_secret ? { secret_name = "${var.name}-database", password_key = "password" } : null,
    var.database_ca == null ? null : { ca_config_map = "${var.name}-database-ca" },
  )
  heap                        = var.heap
  resources                   = var.resources
  config                      = var.config
  secret_env                  = var.secret_env
  secrets_key                 = var.secrets_key
  seed                        = var.seed
  auth                        = var.auth
  gateway_auth                = var.gateway_auth
  service_account_annotations = var.service_account_annotations
  ingress                     = var.ingress
  network_policy              = var.network_policy
  archive                     = var.archive
  accounting_schedule         = var.accounting_schedule
  monitoring                  = var.monitoring
}

resource "kubernetes_namespace_v1" "this" {
  count = var.create_namespace ? 1 : 0

  metadata {
    name   = var.namespace
    labels = merge(local.labels, { "pod-security.kubernetes.io/enforce" = "restricted" })
  }
}

resource "kubernetes_secret_v1" "database" {
  count = local.make_secret ? 1 : 0

  metadata {
    name      = "${var.name}-database"
    namespace = local.namespace
    labels    = local.labels
  }
  data_wo          = { password = var.database_password }
  data_wo_revision = var.database_password_version
}

resource "kubernetes_config_map_v1" "database_ca" {
  count = var.database_ca == null ? 0 : 1

  metadata {
    name      = "${var.name}-database-ca"
    namespace = local.namespace
    labels    = local.labels
  }
  data = { "ca.pem" = var.database_ca }
}

# Values go in as one text: the form of set and set_sensitive changes from one major version of the provider to the next.
resource "helm_release" "this" {
  name       = var.name
  namespace  = local.namespace
  chart      = coalesce(var.chart, "${path.module}/../chart")
  version    = var.chart_version
  repository = var.chart_repository
  values     = concat([module.values.yaml, yamlencode(local.release)], var.extra_values)
  wait       = true
  timeout    = var.timeout
  # Old nodes go on when an upgrade fails, but at their next start they would read what it was given.
  atomic = var.roll_back

  # The migration runs before all else of the release, and reads both.
  depends_on = [kubernetes_secret_v1.database, kubernetes_config_map_v1.database_ca]
}
