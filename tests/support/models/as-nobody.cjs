'use strict';
// "altsmith models …" as a user who may do little, also where the tests run as root: everything is loaded before.
const path = require('node:path');

const { run } = require(path.resolve(__dirname, '../../../build/server/cli/models.js'));
const NOBODY = 65534;
if (process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}
void run(process.argv.slice(2)).then((code) => (process.exitCode = code));
