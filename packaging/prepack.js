'use strict';
// What "npm pack" runs first: makes the build, and puts the licences of what is bundled into the console beside it.
const { existsSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { buildIfStale } = require('../server/cli/build');

const root = path.resolve(__dirname, '..');

/** Names of the packages whose code is part of the console's script. */
function bundledPackages() {
  const { metafile } = require('esbuild').buildSync({
    entryPoints: [path.join(root, 'server/console/main.tsx')],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'out',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    absWorkingDir: root,
  });
  const names = Object.keys(metafile.inputs).flatMap(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

/** A package's name, version, and the text of its licence. */
function licenceOf(name) {
  const folder = path.join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} is part of the console and comes without the text of its licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
}

if (!existsSync(path.join(root, 'node_modules/esbuild'))) {
  console.error('The packages are not installed: run "npm ci" first.');
  process.exit(1);
}
buildIfStale(root);
const licences = bundledPackages().map(licenceOf);
writeFileSync(path.join(root, 'build/console/LICENSES.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`));
