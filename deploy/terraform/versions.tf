terraform {
  # Write-only arguments, which keep secrets out of the state.
  required_version = ">= 1.11"

  required_providers {
    helm = {
      source = "hashicorp/helm"
      # Of a release only such arguments are set as 2.x and 3.x have alike.
      version = ">= 2.17, < 4.0"
    }
    kubernetes = {
      source = "hashicorp/kubernetes"
      # data_wo is in 2.36 and in 3.x alike.
      version = ">= 2.36, < 4.0"
    }
  }
}
