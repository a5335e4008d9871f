output "yaml" {
  description = "Values of the chart deploy/chart. It holds no secret, only names of Secrets."
  value       = yamlencode(local.values)

  precondition {
    condition     = local.limit_mib >= local.heap_mib + 450
    error_message = "resources.memory_limit: at least 450 MiB more than heap, since 320 MB were measured beside it (docs/sizing.md). Raise it, or lower heap."
  }
  precondition {
    condition     = local.limit_mib >= local.memory_mib
    error_message = "resources.memory: no more than resources.memory_limit. Lower it, or raise the limit."
  }
}

output "connections" {
  description = "Connections that the database must bear at most: those of all nodes, of one more during an upgrade, and 10 besides."
  value       = (try(var.autoscaling.max, var.replicas) + 1) * var.database.pool_size + 10
}
