# What the module refuses, each by the variable or output that says why.

variables {
  database = { url = "jdbc:mariadb://db/broker", user = "broker", secret_name = "s" }
}

run "name_with_capitals" {
  command = plan
  variables {
    name = "Broker"
  }
  expect_failures = [var.name]
}

run "name_that_is_false" {
  command = plan
  variables {
    name = "no"
  }
  expect_failures = [var.name]
}

run "name_that_is_long" {
  command = plan
  variables {
    name = "a1234567890123456789012345678901234567890z"
  }
  expect_failures = [var.name]
}

run "name_with_a_hyphen_last" {
  command = plan
  variables {
    name = "broker-"
  }
  expect_failures = [var.name]
}

run "digest_that_is_none" {
  command = plan
  variables {
    image = { digest = "latest" }
  }
  expect_failures = [var.image]
}

run "repository_with_a_tag" {
  command = plan
  variables {
    image = { repository = "registry.example.com:5000/webhook-broker:1.0" }
  }
  expect_failures = [var.image]
}

run "half_a_node" {
  command = plan
  variables {
    replicas = 1.5
  }
  expect_failures = [var.replicas]
}

run "no_node" {
  command = plan
  variables {
    replicas = 0
  }
  expect_failures = [var.replicas]
}

run "autoscaling_upside_down" {
  command = plan
  variables {
    autoscaling = { min = 3, max = 2 }
  }
  expect_failures = [var.autoscaling]
}

run "autoscaling_beyond_all" {
  command = plan
  variables {
    autoscaling = { max = 3, cpu = 200 }
  }
  expect_failures = [var.autoscaling]
}

run "database_of_another_kind" {
  command = plan
  variables {
    database = { url = "jdbc:mysql://db/broker", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_without_schema" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_embedded" {
  command = plan
  variables {
    database = { url = "", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_with_a_password" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker?user=a&password=b", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_with_a_user_before_the_host" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://a:b@db/broker", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_by_loadbalance" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb:loadbalance://a,b/broker", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_with_the_password_of_a_store" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker?sslMode=trust&trustStorePassword=hunter2", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_with_a_password_in_capitals" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb:sequential://a,b/broker?KEYPASSWORD=hunter2", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "database_with_a_user" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker?user=a", secret_name = "s" }
  }
  expect_failures = [var.database]
}

run "tls_twice" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker?sslMode=trust", secret_name = "s", ca_config_map = "ca" }
  }
  expect_failures = [var.database]
}

run "database_without_secret" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker" }
  }
  expect_failures = [var.database]
}

run "pool_of_seven" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker", secret_name = "s", pool_size = 7 }
  }
  expect_failures = [var.database]
}

run "more_nodes_than_connections" {
  command = plan
  variables {
    autoscaling = { max = 9 }
  }
  expect_failures = [var.database]
}

run "heap_of_kubernetes" {
  command = plan
  variables {
    heap = "256Mi"
  }
  expect_failures = [var.heap]
}

run "cpu_in_words" {
  command = plan
  variables {
    resources = { cpu = "half" }
  }
  expect_failures = [var.resources]
}

run "memory_in_megabytes" {
  command = plan
  variables {
    resources = { memory = "512M" }
  }
  expect_failures = [var.resources]
}

run "heap_that_fills_the_memory" {
  command = plan
  variables {
    heap = "768m"
  }
  expect_failures = [output.yaml]
}

run "memory_above_its_limit" {
  command = plan
  variables {
    resources = { memory = "1Gi" }
  }
  expect_failures = [output.yaml]
}

run "config_in_small_letters" {
  command = plan
  variables {
    config = { max_retries = "8" }
  }
  expect_failures = [var.config]
}

run "config_with_a_secret" {
  command = plan
  variables {
    config = { SECRETS_KEY = "k" }
  }
  expect_failures = [var.config]
}

run "config_with_seeds" {
  command = plan
  variables {
    config = { SEED_PRODUCERS = "[]" }
  }
  expect_failures = [var.config]
}

run "config_of_the_database" {
  command = plan
  variables {
    config = { DATABASE_POOL_SIZE = "99" }
  }
  expect_failures = [var.config]
}

run "config_with_a_password" {
  command = plan
  variables {
    config = { HTTPS_PROXY = "http://user:pass@proxy:3128" }
  }
  expect_failures = [var.config]
}

run "config_that_is_misspelt" {
  command = plan
  variables {
    config = { LOG_LEVLE = "DEBUG" }
  }
  expect_failures = [var.config]
}

run "config_of_a_file_that_is_misspelt" {
  command = plan
  variables {
    config = { LOG_LEVLE_FILE = "/a" }
  }
  expect_failures = [var.config]
}

run "config_of_the_chart" {
  command = plan
  variables {
    config = { TLS_CERTIFICATE = "/a" }
  }
  expect_failures = [var.config]
}

run "config_of_the_chart_by_a_file" {
  command = plan
  variables {
    config = { PORT_FILE = "/a" }
  }
  expect_failures = [var.config]
}

run "config_of_the_jvm" {
  command = plan
  variables {
    config = { JAVA_OPTS = "-Xms1g" }
  }
  expect_failures = [var.config]
}

run "config_with_a_token" {
  command = plan
  variables {
    config = { HTTPS_PROXY = "http://token@proxy" }
  }
  expect_failures = [var.config]
}

run "setting_twice" {
  command = plan
  variables {
    config     = { HTTPS_PROXY = "http://proxy" }
    secret_env = { HTTPS_PROXY = { secret = "s", key = "k" } }
  }
  expect_failures = [var.secret_env]
}

run "secret_of_the_database_apart" {
  command = plan
  variables {
    secret_env = { DATABASE_PASSWORD = { secret = "s", key = "k" } }
  }
  expect_failures = [var.secret_env]
}

run "secret_of_the_chart" {
  command = plan
  variables {
    secret_env = { TLS_KEY = { secret = "s", key = "k" } }
  }
  expect_failures = [var.secret_env]
}

run "secret_in_small_letters" {
  command = plan
  variables {
    secret_env = { https_proxy = { secret = "s", key = "k" } }
  }
  expect_failures = [var.secret_env]
}

run "seed_of_nothing" {
  command = plan
  variables {
    seed = { secret_name = "s" }
  }
  expect_failures = [var.seed]
}

run "auth_of_another_kind" {
  command = plan
  variables {
    auth = { mode = "basic" }
  }
  expect_failures = [var.auth]
}

run "accounting_without_key" {
  command = plan
  variables {
    auth                = { mode = "keys" }
    accounting_schedule = "30 2 * * *"
  }
  expect_failures = [var.auth]
}

run "metrics_without_key" {
  command = plan
  variables {
    auth       = { mode = "keys" }
    monitoring = { service_monitor = true }
  }
  expect_failures = [var.auth]
}

run "ingress_with_a_scheme" {
  command = plan
  variables {
    ingress = { host = "https://hooks.example.com" }
  }
  expect_failures = [var.ingress]
}

run "ingress_with_a_path" {
  command = plan
  variables {
    ingress = { host = "hooks.example.com/broker" }
  }
  expect_failures = [var.ingress]
}

run "metrics_that_nobody_may_read" {
  command = plan
  variables {
    network_policy = { api_namespaces = [], admin_namespaces = [] }
    monitoring     = { service_monitor = true }
  }
  expect_failures = [var.network_policy]
}

run "archive_in_a_folder" {
  command = plan
  variables {
    archive = { url = "file:///archive", days = 30 }
  }
  expect_failures = [var.archive]
}

run "archive_with_a_key" {
  command = plan
  variables {
    archive = { url = "s3://key:secret@bucket", days = 30 }
  }
  expect_failures = [var.archive]
}

run "archive_at_once" {
  command = plan
  variables {
    archive = { url = "s3://bucket", days = 0 }
  }
  expect_failures = [var.archive]
}

run "archive_never" {
  command = plan
  variables {
    archive = { url = "s3://bucket", days = 30, schedule = "@daily" }
  }
  expect_failures = [var.archive]
}

run "accounting_by_six_fields" {
  command = plan
  variables {
    accounting_schedule = "0 30 2 * * *"
  }
  expect_failures = [var.accounting_schedule]
}

run "secret_in_capitals" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker", secret_name = "Broker" }
  }
  expect_failures = [var.database]
}

run "password_key_with_a_space" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker", secret_name = "s", password_key = "the password" }
  }
  expect_failures = [var.database]
}

run "secret_setting_with_a_path" {
  command = plan
  variables {
    secret_env = { HTTPS_PROXY = { secret = "shop/s", key = "k" } }
  }
  expect_failures = [var.secret_env]
}

run "secrets_key_without_name" {
  command = plan
  variables {
    secrets_key = { secret_name = "" }
  }
  expect_failures = [var.secrets_key]
}

run "seed_with_a_space" {
  command = plan
  variables {
    seed = { secret_name = "s", channels_key = "my channels" }
  }
  expect_failures = [var.seed]
}

run "operate_secret_in_capitals" {
  command = plan
  variables {
    auth = { operate_secret = "O" }
  }
  expect_failures = [var.auth]
}

run "gateway_key_with_a_slash" {
  command = plan
  variables {
    gateway_auth = { secret_name = "s", key = "a/b" }
  }
  expect_failures = [var.gateway_auth]
}

run "repository_without_a_name" {
  command = plan
  variables {
    image = { repository = "" }
  }
  expect_failures = [var.image]
}

run "pull_secret_in_capitals" {
  command = plan
  variables {
    image = { pull_secrets = ["Registry"] }
  }
  expect_failures = [var.image]
}

run "nodes_beyond_all" {
  command = plan
  variables {
    replicas = 1001
    database = { url = "jdbc:mariadb://db/broker", secret_name = "s", max_connections = 100000 }
  }
  expect_failures = [var.replicas]
}

run "half_a_node_more" {
  command = plan
  variables {
    autoscaling = { max = 3.5 }
  }
  expect_failures = [var.autoscaling]
}

run "autoscaling_to_more_than_there_may_be" {
  command = plan
  variables {
    autoscaling = { max = 1001 }
    database    = { url = "jdbc:mariadb://db/broker", secret_name = "s", max_connections = 100000 }
  }
  expect_failures = [var.autoscaling]
}

run "connections_of_no_server" {
  command = plan
  variables {
    database = { url = "jdbc:mariadb://db/broker", secret_name = "s", max_connections = 100001 }
  }
  expect_failures = [var.database]
}

run "archive_after_a_hundred_years" {
  command = plan
  variables {
    archive = { url = "s3://bucket", days = 36501 }
  }
  expect_failures = [var.archive]
}

run "tls_secret_with_a_slash" {
  command = plan
  variables {
    ingress = { host = "hooks.example.com", tls_secret = "shop/tls" }
  }
  expect_failures = [var.ingress]
}

run "memory_of_the_heap_and_a_little" {
  command = plan
  variables {
    heap = "512m"
  }
  expect_failures = [output.yaml]
}
