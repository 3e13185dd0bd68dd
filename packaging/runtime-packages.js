'use strict';
// The run-time packages of this checkout as a folder of their own, for this machine's platform, without what is needed only to
// compile them or to run on another platform.
const { cpSync, existsSync, lstatSync, readFileSync } = require('node:fs');
const path = require('node:path');

/** What onnxruntime-node carries for every platform, and what better-sqlite3 was compiled from. */
function isNeeded(place, platform, arch) {
  const onnxruntime = /onnxruntime-node\/bin\/napi-v\d+\/([^/]+)(?:\/([^/]+))?/.exec(place);
  if (onnxruntime !== null) {
    const [, system, processor] = onnxruntime;
    return system === platform && (processor === undefined || processor === arch);
  }
  if (/\/better-sqlite3\/(deps|src|binding\.gyp)(\/|$)/.test(place)) return false;
  return !/\/better-sqlite3\/build\/(?!Release$|Release\/better_sqlite3\.node$)/.test(place);
}

/** Places of the packages that are needed at run time, by the lock file: those in node_modules itself, each with what is nested in it. */
function runtimePlaces(root) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([place, entry]) => place !== '' && entry.dev !== true && existsSync(path.join(root, place)))
    .map(([place]) => place);
}

/** Copies them into `target`, which is a node_modules folder. */
function copyRuntimePackages(root, target, { platform = process.platform, arch = process.arch } = {}) {
  for (const place of runtimePlaces(root)) {
    const source = path.join(root, place);
    cpSync(source, path.join(target, place.slice('node_modules/'.length)), {
      recursive: true,
      dereference: true,
      filter: (file) => {
        const within = path.relative(source, file).split(path.sep).join('/');
        // What is nested has a line of its own in the lock file, and may be for development only.
        if (within.split('/').includes('node_modules') || within.endsWith('.map')) return false;
        if (!lstatSync(file).isDirectory() && within.endsWith('.d.ts')) return false;
        return isNeeded(`/${place}/${within}`.replace(/\/$/, ''), platform, arch);
      },
    });
  }
}

module.exports = { copyRuntimePackages };
