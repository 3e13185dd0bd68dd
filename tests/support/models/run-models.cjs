'use strict';
// "altsmith models …" without the build that goes before it in a clone.
const path = require('node:path');

const { run } = require(path.resolve(__dirname, '../../../build/server/cli/models.js'));
void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
