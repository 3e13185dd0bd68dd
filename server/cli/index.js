#!/usr/bin/env node
'use strict';
// The door of `altsmith` and of `npm start`. Plain JavaScript, because it runs before anything is installed or built:
// it installs the run-time packages when they are missing, builds when the sources are newer, then hands over.
const path = require('node:path');
const { ensureInstalled } = require('./install');

const root = path.resolve(__dirname, '../..');
ensureInstalled(root);
require('./build').buildIfStale(root);
require(path.join(root, 'build/server/cli/main.js'))
  .main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
    // What a failed start may have left open keeps nothing alive: output is written until then, and then it ends.
    if (code !== 0) setTimeout(() => process.exit(code), 2000).unref();
  });
