# Where the release goes, and what is made beside it. What it is set to is in settings.tf.

variable "namespace" {
  description = "Namespace of the release. The Secrets that settings name are in it."
  type        = string
  default     = "webhook-broker"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace: at most 63 small letters, digits and hyphens, none of these first or last."
  }
}

variable "create_namespace" {
  description = "Makes the namespace, with Pod Security restricted. Leave it false where Secrets of yours are needed, since they must be there before the release."
  type        = bool
  default     = false
  nullable    = false
}

variable "chart" {
  description = "The chart: a folder, or its name in chart_repository, or oci://HOST/PATH. Null: the one beside this module."
  type        = string
  default     = null
}

variable "chart_version" {
  description = "Version of the chart; needed unless the chart is a folder."
  type        = string
  default     = null

  validation {
    condition     = var.chart_version != null || (var.chart_repository == null && !startswith(coalesce(var.chart, "."), "oci://"))
    error_message = "chart_version: a chart of a repository needs it; otherwise each apply may take another version."
  }
}

variable "chart_repository" {
  description = "URL of the repository that has the chart."
  type        = string
  default     = null
}

variable "extra_values" {
  description = "More values of the chart as YAML, for what no variable sets; what the last one says wins. They are kept in clear."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for text in var.extra_values : can(keys(yamldecode(text)))])
    error_message = "extra_values: each is a map in YAML, such as yamlencode({drainSeconds = 20}) or file(\"values.yaml\")."
  }
}

variable "timeout" {
  description = "Seconds that a migration (half a minute less), and then the new nodes, may take. Raise it before an upgrade that migrates large tables."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.timeout >= 120 && floor(var.timeout) == var.timeout
    error_message = "timeout: a whole number of seconds, at least 120, since a node may take that long to start."
  }
}

variable "roll_back" {
  description = "Rolls back an upgrade that fails, and removes a first install that fails. False: all stays for you to look at; then run helm rollback soon, as old nodes that start again read the new settings."
  type        = bool
  default     = true
  nullable    = false
}

variable "database_password" {
  description = "Password of database.user, if the Secret is to be made here. It is neither in the plan nor in the state."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = var.database_password_version == null || try(length(var.database_password) > 0, false)
    error_message = "database_password: needed with database_password_version, at each plan and apply. To use a Secret of yours, leave out both and name it in database.secret_name."
  }
}

variable "database_password_version" {
  description = "A number makes a Secret of database_password; a higher one writes it anew, and replaces the nodes. Null: the Secret database.secret_name is there already."
  type        = number
  default     = null

  validation {
    condition     = var.database_password_version == null || (var.database.secret_name == null && var.database.user != null)
    error_message = "database_password_version: the Secret is made here then, so leave database.secret_name out, and give database.user."
  }
}

variable "database_ca" {
  description = "The authorities of the database in PEM, such as file(\"global-bundle.pem\") of Amazon RDS. A ConfigMap is made of them, and connections to the database are encrypted and checked."
  type        = string
  default     = null

  validation {
    condition     = var.database_ca == null ? true : strcontains(var.database_ca, "-----BEGIN CERTIFICATE-----") && !strcontains(var.database_ca, "PRIVATE KEY")
    error_message = "database_ca: the text of certificates in PEM (file(...), not the name of the file), and no key."
  }
  validation {
    condition     = var.database_ca == null || var.database.ca_config_map == null
    error_message = "database_ca: a ConfigMap is made of it, so leave database.ca_config_map out."
  }
}
