'use strict';
// `npm run demo`: sidecar, WordPress with the plugin connected, and some photographs, all on this machine.
// Plain Node, because it runs before anything is installed; the rest is TypeScript, compiled as jest compiles it.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { ensureInstalled } = require('../../server/cli/install');
const { provide, sentence, isDebianRoot } = require('../runner/system-packages');

const root = path.resolve(__dirname, '../..');

async function main() {
  ensureInstalled(root, { withDev: true });
  const missing = await provide(['php', 'mariadb']);
  if (missing.length > 0) {
    console.error('The demo runs a real WordPress, and something it needs is not on this machine:');
    for (const name of missing) console.error(`  ${sentence(name)}`);
    if (!isDebianRoot()) console.error('On Debian or Ubuntu, as root, the demo installs it by itself.');
    return 1;
  }
  require('../../server/cli/build').buildIfStale(root);
  const plugin = await require('../runner/plugin-build').buildPluginIfStale(root);
  if (plugin.code !== 0) {
    console.error(plugin.output);
    return 1;
  }
  const { process: compile } = require('../support/esbuild-transform.cjs');
  require.extensions['.ts'] = (module, file) => module._compile(compile(readFileSync(file, 'utf8'), file).code, file);
  return require('./demo.ts').runDemo();
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
