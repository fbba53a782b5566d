#!/bin/sh
# Fills the volume with the themes and plugins that the image brings, installs or upgrades the tables, runs Apache.
set -eu

: "${WORDPRESS_DB_HOST:?must name the database server}" "${WORDPRESS_ADMIN_PASSWORD:?must be the first password}"

content=/srv/wordpress
mkdir -p "$content/themes" "$content/plugins" "$content/uploads"
cp -RLn /usr/share/wordpress/wp-content/themes/. "$content/themes/"
cp -RLn /usr/share/wordpress/wp-content/plugins/. "$content/plugins/" 2>/dev/null || true

php /usr/local/lib/wordpress-install.php

export APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data APACHE_PID_FILE=/run/apache2/apache2.pid
export APACHE_RUN_DIR=/run/apache2 APACHE_LOCK_DIR=/run/apache2 APACHE_LOG_DIR=/var/log/apache2
rm -f "$APACHE_PID_FILE"
exec apache2 -DFOREGROUND
