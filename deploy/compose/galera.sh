#!/usr/bin/env bash
# Starts a node of the cluster of galera.yaml: founds it, if this is the first one and no other has it yet, or if this node was the last to
# stop of all; otherwise joins it.
set -euo pipefail

state=/var/lib/mysql/grastate.dat

# Whether another node of the cluster runs.
others_run() {
  local node
  for node in database database-2 database-3; do
    [[ $(getent hosts "$node") != *"$(hostname -i)"* ]] || continue
    (exec 3<>"/dev/tcp/$node/4567") 2>/dev/null && return
  done
  return 1
}

founds=
if ! others_run; then
  if [[ ! -f $state && $(getent hosts database) == *"$(hostname -i)"* ]] || grep -qs '^safe_to_bootstrap: 1' "$state"; then
    founds=--wsrep-new-cluster
  fi
fi
exec docker-entrypoint.sh mariadbd "$@" $founds
