'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { requireNode, whyNotLoaded } = require('./this-node');

/** True when every package that the lock file wants, in its version, is in node_modules by npm's own list of them. */
function isInstalled(root, withDev) {
  const installed = packagesOf(path.join(root, 'node_modules/.package-lock.json'));
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const fits = ([place, entry]) =>
    place === '' || entry.optional || (entry.dev && !withDev) || installed[place]?.version === entry.version;
  return Object.entries(wanted).every(fits) && existsSync(nativeModule(root));
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

/** better-sqlite3 is the one package that may have to be compiled, and the one that fits a single version of Node. */
function nativeModule(root) {
  return path.join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
}

/** Whether the packages are there and can be loaded by this Node. */
function isReady(root) {
  return isInstalled(root, false) && whyNotLoaded(nativeModule(root)) === null;
}

/**
 * Runs `npm ci` (run-time packages only, unless `withDev`) when something is missing, and makes better-sqlite3 again when this
 * Node cannot load it. Ends the process if that fails.
 */
function ensureInstalled(root, { withDev = false } = {}) {
  requireNode();
  if (!isInstalled(root, withDev)) install(root, withDev);
  const reason = whyNotLoaded(nativeModule(root));
  if (reason !== null) rebuild(root, reason);
}

function install(root, withDevWanted) {
  if (process.env.ALTSMITH_INSTALL === 'never') {
    console.error(
      `Packages in ${path.join(root, 'node_modules')} are missing or not those of package-lock.json, and ALTSMITH_INSTALL=never: run "npm ci".`,
    );
    process.exit(1);
  }
  // `npm ci` begins with an empty folder: who has the development packages keeps them.
  const withDev = withDevWanted || existsSync(path.join(root, 'node_modules/jest'));
  console.error(
    `Installing ${withDev ? 'all' : 'the run-time'} packages (once, about ${withDev ? 'four' : 'two'} minutes) …`,
  );
  const isDone = npm(root, ['ci', '--no-audit', '--no-fund', ...(withDev ? [] : ['--omit=dev'])]);
  if (isDone && existsSync(nativeModule(root))) return;
  if (!existsSync(nativeModule(root)) && !hasCompiler()) {
    console.error(
      'better-sqlite3 has no prebuilt binary here and needs a C++ compiler: install g++ and make, then run this again.',
    );
  } else {
    console.error('npm could not install the packages; its own message stands above.');
  }
  process.exit(1);
}

function rebuild(root, reason) {
  const { node } = process.versions;
  if (process.env.ALTSMITH_INSTALL === 'never') {
    console.error(
      `better-sqlite3 was installed for another version of Node than this one (${node}), and ALTSMITH_INSTALL=never: run "npm rebuild better-sqlite3" in ${root}.`,
    );
    process.exit(1);
  }
  console.error(`better-sqlite3 was installed for another version of Node than this one (${node}); making it again …`);
  const file = nativeModule(root);
  const before = readFileSync(file);
  npm(root, ['rebuild', 'better-sqlite3']);
  if (whyNotLoaded(nativeModule(root)) === null) return;
  // npm deletes it before it tries; the Node that it was installed with can go on using it.
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, before);
  }
  console.error(
    `better-sqlite3 cannot be loaded by Node ${node}: use the Node it was installed with, or run "npm rebuild better-sqlite3" in ${root}, for which g++ and make may be needed. (${reason})`,
  );
  process.exit(1);
}

/** Whether npm ended well. What it writes goes to stderr: stdout belongs to the command. */
function npm(root, words) {
  const result = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...words, '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // The CPU library is inside the npm package; its install script would only download CUDA.
    env: { ...headersHere(), ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', NODE_ENV: '' },
  });
  return result.status === 0;
}

/** Where a Node brought its own C headers, node-gyp need not download them from nodejs.org, which a firewall may not allow. */
function headersHere() {
  const folder = headersBeside(realpathSync(process.execPath), process.versions.node);
  return folder === null ? {} : { npm_config_nodedir: folder };
}

/** The folder with `include/node` that belongs to a Node at this path; null where there is none, or one of another version. */
function headersBeside(node, version) {
  const folder = path.resolve(node, '../..');
  const file = path.join(folder, 'include/node/node_version.h');
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  const numbers = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(text)?.[1],
  );
  return numbers.join('.') === version ? folder : null;
}

function hasCompiler() {
  return ['c++', 'g++', 'clang++', 'cl'].some(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
  );
}

module.exports = { ensureInstalled, headersBeside, isReady };
