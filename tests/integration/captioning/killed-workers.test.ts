import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killWorkers } from '../../support/captioning/kill-workers';
import { ARCHITECTURES, convertTiny } from '../../support/models/tiny-model';
import { isAlive } from '../../support/process-life';
import { waitFor } from '../../support/wait-for';

const ROOT = path.resolve(__dirname, '../../..');

let scratch: string;
beforeAll(() => (scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-killed-'))));
afterAll(() => rmSync(scratch, { recursive: true }));

// tests/nightly/engine.test.ts has fifty of each.
test('workers of mini are killed twelve times: each request ends with a caption or is told of the crash', async () => {
  await killWorkers(path.join(ROOT, 'models/mini'), 12);
}, 300_000);

test.each(ARCHITECTURES)(
  'so does each while workers of a %s are killed',
  async (architecture) => {
    await killWorkers(await convertTiny(scratch, architecture), 6);
  },
  300_000,
);

test('no worker outlives a parent that is killed', async () => {
  const owner = spawn(process.execPath, [path.join(ROOT, 'tests/support/captioning/pool-owner.cjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(line.toString()) as number[];
    expect(pids.filter(isAlive)).toHaveLength(2);
    owner.kill('SIGKILL');
    await waitFor('the workers to end', () => pids.filter(isAlive).length === 0);
  } finally {
    owner.kill('SIGKILL');
  }
}, 120_000);
