#!/bin/sh
# Runs a program on a machine of its own: what it changes in the system's folders goes to FOLDER, and nobody else sees it.
#   own-root.sh FOLDER PROGRAM …     as root, below "unshare --mount"
set -eu
folder=$1
shift
mount -t tmpfs none "$folder"
for place in etc opt usr/local usr/lib/sysusers.d var/lib; do
  over=$folder/$(echo "$place" | tr / -)
  mkdir -p "$over/upper" "$over/work" "/$place"
  mount -t overlay overlay -o "lowerdir=/$place,upperdir=$over/upper,workdir=$over/work" "/$place"
done
mount -t tmpfs none /run
mkdir -p /run/systemd/system
exec "$@"
