#!/bin/sh
# Installs the prepared archive as a systemd service, and takes it away again. Says what it will do and asks before it does it.
set -eu

usage() {
  cat <<'TEXT'
Usage: sudo systemd/install.sh [--worker] [--remove] [--yes] [--root FOLDER]

Run it from the unpacked archive. Installs or updates the sidecar as the service "altsmith".

  --worker       the service "altsmith-worker" instead: does jobs of a sidecar on another machine
  --remove       takes service and program away; settings and data stay, and it says where they are
  --yes          does not ask
  --root FOLDER  puts the files below FOLDER instead of /, and starts nothing (for images and for a look beforehand)
TEXT
}

service=altsmith
settings=altsmith.env
action=install
sure=no
root=
while [ $# -gt 0 ]; do
  case $1 in
    --worker) service=altsmith-worker settings=worker.env ;;
    --remove) action=remove ;;
    --yes) sure=yes ;;
    --root) shift; root=${1:?"--root needs a folder"} ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

archive=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
program=$root/opt/altsmith
unit=$root/etc/systemd/system/$service.service
command=$root/usr/local/bin/altsmith
users=$root/usr/lib/sysusers.d/altsmith.conf

fail() { echo "$1" >&2; exit 1; }
begin() { [ -n "$root" ] || "$@"; }
other_service_is_installed() {
  for other in altsmith altsmith-worker; do
    if [ "$other" != "$service" ] && [ -e "$root/etc/systemd/system/$other.service" ]; then return 0; fi
  done
  return 1
}

ask() {
  [ "$sure" = no ] || return 0
  [ -t 0 ] || fail 'Nothing was done: there is no terminal to ask at; say --yes.'
  printf 'Go on? [y/N] '
  read -r answer
  case $answer in y | Y | yes) ;; *) fail 'Nothing was done.' ;; esac
}

if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || fail 'Run this as root: it makes a user and a service.'
  [ -d /run/systemd/system ] || fail 'systemd does not run on this machine; ./altsmith start works without it.'
fi

install_files() {
  # The new program is put beside the old one, so that a copy that breaks off leaves the old one whole.
  mkdir -p "$root/opt" "$(dirname "$unit")" "$(dirname "$command")" "$(dirname "$users")" "$root/etc/altsmith"
  rm -rf "$program.new"
  mkdir "$program.new"
  (cd "$archive" && tar -cf - altsmith LICENSE app node systemd) | tar -xf - -C "$program.new" --no-same-owner
  chmod -R go-w,a+rX "$program.new"
  rm -rf "$program.old"
  if [ -e "$program" ]; then mv "$program" "$program.old"; fi
  mv "$program.new" "$program"
  rm -rf "$program.old"
  install -m 0644 "$archive/systemd/altsmith.sysusers" "$users"
  install -m 0644 "$archive/systemd/$service.service" "$unit"
  install -m 0755 "$archive/systemd/altsmith-command" "$command"
  if [ ! -e "$root/etc/altsmith/$settings" ]; then
    install -m 0640 "$archive/systemd/$settings" "$root/etc/altsmith/$settings"
  fi
}

if [ "$action" = install ]; then
  [ -x "$archive/node/bin/node" ] || fail "This is not the prepared archive: $archive/node/bin/node is missing."
  "$archive/node/bin/node" --version >/dev/null || fail 'The Node of this archive does not run here: it is for another processor or system.'
  cat <<TEXT
This will
  - make the user and group "altsmith" (no password, no shell)
  - put the program into $program (an older one there is replaced)
  - write $unit, $users
    and $command
  - write $root/etc/altsmith/$settings unless it is there
  - start the service "$service" now (a worker: once it has a key) and at every boot; its data lie in $root/var/lib/$service
--remove undoes it.
TEXT
  ask
  install_files
  begin systemd-sysusers "$users"
  begin chgrp -R altsmith /etc/altsmith
  begin systemctl daemon-reload
  begin systemctl enable "$service"
  if [ "$service" = altsmith ] || [ -e "$root/etc/altsmith/worker-key" ]; then begin systemctl restart "$service"; fi
  echo "Installed. Logs: journalctl -u $service · settings: /etc/altsmith/$settings"
  if [ "$service" = altsmith ]; then
    echo 'Connect WordPress: sudo altsmith pair · address: http://127.0.0.1:8787'
  else
    echo "Write the sidecar's address into /etc/altsmith/$settings and the key into /etc/altsmith/worker-key, then: systemctl restart $service"
  fi
else
  other_service_is_installed && rest='' || rest="
  - delete $program, $command and $users"
  cat <<TEXT
This will
  - stop the service "$service" and delete $unit$rest
Settings ($root/etc/altsmith), data ($root/var/lib/$service) and the user "altsmith" stay; delete them yourself when they are not needed.
TEXT
  ask
  if [ -e "$unit" ]; then begin systemctl disable --now "$service"; fi
  rm -f "$unit"
  if ! other_service_is_installed; then rm -rf "$program" "$command" "$users"; fi
  begin systemctl daemon-reload
  echo 'Removed.'
fi
