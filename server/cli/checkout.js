'use strict';
// What a checkout does before a command: installs the run-time packages when they are missing, and builds when the sources are
// not those of the build. No part of the package that "npm pack" makes: that one comes built.
const path = require('node:path');
const { buildIfStale, isStale } = require('./build');
const { holdBuild, whileUnused } = require('./build-use');
const { ensureInstalled, isReady } = require('./install');

/** They start worker files for as long as they run. */
const LASTING = ['serve', 'start', 'worker'];

const MOST_TRIES = 3;

/** Makes packages and build fit the sources. Packages and build of a sidecar that runs stay as they are until it stops. */
function prepare(root, command) {
  for (let tries = 1; ; tries += 1) {
    const isFree = fits(root) || makeFit(root);
    if (!isFree) tellIfStale(root);
    if (!LASTING.includes(command)) return;
    const letGo = holdBuild(root);
    // Another command may have begun to build before the hold, and been ended on the way.
    if (letGo === null || !isFree || tries === MOST_TRIES || fits(root)) return;
    letGo();
  }
}

function fits(root) {
  return isReady(root) && !isStale(root);
}

/** False when a sidecar or worker runs from this folder. */
function makeFit(root) {
  // One after the other: before there are packages there is no lock for the build.
  return whileUnused(root, () => ensureInstalled(root)) && whileUnused(root, () => build(root));
}

function tellIfStale(root) {
  if (!isStale(root)) return;
  console.error(
    'A sidecar or worker runs from this folder, built from earlier sources; this command uses the same build. Stop it, and the next command builds the new sources.',
  );
}

/** A folder that nobody may write to is no fault as long as its build fits. */
function build(root) {
  try {
    buildIfStale(root);
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(error.code)) throw error;
    console.error(
      `The build in ${path.join(root, 'build')} is not of these sources and cannot be replaced (${error.code}): run "npm run build" where the folder can be written to.`,
    );
    process.exit(1);
  }
}

module.exports = { prepare };
