name        = "hooks-of-all-shops-in-the-whole-of-europe"
image       = { repository = "registry.example.com:5000/team/webhook-broker", digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", pull_secrets = ["registry"] }
autoscaling = { min = 3, max = 7 }
database = {
  url             = "jdbc:mariadb:sequential://db1:3306,db2:3306/broker?deniedListTimeout=1000"
  secret_name     = "broker-database"
  user_key        = "username"
  password_key    = "the.pass_word-1"
  pool_size       = 20
  max_connections = 400
  ca_config_map   = "database-ca"
}
heap                        = "1g"
resources                   = { cpu = "1.5", memory = "1Gi", memory_limit = "1536Mi" }
config                      = { LOG_LEVEL = "DEBUG", RETRY_DELAYS = "[5s, 1m]", OUTBOUND_POLICY = "public" }
secret_env                  = { HTTPS_PROXY = { secret = "proxy", key = "url" } }
secrets_key                 = { secret_name = "broker-key" }
seed                        = { secret_name = "broker-seed", producers_key = "producers", channels_key = "channels" }
auth                        = { mode = "keys", operate_secret = "operate", read_secret = "read" }
gateway_auth                = { secret_name = "gateway", key = "now", previous_key = "before" }
service_account_annotations = { "eks.amazonaws.com/role-arn" = "arn:aws:iam::123456789012:role/hooks" }
ingress                     = { host = "hooks.example.com", class_name = "nginx", tls_secret = "hooks-tls", annotations = { "example.com/on" = "true" } }
network_policy              = { api_namespaces = ["shop", "bank"], admin_namespaces = ["monitoring"] }
archive                     = { url = "s3://archive?region=eu-west-1", days = 30 }
accounting_schedule         = "30 2 * * *"
monitoring                  = { service_monitor = true, rules = true, dashboard = true, labels = { release = "prometheus" } }
