'use strict';
// The parts of `npm test`, in the order in which they run. A part says what it needs from outside npm and gives
// `{ok, result}`; `result` holds the counts of its tests, or null when it counts none.
const { existsSync } = require('node:fs');
const path = require('node:path');
const { run } = require('./children');
const { jest } = require('./jest');
const { buildPluginIfStale, filesBelow } = require('./plugin-build');
const { OLDEST, onWordPress, phpUnit } = require('./wordpress');

const MINUTE = 60_000;

async function npmScript(context, name) {
  const { code, output } = await run('npm', ['run', '--silent', name], { cwd: context.root, quiet: true });
  if (code !== 0) console.log(`\n--- npm run ${name}\n${output.trimEnd()}`);
  return { ok: code === 0, result: null };
}

async function build(context) {
  const server = await run(process.execPath, ['server/cli/build.js'], { cwd: context.root, quiet: true });
  const plugin = await buildPluginIfStale(context.root);
  for (const { code, output } of [server, plugin]) if (code !== 0) console.log(output);
  return { ok: server.code === 0 && plugin.code === 0, result: null };
}

async function phpSyntax(context) {
  const folders = ['plugin', 'tests'].map((folder) => path.join(context.root, folder));
  const skipped = /\/(build|node_modules|vendor|out)\//;
  const files = folders.flatMap(filesBelow).filter((file) => file.endsWith('.php') && !skipped.test(file));
  let ok = true;
  for (const file of files) {
    const { code, output } = await run('php', ['-l', file], { quiet: true });
    if (code !== 0) console.log(output);
    ok &&= code === 0;
  }
  return ok;
}

async function phpStyle(context) {
  const standard = path.join(context.root, 'plugin/phpcs.xml.dist');
  if (!existsSync(standard)) return true;
  const { code, output } = await run('phpcs', ['-q', `--standard=${standard}`], {
    cwd: path.join(context.root, 'plugin'),
    quiet: true,
  });
  if (code !== 0) console.log(output);
  return code === 0;
}

async function php(context) {
  const syntax = await phpSyntax(context);
  const style = await phpStyle(context);
  const units = await phpUnit(context, OLDEST);
  return { ok: syntax && style && units.ok, result: units.result };
}

const PARTS = [
  { name: 'format', needs: [], run: (context) => npmScript(context, 'format:check'), early: true },
  { name: 'lint', needs: [], run: (context) => npmScript(context, 'lint'), early: true },
  { name: 'typecheck', needs: [], run: (context) => npmScript(context, 'typecheck'), early: true },
  { name: 'build', needs: [], run: build },
  {
    name: 'unit',
    needs: [],
    run: (context) => jest(context, { projects: ['unit', 'architecture'], timeoutMs: 10 * MINUTE }),
  },
  {
    name: 'integration',
    needs: ['redis'],
    run: (context) => jest(context, { projects: ['integration'], args: ['--runInBand'], timeoutMs: 25 * MINUTE }),
  },
  { name: 'php', needs: ['php', 'mariadb', 'phpunit', 'phpcs'], run: php },
  {
    name: 'e2e',
    needs: ['php', 'mariadb', 'chromium'],
    run: (context) => jest(context, { projects: ['e2e'], args: ['--runInBand'], timeoutMs: 20 * MINUTE }),
  },
  onWordPress({ name: 'wordpress-6.8', source: 'deb:trixie' }),
  onWordPress({ name: 'wordpress-7.1', source: 'deb:sid', proven: '7.1.4' }),
];

/** Parts that can run on a machine where the named thing is missing; the tests in them skip what they cannot do. */
const RUNS_WITHOUT = { integration: ['redis'], php: ['phpunit', 'phpcs'] };

module.exports = { PARTS, RUNS_WITHOUT };
