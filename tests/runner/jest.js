'use strict';
const path = require('node:path');
const { run } = require('./children');
const { readJest } = require('./report');

/** Runs tests of these jest projects. `report` names the file that keeps what came of it, `program` the Node that runs them. Gives `{ok, result}`. */
async function runJest(
  context,
  { projects, args = [], timeoutMs, env = {}, report = projects[0], program = process.execPath },
) {
  const file = path.join(context.folder, `${report}.json`);
  const words = ['--selectProjects', ...projects, '--json', `--outputFile=${file}`, ...args];
  const { code } = await run(
    program,
    [path.join(context.root, 'node_modules/jest/bin/jest.js'), ...words, `--cacheDirectory=${context.cache}/jest`],
    { cwd: context.root, timeoutMs, label: context.label, env: { NODE_ENV: 'test', ...env } },
  );
  return { ok: code === 0, result: readJest(file) };
}

module.exports = { runJest };
