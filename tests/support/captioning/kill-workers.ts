import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { AppError } from '../../../server/errors';
import { isAlive } from '../process-life';
import { waitFor } from '../wait-for';

const ROOT = path.resolve(__dirname, '../../..');
export const WORKER = path.join(ROOT, 'build/server/captioning/worker-process.js');
export const PHOTOGRAPHS = readdirSync(path.join(ROOT, 'tests/fixtures/images')).map((name) =>
  path.join(ROOT, 'tests/fixtures/images', name),
);
/** Random weights may say nothing but special tokens. */
const WISH = { keepWordless: true };

/** Kills workers in the middle of captions while four clients ask for one after the other: each request has to be answered. */
export async function killWorkers(modelFolder: string, kills: number): Promise<void> {
  const pool = new WorkerPool({
    modelFolder,
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
      const ending = await pool.run({ imagePath, options: WISH }).then(
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
    const calm = await pool.run({ imagePath: PHOTOGRAPHS[0] ?? '', options: WISH });
    expect(calm.caption).not.toBeNull();
    last = pool.workerPids();
  } finally {
    stop = true;
    await pool.stop();
  }
  expect([...endings.keys()].sort()).toEqual(['DECODE_CRASHED', 'caption']);
  // Some kills hit a worker between two pictures.
  expect(endings.get('DECODE_CRASHED')).toBeGreaterThan(kills / 2);
  expect([...killed, ...last].filter(isAlive)).toEqual([]);
}
