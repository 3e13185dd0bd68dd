'use strict';
// "npm run release:check": proves what "npm run release" made, each artefact in an empty folder of its own, and prints how long
// each way takes to be ready and to write its first caption. --without-npm leaves out the way that needs npm and a compiler.
const { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const AdmZip = require('adm-zip');
const { run } = require('./archive');
const { tryWay } = require('./try-way');

const root = path.resolve(__dirname, '..');
const out = path.join(root, 'build/release');
const read = (file) => readFileSync(path.join(root, file), 'utf8');

/** The version stands in many places; a release has one. */
function checkVersions() {
  const { version } = JSON.parse(read('package.json'));
  const found = {
    'package-lock.json': JSON.parse(read('package-lock.json')).packages[''].version,
    'server/version.ts': /version = '([^']+)'/.exec(read('server/version.ts'))?.[1],
    'plugin/altsmith.php': /^ \* Version:\s*(\S+)/m.exec(read('plugin/altsmith.php'))?.[1],
    'plugin/readme.txt': /^Stable tag:\s*(\S+)/m.exec(read('plugin/readme.txt'))?.[1],
    'docs/CHANGELOG.md': /^## (\d\S*)/m.exec(read('docs/CHANGELOG.md'))?.[1],
  };
  const others = Object.entries(found).filter(([, one]) => one !== version);
  if (others.length > 0)
    throw new Error(`not ${version}: ${others.map(([file, one]) => `${file} (${one})`).join(', ')}`);
  return version;
}

function checkFiles(version) {
  run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: out });
  const list = JSON.parse(readFileSync(path.join(out, `altsmith-${version}.cdx.json`), 'utf8'));
  const names = list.components.map(({ name }) => name);
  for (const name of ['better-sqlite3', 'sharp', 'onnxruntime-node'])
    if (!names.includes(name)) throw new Error(`the list of packages lacks ${name}`);
  if (names.includes('jest')) throw new Error('the list of packages holds those for development');
  const archive = new AdmZip(path.join(out, `altsmith-wordpress-${version}.zip`));
  const files = archive.getEntries().map(({ entryName }) => entryName);
  const strange = files.filter((name) => !name.startsWith('altsmith/') || /\/\.|\.map$|node_modules/.test(name));
  for (const name of ['altsmith/readme.txt', 'altsmith/build/review.js', 'altsmith/src/review/index.tsx'])
    if (!files.includes(name)) throw new Error(`the plugin's zip lacks ${name}`);
  if (strange.length > 0) throw new Error(`the plugin's zip holds ${strange.join(', ')}`);
}

/** In an empty folder that is deleted afterwards. */
async function inEmptyFolder(work) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-release-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As docs/install/package.md says. */
async function checkPackage(folder, version) {
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const tarball = path.join(out, `altsmith-${version}.tgz`);
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', tarball], { cwd: folder });
  return tryWay(path.join(folder, 'node_modules/.bin/altsmith'), folder);
}

/** As docs/install/systemd.md says. */
async function checkArchive(folder) {
  const name = readdirSync(out).find((one) => one.endsWith(`-${process.platform}-${process.arch}.tar.gz`));
  if (name === undefined) throw new Error('there is no archive for this platform');
  run('tar', ['--extract', '--gzip', '--file', path.join(out, name), '--directory', folder]);
  return tryWay(path.join(folder, name.replace('.tar.gz', ''), 'altsmith'), folder);
}

async function main() {
  const version = checkVersions();
  checkFiles(version);
  const ways = [['prepared archive', checkArchive]];
  if (!process.argv.includes('--without-npm')) ways.push(['package', checkPackage]);
  for (const [way, check] of ways) {
    const started = Date.now();
    const { readyMs, captionMs, caption } = await inEmptyFolder((folder) => check(folder, version));
    const seconds = (at) => ((at - started) / 1000).toFixed(1);
    console.log(`${way}: ready after ${seconds(readyMs)} s, first caption after ${seconds(captionMs)} s: “${caption}”`);
  }
  console.log(`Altsmith ${version} is fit to be released.`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
