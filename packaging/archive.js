'use strict';
// The prepared archive: program, packages and Node in one folder, for machines without compiler, npm or network.
//   node packaging/archive.js [--out FOLDER]   writes altsmith-VERSION-PLATFORM-ARCH.tar.gz
//       [--arch ARCH --packages FOLDER --node FILE]   for another processor: its Node, and a folder with package-lock.json and its node_modules
const { spawnSync } = require('node:child_process');
const {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { copyRuntimePackages } = require('./runtime-packages');

const root = path.resolve(__dirname, '..');

/** Needs neither npm nor a Node on the path, and works through a link to it. */
const LAUNCHER = `#!/bin/sh
here=$(dirname -- "$(readlink -f -- "$0")")
exec "$here/node/bin/node" "$here/app/server/cli/index.js" "$@"
`;

/** Runs a program; its output belongs to this one's stderr unless it is wanted. Throws with its name when it fails. */
function run(program, words, options = {}) {
  const { status, stdout, error } = spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    ...options,
  });
  if (status !== 0) throw new Error(`${program} ${words[0]} failed${error === undefined ? '' : `: ${error.message}`}`);
  return stdout;
}

/** The tarball of "npm pack" in `folder`. Gives its path. */
function pack(folder) {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root }));
  return path.join(folder, filename);
}

/** What an archive for this machine is made of. */
const HERE = { packages: root, node: process.execPath, arch: process.arch };

/** Program and licence of a Node. */
function copyNode(node, target) {
  mkdirSync(path.join(target, 'bin'), { recursive: true });
  cpSync(node, path.join(target, 'bin/node'), { dereference: true });
  chmodSync(path.join(target, 'bin/node'), 0o755);
  const places = ['../LICENSE', '../share/doc/node/LICENSE', '../share/doc/nodejs/copyright', '../../LICENSE'];
  const licence = places.map((place) => path.resolve(path.dirname(node), place)).find(existsSync);
  if (licence !== undefined) cpSync(licence, path.join(target, 'LICENSE'));
}

/** Lays the archive's folder out in `target`, which is made. */
function layOut(target, { packages, node, arch } = HERE) {
  const app = path.join(target, 'app');
  mkdirSync(app, { recursive: true });
  const tarball = pack(target);
  run('tar', ['--extract', '--gzip', '--file', tarball, '--directory', app, '--strip-components=1', '--no-same-owner']);
  rmSync(tarball);
  copyRuntimePackages(packages, path.join(app, 'node_modules'), { arch });
  copyNode(node, path.join(target, 'node'));
  writeFileSync(path.join(target, 'altsmith'), LAUNCHER, { mode: 0o755 });
  cpSync(path.join(root, 'LICENSE'), path.join(target, 'LICENSE'));
  cpSync(path.join(root, 'packaging/systemd'), path.join(target, 'systemd'), { recursive: true });
}

/** Writes the archive into the folder `out`. Gives its path. */
function makeArchive(out, parts = HERE) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const name = `altsmith-${version}-${process.platform}-${parts.arch}`;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-archive-'));
  try {
    layOut(path.join(folder, name), parts);
    mkdirSync(out, { recursive: true });
    const file = path.join(out, `${name}.tar.gz`);
    const owner = ['--owner=0', '--group=0', '--sort=name'];
    run('tar', ['--create', '--gzip', ...owner, '--file', file, '--directory', folder, name]);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { layOut, makeArchive, pack, run };
if (require.main === module) {
  const { parseArgs } = require('node:util');
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { out: text, arch: text, packages: text, node: text } });
  const { out = path.join(root, 'build/release'), ...parts } = values;
  console.log(makeArchive(path.resolve(out), { ...HERE, ...parts }));
}
