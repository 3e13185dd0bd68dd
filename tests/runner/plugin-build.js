'use strict';
const { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { run } = require('./children');

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Builds the plugin's scripts with wp-scripts unless its sources are those of the last build. Gives the exit code. */
async function buildPluginIfStale(root, { quiet = true } = {}) {
  const config = path.join(root, 'plugin/webpack.config.js');
  if (!existsSync(config)) return { code: 0, output: '' };
  const folders = ['plugin/src', 'plugin/bin'].flatMap((folder) => filesBelow(path.join(root, folder)));
  const translations = filesBelow(path.join(root, 'plugin/languages')).filter((file) => file.endsWith('.po'));
  const files = [config, path.join(root, 'package-lock.json'), ...folders, ...translations];
  const stamp = files.map((file) => `${file} ${statSync(file).mtimeMs} ${statSync(file).size}`).join('\n');
  const stampFile = path.join(root, 'build/.plugin-stamp');
  const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isFresh && existsSync(path.join(root, 'plugin/build'))) return { code: 0, output: '' };
  const result = await run('npm', ['run', '--silent', 'build:plugin'], { cwd: root, quiet });
  if (result.code === 0) {
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, stamp);
  }
  return result;
}

module.exports = { buildPluginIfStale, filesBelow };
