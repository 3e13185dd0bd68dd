import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../support/free-port';
import { atTerminal } from '../../support/terminal';
import { waitFor } from '../../support/wait-for';

const ROOT = path.resolve(__dirname, '../../..');

// Loading the model takes its time on a busy machine.
jest.setTimeout(120_000);

let dataDir: string;
let running: Started[] = [];
beforeEach(() => (dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-start-'))));
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running = [];
  rmSync(dataDir, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

/** What `npm start` runs. */
function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, [path.join(ROOT, 'server/cli/index.js'), 'start'], {
    cwd: ROOT,
    env: { ...process.env, ALTSMITH_DATA_DIR: dataDir, ALTSMITH_MODEL: 'mini', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const started = { child, text: () => text, ended };
  running.push(started);
  return started;
}

const untilTold = (started: Started) =>
  waitFor('the last line', () => started.text().includes('Ctrl-C') && started.text(), { timeoutMs: 60_000 });

test('the first start tells address, model, a caption as proof and where the key is, and Ctrl-C stops it', async () => {
  const port = await freePort();
  const started = start({ ALTSMITH_PORT: String(port) });
  const text = await untilTold(started);

  expect(text).toContain(`running at http://127.0.0.1:${port}`);
  expect(text).toMatch(/model +mini, a small one for demonstration/);
  expect(text).toMatch(/proof +tests\/fixtures\/images\/cat\.jpg → “.*cat.*”/);
  expect(text).toContain('  command  node server/cli/index.js, where the documents say "altsmith"\n');
  const keyFile = path.join(dataDir, 'first-key.txt');
  const key = readFileSync(keyFile, 'utf8').trim().split('\n').at(-1) ?? '';
  expect(key).toMatch(/^\S{40,}$/);
  // This is no terminal but something that may keep what it is told.
  expect(text).not.toContain(key);
  expect(text).toMatch(/key +the first site key is in .*first-key\.txt/);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/status`, { headers: { authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);

  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect(started.text()).toContain('Stopped.');

  const again = start({ ALTSMITH_PORT: String(port) });
  expect(await untilTold(again)).not.toContain(key);
  again.child.kill('SIGTERM');
  expect(await again.ended).toBe(0);
});

test('a terminal is shown the key of the first start', async () => {
  for (const command of ['start', 'serve']) {
    rmSync(dataDir, { recursive: true, force: true });
    const started = atTerminal([command], { ALTSMITH_DATA_DIR: dataDir, ALTSMITH_MODEL: 'mini', ALTSMITH_PORT: '0' });
    running.push(started);
    const file = path.join(dataDir, 'first-key.txt');
    const key = () => readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
    await waitFor('the key', () => existsSync(file) && started.text().includes(key()), { timeoutMs: 60_000 });
    started.child.kill('SIGTERM');
    await started.ended;
  }
});

test('a port that is taken is said in one sentence', async () => {
  const port = await freePort();
  const other: Server = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const started = start({ ALTSMITH_PORT: String(port) });
  expect(await started.ended).toBe(1);
  expect(started.text()).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`);
  expect(started.text()).not.toMatch(/^ +at /m);
  await new Promise((resolve) => other.close(resolve));
});

test('without its model the sidecar runs, and says what is missing', async () => {
  const started = start({ ALTSMITH_PORT: '0', ALTSMITH_MODEL: 'not-pulled-yet' });
  expect(await untilTold(started)).toMatch(/model +none\. .*\(MODEL_FILE_MISSING\)/);
});

test('wrong settings are named all at once, with exit code 78', async () => {
  const started = start({ ALTSMITH_PORT: 'many', ALTSMITH_THREADS: '0' });
  expect(await started.ended).toBe(78);
  expect(started.text()).toMatch(/ALTSMITH_PORT: .*\n.*ALTSMITH_THREADS: /s);
});
