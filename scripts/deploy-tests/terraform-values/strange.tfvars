# Texts that YAML, templates or a shell would take for something else.
name     = "strange"
replicas = 1
image    = { tag = "1e3" }
database = { url = "jdbc:mariadb://db/broker?a=%20&b={{x}}&c=$${D}", user = "null", secret_name = "broker-database", password_key = "0" }
config = {
  USER_AGENT            = "a \"b\" $${C}, 'd': [e] {{ .Values }} # f"
  CONSUMER_TOKEN_HEADER = "off"
  BREAKER_THRESHOLD     = "0"
  DELIVERY_TIMEOUT      = "1e3s"
  LOG_FORMAT            = ""
}
seed                        = { secret_name = "broker-seed", consumers_key = "yes" }
service_account_annotations = { "example.com/a" = "0x1F", "example.com/b" = "{{ 1 }}" }
