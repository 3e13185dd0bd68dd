'use strict';
// "npm run release": everything that a release consists of, in build/release, made from this checkout:
// the package, the prepared archive for this machine's platform, what makes a container of it, the plugin's zip, the list of all packages, and checksums.
const { createHash } = require('node:crypto');
const { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { makeArchive, pack, run } = require('./archive');

const root = path.resolve(__dirname, '..');
const out = path.join(root, 'build/release');

/** The packages that run on an owner's machine, with versions and licences, as CycloneDX. */
function writePackageList(version) {
  const words = ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application'];
  writeFileSync(path.join(out, `altsmith-${version}.cdx.json`), run('npm', words, { cwd: root }));
}

/** In the form that "sha256sum --check" reads. */
function writeChecksums() {
  const names = readdirSync(out).filter((name) => name !== 'SHA256SUMS');
  const line = (name) =>
    `${createHash('sha256')
      .update(readFileSync(path.join(out, name)))
      .digest('hex')}  ${name}\n`;
  writeFileSync(path.join(out, 'SHA256SUMS'), names.sort().map(line).join(''));
}

function main() {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  pack(out);
  makeArchive(out);
  run('npm', ['run', '--silent', 'zip'], { cwd: root });
  copyFileSync(path.join(root, `build/altsmith-${version}.zip`), path.join(out, `altsmith-wordpress-${version}.zip`));
  for (const name of ['Containerfile', 'compose.yaml'])
    copyFileSync(path.join(root, 'packaging/container', name), path.join(out, name));
  writePackageList(version);
  writeChecksums();
  for (const name of readdirSync(out)) console.log(path.join('build/release', name));
}

if (require.main === module) main();
