import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runConfined, type Bounds } from '../../../server/video/confined-process';
import { findDecoder } from '../../../server/video/decoder';
import { isAlive } from '../../support/process-life';
import { readingIn } from '../../support/videos/reading';
import { waitFor } from '../../support/wait-for';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-confined-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BOUNDS: Bounds = { wallMs: 60_000, cpuSeconds: 60, memoryBytes: 2_000_000_000, outputBytes: 1_000_000 };

/** Runs a script of the shell as if it were the decoder; gives its ending and what it printed. */
async function run(script: string, bounds: Partial<Bounds> = {}, signal?: AbortSignal) {
  let output = '';
  const ending = await runConfined({
    command: ['/bin/sh', '-c', script],
    confinement: [],
    folder,
    bounds: { ...BOUNDS, ...bounds },
    readers: [
      async (chunks) => {
        for await (const chunk of chunks) output += chunk.toString();
      },
    ],
    signal,
  });
  return { ...ending, output };
}

test('what runs has no environment and no room on the disk, and starts in an empty folder', async () => {
  process.env['ALTSMITH_TEST_SECRET'] = 'secret';
  const { output } = await run('env; pwd; exec 2>/dev/null; echo more > written');
  delete process.env['ALTSMITH_TEST_SECRET'];
  expect(output).not.toContain('secret');
  expect(output).toContain(folder);
  expect(readFileSync(path.join(folder, 'written'), 'utf8')).toBe('');
});

test.each([
  ['sleeps for ever', 'exec sleep 1000', { wallMs: 300 }, 'time'],
  ['computes for ever', 'while :; do :; done', { cpuSeconds: 1 }, 'time'],
  ['prints for ever', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done', { outputBytes: 10_000 }, 'output'],
])('one that %s is stopped', async (_what, script, bounds, stopped) => {
  expect(await run(script, bounds)).toMatchObject({ stopped });
});

test('one that wants more memory than it may have does not get it', async () => {
  const script = `exec ${process.execPath} -e "Buffer.alloc(1e9, 1); console.log('has it')"`;
  expect((await run(script, { memoryBytes: 200_000_000 })).output).not.toContain('has it');
});

test('the caller can stop it, before and meanwhile', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  expect(await run('exec sleep 1000', {}, abort.signal)).toMatchObject({ stopped: 'aborted' });
  expect(await run('echo ran', {}, abort.signal)).toMatchObject({ stopped: 'aborted', output: '' });
});

test('a reader that fails ends it, and is heard', async () => {
  const job = runConfined({
    ...{ command: ['/bin/sh', '-c', 'while :; do echo a; done'], confinement: [], folder, bounds: BOUNDS },
    readers: [() => Promise.reject(new Error('full'))],
  });
  await expect(job).rejects.toThrow('full');
});

test('it reaches no address, where the system lets us take the network away', async () => {
  const { decoder } = await readingIn(folder);
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connect = `require('net').connect(${port}, '127.0.0.1').on('error', () => 0)`;
  await runConfined({
    ...{ command: [process.execPath, '-e', connect], confinement: decoder.confinement, folder, readers: [] },
    bounds: { ...BOUNDS, memoryBytes: 64_000_000_000 },
  });
  server.close();
  const isPossible = decoder.confinement.includes('--net');
  expect(connections).toBe(isPossible ? 0 : 1);
});

test('it ends with the process that started it, however that ends', async () => {
  const { decoder } = await readingIn(folder);
  const isTied = decoder.confinement.includes('--pdeathsig');
  const module = path.resolve(__dirname, '../../../build/server/video/confined-process.js');
  // Without the program that ties them it is the limit of processor time.
  const job = {
    ...{ command: ['/bin/sh', '-c', isTied ? 'echo $$; exec sleep 1000' : 'echo $$; while :; do :; done'] },
    ...{ confinement: decoder.confinement, folder, bounds: { ...BOUNDS, cpuSeconds: 1 } },
  };
  const print = 'async (chunks) => { for await (const chunk of chunks) process.stdout.write(chunk); }';
  const parent = spawn(process.execPath, [
    '-e',
    `require(${JSON.stringify(module)}).runConfined({ ...${JSON.stringify(job)}, readers: [${print}] })`,
  ]);
  let output = '';
  parent.stdout.on('data', (chunk) => (output += String(chunk)));
  await waitFor('the number of the child', () => output.endsWith('\n'));
  const child = Number(output);
  expect(isAlive(child)).toBe(true);
  parent.kill('SIGKILL');
  await waitFor('the end of the child', () => !isAlive(child));
});

test('without ffmpeg, or without its ffprobe, one sentence says so', async () => {
  const missing = expect.objectContaining({ code: 'VIDEO_DECODER_MISSING' }) as Error;
  await expect(findDecoder({ ffmpeg: null, folders: [folder], maxBytes: 1 })).rejects.toThrow(missing);
  const ffmpeg = path.join(folder, 'ffmpeg');
  symlinkSync('/bin/sh', ffmpeg);
  await expect(findDecoder({ ffmpeg, folders: [folder], maxBytes: 1 })).rejects.toThrow(missing);
  symlinkSync('/bin/sh', path.join(folder, 'ffprobe'));
  expect(await findDecoder({ ffmpeg, folders: [], maxBytes: 1 })).toMatchObject({ ffmpeg });
});
