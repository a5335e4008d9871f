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
  printf -v command '%q ' "$@"
  ends=("$command" "${ends[@]:-}")
  trap run_ends EXIT
}

run_ends() {
  local status=$? command
  for command in "${ends[@]}"; do
    eval "$command" || true
  done
  exit "$status"
}

# Usage: need COMMAND PACKAGE...: a command of Debian's packages, which are installed if it is missing.
need() {
  PATH=$PATH:/usr/sbin:/sbin
  if command -v "$1" >/dev/null; then return; fi
  command -v apt-get >/dev/null || fail "$1 is missing, and there is no apt-get to install it: install ${*:2}"
  say "installing ${*:2} for $1"
  {
    apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}"
  } >"$work/apt-$1.log" 2>&1 || fail "$1 cannot be installed (${*:2}), see $work/apt-$1.log"
  command -v "$1" >/dev/null || fail "$1 is missing after ${*:2} were installed"
}

# Usage: need_npm FOLDER PACKAGE@VERSION...: packages of npm in target/deploy-test/FOLDER/node_modules.
need_npm() {
  local folder=$work/$1
  need npm npm
  [[ ! -f $folder/installed || $(<"$folder/installed") != "${*:2}" ]] || return 0
  mkdir -p "$folder"
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

build_jar() {
  [[ -f $jar ]] && return
  say "building the broker, without tests"
  (cd "$root" && mvn -q -B -DskipTests package) || fail "the build failed, see above"
}

# Port that nobody uses now.
free_port() {
  need python3 python3-minimal
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
