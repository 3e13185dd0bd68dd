#!/bin/sh
# One picture, no library: our own route. Prints the answer as JSON.
#   ALTSMITH_URL=http://127.0.0.1:8787 ALTSMITH_KEY=… sh docs/examples/curl.sh picture.jpg
exec curl --silent --show-error --fail-with-body --header "Authorization: Bearer $ALTSMITH_KEY" \
  --data-binary "@$1" "$ALTSMITH_URL/v1/captions"
