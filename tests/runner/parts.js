'use strict';
// The parts of `npm test`, in the order in which they run. A part says what it needs from outside npm and gives
// `{ok, result}`; `result` holds the counts of its tests, or null when it counts none.
const { existsSync } = require('node:fs');
const path = require('node:path');
const { run } = require('./children');
const { buildPluginIfStale, filesBelow } = require('./plugin-build');
const { readJest, readJunit } = require('./report');

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

async function jest(context, projects, args, timeoutMs) {
  const file = path.join(context.folder, `${projects[0]}.json`);
  const words = ['--selectProjects', ...projects, '--json', `--outputFile=${file}`, ...args];
  const { code } = await run(
    process.execPath,
    [path.join(context.root, 'node_modules/jest/bin/jest.js'), ...words, `--cacheDirectory=${context.cache}/jest`],
    { cwd: context.root, timeoutMs, env: { NODE_ENV: 'test' } },
  );
  return { ok: code === 0, result: readJest(file) };
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

/** PHPUnit inside a real WordPress on MariaDB that has the plugin active. */
async function phpUnit(context) {
  const config = path.join(context.root, 'plugin/phpunit.xml.dist');
  if (!existsSync(config)) return { ok: true, result: null };
  const script = path.join(context.root, 'tests/e2e/wordpress/wp-env.sh');
  const sites = path.join(context.folder, 'php');
  const env = {
    WPENV_SITES: sites,
    WP_PORT: String(await context.freePort()),
    PLUGIN_DIRS: path.join(context.root, 'plugin'),
    WP_PLUGINS: 'altsmith/altsmith.php',
  };
  const up = await run('bash', [script, 'up', 'main'], { env, quiet: true, timeoutMs: 5 * MINUTE });
  if (up.code !== 0) console.log(up.output);
  const junit = path.join(context.folder, 'phpunit.xml');
  const ran =
    up.code === 0 &&
    (await run('phpunit', ['-c', config, '--log-junit', junit], {
      cwd: path.join(context.root, 'plugin'),
      env: { ...env, WP_DIR: path.join(sites, 'main/wp') },
      timeoutMs: 10 * MINUTE,
    }));
  await run('bash', [script, 'rm', 'main'], { env, quiet: true });
  return { ok: ran !== false && ran.code === 0, result: readJunit(junit) };
}

async function php(context) {
  const syntax = await phpSyntax(context);
  const style = await phpStyle(context);
  const units = await phpUnit(context);
  return { ok: syntax && style && units.ok, result: units.result };
}

const PARTS = [
  { name: 'format', needs: [], run: (context) => npmScript(context, 'format:check'), early: true },
  { name: 'lint', needs: [], run: (context) => npmScript(context, 'lint'), early: true },
  { name: 'typecheck', needs: [], run: (context) => npmScript(context, 'typecheck'), early: true },
  { name: 'build', needs: [], run: build },
  { name: 'unit', needs: [], run: (context) => jest(context, ['unit', 'architecture'], [], 10 * MINUTE) },
  {
    name: 'integration',
    needs: ['redis'],
    run: (context) => jest(context, ['integration'], ['--runInBand'], 15 * MINUTE),
  },
  { name: 'php', needs: ['php', 'mariadb', 'phpunit', 'phpcs'], run: php },
  {
    name: 'e2e',
    needs: ['php', 'mariadb', 'chromium'],
    run: (context) => jest(context, ['e2e'], ['--runInBand'], 15 * MINUTE),
  },
];

/** Parts that can run on a machine where the named thing is missing; the tests in them skip what they cannot do. */
const RUNS_WITHOUT = { integration: ['redis'], php: ['phpunit', 'phpcs'] };

module.exports = { PARTS, RUNS_WITHOUT };
