import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './source-tree';

/** Files that are the beginning of a process of their own. */
const ENTRIES = /(worker-process|^server\/cli\/docs)\.js$/;

function builtModules(): string[] {
  return ['server', 'models'].flatMap((folder) =>
    readdirSync(path.join(ROOT, 'build', folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => path.posix.join(folder, file))
      .filter((file) => !ENTRIES.test(file)),
  );
}

/** Loads the modules in a fresh process, and reports what they did beside defining things. */
const PROBE = `
const events = [];
const watch = (owner, names) => {
  for (const name of names) {
    const real = owner[name];
    owner[name] = function (...args) { events.push(name); return real.apply(this, args); };
  }
};
watch(require('node:fs'), ['writeFileSync', 'mkdirSync', 'writeFile', 'createWriteStream', 'rmSync']);
watch(require('node:child_process'), ['spawn', 'fork', 'execFile', 'spawnSync']);
watch(require('node:net').Server.prototype, ['listen']);
watch(globalThis, ['setInterval']);
const own = ['newListener', 'removeListener', 'warning', ...process.eventNames()];
for (const file of process.argv.slice(1)) require(file);
for (const name of process.eventNames()) if (!own.includes(name)) events.push('process.on ' + name);
process.stdout.write(JSON.stringify(events));
`;

async function effectsOf(files: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROBE, ...files], {
    cwd: os.tmpdir(),
    timeout: 25_000,
  });
  return JSON.parse(stdout);
}

test('loading every module does nothing and leaves nothing running', async () => {
  const files = builtModules();
  expect(files.length).toBeGreaterThan(20);
  expect(await effectsOf(files.map((file) => path.join(ROOT, 'build', file)))).toEqual([]);
});

test('the probe sees a module that acts while it is loaded', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-effects-'));
  const file = path.join(folder, 'busy.js');
  writeFileSync(file, "setInterval(() => {}, 1).unref(); process.on('SIGTERM', () => {});");
  expect(await effectsOf([file])).toEqual(['setInterval', 'process.on SIGTERM']);
  rmSync(folder, { recursive: true });
});
