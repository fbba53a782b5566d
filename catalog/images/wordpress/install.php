<?php
// Installs WordPress into an empty database, or brings the tables of an older version up to date. Run at every start.
define('WP_INSTALLING', true);

function wp_new_blog_notification() {
	// The password is known to whoever installed it: no mail.
}

$_SERVER['HTTP_HOST'] = parse_url(getenv('WORDPRESS_URL') ?: 'http://localhost', PHP_URL_HOST);
$_SERVER['REQUEST_URI'] = '/';

mysqli_report(MYSQLI_REPORT_OFF);
for ($try = 1; ; $try++) {
	$link = mysqli_init();
	if (@$link->real_connect(getenv('WORDPRESS_DB_HOST'), getenv('WORDPRESS_DB_USER'), getenv('WORDPRESS_DB_PASSWORD'), getenv('WORDPRESS_DB_NAME'))) {
		break;
	}
	if ($try === 120) {
		fwrite(STDERR, 'The database does not answer: ' . $link->connect_error . "\n");
		exit(1);
	}
	sleep(1);
}
// Two Pods may start at once during an update: one works, the other waits.
$link->query("SELECT GET_LOCK('wordpress-install', 300)");

require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if (is_blog_installed()) {
	wp_upgrade();
	echo "WordPress {$wp_version} is installed.\n";
} else {
	wp_install(
		getenv('WORDPRESS_TITLE') ?: 'WordPress',
		getenv('WORDPRESS_ADMIN_USER') ?: 'admin',
		getenv('WORDPRESS_ADMIN_EMAIL') ?: 'admin@example.org',
		true,
		'',
		wp_slash(getenv('WORDPRESS_ADMIN_PASSWORD'))
	);
	update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
	echo "WordPress {$wp_version} has been installed.\n";
}
