import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CATALOGUE } from '../../../server/errors';
import { callPackaging, contentsOf, sealFolder, Stranger } from '../../support/packed';
import { waitFor } from '../../support/wait-for';

// Copies 150 MB of packages.
jest.setTimeout(300_000);

let folder: string;
let stranger: Stranger;
const door = () => path.join(folder, 'node_modules/altsmith/server/cli/index.js');

/** As "npm install altsmith-….tgz" leaves a folder: the package among those that it needs. */
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-package-'));
  const modules = path.join(folder, 'node_modules');
  callPackaging('runtime-packages.js', 'it.copyRuntimePackages(".", process.argv[2])', modules);
  callPackaging('archive.js', 'it.pack(process.argv[2])', folder);
  mkdirSync(path.join(modules, 'altsmith'));
  const unpack = `tar xzf ${folder}/altsmith-*.tgz -C ${modules}/altsmith --strip-components=1 && rm ${folder}/altsmith-*.tgz`;
  expect(spawnSync('sh', ['-c', unpack]).status).toBe(0);
  sealFolder(folder);
});
afterAll(() => {
  if (folder !== '') spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => (stranger = new Stranger()));
afterEach(() => stranger.leave());

test('an installed package starts and captions, with no home, as any user, and builds, installs and writes nothing', async () => {
  const before = contentsOf(folder);
  const { child, ended, text } = stranger.start(process.execPath, [door(), 'start']);
  await waitFor('the last line', () => text().includes('Ctrl-C'), { timeoutMs: 120_000 });
  expect(text()).toMatch(/proof +.*cat\.jpg → “.*cat.*”/);
  expect(text()).not.toMatch(/Installing|build/i);
  const address = /running at (\S+)/.exec(text())?.[1] ?? '';
  const page = await fetch(address);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('console.js')]);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(existsSync(stranger.npmCalls)).toBe(false);
  expect(contentsOf(folder)).toEqual(before);
});

test.each(['serve', 'start'])(
  '%s leaves a data folder of another user alone, and one sentence says what to do',
  async (command) => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-foreign-'));
    chmodSync(dataDir, 0o700);
    const { ended, text } = stranger.start(process.execPath, [door(), command], { ALTSMITH_DATA_DIR: dataDir });
    expect(await ended).toBe(1);
    expect(text()).toBe(
      `${CATALOGUE.DATA_DIR_FOREIGN.message} (DATA_DIR_FOREIGN) Data folder: ${dataDir} "node ${door()} doctor" looks at the whole set-up.\n`,
    );
    expect(readdirSync(dataDir)).toEqual([]);
    rmSync(dataDir, { recursive: true });
  },
);

test('doctor finds packages and model where they were installed', async () => {
  const { ended, text } = stranger.start(process.execPath, [door(), 'doctor']);
  await ended;
  for (const name of ['better-sqlite3', 'sharp', 'onnxruntime-node', 'koffi'])
    expect(text()).toContain(`${name} can be loaded.`);
});

test('it holds what runs, the documents and the licences, and no sources or tests', () => {
  const files = contentsOf(path.join(folder, 'node_modules/altsmith')).map(([name]) => name);
  for (const name of ['LICENSE', 'README.md', 'docs/operations.md', 'models/mini/README.md', 'models/mini/vision.data'])
    expect(files).toContain(name);
  expect(files).toContain('build/console/LICENSES.txt');
  expect(files).toContain('build/server/storage/migrations/000001_init.sql');
  expect(files.filter((name) => /\.(ts|tsx|map|py)$|\.test\./.test(name) && !name.startsWith('docs/'))).toEqual([]);
  const ours = files.filter((name) => /^(server|tests|plugin|packaging|models)\/.+\..+/.test(name));
  expect(ours.filter((name) => !name.startsWith('models/mini/'))).toEqual([
    'packaging/preinstall.js',
    'server/cli/index.js',
    'server/cli/this-node.js',
    'tests/fixtures/LICENSES.md',
    'tests/fixtures/images/cat.jpg',
  ]);
});

test('a native module of another Node is said in one sentence, and nothing is tried', async () => {
  const file = path.join(folder, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
  chmodSync(file, 0o644);
  writeFileSync(file, 'for another Node');
  const { ended, text } = stranger.start(process.execPath, [door(), 'start']);
  expect(await ended).toBe(1);
  expect(text().trim().split('\n')).toEqual([
    expect.stringMatching(/^better-sqlite3 cannot be loaded by this Node \(.*Use the Node it was installed with/),
  ]);
  expect(existsSync(stranger.npmCalls)).toBe(false);
});
