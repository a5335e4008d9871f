#!/usr/bin/env bash
# Of the public image's entrypoint what compose.yaml uses: a new folder of data gets a schema with its user, whose password is in a file, and what
# /docker-entrypoint-initdb.d says.
# As the public one it begins as root, and gives the server to the user mysql.
set -euo pipefail

data=/var/lib/mysql
options=("--datadir=$data" --socket=/tmp/mysqld.sock)
grep -q ^mysql: /etc/passwd || echo "mysql:x:999:999::$data:/bin/sh" >>/etc/passwd
chown 999:999 "$data"
as_mysql=(setpriv --reuid 999 --regid 999 --clear-groups)
if [[ ! -d $data/mysql ]]; then
  : "${MARIADB_DATABASE:?}" "${MARIADB_USER:?}"
  password=${MARIADB_PASSWORD:-$(<"${MARIADB_PASSWORD_FILE:?}")}
  password=${password//\\/\\\\}
  "${as_mysql[@]}" mariadb-install-db "${options[@]}" --skip-test-db --auth-root-authentication-method=socket >/dev/null
  "${as_mysql[@]}" mariadbd "${options[@]}" --bootstrap <<END
FLUSH PRIVILEGES;
CREATE DATABASE \`$MARIADB_DATABASE\`;
CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '${password//\'/\\\'}';
GRANT ALL ON \`$MARIADB_DATABASE\`.* TO '$MARIADB_USER'@'%';
$(cat /docker-entrypoint-initdb.d/*.sql 2>/dev/null)
END
fi
[[ $1 == mariadbd ]] || set -- mariadbd "$@"
exec "${as_mysql[@]}" "$1" "${options[@]}" --bind-address=0.0.0.0 "${@:2}"
