#!/usr/bin/env bash
# A real WordPress on this machine for tests, from Debian packages and npm packages only (no wordpress.org, no Docker).
#   wp-env.sh up    [NAME]    build (once), install (once) and start; prints JSON (also in SITE/site.json)
#   wp-env.sh reset [NAME]    empty database and uploads, install again (the web server keeps running)
#   wp-env.sh stop  [NAME]    stop the web server only; the database stays
#   wp-env.sh web   [NAME]    start the web server again
#   wp-env.sh down  [NAME]    stop what `up` started, by pid
#   wp-env.sh rm    [NAME]    down, and delete the site
# Environment:
#   WPENV_HOME   WordPress sources, an empty database, kept (default ${XDG_CACHE_HOME:-$HOME/.cache}/altsmith/wordpress)
#   WPENV_SITES  the sites; a SITE is WPENV_SITES/NAME  (default a folder in TMPDIR; keep it short, it holds a socket)
#   WP_SOURCE    npm:6.5 (pinned, 6.5.5)                the default
#                deb:trixie | deb:forky | deb:sid       Debian's wordpress of that suite (6.8.x, 7.1.x; moves with the suite)
#                dir:/path                              any full WordPress tree
#   WP_DB        sqlite | mariadb                       (default mariadb)
#   WP_PORT      port on 127.0.0.1                      (default 8089)
#   WP_URL       how the browser calls it               (default http://127.0.0.1:PORT; http://localhost:PORT turns on
#                                                        WordPress 7.1's client-side media processing)
#   WP_WORKERS   php -S worker processes                (default 6; 2 or more, or WordPress cannot be called back)
#   PLUGIN_DIRS  plugin folders to link into wp-content/plugins, separated by spaces
#   WP_PLUGINS   plugins to activate, e.g. "my-plugin/my-plugin.php"
#   WP_EXTRA     a PHP file that wp-config.php includes (constants of the plugin under test)
#   WP_CRON      1: leave WP-Cron on (default off: run it with  php wp-cron.php  or a GET of /wp-cron.php)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cmd=${1:-up}; name=${2:-default}
: "${WPENV_HOME:=${XDG_CACHE_HOME:-$HOME/.cache}/altsmith/wordpress}" "${WPENV_SITES:=${TMPDIR:-/tmp}/altsmith-wordpress-$(id -u)}"
: "${WP_SOURCE:=npm:6.5}" "${WP_DB:=mariadb}" "${WP_PORT:=8089}" "${WP_WORKERS:=6}"
builds_version=0.9.19      # @wp-playground/wordpress-builds: the last ever published, WordPress 6.5.5
pgcli_version=3.1.56       # @wp-playground/cli: only for the SQLite driver 3.0.2 inside its tarball
site=$WPENV_SITES/$name; wp=$site/wp; run=$site/run
export WP_URL=${WP_URL:-http://127.0.0.1:$WP_PORT}

npm_pack() { # NAME VERSION DIR -> path of the tarball
	mkdir -p "$3"; ( cd "$3" && npm pack --silent "$1@$2" 2>/dev/null | tail -1 | sed "s#^#$3/#" )
}

# Everything below `sources` is fetched once and shared: the lock keeps two test runs from unpacking into each other.
sources() { # -> folder of the unpacked WordPress
	mkdir -p "$WPENV_HOME"
	local tree=$WPENV_HOME/${WP_SOURCE/:/-}
	case $WP_SOURCE in dir:*) echo "${WP_SOURCE#dir:}"; return ;; esac
	exec 9> "$WPENV_HOME/.lock"; flock 9
	if [ ! -e "$tree/.complete" ]; then
		rm -rf "$tree"
		case $WP_SOURCE in
			npm:*) unpack_npm "${WP_SOURCE#npm:}" "$tree" >&2 ;;
			deb:*) WPENV_HOME=$WPENV_HOME bash "$here/wp-from-deb.sh" "${WP_SOURCE#deb:}" "$tree" >&2 ;;
			*) echo "WP_SOURCE=$WP_SOURCE?" >&2; exit 2 ;;
		esac
		touch "$tree/.complete"
	fi
	if [ "$WP_DB" = sqlite ] && [ ! -e "$WPENV_HOME/sqlite-$pgcli_version/.complete" ]; then unpack_sqlite; fi
	exec 9>&-
	echo "$tree"
}

unpack_npm() { # VERSION OUT
	local t; t=$(mktemp -d "$WPENV_HOME/npm.XXXXXX")
	tar xzf "$(npm_pack @wp-playground/wordpress-builds "$builds_version" "$t")" -C "$t" --strip-components=1 \
		"package/src/wordpress/wp-$1.zip" "package/public/wp-$1"
	mkdir -p "$2"; unzip -q "$t/src/wordpress/wp-$1.zip" -d "$2"
	cp -an "$t/public/wp-$1/." "$2/"                 # -n: never over a file of the zip
	rm -rf "$t"
}

unpack_sqlite() {
	local d=$WPENV_HOME/sqlite-$pgcli_version t; t=$(mktemp -d "$WPENV_HOME/npm.XXXXXX")
	tar xzf "$(npm_pack @wp-playground/cli "$pgcli_version" "$t")" -C "$t" --strip-components=1 package/sqlite-database-integration.zip
	unzip -q "$t/sqlite-database-integration.zip" -d "$t/out"
	rm -rf "$d"; mv "$t"/out/* "$d"; touch "$d/.complete"; rm -rf "$t"
}

build() {
	[ -e "$wp/.built" ] && return
	local tree; tree=$(sources)
	rm -rf "$wp"; mkdir -p "$wp" "$run"
	# WordPress's own code is never written to: links do, where both folders are on one disk.
	cp -al "$tree/wp-admin" "$tree/wp-includes" "$wp/" 2>/dev/null || true
	cp -an "$tree/." "$wp/"
	# The npm build carries a ready-made wp-config.php and an SQLite file for http://127.0.0.1:9400: away with them.
	rm -rf "$wp/wp-content/database" "$wp/wp-config.php" "$wp/wordpress-remote-asset-paths" "$wp/.default_theme" "$wp/.complete"
	mkdir -p "$wp/wp-content/uploads" "$wp/wp-content/mu-plugins" "$wp/wp-content/plugins"
	if [ "$WP_DB" = sqlite ]; then
		# In mu-plugins: never listed, never deactivated. Its load.php is not loaded as a plugin there (a sub-folder); only db.php uses it.
		local sq=$wp/wp-content/mu-plugins/sqlite-database-integration
		cp -a "$WPENV_HOME/sqlite-$pgcli_version" "$sq"
		sed -e "s#{SQLITE_IMPLEMENTATION_FOLDER_PATH}#$sq#" -e 's#{SQLITE_PLUGIN}#sqlite-database-integration/load.php#' \
			"$sq/db.copy" > "$wp/wp-content/db.php"
		# The drop-in's footer hook would activate that plugin: tell it that it is there already.
		echo '<?php defined( "SQLITE_MAIN_FILE" ) || define( "SQLITE_MAIN_FILE", __FILE__ );' > "$wp/wp-content/mu-plugins/00-sqlite.php"
	fi
	touch "$wp/.built"
}

config() {
	local dbhost=localhost
	[ "$WP_DB" = mariadb ] && dbhost="localhost:$run/mysqld.sock"
	if [ -n "${WP_EXTRA:-}" ]; then cp "$WP_EXTRA" "$site/extra.php"; elif [ ! -e "$site/extra.php" ]; then echo '<?php' > "$site/extra.php"; fi
	sed -e "s#@@DB_NAME@@#wp#" -e "s#@@DB_USER@@#wp#" -e "s#@@DB_PASSWORD@@#wp#" -e "s#@@DB_HOST@@#$dbhost#" \
		-e "s#@@URL@@#$WP_URL#" -e "s#@@LOG@@#$run/debug.log#" -e "s#@@EXTRA@@#$site/extra.php#" \
		-e "s#@@DISABLE_WP_CRON@@#$([ "${WP_CRON:-0}" = 1 ] && echo false || echo true)#" \
		"$here/wp-config.php.in" > "$wp/wp-config.php"
	cp "$here"/mu-plugins/*.php "$wp/wp-content/mu-plugins/"
	local p; for p in ${PLUGIN_DIRS:-}; do ln -sfn "$(realpath "$p")" "$wp/wp-content/plugins/$(plugin_slug "$p")"; done
}

# The folder of a plugin may be called anything (ours is `plugin`): WordPress knows it by its main file.
plugin_slug() {
	local f; f=$(grep -lE '^[ *#/]*Plugin Name:' "$1"/*.php 2>/dev/null | head -1)
	if [ -n "$f" ]; then basename "$f" .php; else basename "$(realpath "$1")"; fi
}

# A process, or one of its group. One that has ended and that nobody has reaped yet is not running.
runs() { ps -eo pid=,pgid=,stat= | awk -v p="$1" '( $1 == p || $2 == p ) && $3 !~ /^Z/ { found = 1 } END { exit ! found }'; }
alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }
sql() { mariadb --no-defaults -uroot -S "$run/mysqld.sock" "$@"; }

empty_database() { # -> folder with the data of a MariaDB that nobody has used yet; made once for each version of it
	local d; d=$WPENV_HOME/$(mariadbd --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+-MariaDB' | head -1)
	exec 9> "$WPENV_HOME/.lock"; flock 9
	if [ ! -d "$d" ]; then
		rm -rf "$d.new"; mkdir -p "$d.new"
		mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$d.new" --auth-root-authentication-method=normal \
			--skip-test-db --innodb-log-file-size=8M >"$run/mysql-install.log" 2>&1 || { tail -20 "$run/mysql-install.log" >&2; return 1; }
		mv "$d.new" "$d"
	fi
	exec 9>&-
	echo "$d"
}

db_start() {
	[ "$WP_DB" = mariadb ] || return 0
	alive "$run/mysqld.pid" && return
	local data=$site/mysql user; user=$(id -un)
	# A server that starts removes every temporary table in its folder, also those that another one is using.
	local -x TMPDIR=$site/tmp; mkdir -p "$TMPDIR"
	if [ ! -d "$data/mysql" ]; then
		local empty; empty=$(empty_database)
		cp -a "$empty" "$data"
	fi
	# --no-defaults: nothing of /etc/mysql; a socket only, no port. Commits are not flushed: it is a test database.
	setsid mariadbd --no-defaults --user="$user" --datadir="$data" --socket="$run/mysqld.sock" --pid-file="$run/mysqld.pid" \
		--skip-networking --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M --innodb-log-file-size=8M --skip-log-bin \
		>"$run/mysqld.log" 2>&1 </dev/null &
	for _ in $(seq 300); do mariadb-admin --no-defaults -uroot -S "$run/mysqld.sock" ping >/dev/null 2>&1 && break; sleep .1; done
	sql -e "CREATE DATABASE IF NOT EXISTS wp CHARACTER SET utf8mb4;
		CREATE USER IF NOT EXISTS wp@localhost IDENTIFIED BY 'wp'; GRANT ALL ON wp.* TO wp@localhost;"
}

empty() {
	rm -rf "$wp/wp-content/uploads" "$run/debug.log"; mkdir -p "$wp/wp-content/uploads"
	if [ "$WP_DB" = mariadb ]; then sql -e "DROP DATABASE IF EXISTS wp; CREATE DATABASE wp CHARACTER SET utf8mb4;"
	else rm -rf "$wp/wp-content/database"; fi
}

install() {
	php -d memory_limit=512M "$here/install.php" "$wp" install || { echo 'WordPress did not install itself' >&2; tail -20 "$run/mysqld.log" >&2; return 1; }
	# What PHP says when it fails goes where the reader looks.
	php -d memory_limit=512M "$here/install.php" "$wp" setup > "$site/site.json.new" || { cat "$site/site.json.new" >&2; return 1; }
	mv "$site/site.json.new" "$site/site.json"
}

web_start() {
	alive "$run/php.pid" && return
	# setsid: a process group of its own, so that `down` can end master and workers together.
	PHP_CLI_SERVER_WORKERS=$WP_WORKERS setsid php \
		-d memory_limit=512M -d upload_max_filesize=64M -d post_max_size=64M -d max_execution_time=120 \
		-d opcache.enable_cli=1 -d variables_order=EGPCS \
		-S "127.0.0.1:$WP_PORT" -t "$wp" "$here/router.php" >>"$run/php.log" 2>&1 </dev/null &
	echo $! > "$run/php.pid"
	for _ in $(seq 300); do
		curl -fsS -o /dev/null "http://127.0.0.1:$WP_PORT/wp-login.php" 2>/dev/null && return
		alive "$run/php.pid" || break
		sleep .1
	done
	tail -20 "$run/php.log" >&2; return 1
}

web_stop() {
	if alive "$run/php.pid"; then
		local p; p=$(cat "$run/php.pid"); kill -TERM -- "-$p" 2>/dev/null || true
		for _ in $(seq 50); do runs "$p" || break; sleep .1; done
		kill -KILL -- "-$p" 2>/dev/null || true
	fi
	rm -f "$run/php.pid"
}

db_stop() { # [SIGNAL]
	alive "$run/mysqld.pid" || return 0
	local p; p=$(cat "$run/mysqld.pid"); kill "-${1:-TERM}" "$p"
	for _ in $(seq 150); do runs "$p" || return 0; sleep .1; done
	kill -KILL "$p" 2>/dev/null || true
}

case $cmd in
	up) build; config; db_start; [ -s "$site/site.json" ] || install; web_start; cat "$site/site.json" ;;
	reset) db_start; empty; config; install; cat "$site/site.json" ;;
	stop) web_stop ;;
	web) web_start ;;
	down) web_stop; db_stop ;;
	rm) web_stop; db_stop KILL; rm -rf "$site" ;;
	sources) sources ;;
	*) sed -n '2,28p' "$0"; exit 2 ;;
esac
