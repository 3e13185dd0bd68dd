#!/usr/bin/env node
'use strict';
// The door of `altsmith` and of `npm start`. Plain JavaScript, because it runs before anything is installed or built:
// it installs the run-time packages when they are missing, builds when the sources are not those of the build, then hands over.
const path = require('node:path');
const { holdBuild, isInUse } = require('./build-use');
const { ensureInstalled } = require('./install');

/** They start worker files for as long as they run. */
const LASTING = ['serve', 'start', 'worker'];

const root = path.resolve(__dirname, '../..');
if (isInUse(root)) tellIfStale();
else {
  ensureInstalled(root);
  build();
}
if (LASTING.includes(process.argv[2])) holdBuild(root);
require(path.join(root, 'build/server/cli/main.js'))
  .main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
    // What a failed start may have left open keeps nothing alive: output is written until then, and then it ends.
    if (code !== 0) setTimeout(() => process.exit(code), 2000).unref();
  });

/** Packages and build of a sidecar that runs stay as they are until it stops. */
function tellIfStale() {
  if (!require('./build').isStale(root)) return;
  console.error(
    'A sidecar or worker runs from this folder, built from earlier sources; this command uses the same build. Stop it, and the next command builds the new sources.',
  );
}

/** A folder that nobody may write to is no fault as long as its build fits. */
function build() {
  try {
    require('./build').buildIfStale(root);
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(error.code)) throw error;
    console.error(
      `The build in ${path.join(root, 'build')} is not of these sources and cannot be replaced (${error.code}): run "npm run build" where the folder can be written to.`,
    );
    process.exit(1);
  }
}
