# What the module makes of values that are right.

variables {
  database = {
    url         = "jdbc:mariadb://db.example.com:3306/broker"
    user        = "broker"
    secret_name = "broker-database"
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = yamldecode(output.yaml).replicaCount == 2 && yamldecode(output.yaml).fullnameOverride == "webhook-broker"
    error_message = "two nodes, named webhook-broker"
  }
  assert {
    condition     = yamldecode(output.yaml).database.url == "jdbc:mariadb://db.example.com:3306/broker"
    error_message = "the URL is left as it is without authorities"
  }
  assert {
    condition     = !anytrue([for key in ["autoscaling", "ingress", "networkPolicy", "gatewayAuth", "secretsKey", "seed", "accounting"] : contains(keys(yamldecode(output.yaml)), key)])
    error_message = "what is off is left to the chart"
  }
  assert {
    condition     = !strcontains(output.yaml, "null")
    error_message = "a null would take a default of the chart away"
  }
  assert {
    condition     = output.connections == 58
    error_message = "3 nodes of 16 connections, and 10"
  }
}

run "encrypted" {
  command = plan
  variables {
    database = {
      url           = "jdbc:mariadb:sequential://db1,db2/broker?deniedListTimeout=1000"
      secret_name   = "broker-database"
      user_key      = "username"
      ca_config_map = "broker-ca"
    }
  }

  assert {
    condition     = yamldecode(output.yaml).database.url == "jdbc:mariadb:sequential://db1,db2/broker?deniedListTimeout=1000&sslMode=verify-full&serverSslCert=/etc/webhook-broker/database/ca.pem"
    error_message = "parameters of the URL stay, and those of TLS are added"
  }
  assert {
    condition = alltrue([for part in [yamldecode(output.yaml), yamldecode(output.yaml).migration, yamldecode(output.yaml).prune] :
    part.extraVolumes[0].configMap.name == "broker-ca" && part.extraVolumeMounts[0].mountPath == "/etc/webhook-broker/database"])
    error_message = "nodes, migration and pruning see the authorities"
  }
  assert {
    condition     = yamldecode(output.yaml).database.existingSecretKeys.user == "username" && !can(yamldecode(output.yaml).database.user)
    error_message = "without a user it comes from the Secret"
  }
}

run "texts_that_yaml_would_misread" {
  command = plan
  variables {
    config = { USER_AGENT = "a \"b\" ${"$"}{c}, 'd': [e]", BREAKER_THRESHOLD = "0", LOG_LEVEL = "OFF", RATIONAL_DELAY = "1e3", CONSUMER_TOKEN_HEADER = "y\n# z" }
  }

  assert {
    condition     = tomap(yamldecode(output.yaml).config) == tomap({ USER_AGENT = "a \"b\" ${"$"}{c}, 'd': [e]", BREAKER_THRESHOLD = "0", LOG_LEVEL = "OFF", RATIONAL_DELAY = "1e3", CONSUMER_TOKEN_HEADER = "y\n# z" })
    error_message = "every text arrives as a text"
  }
}

run "everything" {
  command = plan
  variables {
    name                        = "b"
    image                       = { repository = "registry.example.com:5000/webhook-broker", digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000", pull_secrets = ["pull"] }
    autoscaling                 = { max = 7 }
    heap                        = "1g"
    resources                   = { cpu = "1.5", memory = "1Gi", memory_limit = "1474Mi" }
    secret_env                  = { HTTPS_PROXY = { secret = "proxy", key = "url" } }
    secrets_key                 = { secret_name = "key" }
    seed                        = { secret_name = "seed", channels_key = "channels" }
    auth                        = { mode = "keys", operate_secret = "operate", read_secret = "read" }
    gateway_auth                = { secret_name = "gateway", previous_key = "old" }
    service_account_annotations = { "eks.amazonaws.com/role-arn" = "arn:aws:iam::123456789012:role/b" }
    ingress                     = { host = "hooks.example.com", class_name = "nginx", tls_secret = "tls" }
    network_policy              = { api_namespaces = ["shop"], admin_namespaces = ["monitoring"] }
    archive                     = { url = "s3://archive?region=eu-west-1", days = 30 }
    accounting_schedule         = "30 2 * * *"
    monitoring                  = { service_monitor = true, rules = true, dashboard = true, labels = { release = "prometheus" } }
  }

  assert {
    condition     = output.connections == 138 && yamldecode(output.yaml).autoscaling.maxReplicas == 7
    error_message = "8 nodes of 16 connections, and 10"
  }
  assert {
    condition     = yamldecode(output.yaml).networkPolicy.adminFrom[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"] == "monitoring"
    error_message = "the admin port is for the namespace monitoring"
  }
  assert {
    condition     = yamldecode(output.yaml).prune.enabled && yamldecode(output.yaml).prune.messageDays == 30
    error_message = "pruning is on"
  }
  assert {
    condition     = yamldecode(output.yaml).extraEnv[0].valueFrom.secretKeyRef.key == "url" && yamldecode(output.yaml).prune.extraEnv == yamldecode(output.yaml).extraEnv
    error_message = "settings from Secrets, for nodes and pruning"
  }
  assert {
    condition     = yamldecode(output.yaml).seed.existingSecretKeys == { channels = "channels" }
    error_message = "only the keys that are given"
  }
}
