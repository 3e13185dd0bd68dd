#!/usr/bin/env node
'use strict';
// The program behind `altsmith` and `npm start`. Plain JavaScript, because in a checkout it runs before anything is installed or built.
// A package comes built and without checkout.js: there nothing is installed, built or written beside the program.
const { existsSync } = require('node:fs');
const path = require('node:path');
const { requireNode, requirePackages } = require('./this-node');

const root = path.resolve(__dirname, '../..');
requireNode();
if (existsSync(path.join(__dirname, 'checkout.js'))) require('./checkout').prepare(root, process.argv[2]);
else requirePackages();
require(path.join(root, 'build/server/cli/main.js'))
  .main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
    // What a failed start may have left open keeps nothing alive: output is written until then, and then it ends.
    if (code !== 0) setTimeout(() => process.exit(code), 2000).unref();
  });
