output "database_host" {
  description = "Host of the database."
  value       = aws_db_instance.this.address
}

output "database_url" {
  description = "For database.url of the broker. TLS is added to it by database_ca."
  value       = "jdbc:mariadb://${aws_db_instance.this.address}:${aws_db_instance.this.port}/${local.schema}"
}

output "database_user" {
  description = "For database.user of the broker: the user that database_setup makes."
  value       = local.user
}

output "database_setup" {
  description = "What the master runs once, with a password in place of PASSWORD: it makes the broker's user, who has rights in its schema, and sees how long transactions are open."
  value       = <<-SQL
    CREATE USER '${local.user}'@'%' IDENTIFIED BY 'PASSWORD' REQUIRE SSL;
    GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, LOCK TABLES, CREATE TEMPORARY TABLES
      ON ${local.schema}.* TO '${local.user}'@'%';
    GRANT PROCESS ON *.* TO '${local.user}'@'%';
  SQL
}

output "database_master_secret_arn" {
  description = "The secret of Secrets Manager with the master's name and password."
  value       = one(aws_db_instance.this.master_user_secret[*].secret_arn)
}

output "database_security_group_id" {
  description = "Security group of the database."
  value       = aws_security_group.database.id
}

output "archive_url" {
  description = "For archive.url of the broker; null without archive."
  value       = var.archive == null ? null : "s3://${aws_s3_bucket.archive[0].id}?region=${data.aws_region.current.region}"
}

output "archive_role_arn" {
  description = "For the annotation eks.amazonaws.com/role-arn of the service account; null without archive."
  value       = var.archive == null ? null : aws_iam_role.archive[0].arn
}
