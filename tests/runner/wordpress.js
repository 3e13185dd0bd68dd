'use strict';
// The plugin on a real WordPress on MariaDB: PHPUnit inside it, and the browser tests of tests/e2e.
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { run, show } = require('./children');
const { runJest } = require('./jest');
const { emptyResult, readJunit } = require('./report');

const MINUTE = 60_000;
const SCRIPT = 'tests/e2e/wordpress/wp-env.sh';
/** What wp-env.sh ends with where apt knows no Debian mirror. */
const NO_MIRROR = 3;

/** PHPUnit inside a WordPress that has the plugin active. */
async function phpUnit(context, source) {
  const name = source.replace(':', '-');
  const sites = path.join(context.folder, 'php');
  const env = {
    WPENV_SITES: sites,
    WP_SOURCE: source,
    WP_PORT: String(await context.freePort()),
    PLUGIN_DIRS: path.join(context.root, 'plugin'),
    WP_PLUGINS: 'altsmith/altsmith.php',
  };
  const script = path.join(context.root, SCRIPT);
  const up = await run('bash', [script, 'up', name], { env, quiet: true, timeoutMs: 5 * MINUTE });
  if (up.code !== 0) show(context.label, up.output);
  const junit = path.join(context.folder, `phpunit-${name}.xml`);
  const config = path.join(context.root, 'plugin/phpunit.xml.dist');
  const ran =
    up.code === 0 &&
    (await run('phpunit', ['-c', config, '--log-junit', junit], {
      cwd: path.join(context.root, 'plugin'),
      env: { ...env, WP_DIR: path.join(sites, name, 'wp') },
      timeoutMs: 15 * MINUTE,
      quiet: true,
    }));
  await run('bash', [script, 'rm', name], { env, quiet: true });
  if (ran !== false) show(context.label, ran.output);
  return { ok: ran !== false && ran.code === 0, result: readJunit(junit) };
}

/** Unpacks a WordPress once and says which it is: `{code, version, output}`. */
async function fetchWordPress(context, source) {
  const script = path.join(context.root, SCRIPT);
  const { code, output } = await run('bash', [script, 'sources'], {
    env: { WP_SOURCE: source },
    quiet: true,
    timeoutMs: 5 * MINUTE,
  });
  const file = path.join(output.trim().split('\n').at(-1) ?? '', 'wp-includes/version.php');
  const said = code === 0 && existsSync(file) ? readFileSync(file, 'utf8') : '';
  return { code, output, version: /\$wp_version = '([^']+)'/.exec(said)?.[1] ?? '' };
}

function add(...found) {
  const total = emptyResult();
  for (const { result } of found) {
    for (const key of Object.keys(total)) {
      if (Array.isArray(total[key])) total[key].push(...(result?.[key] ?? []));
      else total[key] += result?.[key] ?? 0;
    }
  }
  return total;
}

/** Every browser test of the plugin, three files at a time: they wait for pages, cron and jobs. Those of the console need no WordPress. */
const ALL = ['--maxWorkers=3', '--testPathIgnorePatterns', '/console-'];
/** Those that are run on every WordPress. */
const FEW = ['--runInBand', '--testPathPatterns', '/every-wordpress/'];

/**
 * A part that runs both kinds of test on one WordPress, or only those in a browser. `suites` says which of these. `proven` is
 * for a suite of Debian that moves: once it has a newer version than that, what fails there is reported apart and fails
 * nothing. `onlyByName` keeps it out of a run that names no parts; `after` is the part of its stage that it waits for.
 */
function onWordPress({ name, source, suites, hasUnitTests = true, proven, after, onlyByName = false }) {
  return {
    name,
    after,
    onlyByName,
    needs: ['php', 'mariadb', 'chromium', 'phpunit', ...(source.startsWith('deb:') ? ['apt'] : [])],
    run: async (context) => {
      const { code, output, version } = await fetchWordPress(context, source);
      if (code === NO_MIRROR) return { missing: [`WordPress of ${source}: ${output.trim()}`] };
      if (version === '') {
        show(context.label, output);
        return { ok: false };
      }
      show(context.label, `WordPress ${version} (${source})`);
      const env = { ALTSMITH_TEST_WORDPRESS: source, ...(onlyByName ? { ALTSMITH_TEST_IMAGES: '1000' } : {}) };
      const browser = runJest(context, { projects: ['e2e'], args: suites, timeoutMs: 20 * MINUTE, env, report: name });
      const units = hasUnitTests ? phpUnit(context, source) : { ok: true, result: null };
      const both = await Promise.all([units, browser]);
      const hasMoved = proven !== undefined && version !== proven;
      return {
        ok: both.every(({ ok }) => ok),
        result: add(...both),
        ...(hasMoved ? { apart: `${source} has moved from WordPress ${proven} to ${version}` } : {}),
      };
    },
  };
}

module.exports = { ALL, FEW, onWordPress };
