import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkerPool } from '../../server/captioning/worker-pool';
import { AppError } from '../../server/errors';
import { killWorkers, WORKER } from '../support/captioning/kill-workers';
import { measureGrowth } from '../support/captioning/memory-slope';
import { makeCorpus } from '../support/hostile-images/corpus';
import { ARCHITECTURES, convertTiny } from '../support/models/tiny-model';

// What the suite shows with `mini` or with a few kills, with every architecture, on tiny models of random weights.

let scratch: string;
beforeAll(() => (scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-nightly-'))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const poolOf = (modelFolder: string, workers: number) =>
  new WorkerPool({ modelFolder, maxPixels: 5e7, workers, threads: 1, workerFile: WORKER });

test('workers of mini are killed fifty times: each request ends with a caption or is told of the crash', async () => {
  await killWorkers(path.resolve(__dirname, '../../models/mini'), 50);
}, 1_200_000);

test.each(ARCHITECTURES)(
  'workers of a %s are killed fifty times: each request ends with a caption or is told of the crash',
  async (architecture) => {
    await killWorkers(await convertTiny(scratch, architecture), 50);
  },
  1_200_000,
);

(existsSync('/proc/self/status') ? test : test.skip).each(ARCHITECTURES)(
  'a worker of a %s grows by less than 0.2 MB a caption over 300 different pictures',
  async (architecture) => {
    const pictures = mkdtempSync(path.join(scratch, 'pictures-'));
    const script = path.resolve(__dirname, '../support/captioning/crop-pictures.cjs');
    execFileSync(process.execPath, [script, pictures, '300', 'small']);
    const pool = poolOf(await convertTiny(scratch, architecture), 1);
    try {
      await pool.start();
      const { slope } = await measureGrowth(
        pool,
        readdirSync(pictures).map((name) => path.join(pictures, name)),
      );
      expect(slope).toBeLessThan(0.2);
    } finally {
      await pool.stop();
    }
  },
  600_000,
);

test.each(ARCHITECTURES)(
  'every hostile picture ends in a caption or an error of its own with a %s',
  async (architecture) => {
    const corpus = makeCorpus();
    const pool = poolOf(await convertTiny(scratch, architecture), 2);
    try {
      await pool.start();
      const endings = new Map<string, number>();
      for (const entry of corpus.entries) {
        const imagePath = path.join(scratch, 'hostile');
        writeFileSync(imagePath, corpus.read(entry));
        const ending = await pool.run({ imagePath, options: { keepWordless: true } }).then(
          () => 'caption',
          (error: unknown) => (error instanceof AppError ? error.code : String(error)),
        );
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
      expect(endings.get('caption')).toBeGreaterThan(10);
      for (const bad of ['INTERNAL', 'DECODE_CRASHED', 'CAPTION_TIMEOUT']) expect(endings.get(bad) ?? 0).toBe(0);
    } finally {
      await pool.stop();
      corpus.remove();
    }
  },
  600_000,
);
