'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const LEAST_NODE = [20, 19];

/** Ends the process with a plain sentence when this Node is older than package.json allows. */
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  console.error(`Altsmith needs Node ${LEAST_NODE.join('.')} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** True when every package that the lock file wants, in its version, is in node_modules by npm's own list of them. */
function isInstalled(root, withDev) {
  const installed = packagesOf(path.join(root, 'node_modules/.package-lock.json'));
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const fits = ([place, entry]) =>
    place === '' || entry.optional || (entry.dev && !withDev) || installed[place]?.version === entry.version;
  return Object.entries(wanted).every(fits) && nativeModuleLoads(root);
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

/** better-sqlite3 is the one package that may have to be compiled. */
function nativeModuleLoads(root) {
  return existsSync(path.join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'));
}

/** Runs `npm ci` (run-time packages only, unless `withDev`) when something is missing. Ends the process if that fails. */
function ensureInstalled(root, { withDev = false } = {}) {
  requireNode();
  if (isInstalled(root, withDev)) return;
  // `npm ci` begins with an empty folder: who has the development packages keeps them.
  withDev ||= existsSync(path.join(root, 'node_modules/jest'));
  console.error(
    `Installing ${withDev ? 'all' : 'the run-time'} packages (once, about ${withDev ? 'four' : 'two'} minutes) …`,
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(withDev ? [] : ['--omit=dev'])];
  const result = spawnSync(npm, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // The CPU library is inside the npm package; its install script would only download CUDA.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', NODE_ENV: '' },
  });
  if (result.status === 0 && nativeModuleLoads(root)) return;
  if (!nativeModuleLoads(root) && !hasCompiler()) {
    console.error(
      'better-sqlite3 has no prebuilt binary here and needs a C++ compiler: install g++ and make, then run this again.',
    );
  } else {
    console.error('npm could not install the packages; its own message stands above.');
  }
  process.exit(1);
}

function hasCompiler() {
  return ['c++', 'g++', 'clang++', 'cl'].some(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
  );
}

module.exports = { ensureInstalled };
