locals {
  schema = "broker"
  user   = "broker"
}

resource "aws_db_subnet_group" "this" {
  name_prefix = "${var.name}-"
  description = "Database of ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_security_group" "database" {
  name_prefix = "${var.name}-database-"
  description = "Database of ${var.name}: in from its clients only, and nothing out"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  # By number: ids that are not known yet cannot be keys.
  count = length(var.client_security_group_ids)

  security_group_id            = aws_security_group.database.id
  description                  = "MariaDB, from the broker"
  referenced_security_group_id = var.client_security_group_ids[count.index]
  ip_protocol                  = "tcp"
  from_port                    = 3306
  to_port                      = 3306
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "mariadb${var.engine_version}"
  description = "What ${var.name} needs so that nothing is lost"

  dynamic "parameter" {
    for_each = {
      # A commit is on disk when it is acknowledged, and so is the log by which backups are brought up to a moment.
      innodb_flush_log_at_trx_commit = "1"
      sync_binlog                    = "1"
      # More than twice the largest payload.
      max_allowed_packet = tostring(64 * 1024 * 1024)
      # Nobody connects without TLS.
      require_secure_transport = "1"
    }
    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier     = var.name
  engine         = "mariadb"
  engine_version = var.engine_version
  instance_class = var.instance_class

  # Amazon makes and renews the master's password. It is in Secrets Manager, never in the state.
  db_name                       = local.schema
  username                      = "admin"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.kms_key_arn

  storage_type          = "gp3"
  allocated_storage     = var.storage.gib
  max_allocated_storage = var.storage.max_gib
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  multi_az               = var.multi_az
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = var.ca_cert_identifier

  backup_retention_period  = var.backup_days
  backup_window            = var.windows.backup
  copy_tags_to_snapshot    = true
  delete_automated_backups = false
  deletion_protection      = var.deletion_protection
  skip_final_snapshot      = false
  # With the time of creation, since a second database of this name would find the snapshot of the first.
  final_snapshot_identifier = "${var.name}-last-${formatdate("YYYYMMDDhhmmss", timestamp())}"

  maintenance_window          = var.windows.maintenance
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = var.allow_major_version_upgrade
  # At once then: until the window the parameters of the old version would be in use, and Terraform could not delete them.
  apply_immediately               = var.allow_major_version_upgrade
  enabled_cloudwatch_logs_exports = ["error"]

  lifecycle {
    ignore_changes = [final_snapshot_identifier]
  }
}
