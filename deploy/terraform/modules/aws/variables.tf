variable "name" {
  description = "Name of the database, and the beginning of all other names."
  type        = string
  default     = "webhook-broker"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.name)) && length(var.name) <= 28
    error_message = "name: at most 28 small letters, digits and single hyphens, a letter first and no hyphen last: names of buckets are made of it."
  }
}

variable "vpc_id" {
  description = "The network of the database, which is that of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "vpc_id: the id of a VPC, which begins with vpc-, not its name."
  }
}

variable "subnet_ids" {
  description = "Private subnets of it, in at least two availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2
    error_message = "subnet_ids: at least two subnets, in different availability zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups that may connect to the database: that of the cluster's nodes, or of its pods."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.client_security_group_ids) >= 1
    error_message = "client_security_group_ids: at least one, otherwise nobody reaches the database. EKS calls its own the cluster security group."
  }
}

variable "instance_class" {
  description = "Size of the server. Burstable classes (db.t...) slow down once their credits are spent."
  type        = string
  default     = "db.m7g.large"
  nullable    = false

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class: a class of RDS, which begins with db., such as db.m7g.large."
  }
}

variable "engine_version" {
  description = "MariaDB, 10.6 or newer, as MAJOR.MINOR; Amazon then installs patches. A later one needs allow_major_version_upgrade."
  type        = string
  default     = "11.4"
  nullable    = false

  validation {
    condition     = can(regex("^(10\\.(6|11)|1[1-9]\\.[0-9]+)$", var.engine_version))
    error_message = "engine_version: 10.6, 10.11, or a release from 11.4 on, as MAJOR.MINOR without a patch."
  }
}

variable "allow_major_version_upgrade" {
  description = "Lets an apply take the database to a later engine_version, at once instead of in the window of maintenance: the database is away for minutes. Set it back to false after that."
  type        = bool
  default     = false
  nullable    = false
}

variable "storage" {
  description = "Space in GiB, and up to which it grows by itself. From 400 on gp3 is faster."
  type = object({
    gib     = optional(number, 100)
    max_gib = optional(number, 1000)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.storage.gib >= 20 && var.storage.max_gib >= var.storage.gib * 1.1
    error_message = "storage: gib at least 20, and max_gib at least a tenth more, since a full disk stops the broker."
  }
}

variable "multi_az" {
  description = "A second server in another zone, which takes over when the first one dies. It doubles the price."
  type        = bool
  default     = true
  nullable    = false
}

variable "backup_days" {
  description = "How long daily backups are kept, and the logs by which any moment between them can be restored."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "backup_days: 1 to 35; 0 would switch backups off."
  }
}

variable "windows" {
  description = "When backups begin, and when Amazon may restart the server for patches, both in UTC."
  type = object({
    backup      = optional(string, "01:00-02:00")
    maintenance = optional(string, "sun:02:30-sun:03:30")
  })
  default  = {}
  nullable = false
}

variable "deletion_protection" {
  description = "Refuses to delete the database. Set it to false in an apply of its own before you destroy it; a last snapshot is made in any case."
  type        = bool
  default     = true
  nullable    = false
}

variable "ca_cert_identifier" {
  description = "Which of Amazon's authorities signs the server's certificate. Each is in global-bundle.pem."
  type        = string
  default     = "rds-ca-rsa2048-g1"
  nullable    = false
}

variable "kms_key_arn" {
  description = "A key of KMS for the database and the archive. Null: those that Amazon manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[^:]+:[0-9]+:key/", var.kms_key_arn))
    error_message = "kms_key_arn: the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID), not of an alias, since rights are given to it."
  }
}

variable "archive" {
  description = "A bucket for old messages, and a role by which the broker's service account may write and read it. oidc_provider_arn is that of the cluster (IRSA). Files move to a cheaper class of storage after cold_days, and are deleted after delete_days (null: never)."
  type = object({
    oidc_provider_arn = string
    namespace         = optional(string, "webhook-broker")
    service_account   = optional(string, "webhook-broker")
    cold_days         = optional(number, 90)
    delete_days       = optional(number)
  })
  default = null

  validation {
    condition     = var.archive == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]+:oidc-provider/.+$", var.archive.oidc_provider_arn))
    error_message = "archive.oidc_provider_arn: the ARN of the cluster's identity provider in IAM, arn:aws:iam::ACCOUNT:oidc-provider/ISSUER."
  }
  validation {
    condition     = var.archive == null ? true : !can(regex("[*?]", "${var.archive.namespace}${var.archive.service_account}"))
    error_message = "archive.service_account: the names of one namespace and one service account, without * and ?."
  }
  validation {
    condition     = var.archive == null ? true : try(var.archive.delete_days > var.archive.cold_days, true)
    error_message = "archive.delete_days: more than archive.cold_days, or leave it out to keep the files."
  }
}
