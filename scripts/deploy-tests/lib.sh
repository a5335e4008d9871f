# shellcheck shell=bash
# What the parts of scripts/deploy-test share. A part begins with: source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$root/target/deploy-test
jar=$root/webhook-broker-service/target/webhook-broker-service.jar
mkdir -p "$work"

say() {
  echo "deploy-test: $*"
}

fail() {
  echo "deploy-test: $*" >&2
  exit 1
}

# Usage: at_end COMMAND...: runs it when the script ends, however it ends; the last one first.
at_end() {
  local command
  # A subshell has the list of its parent, whose ends are not its own.
  [[ ${ends_of:-} == "$BASHPID" ]] || ends=() ends_of=$BASHPID
  printf -v command '%q ' "$@"
  ends=("$command" "${ends[@]}")
  trap run_ends EXIT
}

run_ends() {
  local status=$? command
  for command in "${ends[@]}"; do
    # In a subshell, as one that fails must not keep the others from running.
    (eval "$command") || true
  done
  exit "$status"
}

# Usage: need COMMAND PACKAGE...: a command (or file) of Debian's packages, which are installed if it is missing.
need() {
  PATH=$PATH:/usr/sbin:/sbin
  if command -v "$1" >/dev/null || [[ -f $1 ]]; then return; fi
  command -v apt-get >/dev/null || fail "$1 is missing, and there is no apt-get to install it: install ${*:2}"
  say "installing ${*:2} for $1"
  install_packages "${@:2}" >"$work/apt-${1##*/}.log" 2>&1 || fail "$1 cannot be installed (${*:2}), see $work/apt-${1##*/}.log"
  command -v "$1" >/dev/null || [[ -f $1 ]] || fail "$1 is missing after ${*:2} were installed"
}

# The policy by which Debian starts no service: ours is there as long as an installation takes, which has it locked.
policy=/usr/sbin/policy-rc.d
if grep -qs '^# deploy-test$' "$policy"; then
  # Of a run that was killed.
  flock --nonblock "$policy" rm "$policy" || true
fi

install_packages() (
  # Two parts may want some at once, and apt does not wait for its lock.
  exec 9>"$work/apt.lock"
  flock 9
  if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\n# deploy-test\nexit 101\n' >"$policy" && chmod +x "$policy"
    exec 8<"$policy"
    flock 8
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
)

# Usage: need_npm FOLDER PACKAGE@VERSION...: packages of npm in target/deploy-test/FOLDER/node_modules.
need_npm() {
  need npm npm
  (install_npm "$@")
}

# In a subshell, with which its lock ends: two parts may want the same folder.
install_npm() {
  local folder=$work/$1
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock 9
  [[ ! -f $folder/installed || $(<"$folder/installed") != "${*:2}" ]] || return 0
  echo '{"private": true}' >"$folder/package.json"
  (cd "$folder" && npm install --silent --no-audit --no-fund --ignore-scripts --no-package-lock --no-save "${@:2}") >"$folder/npm.log" 2>&1 ||
    fail "npm cannot install ${*:2}, see $folder/npm.log"
  echo "${*:2}" >"$folder/installed"
}

# Usage: until_true SECONDS WHAT COMMAND...: waits until the command succeeds.
until_true() {
  local end=$((SECONDS + $1)) what=$2
  until "${@:3}" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "$what: not within $1 s"
    sleep 0.2
  done
}

# In a subshell, as the script has other names of files.
build_jar() (
  cd "$root"
  # shellcheck source=scripts/build.sh
  source scripts/build.sh
  build_broker
)

# Port that nobody uses now.
free_port() {
  need python3 python3-minimal
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Starts a Docker engine of our own, and exports DOCKER_HOST and DOCKER_CONFIG. A part that another script starts with one uses that one.
# It has namespaces of its own for networks, mounts and processes: an engine of this machine is not touched, ports do not collide, and
# what it makes (bridges, rules of iptables, mounts, containers) is gone with it. So its ports are reached by in_docker. Its images are
# kept in target/deploy-test/docker.
start_docker() {
  [[ ! ${docker_pid:-} ]] || return 0
  [[ $EUID == 0 ]] || fail "a Docker engine needs root"
  need dockerd docker.io
  need iptables iptables
  need ip iproute2
  local folder
  # Not below target, as the path of a socket has 107 characters at most.
  folder=$(mktemp -d)
  export DOCKER_HOST=unix://$folder/docker.sock DOCKER_CONFIG=$folder/config
  mkdir "$DOCKER_CONFIG"
  # Podman reads it too, where it is named, and wants it to be there.
  echo '{}' >"$DOCKER_CONFIG/config.json"
  # Killed with this script: its first process, and so all others.
  setpriv --pdeathsig KILL -- unshare --net --mount --pid --fork --kill-child --mount-proc "$root/scripts/deploy-tests/engine" "$folder" "$work/docker" >"$work/dockerd.log" 2>&1 &
  export docker_pid=$!
  # So that bash does not tell of its end.
  disown "$docker_pid"
  at_end stop_docker "$folder"
  until_true 60 "the Docker engine (see $work/dockerd.log)" engine_answers_or_ended
  docker info >/dev/null 2>&1 || fail "the Docker engine does not start, see $work/dockerd.log"
}

engine_answers_or_ended() {
  docker info || ! kill -0 "$docker_pid"
}

stop_docker() {
  docker ps -aq 2>/dev/null | xargs -r docker rm -fv >/dev/null
  kill -KILL "$docker_pid" 2>/dev/null || true
  # The processes of the namespace end a little later than its first one.
  until_true 20 "the processes of the Docker engine are gone" rm -rf "$1"
  find /sys/fs/cgroup -depth -type d -path "*/${1##*/}*" -exec rmdir {} +
}

# Usage: in_docker COMMAND...: where the ports are that containers publish.
in_docker() {
  nsenter --net --target "$docker_pid" "$@"
}

# Usage: stand_in NAME...: images that stand in for public ones of these names, made of packages of Debian in place of a registry.
# They are Debian's versions, so the entrypoints of the public images are not tried by this.
stand_in() {
  local name
  for name in "$@"; do
    docker image inspect "$name" >/dev/null 2>&1 || "$root/scripts/deploy-tests/stand-in" "$name" || fail "there is no stand-in for $name, see above"
  done
}

# The plugin compose of docker, after start_docker. Debian 12 has none, so it comes from Debian 13, by the mirror of this machine's apt.
need_compose() {
  ! docker compose version >/dev/null 2>&1 || return 0
  local folder=$work/compose plugin=usr/libexec/docker/cli-plugins/docker-compose
  [[ -x $folder/$plugin ]] || fetch_compose "$folder" >"$work/apt-compose.log" 2>&1 ||
    fail "docker compose cannot be had, see $work/apt-compose.log: install Docker's plugin compose 2.24 or newer"
  mkdir -p "$DOCKER_CONFIG/cli-plugins"
  cp "$folder/$plugin" "$DOCKER_CONFIG/cli-plugins"
  docker compose version >/dev/null || fail "docker compose does not start"
}

# With lists of packages of its own, so that this machine's apt knows nothing of Debian 13.
fetch_compose() (
  set -e
  # shellcheck disable=SC2016 # apt-get fills it in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/$')
  mkdir -p "$1/lists/partial"
  cd "$1"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >sources.list
  options=(-o "Dir::Etc::SourceList=$1/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$1/lists"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" download docker-compose
  dpkg-deb -x docker-compose_*.deb .
  rm -rf lists docker-compose_*.deb
)
