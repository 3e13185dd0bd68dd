#!/usr/bin/env node
'use strict';
// The door of `altsmith` and of `npm start`. Plain JavaScript, because it runs before anything is installed or built:
// it installs the run-time packages when they are missing, builds when the sources are not those of the build, then hands over.
const path = require('node:path');
const { ensureInstalled } = require('./install');

const root = path.resolve(__dirname, '../..');
ensureInstalled(root);
build();
require(path.join(root, 'build/server/cli/main.js'))
  .main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
    // What a failed start may have left open keeps nothing alive: output is written until then, and then it ends.
    if (code !== 0) setTimeout(() => process.exit(code), 2000).unref();
  });

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
