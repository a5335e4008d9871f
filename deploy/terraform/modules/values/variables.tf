variable "name" {
  description = "Name of the release; its services, service account and jobs begin with it."
  type        = string
  default     = "webhook-broker"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([-a-z0-9]*[a-z0-9])?$", var.name)) && length(var.name) <= 41
    error_message = "name: at most 41 small letters, digits and hyphens, a letter first and no hyphen last, since names of services are made of it."
  }
  validation {
    condition     = !contains(["y", "n", "yes", "no", "on", "off", "true", "false", "null"], var.name)
    error_message = "name: YAML takes this word for something else; add to it, such as ${var.name}-broker."
  }
}

variable "image" {
  description = "Where the cluster pulls the broker's image from. Without tag the one that the chart was made for; a digest (sha256:...) wins over the tag. pull_secrets are names of Secrets."
  type = object({
    repository   = optional(string)
    tag          = optional(string)
    digest       = optional(string)
    pull_secrets = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image.digest)) || var.image.digest == null
    error_message = "image.digest: sha256: and 64 hexadecimal digits, as the registry shows it; leave it out to go by the tag."
  }
  validation {
    condition     = var.image.repository != "" && !can(regex("[@:][^/]*$", var.image.repository))
    error_message = "image.repository: not empty, and without tag and digest; give those in image.tag or image.digest."
  }
  validation {
    condition     = alltrue([for name in var.image.pull_secrets : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", name))])
    error_message = "image.pull_secrets: names of Secrets, which have small letters, digits, hyphens and dots."
  }
}

variable "replicas" {
  description = "Nodes of the broker. With autoscaling it is not used."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.replicas >= 1 && var.replicas <= 1000 && floor(var.replicas) == var.replicas
    error_message = "replicas: a whole number from 1 to 1000; to stop the broker, take the release away."
  }
}

variable "autoscaling" {
  description = "Lets the cluster choose the number of nodes by their use of CPU, in percent of what resources.cpu asks for. Each node takes database.pool_size connections."
  type = object({
    min = optional(number, 2)
    max = number
    cpu = optional(number, 75)
  })
  default = null

  validation {
    condition     = var.autoscaling == null ? true : var.autoscaling.min >= 1 && var.autoscaling.min <= var.autoscaling.max && var.autoscaling.max <= 1000
    error_message = "autoscaling: min must be at least 1, and max at least min and at most 1000."
  }
  validation {
    condition     = var.autoscaling == null ? true : alltrue([for number in values(var.autoscaling) : floor(number) == number])
    error_message = "autoscaling: min, max and cpu are whole numbers."
  }
  validation {
    condition     = var.autoscaling == null ? true : var.autoscaling.cpu >= 10 && var.autoscaling.cpu <= 100
    error_message = "autoscaling.cpu: a percentage from 10 to 100."
  }
}

variable "database" {
  description = "MariaDB 10.6 or newer. url without user and password; secret_name is a Secret in the namespace of the release with the password, and the user too if user is left out. ca_config_map is a ConfigMap whose key ca.pem has the authorities of the database: with it connections are encrypted and the name of the server is checked. max_connections is what the server has for this release: more nodes than it bears are refused."
  type = object({
    url             = string
    user            = optional(string)
    secret_name     = optional(string)
    user_key        = optional(string, "user")
    password_key    = optional(string, "password")
    pool_size       = optional(number, 16)
    max_connections = optional(number, 150)
    ca_config_map   = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^jdbc:mariadb:(sequential:)?//[^/?\\s]+/[^/?\\s]+(\\?\\S*)?$", var.database.url))
    error_message = "database.url: jdbc:mariadb://HOST:3306/SCHEMA, or jdbc:mariadb:sequential://HOST,HOST/SCHEMA for Galera. A broker in Kubernetes has no embedded database."
  }
  validation {
    condition     = !can(regex("(?i)[?&](user|[a-z]*passw[a-z]*)=|//[^/?]*@", var.database.url))
    error_message = "database.url: no user and no password in it, not that of a key store either, since it is kept in clear; give database.user, and the password in the Secret database.secret_name."
  }
  validation {
    condition     = var.database.ca_config_map == null || !can(regex("[?&](sslMode|serverSslCert)=", var.database.url))
    error_message = "database.url: without sslMode and serverSslCert if database.ca_config_map is given; both are added then."
  }
  validation {
    condition     = var.database.secret_name != null
    error_message = "database.secret_name: name the Secret that has the password (kubectl create secret generic NAME --from-file=password=FILE)."
  }
  validation {
    condition     = var.database.pool_size >= 8 && var.database.pool_size <= 1000 && floor(var.database.pool_size) == var.database.pool_size
    error_message = "database.pool_size: a whole number from 8 to 1000."
  }
  validation {
    condition     = var.database.max_connections >= 1 && var.database.max_connections <= 100000 && floor(var.database.max_connections) == var.database.max_connections
    error_message = "database.max_connections: a whole number, at most 100000, which is MariaDB's own bound."
  }
  validation {
    condition     = (try(var.autoscaling.max, var.replicas) + 1) * var.database.pool_size + 10 <= var.database.max_connections
    error_message = "database.max_connections: too few. A rolling upgrade runs one node more, each has database.pool_size connections, and 10 are for migration, pruning and you. Lower replicas, autoscaling.max or database.pool_size, or raise max_connections of the server."
  }
  validation {
    condition     = alltrue([for name in [var.database.secret_name, var.database.ca_config_map] : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", name)) if name != null]) && alltrue([for key in [var.database.user_key, var.database.password_key] : can(regex("^[-._a-zA-Z0-9]+$", key)) if key != null])
    error_message = "database.secret_name, ca_config_map, user_key, password_key: names of Secrets have small letters, digits, hyphens and dots, and their keys letters, digits, -, . and _ (kubectl describe secret NAME shows them)."
  }
}

variable "heap" {
  description = "Heap of the JVM, such as 256m or 1g."
  type        = string
  default     = "256m"
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*[mg]$", var.heap))
    error_message = "heap: a whole number with m or g behind it, such as 512m."
  }
}

variable "resources" {
  description = "What a node asks for, and the memory that it may have at most. It has no limit of CPU, which would only make it slow."
  type = object({
    cpu          = optional(string, "500m")
    memory       = optional(string, "640Mi")
    memory_limit = optional(string, "768Mi")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^([1-9][0-9]*m|[1-9][0-9]*|[0-9]+\\.[0-9]+)$", var.resources.cpu))
    error_message = "resources.cpu: cores, such as 500m, 1 or 1.5."
  }
  validation {
    condition     = alltrue([for memory in [var.resources.memory, var.resources.memory_limit] : can(regex("^[1-9][0-9]*[MG]i$", memory))])
    error_message = "resources.memory and resources.memory_limit: whole numbers with Mi or Gi behind them, such as 768Mi."
  }
}

variable "config" {
  description = "Settings by the names of config.yml's environment variables, such as {MAX_RETRIES = \"8\"}. Not for secrets: these come from a Secret, by secret_env."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.config), local.setting_names)) == 0
    error_message = "config: config.yml has no variable ${join(", ", setsubtract(keys(var.config), local.setting_names))}."
  }
  validation {
    condition     = length(setintersection(keys(var.config), keys(local.own_variables))) == 0
    error_message = "config: not here. ${join("; ", [for name in setintersection(keys(var.config), keys(local.own_variables)) : "${name}: ${local.own_variables[name]}"])}. What is no input is a value of the chart: put it into extra_values."
  }
  validation {
    condition     = !anytrue([for value in values(var.config) : can(regex("://[^ ]*@", value))])
    error_message = "config: a URL in it has a user or a password, and it is kept in clear. Put that setting into a Secret, and name it in secret_env."
  }
}

variable "secret_env" {
  description = "Settings whose values are in Secrets of the release's namespace, by the names of config.yml's environment variables: {HTTPS_PROXY = {secret = \"proxy\", key = \"url\"}}."
  type        = map(object({ secret = string, key = string }))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.secret_env) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "secret_env: the names are those of config.yml's environment variables, in capitals, such as HTTPS_PROXY."
  }
  validation {
    condition     = length(setintersection(keys(var.secret_env), keys(var.config))) == 0
    error_message = "secret_env: a setting is in config too; leave it out of one of them."
  }
  validation {
    condition     = length(setintersection(keys(var.secret_env), keys(local.own_variables))) == 0
    error_message = "secret_env: not here. ${join("; ", [for name in setintersection(keys(var.secret_env), keys(local.own_variables)) : "${name}: ${local.own_variables[name]}"])}. What is no input is a value of the chart: put it into extra_values."
  }
  validation {
    condition     = alltrue([for source in values(var.secret_env) : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", source.secret)) && can(regex("^[-._a-zA-Z0-9]+$", source.key))])
    error_message = "secret_env: names of Secrets have small letters, digits, hyphens and dots, and their keys letters, digits, -, . and _ (kubectl describe secret NAME shows them)."
  }
}

variable "secrets_key" {
  description = "The Secret with the key that encrypts tokens, signing secrets and callback URLs in the database."
  type        = object({ secret_name = string, key = optional(string, "key") })
  default     = null

  validation {
    condition     = var.secrets_key == null ? true : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", var.secrets_key.secret_name)) && can(regex("^[-._a-zA-Z0-9]+$", var.secrets_key.key))
    error_message = "secrets_key: names of Secrets have small letters, digits, hyphens and dots, and their keys letters, digits, -, . and _ (kubectl describe secret NAME shows them)."
  }
}

variable "seed" {
  description = "A Secret with what exists from the start, as lists of config.yml's block seed, and its keys for producers, channels and consumers."
  type = object({
    secret_name   = string
    producers_key = optional(string)
    channels_key  = optional(string)
    consumers_key = optional(string)
  })
  default = null

  validation {
    condition     = var.seed == null ? true : anytrue([for key in [var.seed.producers_key, var.seed.channels_key, var.seed.consumers_key] : key != null])
    error_message = "seed: give at least one of producers_key, channels_key and consumers_key; otherwise nothing of the Secret is used."
  }
  validation {
    condition     = var.seed == null ? true : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", var.seed.secret_name)) && alltrue([for key in [var.seed.producers_key, var.seed.channels_key, var.seed.consumers_key] : can(regex("^[-._a-zA-Z0-9]+$", key)) if key != null])
    error_message = "seed: names of Secrets have small letters, digits, hyphens and dots, and their keys letters, digits, -, . and _ (kubectl describe secret NAME shows them)."
  }
}

variable "auth" {
  description = "Whether requests need a key (mode keys; otherwise none). Secrets whose entry key is one of the role operate are needed for accounting then, and of the role read for the ServiceMonitor."
  type = object({
    mode           = optional(string, "none")
    operate_secret = optional(string)
    read_secret    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["none", "keys"], var.auth.mode)
    error_message = "auth.mode: none, or keys if requests are to need a key."
  }
  validation {
    condition     = var.auth.mode != "keys" || var.accounting_schedule == null || var.auth.operate_secret != null
    error_message = "auth.operate_secret: accounting_schedule needs a key of the role operate while auth.mode is keys. Make one (keys add), put it into a Secret as the entry key, and name that here."
  }
  validation {
    condition     = var.auth.mode != "keys" || !var.monitoring.service_monitor || var.auth.read_secret != null
    error_message = "auth.read_secret: monitoring.service_monitor needs a key of the role read while auth.mode is keys. Make one (keys add), put it into a Secret as the entry key, and name that here."
  }
  validation {
    condition     = alltrue([for name in [var.auth.operate_secret, var.auth.read_secret] : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", name)) if name != null])
    error_message = "auth.operate_secret, auth.read_secret: names of Secrets have small letters, digits, hyphens and dots, and their keys letters, digits, -, . and _ (kubectl describe secret NAME shows them)."
  }
}

variable "gateway_auth" {
  description = "Each request must be signed by a client that knows a secret. secret_name is a Secret; key is what holds the secret, previous_key one that is accepted too."
  type = object({
    secret_name  = string
    key          = optional(string, "secret")
    previous_key = optional(string)
  })
  default = null

  validation {
    condition     = var.gateway_auth == null ? true : can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", var.gateway_auth.secret_name)) && alltrue([for key in [var.gateway_auth.key, var.gateway_auth.previous_key] : can(regex("^[-._a-zA-Z0-9]+$", key)) if key != null])
    error_message = "gateway_auth: names of Secrets have small letters, digits, hyphens and dots, and their keys letters, digits, -, . and _ (kubectl describe secret NAME shows them)."
  }
}

variable "service_account_annotations" {
  description = "Annotations of the service account, such as eks.amazonaws.com/role-arn for a role that may write archives."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "ingress" {
  description = "Makes the API reachable from outside the cluster. The admin port never is. Anybody who reaches the API may register unless AUTH_MODE is keys."
  type = object({
    host        = string
    class_name  = optional(string)
    tls_secret  = optional(string)
    annotations = optional(map(string), {})
  })
  default = null

  validation {
    condition     = var.ingress == null ? true : can(regex("^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", var.ingress.host))
    error_message = "ingress.host: a name of DNS in small letters, without https:// and without a path."
  }
  validation {
    condition     = var.ingress == null ? true : var.ingress.tls_secret == null || can(regex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", var.ingress.tls_secret))
    error_message = "ingress.tls_secret: the name of a Secret, which has small letters, digits, hyphens and dots."
  }
}

variable "network_policy" {
  description = "Lets only pods of these namespaces reach the API (an empty list: everybody), and the admin port (an empty list: nobody). With ingress the first list needs the namespace of its controller, with monitoring.service_monitor the second one that of Prometheus. What the broker itself may call is not limited, since consumers may be anywhere."
  type = object({
    api_namespaces   = list(string)
    admin_namespaces = list(string)
  })
  default = null

  validation {
    condition     = var.network_policy == null ? true : length(var.network_policy.admin_namespaces) > 0 || !var.monitoring.service_monitor
    error_message = "network_policy.admin_namespaces: monitoring.service_monitor needs the namespace of Prometheus in it; otherwise it sees no node, and alerts say that all are down."
  }
}

variable "archive" {
  description = "Prunes messages that were received more than days ago, as a job by the schedule: archives them at url (s3://BUCKET?region=REGION or gs://BUCKET), then deletes them."
  type = object({
    url      = string
    days     = number
    schedule = optional(string, "17 3 * * *")
  })
  default = null

  validation {
    condition     = var.archive == null ? true : can(regex("^(s3|gs)://[A-Za-z0-9][A-Za-z0-9._-]*[^\\s@]*$", var.archive.url))
    error_message = "archive.url: s3://BUCKET?region=REGION or gs://BUCKET, without a key: rights come from the service account or secret_env."
  }
  validation {
    condition     = var.archive == null ? true : var.archive.days >= 1 && var.archive.days <= 36500 && floor(var.archive.days) == var.archive.days
    error_message = "archive.days: a whole number from 1 to 36500; leave archive out to keep all messages in the database."
  }
  validation {
    condition     = var.archive == null ? true : length(split(" ", var.archive.schedule)) == 5
    error_message = "archive.schedule: five fields of cron, such as 17 3 * * *."
  }
}

variable "accounting_schedule" {
  description = "When all jobs are counted anew, as cron has it (30 2 * * * is each night), so that the alert for unaccounted jobs has something to say. Null: never."
  type        = string
  default     = null

  validation {
    condition     = var.accounting_schedule == null ? true : length(split(" ", var.accounting_schedule)) == 5
    error_message = "accounting_schedule: five fields of cron, such as 30 2 * * *."
  }
}

variable "monitoring" {
  description = "What the Prometheus operator and Grafana's side car take up: a ServiceMonitor, alert rules, the board. The labels are those that they look for."
  type = object({
    service_monitor = optional(bool, false)
    rules           = optional(bool, false)
    dashboard       = optional(bool, false)
    labels          = optional(map(string), {})
  })
  default  = {}
  nullable = false
}
