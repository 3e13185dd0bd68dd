'use strict';
// The parts of `npm test`. A part says what it needs from outside npm and gives `{ok, result}`; `result` holds the counts
// of its tests, or null when it counts none. One with `sourcesOnly` needs nothing built, and has no tests.
const { existsSync } = require('node:fs');
const path = require('node:path');
const { run } = require('./children');
const { runJest } = require('./jest');
const { onNode } = require('./other-node');
const { buildPluginIfStale, filesBelow } = require('./plugin-build');
const { ALL, FEW, onWordPress } = require('./wordpress');

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
  return { ok: syntax && style, result: null };
}

/** The browser tests of the sidecar's own page. */
const consoleTests = (context) =>
  runJest(context, {
    projects: ['e2e'],
    args: ['--runInBand', '--testPathPatterns', '/console-'],
    timeoutMs: 10 * MINUTE,
    report: 'console',
  });

/** The long proofs: storms of faults, other clients, every way of installing. */
const proofs = (context) =>
  runJest(context, {
    projects: ['nightly', 'faults', 'clients'],
    args: ['--runInBand'],
    timeoutMs: 180 * MINUTE,
    report: 'nightly-proofs',
  });

/** Stage after stage; the parts of one stage run at the same time, but for those that name one in `after`: they wait for its end. */
const STAGES = [
  // The linter keeps one processor busy for as long as the other parts take on the other.
  [
    { name: 'lint', needs: [], run: (context) => npmScript(context, 'lint'), sourcesOnly: true },
    { name: 'format', needs: [], run: (context) => npmScript(context, 'format:check'), sourcesOnly: true },
    {
      name: 'typecheck',
      needs: [],
      run: (context) => npmScript(context, 'typecheck'),
      sourcesOnly: true,
      after: 'format',
    },
    { name: 'build', needs: [], run: build, after: 'typecheck' },
    {
      name: 'unit',
      needs: [],
      run: (context) =>
        runJest(context, { projects: ['unit', 'architecture'], args: ['--maxWorkers=2'], timeoutMs: 10 * MINUTE }),
      after: 'build',
    },
  ],
  // These wait as much as they compute, so several run at the same time: the files of integration three at a time, and beside them the
  // newer versions of WordPress and the console, which have few tests. 6.5.5 is the oldest the plugin supports, an npm package that
  // never changes: it has every browser test. PHPUnit runs on the oldest and the newest; all of both on every one at night.
  [
    {
      name: 'integration',
      needs: ['redis', 'nginx', 'apache', 'caddy', 'systemd', 'ffmpeg'],
      run: (context) =>
        runJest(context, { projects: ['integration'], args: ['--maxWorkers=3'], timeoutMs: 40 * MINUTE }),
    },
    onWordPress({ name: 'wordpress-6.8', source: 'deb:trixie', suites: FEW, hasUnitTests: false }),
    onWordPress({ name: 'wordpress-7.1', source: 'deb:sid', suites: FEW, proven: '7.1.4', after: 'wordpress-6.8' }),
    { name: 'console', needs: ['chromium'], run: consoleTests, after: 'wordpress-7.1' },
    { name: 'php', needs: ['php', 'phpcs'], run: php, sourcesOnly: true, after: 'console' },
    onWordPress({ name: 'wordpress-6.5', source: 'npm:6.5', suites: ALL, after: 'integration' }),
  ],
  // Only by name: together they are `npm run test:nightly`.
  [
    {
      name: 'nightly-proofs',
      needs: [
        ...['php', 'mariadb', 'chromium', 'redis', 'nginx', 'apache', 'caddy', 'ffmpeg'],
        ...['containers', 'venv', 'compiler', 'git'],
      ],
      onlyByName: true,
      run: proofs,
    },
  ],
  [
    onWordPress({ name: 'nightly-6.8', source: 'deb:trixie', suites: ALL, onlyByName: true }),
    onWordPress({
      name: 'nightly-7.1',
      source: 'deb:sid',
      suites: ALL,
      proven: '7.1.4',
      onlyByName: true,
      after: 'nightly-6.8',
    }),
  ],
  [onNode(22)],
  [onNode(24)],
];

/** Parts that can run on a machine where the named thing is missing; the tests in them skip what they cannot do. */
const RUNS_WITHOUT = { integration: ['redis'] };

module.exports = { STAGES, RUNS_WITHOUT };
