#!/usr/bin/env bash
# Of the public image's entrypoint what compose.yaml uses: a new folder of data gets a schema with its user, whose password is in a file.
# As the public one it starts the server at first without a network.
set -euo pipefail

data=/var/lib/mysql
options=(--user=root "--datadir=$data" --socket=/tmp/mysqld.sock)
mkdir -p "$data"
if [[ ! -d $data/mysql ]]; then
  : "${MARIADB_DATABASE:?}" "${MARIADB_USER:?}"
  password=${MARIADB_PASSWORD:-$(<"${MARIADB_PASSWORD_FILE:?}")}
  password=${password//\\/\\\\}
  mariadb-install-db "${options[@]}" --skip-test-db --auth-root-authentication-method=socket >/dev/null
  mariadbd "${options[@]}" --bootstrap <<END
FLUSH PRIVILEGES;
CREATE DATABASE \`$MARIADB_DATABASE\`;
CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '${password//\'/\\\'}';
GRANT ALL ON \`$MARIADB_DATABASE\`.* TO '$MARIADB_USER'@'%';
END
fi
[[ $1 == mariadbd ]] || set -- mariadbd "$@"
exec "$1" "${options[@]}" --bind-address=0.0.0.0 "${@:2}"
