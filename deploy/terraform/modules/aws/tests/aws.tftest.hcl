# The module with a provider that only has a schema: scripts/deploy-tests/terraform runs it.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }
  mock_resource "aws_db_instance" {
    defaults = { address = "db.abc.eu-west-1.rds.amazonaws.com", port = 3306 }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { id = "webhook-broker-archive-1", arn = "arn:aws:s3:::webhook-broker-archive-1" }
  }
}

variables {
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = ["sg-1", "sg-2"]
}

run "database" {
  assert {
    condition = alltrue([
      aws_db_instance.this.storage_encrypted, !aws_db_instance.this.publicly_accessible, aws_db_instance.this.deletion_protection,
      !aws_db_instance.this.skip_final_snapshot, aws_db_instance.this.manage_master_user_password, aws_db_instance.this.multi_az,
    ])
    error_message = "encrypted, private, protected, its password managed, in two zones"
  }
  assert {
    condition     = aws_db_instance.this.backup_retention_period >= 7 && can(regex("^webhook-broker-last-[0-9]{14}$", aws_db_instance.this.final_snapshot_identifier))
    error_message = "backups, and a last snapshot with a name of its own"
  }
  assert {
    condition = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value } == {
      innodb_flush_log_at_trx_commit = "1", sync_binlog = "1", max_allowed_packet = "67108864", require_secure_transport = "1"
    }
    error_message = "what the broker asks of a database"
  }
  assert {
    condition     = aws_db_parameter_group.this.family == "mariadb11.4" && aws_db_instance.this.parameter_group_name == aws_db_parameter_group.this.name
    error_message = "the parameters are those of the release, and used"
  }
  assert {
    condition     = !aws_db_instance.this.allow_major_version_upgrade && !aws_db_instance.this.apply_immediately
    error_message = "nothing that restarts the database happens outside the window of maintenance"
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.client : rule.referenced_security_group_id] == ["sg-1", "sg-2"]
    error_message = "only the clients come in"
  }
  assert {
    condition     = output.database_url == "jdbc:mariadb://db.abc.eu-west-1.rds.amazonaws.com:3306/broker"
    error_message = "the URL, as the broker wants it"
  }
  assert {
    condition     = length(aws_s3_bucket.archive) == 0 && length(aws_iam_role.archive) == 0 && output.archive_url == null
    error_message = "no archive unless it is wanted"
  }
}

run "next_version" {
  variables {
    engine_version              = "11.8"
    allow_major_version_upgrade = true
  }

  assert {
    condition = alltrue([
      aws_db_instance.this.engine_version == "11.8", aws_db_instance.this.allow_major_version_upgrade, aws_db_instance.this.apply_immediately,
      aws_db_parameter_group.this.family == "mariadb11.8",
    ])
    error_message = "the next version, with parameters of its own, and at once"
  }
}

run "archive" {
  variables {
    archive = { oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC" }
  }

  assert {
    condition     = output.archive_url == "s3://webhook-broker-archive-1?region=eu-west-1"
    error_message = "the URL, as retention.remoteUrl wants it"
  }
  assert {
    condition = jsondecode(aws_iam_role.archive[0].assume_role_policy).Statement[0].Condition.StringEquals == {
      "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud" = "sts.amazonaws.com"
      "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub" = "system:serviceaccount:webhook-broker:webhook-broker"
    }
    error_message = "the role is for one service account of the cluster"
  }
  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.archive[0].policy).Statement : statement.Action])) == toset(
      ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
    )
    error_message = "no more rights than docs/operations.md names"
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.archive[0].block_public_acls, aws_s3_bucket_public_access_block.archive[0].block_public_policy,
      aws_s3_bucket_public_access_block.archive[0].ignore_public_acls, aws_s3_bucket_public_access_block.archive[0].restrict_public_buckets,
      !aws_s3_bucket.archive[0].force_destroy,
    ])
    error_message = "private, and not deleted with files in it"
  }
  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_lifecycle_configuration.archive[0].rule : alltrue([
        for step in rule.transition : contains(["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"], step.storage_class)
      ])
    ])
    error_message = "files move to a class of storage that is read at once"
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.archive[0].policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "by TLS only"
  }
}

run "own_key" {
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"
    archive     = { oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC", delete_days = 3650 }
  }

  assert {
    condition     = contains(jsondecode(aws_iam_role_policy.archive[0].policy).Statement[*].Sid, "Key") && aws_db_instance.this.kms_key_id == var.kms_key_arn
    error_message = "the key is for database and archive, and the role may use it"
  }
}
