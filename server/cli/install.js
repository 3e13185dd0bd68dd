'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const path = require('node:path');

const LEAST_NODE = [20, 19];

/** Ends the process with a plain sentence when this Node is older than package.json allows. */
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  console.error(`Altsmith needs Node ${LEAST_NODE.join('.')} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** True when node_modules matches the lock file as far as npm's own marker tells. */
function isInstalled(root) {
  const marker = path.join(root, 'node_modules/.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs - 1000 && nativeModuleLoads(root);
}

/** better-sqlite3 is the one package that may have to be compiled. */
function nativeModuleLoads(root) {
  return existsSync(path.join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'));
}

/** Runs `npm ci` (run-time packages only, unless `withDev`) when something is missing. Ends the process if that fails. */
function ensureInstalled(root, { withDev = false } = {}) {
  requireNode();
  if (isInstalled(root) && (!withDev || existsSync(path.join(root, 'node_modules/jest')))) return;
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
