'use strict';
// Writes the file `begun` into its TMPDIR when it has a picture, and answers once the file `open` is there.
const { existsSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const gate = (name) => path.join(os.tmpdir(), name);
require('./worker.cjs')(0, 0, async () => {
  writeFileSync(gate('begun'), '');
  while (!existsSync(gate('open'))) await new Promise((resolve) => setTimeout(resolve, 20));
});
