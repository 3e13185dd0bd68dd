import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { measureGrowth } from '../../support/captioning/memory-slope';

const ROOT = path.resolve(__dirname, '../../..');
const WORKER = path.join(ROOT, 'build/server/captioning/worker-process.js');

// tests/bench/worker-memory.cjs does the same with 500 larger pictures, and tests/nightly/engine.test.ts with the other architectures.
(existsSync('/proc/self/status') ? test : test.skip)(
  'a worker’s memory grows by less than 0.2 MB a caption over 300 different pictures',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-memory-'));
    const pool = new WorkerPool({ modelFolder: path.join(ROOT, 'models/mini'), maxPixels: 5e7, workerFile: WORKER });
    try {
      const script = path.join(ROOT, 'tests/support/captioning/crop-pictures.cjs');
      execFileSync(process.execPath, [script, folder, '300', 'small']);
      await pool.start();
      const files = readdirSync(folder).map((name) => path.join(folder, name));
      const { slope, peak } = await measureGrowth(pool, files);
      expect(slope).toBeLessThan(0.2);
      expect(peak).toBeLessThan(560);
    } finally {
      await pool.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
