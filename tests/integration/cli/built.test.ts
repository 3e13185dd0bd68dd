import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { waitFor } from '../../support/wait-for';

const BUILD = path.resolve(__dirname, '../../../server/cli/build.js');

let root: string;
const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'altsmith-built-'));
  for (const folder of ['server/console', 'models']) mkdirSync(path.join(root, folder), { recursive: true });
  write('server/one.ts', 'export const one: number = 1;\n');
  write('server/console/main.tsx', 'document.title = "x";\n');
  write('models/two.ts', 'export const two: number = 2;\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Whether a build was made, as a process of its own says. */
function builds(folder = root): boolean {
  const words = ['-p', `require(${JSON.stringify(BUILD)}).buildIfStale(process.argv[1])`, folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 20_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trim() === 'true';
}

/** Every file and folder of the build with its times of change. */
const timesOf = (folder: string) =>
  readdirSync(path.join(folder, 'build'), { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mtimeMs, ctimeMs } = statSync(path.join(folder, 'build', name));
    return [name, mtimeMs, ctimeMs];
  });

test('a build that fits is used as it is after a copy that changed times and folder, and nothing is written', () => {
  expect([builds(), builds()]).toEqual([true, false]);
  const copy = `${root}-copy`;
  cpSync(root, copy, { recursive: true });
  for (const name of ['server/one.ts', 'models/two.ts']) utimesSync(path.join(copy, name), 1, 1);
  const before = timesOf(copy);
  expect(builds(copy)).toBe(false);
  expect(timesOf(copy)).toEqual(before);
  rmSync(copy, { recursive: true });
});

test('a source of the same size and time with other words is built', () => {
  builds();
  const file = path.join(root, 'server/one.ts');
  const { atime, mtime } = statSync(file);
  write('server/one.ts', 'export const one: number = 3;\n');
  utimesSync(file, atime, mtime);
  expect([builds(), builds()]).toEqual([true, false]);
});

test('a source under another name is built', () => {
  builds();
  renameSync(path.join(root, 'models/two.ts'), path.join(root, 'models/three.ts'));
  expect(builds()).toBe(true);
  expect(readdirSync(path.join(root, 'build/models')).sort()).toEqual(['three.js', 'three.js.map']);
});

test('the build is in use for exactly as long as a sidecar or worker of this folder runs', async () => {
  builds();
  symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(root, 'node_modules'));
  const use = path.join(path.dirname(BUILD), 'build-use.js');
  const isFree = () =>
    spawnSync(process.execPath, ['-p', 'require(process.argv[1]).whileUnused(process.argv[2], () => {})', use, root], {
      encoding: 'utf8',
    }).stdout.trim();
  expect(isFree()).toBe('true');
  const script = 'require(process.argv[1]).holdBuild(process.argv[2]); console.log("held"); setInterval(() => 0, 1000)';
  const running = spawn(process.execPath, ['-e', script, use, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(running.stdout, 'data');
  expect(isFree()).toBe('false');
  running.kill('SIGKILL');
  await once(running, 'exit');
  expect(isFree()).toBe('true');
});

test('a sidecar that starts while another command builds waits for it, and a build that was cut off is made again', async () => {
  builds();
  symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(root, 'node_modules'));
  const cli = path.dirname(BUILD);
  write('server/one.ts', 'export const one: number = 7;\n');
  // As a command that is about to build: it has found nobody running.
  const holds =
    'require(process.argv[1]).whileUnused(process.argv[2], () => { console.log("builds"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); })';
  const builder = spawn(process.execPath, ['-e', holds, path.join(cli, 'build-use.js'), root]);
  await once(builder.stdout, 'data');
  const serves =
    'require(process.argv[1]).prepare(process.argv[2], "serve"); console.log("runs"); setInterval(() => 0, 1000)';
  const sidecar = spawn(process.execPath, ['-e', serves, path.join(cli, 'checkout.js'), root]);
  let said = '';
  sidecar.stdout.on('data', (data) => (said += String(data)));
  const one = () => readFileSync(path.join(root, 'build/server/one.js'), 'utf8');
  try {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(said).toBe('');
    expect(one()).not.toContain('7');
    builder.kill('SIGKILL');
    await waitFor('the sidecar to run', () => said === 'runs\n');
    expect(one()).toContain('7');
  } finally {
    builder.kill('SIGKILL');
    sidecar.kill('SIGKILL');
    await once(sidecar, 'exit');
  }
}, 90_000);
