# shellcheck shell=bash
# What scripts that ship the broker share: source it in the repository's folder, with a function fail.

target=webhook-broker-service/target
jar=$target/webhook-broker-service.jar
notices=("$target/THIRD-PARTY.txt" "$target/bom.json")

# Usage: newer FILE: what of the sources is newer.
newer() {
  find pom.xml migrations webhook-broker-api/{pom.xml,src/main} webhook-broker-service/{pom.xml,src/main,src/license} -newer "$1" -print -quit
}

stale() {
  local file
  for file in "$jar" "${notices[@]}"; do
    [[ ! -f $file || $(newer "$file") ]] && return
  done
  return 1
}

# shellcheck disable=SC2120 # scripts/release gives it options
# Usage: build_broker [OPTION of Maven...]: jar and notices, unless they are there already and no source is newer.
# All of them by one run: the bill of materials has the checksum of the client's jar only where that is packaged before.
build_broker() {
  stale || return 0
  command -v mvn >/dev/null || fail "no mvn found: install Maven 3.8.1 or newer to build the broker"
  echo "building the broker, without tests" >&2
  # Maven writes the rights of files into jars.
  (umask 022 && mvn -q -B -Prelease -Dmaven.test.skip "$@" package) >&2 || fail "the build failed, see above"
}

# In seconds, for all that is packed: that of the commit, and in the archive of a release's sources, which has no git, that of its jars.
source_time() {
  if [[ ${SOURCE_DATE_EPOCH:-} ]]; then
    echo "$SOURCE_DATE_EPOCH"
  elif [[ -e .git ]]; then
    git log -1 --format=%ct
  else
    date -d "$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</.*|\1|p' pom.xml)" +%s
  fi
}

# Usage: copy_broker FOLDER: all that a node needs beside a Java, and its notices.
copy_broker() {
  mkdir -p "$1/deploy"
  cp "$jar" config.yml LICENSE "${notices[@]}" "$1"
  cp deploy/webhook-broker deploy/jvm.options "$1/deploy"
}

# Usage: pack FOLDER NAME: a tar of what is at this name in the folder, in one order, with one time and one owner.
pack() {
  tar -c -C "$1" --sort=name --format=gnu --mtime="@$(source_time)" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$2"
}
