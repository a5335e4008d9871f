locals {
  archives = var.archive == null ? 0 : 1
  issuer   = try(regex("oidc-provider/(.+)$", var.archive.oidc_provider_arn)[0], "")
}

data "aws_region" "current" {}

resource "aws_s3_bucket" "archive" {
  count = local.archives

  bucket_prefix = "${var.name}-archive-"
  force_destroy = false
}

resource "aws_s3_bucket_public_access_block" "archive" {
  count = local.archives

  bucket                  = aws_s3_bucket.archive[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "archive" {
  count = local.archives

  bucket = aws_s3_bucket.archive[0].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "archive" {
  count = local.archives

  bucket = aws_s3_bucket.archive[0].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

# The broker writes a file once, under a name of its own. Those who may write could still write over one: its bytes stay for 30 days then.
resource "aws_s3_bucket_versioning" "archive" {
  count = local.archives

  bucket = aws_s3_bucket.archive[0].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  count = local.archives

  bucket     = aws_s3_bucket.archive[0].id
  depends_on = [aws_s3_bucket_versioning.archive]

  rule {
    id     = "archives"
    status = "Enabled"
    filter {}

    # A class that is read at once: restoring reads all files, and does not wait for hours.
    transition {
      days          = var.archive.cold_days
      storage_class = "GLACIER_IR"
    }
    dynamic "expiration" {
      for_each = var.archive.delete_days == null ? [] : [var.archive.delete_days]
      content {
        days = expiration.value
      }
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "archive" {
  count = local.archives

  bucket     = aws_s3_bucket.archive[0].id
  depends_on = [aws_s3_bucket_public_access_block.archive]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.archive[0].arn, "${aws_s3_bucket.archive[0].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_iam_role" "archive" {
  count = local.archives

  name_prefix = "${var.name}-"
  description = "Lets the service account of ${var.name} write and read its archive"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = var.archive.oidc_provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "system:serviceaccount:${var.archive.namespace}:${var.archive.service_account}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "archive" {
  count = local.archives

  name = "archive"
  role = aws_iam_role.archive[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "Files"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${aws_s3_bucket.archive[0].arn}/*"
      },
      # Without a condition of prefix: S3 says that a file is missing, and not that it is forbidden, only to those who may list.
      {
        Sid      = "Names"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = aws_s3_bucket.archive[0].arn
      },
      ], var.kms_key_arn == null ? [] : [{
        Sid      = "Key"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key_arn
    }])
  })
}
