#!/bin/sh
# Makes the wiki at the first start, then serves it.
set -eu

tiddlywiki=/opt/tiddlywiki/node_modules/.bin/tiddlywiki
[ -f /data/tiddlywiki.info ] || "$tiddlywiki" /data --init server
# shellcheck disable=SC2086 # several arguments are meant
exec "$tiddlywiki" /data --listen host=0.0.0.0 port="${TIDDLYWIKI_PORT:-8080}" ${TIDDLYWIKI_OPTIONS:-}
