# The root module with providers that only have schemas: scripts/deploy-tests/terraform runs it.

mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  database = {
    url         = "jdbc:mariadb://db.example.com:3306/broker"
    user        = "broker"
    secret_name = "broker-database"
  }
  database_password = "not used without a version"
}

run "with_a_secret_that_is_there" {
  assert {
    condition     = length(kubernetes_secret_v1.database) == 0 && length(kubernetes_namespace_v1.this) == 0 && length(kubernetes_config_map_v1.database_ca) == 0
    error_message = "nothing but the release is made"
  }
  assert {
    condition     = helm_release.this.values[0] == output.values && length(helm_release.this.values) == 2 && yamldecode(output.values).database.existingSecret == "broker-database"
    error_message = "the values are those of modules/values"
  }
  assert {
    condition     = yamldecode(helm_release.this.values[1]) == { migration = { activeDeadlineSeconds = helm_release.this.timeout - 30 } }
    error_message = "the migration ends before Helm gives up on it"
  }
  assert {
    condition     = helm_release.this.atomic && helm_release.this.wait
    error_message = "an upgrade that fails is taken back"
  }
  assert {
    condition     = fileexists("${helm_release.this.chart}/Chart.yaml")
    error_message = "the chart beside the module is there"
  }
  assert {
    condition     = output.admin_service == "webhook-broker-admin.webhook-broker.svc"
    error_message = "the admin service is named"
  }
}

run "with_all_made_here" {
  variables {
    name                      = "hooks"
    namespace                 = "shop"
    create_namespace          = true
    database                  = { url = "jdbc:mariadb://db.example.com:3306/broker", user = "broker" }
    database_password         = "p\"ass ${"$"}{word}"
    database_password_version = 1
    database_ca               = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"
    extra_values              = ["drainSeconds: 20"]
  }

  assert {
    condition     = kubernetes_secret_v1.database[0].data_wo == null && kubernetes_secret_v1.database[0].data_wo_revision == 1
    error_message = "the password is not in the state"
  }
  assert {
    condition     = !strcontains(join("", helm_release.this.values), "ass ")
    error_message = "the password is not in the values"
  }
  assert {
    condition     = yamldecode(output.values).database.existingSecret == kubernetes_secret_v1.database[0].metadata[0].name
    error_message = "the release reads the Secret that is made"
  }
  assert {
    condition     = yamldecode(output.values).extraVolumes[0].configMap.name == kubernetes_config_map_v1.database_ca[0].metadata[0].name
    error_message = "the release reads the authorities that are made"
  }
  assert {
    condition     = alltrue([for namespace in [helm_release.this.namespace, kubernetes_secret_v1.database[0].metadata[0].namespace, kubernetes_config_map_v1.database_ca[0].metadata[0].namespace] : namespace == "shop"])
    error_message = "all is in one namespace"
  }
  assert {
    condition     = helm_release.this.values[2] == "drainSeconds: 20"
    error_message = "more values come last"
  }
}

run "the_next_password" {
  variables {
    name                      = "hooks"
    namespace                 = "shop"
    create_namespace          = true
    database                  = { url = "jdbc:mariadb://db.example.com:3306/broker", user = "broker" }
    database_password         = "another"
    database_password_version = 2
  }

  assert {
    condition     = kubernetes_secret_v1.database[0].data_wo_revision == 2
    error_message = "a higher version writes it anew"
  }
  assert {
    condition     = yamldecode(helm_release.this.values[1]).podAnnotations == { database-password-version = "2" }
    error_message = "a higher version replaces the nodes, whose password is that of their start"
  }
}

run "for_somebody_who_looks_at_what_failed" {
  variables {
    roll_back = false
    timeout   = 3600
  }

  assert {
    condition     = !helm_release.this.atomic && yamldecode(helm_release.this.values[1]).migration.activeDeadlineSeconds == 3570
    error_message = "what failed stays, and a longer timeout is for the migration too"
  }
}

run "version_without_password" {
  command = plan
  variables {
    database                  = { url = "jdbc:mariadb://db/broker", user = "broker" }
    database_password         = ""
    database_password_version = 1
  }
  expect_failures = [var.database_password]
}

run "two_secrets" {
  command = plan
  variables {
    database_password         = "p"
    database_password_version = 1
  }
  expect_failures = [var.database_password_version]
}

run "secret_without_user" {
  command = plan
  variables {
    database                  = { url = "jdbc:mariadb://db/broker" }
    database_password         = "p"
    database_password_version = 1
  }
  expect_failures = [var.database_password_version]
}

run "authorities_by_the_name_of_a_file" {
  command = plan
  variables {
    database_ca = "global-bundle.pem"
  }
  expect_failures = [var.database_ca]
}

run "authorities_twice" {
  command = plan
  variables {
    database    = { url = "jdbc:mariadb://db/broker", secret_name = "s", ca_config_map = "ca" }
    database_ca = "-----BEGIN CERTIFICATE-----"
  }
  expect_failures = [var.database_ca]
}

run "namespace_with_a_dot" {
  command = plan
  variables {
    namespace = "shop.broker"
  }
  expect_failures = [var.namespace]
}

run "chart_of_any_version" {
  command = plan
  variables {
    chart = "oci://charts.example.com/webhook-broker"
  }
  expect_failures = [var.chart_version]
}

run "values_that_are_no_map" {
  command = plan
  variables {
    extra_values = ["values.yaml"]
  }
  expect_failures = [var.extra_values]
}

run "no_time" {
  command = plan
  variables {
    timeout = 30
  }
  expect_failures = [var.timeout]
}

run "half_a_second" {
  command = plan
  variables {
    timeout = 900.5
  }
  expect_failures = [var.timeout]
}
