# The example as it is written, with providers that only have schemas.

mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  kube_context     = "test"
  image_repository = "registry.example.com/webhook-broker"
  database_host    = "db.example.com:3306"
}

run "applied" {
  assert {
    condition     = output.api == "http://webhook-broker.webhook-broker.svc"
    error_message = "the API is named"
  }
}
