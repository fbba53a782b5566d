<?php
// The configuration comes from the environment; what /etc/wordpress/override.php defines goes first.
if (is_readable('/etc/wordpress/override.php')) {
	require '/etc/wordpress/override.php';
}

function croft_default($name, $value) {
	defined($name) || define($name, $value);
}

croft_default('DB_NAME', getenv('WORDPRESS_DB_NAME') ?: 'wordpress');
croft_default('DB_USER', getenv('WORDPRESS_DB_USER') ?: 'wordpress');
croft_default('DB_PASSWORD', getenv('WORDPRESS_DB_PASSWORD') ?: '');
croft_default('DB_HOST', getenv('WORDPRESS_DB_HOST') ?: 'localhost');
croft_default('DB_CHARSET', 'utf8mb4');
croft_default('DB_COLLATE', '');
$table_prefix = getenv('WORDPRESS_TABLE_PREFIX') ?: 'wp_';

// One secret gives all keys and salts: sessions end when it changes.
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $purpose) {
	foreach (['KEY', 'SALT'] as $part) {
		croft_default("{$purpose}_{$part}", hash_hmac('sha256', "{$purpose}_{$part}", getenv('WORDPRESS_SECRET') ?: ''));
	}
}

if (getenv('WORDPRESS_URL')) {
	croft_default('WP_HOME', rtrim(getenv('WORDPRESS_URL'), '/'));
	croft_default('WP_SITEURL', rtrim(getenv('WORDPRESS_URL'), '/'));
}
if (($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https') {
	$_SERVER['HTTPS'] = 'on';
}

croft_default('WP_CONTENT_DIR', '/srv/wordpress');
// The image brings the version of WordPress; themes and plugins may be installed.
croft_default('WP_AUTO_UPDATE_CORE', false);
croft_default('FS_METHOD', 'direct');
croft_default('WP_DEBUG', false);

croft_default('ABSPATH', '/usr/share/wordpress/');
require_once ABSPATH . 'wp-settings.php';
