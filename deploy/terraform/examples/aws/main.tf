# All of it on AWS, beside an EKS cluster that is there already: the database, an archive of old messages, and the broker.
# README.md of deploy/terraform says in which order.
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

variable "region" {
  description = "Region of the cluster."
  type        = string
}

variable "cluster" {
  description = "Name of the EKS cluster, which has an identity provider in IAM (IRSA)."
  type        = string
}

variable "private_subnet_ids" {
  description = "Private subnets of the cluster's network, in two zones or more."
  type        = list(string)
}

variable "node_security_group_ids" {
  description = "Security groups of the nodes, where it is not the one that EKS made for the cluster: node groups of terraform-aws-modules/eks and nodes of your own have others. Otherwise they do not reach the database."
  type        = list(string)
  default     = []
}

variable "image_repository" {
  description = "Where you pushed the image to, without a tag."
  type        = string
}

variable "database_password" {
  description = "Password of the broker's user of the database: TF_VAR_database_password."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "database_ca_file" {
  description = "File with the certificates of Amazon RDS, global-bundle.pem."
  type        = string
}

provider "aws" {
  region = var.region
}

data "aws_eks_cluster" "this" {
  name = var.cluster
}

data "aws_iam_openid_connect_provider" "this" {
  url = data.aws_eks_cluster.this.identity[0].oidc[0].issuer
}

locals {
  # A token of a quarter of an hour for each run, in place of one in the state.
  login = {
    api_version = "client.authentication.k8s.io/v1"
    command     = "aws"
    args        = ["eks", "get-token", "--cluster-name", var.cluster, "--region", var.region]
  }
}

provider "helm" {
  kubernetes = {
    host                   = data.aws_eks_cluster.this.endpoint
    cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
    exec                   = local.login
  }
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)

  exec {
    api_version = local.login.api_version
    command     = local.login.command
    args        = local.login.args
  }
}

module "aws" {
  source = "../../modules/aws"

  vpc_id                    = data.aws_eks_cluster.this.vpc_config[0].vpc_id
  subnet_ids                = var.private_subnet_ids
  client_security_group_ids = coalescelist(var.node_security_group_ids, [data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id])
  archive                   = { oidc_provider_arn = data.aws_iam_openid_connect_provider.this.arn }
}

module "broker" {
  source = "../.."

  create_namespace          = true
  image                     = { repository = var.image_repository }
  database                  = { url = module.aws.database_url, user = module.aws.database_user }
  database_password         = var.database_password
  database_password_version = 1
  database_ca               = file(var.database_ca_file)
  archive                   = { url = module.aws.archive_url, days = 30 }
  service_account_annotations = {
    "eks.amazonaws.com/role-arn" = module.aws.archive_role_arn
  }
}

output "database_host" {
  description = "Host of the database."
  value       = module.aws.database_host
}

output "database_setup" {
  description = "What the master runs once, before the broker is applied."
  value       = module.aws.database_setup
}

output "database_master_secret_arn" {
  description = "The secret of Secrets Manager with the master's name and password."
  value       = module.aws.database_master_secret_arn
}

output "api" {
  description = "Where producers post to, within the cluster."
  value       = "http://${module.broker.api_service}"
}
