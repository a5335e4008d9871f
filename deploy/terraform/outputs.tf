output "release_name" {
  description = "Name of the release."
  value       = helm_release.this.name
}

output "namespace" {
  description = "Its namespace."
  value       = helm_release.this.namespace
}

output "api_service" {
  description = "Name of the API within the cluster, to which port 80 belongs."
  value       = "${var.name}.${helm_release.this.namespace}.svc"
}

output "admin_service" {
  description = "Name of the admin port within the cluster, to which port 8081 belongs."
  value       = "${var.name}-admin.${helm_release.this.namespace}.svc"
}

output "service_account" {
  description = "Name of the service account of the nodes, for roles of clouds."
  value       = var.name
}

output "values" {
  description = "The values of the chart that the settings make, as YAML. No secret is in them."
  value       = module.values.yaml
}

output "database_connections" {
  description = "Connections that the database must bear at most."
  value       = module.values.connections
}
