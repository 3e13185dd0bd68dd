'use strict';
// What a checkout does before a command: installs the run-time packages when they are missing, and builds when the sources are
// not those of the build. No part of the package that "npm pack" makes: that one comes built.
const path = require('node:path');
const { holdBuild, isInUse } = require('./build-use');
const { ensureInstalled } = require('./install');

/** They start worker files for as long as they run. */
const LASTING = ['serve', 'start', 'worker'];

/** Makes packages and build fit the sources. Packages and build of a sidecar that runs stay as they are until it stops. */
function prepare(root, command) {
  if (isInUse(root)) tellIfStale(root);
  else {
    ensureInstalled(root);
    build(root);
  }
  if (LASTING.includes(command)) holdBuild(root);
}

function tellIfStale(root) {
  if (!require('./build').isStale(root)) return;
  console.error(
    'A sidecar or worker runs from this folder, built from earlier sources; this command uses the same build. Stop it, and the next command builds the new sources.',
  );
}

/** A folder that nobody may write to is no fault as long as its build fits. */
function build(root) {
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

module.exports = { prepare };
