#!/bin/sh
# Makes the database at the first start; sets user and password as the environment says at every start.
set -eu

: "${MARIADB_DATABASE:?must name the database}" "${MARIADB_USER:?must name its user}" "${MARIADB_PASSWORD:?must be the password}"

if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --datadir=/var/lib/mysql --auth-root-authentication-method=socket --skip-test-db >/dev/null
fi

quote() { printf %s "$1" | sed "s/[\\\\']/\\\\&/g"; }
database=$(quote "$MARIADB_DATABASE") user=$(quote "$MARIADB_USER") password=$(quote "$MARIADB_PASSWORD")
umask 077
cat >/run/mysqld/init.sql <<SQL
CREATE DATABASE IF NOT EXISTS \`$database\`;
CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY '$password';
ALTER USER '$user'@'%' IDENTIFIED BY '$password';
GRANT ALL ON \`$database\`.* TO '$user'@'%';
SQL

exec mariadbd --init-file=/run/mysqld/init.sql "$@"
