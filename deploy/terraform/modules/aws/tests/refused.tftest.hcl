# What the module refuses.

mock_provider "aws" {}

variables {
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = ["sg-1"]
}

run "name_with_two_hyphens" {
  command = plan
  variables {
    name = "a--b"
  }
  expect_failures = [var.name]
}

run "vpc_by_name" {
  command = plan
  variables {
    vpc_id = "main"
  }
  expect_failures = [var.vpc_id]
}

run "one_subnet_twice" {
  command = plan
  variables {
    subnet_ids = ["subnet-1", "subnet-1"]
  }
  expect_failures = [var.subnet_ids]
}

run "no_client" {
  command = plan
  variables {
    client_security_group_ids = []
  }
  expect_failures = [var.client_security_group_ids]
}

run "class_of_ec2" {
  command = plan
  variables {
    instance_class = "m7g.large"
  }
  expect_failures = [var.instance_class]
}

run "engine_with_a_patch" {
  command = plan
  variables {
    engine_version = "11.4.5"
  }
  expect_failures = [var.engine_version]
}

run "engine_that_is_old" {
  command = plan
  variables {
    engine_version = "10.5"
  }
  expect_failures = [var.engine_version]
}

run "storage_that_cannot_grow" {
  command = plan
  variables {
    storage = { gib = 100, max_gib = 100 }
  }
  expect_failures = [var.storage]
}

run "no_backups" {
  command = plan
  variables {
    backup_days = 0
  }
  expect_failures = [var.backup_days]
}

run "key_by_alias" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/a"
  }
  expect_failures = [var.kms_key_arn]
}

run "provider_by_url" {
  command = plan
  variables {
    archive = { oidc_provider_arn = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC" }
  }
  expect_failures = [var.archive]
}

run "any_service_account" {
  command = plan
  variables {
    archive = { oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC", service_account = "*" }
  }
  expect_failures = [var.archive]
}

run "deleted_before_cold" {
  command = plan
  variables {
    archive = { oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC", delete_days = 30 }
  }
  expect_failures = [var.archive]
}
