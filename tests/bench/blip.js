'use strict';
// npm run bench:blip -- [--model base|large] [--rounds N] [--out file.json]: compiles tests/bench/blip and runs it.
const path = require('node:path');
const { buildIfStale } = require('../../server/cli/build');

const root = path.resolve(__dirname, '../..');
const out = path.join(root, 'build/bench/blip.js');
buildIfStale(root);
require('esbuild').buildSync({
  entryPoints: [path.join(__dirname, 'blip/main.ts')],
  outfile: out,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // The compiled product is loaded from build/ while running: what is measured is what runs.
  packages: 'external',
  logLevel: 'warning',
});
require(out)
  .main(process.argv.slice(2), root)
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
