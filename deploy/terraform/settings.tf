# Made by scripts/deploy-tests/terraform write of modules/values/variables.tf, which says what is refused.

variable "name" {
  description = "Name of the release; its services, service account and jobs begin with it."
  type        = string
  default     = "webhook-broker"
  nullable    = false
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
}

variable "replicas" {
  description = "Nodes of the broker. With autoscaling it is not used."
  type        = number
  default     = 2
  nullable    = false
}

variable "autoscaling" {
  description = "Lets the cluster choose the number of nodes by their use of CPU, in percent of what resources.cpu asks for. Each node takes database.pool_size connections."
  type = object({
    min = optional(number, 2)
    max = number
    cpu = optional(number, 75)
  })
  default = null
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
}

variable "heap" {
  description = "Heap of the JVM, such as 256m or 1g."
  type        = string
  default     = "256m"
  nullable    = false
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
}

variable "config" {
  description = "Settings by the names of config.yml's environment variables, such as {MAX_RETRIES = \"8\"}. Not for secrets: these come from a Secret, by secret_env."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "secret_env" {
  description = "Settings whose values are in Secrets of the release's namespace, by the names of config.yml's environment variables: {HTTPS_PROXY = {secret = \"proxy\", key = \"url\"}}."
  type        = map(object({ secret = string, key = string }))
  default     = {}
  nullable    = false
}

variable "secrets_key" {
  description = "The Secret with the key that encrypts tokens, signing secrets and callback URLs in the database."
  type        = object({ secret_name = string, key = optional(string, "key") })
  default     = null
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
}

variable "gateway_auth" {
  description = "Each request must be signed by a client that knows a secret. secret_name is a Secret; key is what holds the secret, previous_key one that is accepted too."
  type = object({
    secret_name  = string
    key          = optional(string, "secret")
    previous_key = optional(string)
  })
  default = null
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
}

variable "network_policy" {
  description = "Lets only pods of these namespaces reach the API (an empty list: everybody), and the admin port (an empty list: nobody). With ingress the first list needs the namespace of its controller, with monitoring.service_monitor the second one that of Prometheus. What the broker itself may call is not limited, since consumers may be anywhere."
  type = object({
    api_namespaces   = list(string)
    admin_namespaces = list(string)
  })
  default = null
}

variable "archive" {
  description = "Prunes messages that were received more than days ago, as a job by the schedule: archives them at url (s3://BUCKET?region=REGION or gs://BUCKET), then deletes them."
  type = object({
    url      = string
    days     = number
    schedule = optional(string, "17 3 * * *")
  })
  default = null
}

variable "accounting_schedule" {
  description = "When all jobs are counted anew, as cron has it (30 2 * * * is each night), so that the alert for unaccounted jobs has something to say. Null: never."
  type        = string
  default     = null
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
