import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { AppError } from '../../../server/errors';
import { readBlip2Cases, writeBlip2 } from '../../support/models/blip-2-cases';
import { isAlive } from '../../support/process-life';
import { waitFor } from '../../support/wait-for';

const ROOT = path.resolve(__dirname, '../../..');
const MODEL = path.join(ROOT, 'models/mini');
const WORKER = path.join(ROOT, 'build/server/captioning/worker-process.js');
const PHOTOGRAPHS = readdirSync(path.join(ROOT, 'tests/fixtures/images')).map((name) =>
  path.join(ROOT, 'tests/fixtures/images', name),
);
/** A folder with a converted model of random weights. */
async function tinyModel(write: (source: string) => void): Promise<string> {
  const folder = mkdtempSync(path.join(scratch, 'model-'));
  write(path.join(folder, 'checkpoint'));
  const target = path.join(folder, 'model');
  await convertCheckpoint({ source: path.join(folder, 'checkpoint'), target, precision: 'int8' });
  return target;
}

let scratch: string;
beforeAll(() => (scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-killed-'))));
afterAll(() => rmSync(scratch, { recursive: true }));

test.each<[string, number, () => string | Promise<string>]>([
  ['mini', 50, () => MODEL],
  ['BLIP-2', 15, () => tinyModel((source) => writeBlip2(source, readBlip2Cases()[0]!, 'bin in parts'))],
])(
  'a worker of %s killed %i times in the middle of captions costs no request its answer',
  async (_, kills, make) => {
    const pool = new WorkerPool({
      modelFolder: await make(),
      maxPixels: 5e7,
      workers: 2,
      threads: 1,
      workerFile: WORKER,
    });
    const killed = new Set<number>();
    let last: number[];
    const endings = new Map<string, number>();
    let stop = false;
    /** Asks for one caption after the other, as a job runner does. */
    async function client(start: number) {
      for (let turn = start; !stop; turn++) {
        await pause(0);
        const imagePath = PHOTOGRAPHS[turn % PHOTOGRAPHS.length] ?? '';
        const ending = await pool.run({ imagePath, options: {} }).then(
          (result) => (result.caption === null ? 'nothing' : 'caption'),
          (error: unknown) => (error instanceof AppError ? error.code : String(error)),
        );
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
    }
    try {
      await pool.start();
      const clients = [0, 1, 2, 3].map(client);
      for (let kill = 0; kill < kills; kill++) {
        const victim = await waitFor('a working worker', () => pool.workerPids().find((pid) => !killed.has(pid)), {
          timeoutMs: 60_000,
          everyMs: 5,
        });
        // At different moments: while a picture is decoded, encoded or captioned.
        await pause((kill * 7) % 60);
        process.kill(victim, 'SIGKILL');
        killed.add(victim);
      }
      stop = true;
      await Promise.all(clients);
      const calm = await pool.run({ imagePath: PHOTOGRAPHS[0] ?? '', options: {} });
      expect(calm.caption?.candidates[0].text).not.toBe('');
      last = pool.workerPids();
    } finally {
      stop = true;
      await pool.stop();
    }
    expect([...endings.keys()].sort()).toEqual(['DECODE_CRASHED', 'caption']);
    // Some kills hit a worker between two pictures.
    expect(endings.get('DECODE_CRASHED')).toBeGreaterThan(kills / 2);
    expect([...killed, ...last].filter(isAlive)).toEqual([]);
  },
  600_000,
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
