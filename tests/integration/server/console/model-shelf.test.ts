import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { ModelShelf } from '../../../../server/captioning/model-shelf';
import { waitFor } from '../../../support/wait-for';

let folder: string;
let shelf: ModelShelf;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-shelf-'));
});
afterEach(async () => {
  await shelf.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A shelf whose pulls run this script instead of the real one. */
function shelfThatRuns(script: string, logger = pino({ level: 'silent' })): ModelShelf {
  const file = path.join(folder, 'pull.js');
  writeFileSync(file, script);
  return new ModelShelf({ dataDir: folder, script: file, logger, loaded: () => null });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const pullOf = (id: string) => shelf.list().find((model) => model.id === id)?.pull ?? null;
const whenEnded = (id: string) =>
  waitFor('the pull to end', () => pullOf(id)?.state !== 'running' && { pull: pullOf(id) });

test('the known models are listed, and the one that ships is in use', () => {
  shelf = shelfThatRuns('');
  const models = shelf.list();
  expect(models.map((model) => model.id)).toEqual(expect.arrayContaining(['blip-base', 'mini']));
  expect(models.find((model) => model.id === 'mini')).toMatchObject({ in_use: true, download_bytes: 0, pull: null });
  expect(models.find((model) => model.id === 'blip-base')?.download_bytes).toBeGreaterThan(1e8);
});

test('a pull is given data folder and model, shows its progress, and is done', async () => {
  shelf = shelfThatRuns(`
    require('node:fs').writeFileSync(process.argv[2] + '/given.txt', process.argv[3]);
    process.send({ step: 'Downloading weights', done: 40, total: 100 });
    process.on('message', () => {});
    setInterval(() => { if (require('node:fs').existsSync(process.argv[2] + '/go')) process.exit(0); }, 20);
  `);
  expect(shelf.pull('blip-base').pull?.state).toBe('running');
  await waitFor('progress', () => pullOf('blip-base')?.done_bytes === 40);
  expect(pullOf('blip-base')).toMatchObject({ step: 'Downloading weights', total_bytes: 100 });
  expect(readFileSync(path.join(folder, 'given.txt'), 'utf8')).toBe('blip-base');
  expect(shelf.pull('blip-base').pull?.done_bytes).toBe(40);
  expect(() => shelf.pull('blip-large')).toThrow(expect.objectContaining({ code: 'PULL_NOT_POSSIBLE' }));
  writeFileSync(path.join(folder, 'go'), '');
  expect((await whenEnded('blip-base')).pull?.state).toBe('done');
});

test('a pull that fails says why in the words of the catalogue, without a folder of this machine', async () => {
  const words = JSON.stringify({ error: { code: 'HUB_UNREACHABLE', message: '/secret/folder cannot be reached' } });
  shelf = shelfThatRuns(`console.log(${JSON.stringify(words)}); process.exitCode = 1;`);
  shelf.pull('blip-base');
  const { pull } = await whenEnded('blip-base');
  expect(pull).toMatchObject({ state: 'failed', error: { code: 'HUB_UNREACHABLE' } });
  expect(JSON.stringify(pull)).not.toContain('/secret');
});

test('a pull that fails tells the console what the network said, and the log everything', async () => {
  const message = 'model.onnx could not be downloaded: hub.example.com could not be reached (ENOTFOUND).';
  const words = JSON.stringify({ error: { code: 'HUB_UNREACHABLE', message, cause: 'ENOTFOUND' } });
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const script = `console.error('trying again in 1 s'); console.log(${JSON.stringify(words)}); process.exitCode = 1;`;
  shelf = shelfThatRuns(script, logger);
  shelf.pull('blip-base');
  expect((await whenEnded('blip-base')).pull?.error?.message).toMatch(/ \(ENOTFOUND\)\.$/);
  const told = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'model pull failed');
  expect(told).toMatchObject({ reason: message, cause: 'ENOTFOUND', complaints: 'trying again in 1 s\n' });
});

test('the words of a pull that are no code do not reach the console as a cause', async () => {
  const words = JSON.stringify({ error: { code: 'HUB_UNREACHABLE', message: '', cause: '/secret/folder' } });
  shelf = shelfThatRuns(`console.log(${JSON.stringify(words)}); process.exitCode = 1;`);
  shelf.pull('blip-base');
  expect(JSON.stringify(await whenEnded('blip-base'))).not.toContain('/secret');
});

test('a pull whose process has ended, while another holds its output, is stopped at once', async () => {
  shelf = shelfThatRuns(`
    const { spawn } = require('node:child_process');
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['ignore', 'inherit', 'ignore'], detached: true });
    require('node:fs').writeFileSync(process.argv[2] + '/pids', process.pid + ' ' + holder.pid);
    process.exit(0);
  `);
  shelf.pull('blip-base');
  const pids = await waitFor('both processes', () => {
    const file = path.join(folder, 'pids');
    const found = existsSync(file) ? readFileSync(file, 'utf8').split(' ').map(Number) : [];
    return found.length === 2 && found;
  });
  try {
    await waitFor('the first to be gone', () => !isAlive(pids[0]!));
    expect(pullOf('blip-base')?.state).toBe('running');
    await shelf.stop();
  } finally {
    process.kill(pids[1]!, 'SIGKILL');
  }
  await whenEnded('blip-base');
});

test('a pull that ends without a word is an internal error, and can be begun again', async () => {
  shelf = shelfThatRuns('process.exitCode = 1;');
  shelf.pull('blip-base');
  expect((await whenEnded('blip-base')).pull?.error?.code).toBe('INTERNAL');
  expect(shelf.pull('blip-base').pull?.state).toBe('running');
  await whenEnded('blip-base');
});

test('a pull can be stopped, and stops with the sidecar', async () => {
  const script = `require('node:fs').writeFileSync(process.argv[2] + '/begun', ''); setInterval(() => {}, 1000);`;
  shelf = shelfThatRuns(script);
  shelf.pull('blip-base');
  await waitFor('the process', () => existsSync(path.join(folder, 'begun')));
  shelf.cancel('blip-base');
  expect((await whenEnded('blip-base')).pull).toBeNull();
  shelf.pull('blip-large');
  await shelf.stop();
  expect((await whenEnded('blip-large')).pull).toBeNull();
});

test('what ships cannot be pulled, and an unknown model is unknown', () => {
  shelf = shelfThatRuns('');
  expect(() => shelf.pull('mini')).toThrow(expect.objectContaining({ code: 'PULL_NOT_POSSIBLE' }));
  expect(() => shelf.pull('gpt')).toThrow(expect.objectContaining({ code: 'MODEL_UNKNOWN' }));
  expect(() => shelf.cancel('gpt')).toThrow(expect.objectContaining({ code: 'MODEL_UNKNOWN' }));
});
