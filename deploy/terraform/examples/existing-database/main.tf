# A broker on a MariaDB that is there already. The Secret is made before, so that Terraform never sees the password:
#   kubectl create namespace webhook-broker
#   kubectl -n webhook-broker create secret generic broker-database --from-file=password=FILE (a file without a line break at its end)
terraform {
  required_version = ">= 1.11"

  required_providers {
    # In 2.x kubernetes is a block.
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
  }
}

variable "kube_context" {
  description = "Context of the kubeconfig that names the cluster."
  type        = string
}

variable "image_repository" {
  description = "Where you pushed the image to, without a tag."
  type        = string
}

variable "database_host" {
  description = "Host of MariaDB, with a port unless it is 3306."
  type        = string
}

provider "helm" {
  kubernetes = {
    config_path    = "~/.kube/config"
    config_context = var.kube_context
  }
}

provider "kubernetes" {
  config_path    = "~/.kube/config"
  config_context = var.kube_context
}

module "broker" {
  source = "../.."

  image = { repository = var.image_repository }
  database = {
    url         = "jdbc:mariadb://${var.database_host}/broker"
    user        = "broker"
    secret_name = "broker-database"
  }
}

output "api" {
  description = "Where producers post to, within the cluster."
  value       = "http://${module.broker.api_service}"
}
