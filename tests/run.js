'use strict';
// `npm test`: everything, from a fresh clone. Plain Node, because it runs before any package is installed.
//   npm test                    the whole suite
//   npm test -- unit php        only these parts; "wordpress" is every part that begins with it
// With CI=true or REQUIRE_ALL=1 something that cannot run here is a failure; otherwise it is skipped with one line.
const { spawnSync } = require('node:child_process');
const { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { ensureInstalled, isReady } = require('../server/cli/install');
const { MARK, stopAll, stopMarked } = require('./runner/children');
const { RUNS_WITHOUT, STAGES } = require('./runner/parts');
const { choose } = require('./runner/choose');
const { print, sum } = require('./runner/report');
const { provide, sentence } = require('./runner/system-packages');

const root = path.resolve(__dirname, '..');
const requireAll = process.env.CI === 'true' || ['1', 'true'].includes(process.env.REQUIRE_ALL ?? '');

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function runPart(part, context, lacking) {
  const missing = part.needs.filter((name) => lacking.includes(name));
  const outcome = { name: part.name, ms: 0, ok: true, result: null, missing: missing.map(sentence) };
  const blocked = missing.some((name) => !(RUNS_WITHOUT[part.name] ?? []).includes(name));
  if (blocked) return outcome;
  const started = Date.now();
  try {
    const { missing: alsoMissing = [], ...rest } = await part.run(context);
    Object.assign(outcome, rest);
    outcome.missing.push(...alsoMissing);
  } catch (error) {
    console.error(error);
    outcome.ok = false;
  }
  outcome.ms = Date.now() - started;
  console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${part.name} (${(outcome.ms / 1000).toFixed(1)} s)`);
  return outcome;
}

const PREFIX = 'altsmith-test-run-';

/** Tests mount small disks in their folders; where they were interrupted these are still there, and such a folder cannot be removed. */
function removeFolder(folder) {
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : [];
  const places = mounts.map((line) => line.split(' ')[1] ?? '').filter((place) => place.startsWith(`${folder}/`));
  for (const place of places.reverse()) spawnSync('umount', ['-l', place]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs that were killed outright could not clean up: their processes are stopped and their folders removed. */
function sweep() {
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(os.tmpdir(), name);
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (existsSync(`/proc/${pid}`) || !existsSync('/proc')) continue;
    stopMarked(name);
    removeFolder(folder);
  }
}

async function main() {
  const { stages, unknown } = choose(STAGES, process.argv.slice(2));
  if (unknown.length > 0) {
    const names = STAGES.flat().map((part) => part.name);
    console.error(`There is no part "${unknown.join('", "')}"; the parts are: ${names.join(' ')}.`);
    process.exit(2);
  }
  const chosen = stages.flat();
  sweep();
  // Everything temporary of the run, its children's too, lives in one folder that is removed at the end.
  const folder = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  // Some tests become another user for a moment, who must be able to pass through.
  chmodSync(folder, 0o711);
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'altsmith');
  mkdirSync(cache, { recursive: true });
  process.env[MARK] = path.basename(folder);
  process.env.TMPDIR = folder;
  const cleanUp = () => {
    const left = stopAll();
    removeFolder(folder);
    return left;
  };
  process.once('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

  // npm compiles better-sqlite3 where it can fetch no prebuilt one.
  if (!isReady(root)) await provide(['compiler']);
  ensureInstalled(root, { withDev: true });
  const lacking = await provide([...new Set(chosen.flatMap((part) => part.needs))]);
  const context = { root, folder, cache, freePort };
  const outcomes = [];
  for (const parts of stages) {
    // Where several have something to say at the same time, each line tells whose it is.
    const label = (part) => (parts.length > 1 ? part.name : '');
    const begun = new Map();
    for (const part of parts) {
      const before = Promise.resolve(begun.get(part.after));
      begun.set(
        part.name,
        before.then(() => runPart(part, { ...context, label: label(part) }, lacking)),
      );
    }
    outcomes.push(...(await Promise.all(begun.values())));
  }
  for (const { pid, command } of cleanUp()) console.log(`had to be stopped at the end: ${pid} ${command}`);
  const hasTests = chosen.some((part) => part.sourcesOnly !== true && part.name !== 'build');
  const total = sum(outcomes, { requireAll, hasTests });
  print(outcomes, total, { requireAll, hasTests });
  process.exitCode = total.good ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
