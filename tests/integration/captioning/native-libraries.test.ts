import path from 'node:path';
import type { ModelSource } from '../../../server/captioning/model-source';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { ModelServerStub } from '../../support/model-server';

const ROOT = path.resolve(__dirname, '../../..');
const CAT = path.join(ROOT, 'tests/fixtures/images/cat.jpg');
const WORKER = path.join(ROOT, 'tests/support/captioning/worker-without-koffi.cjs');

let pool: WorkerPool;
afterEach(() => pool.stop());

async function start(source: ModelSource): Promise<void> {
  pool = new WorkerPool({ ...source, maxPixels: 5e7, workerFile: WORKER });
  await pool.start();
}

describe('on a machine without the library that calls onnxruntime', () => {
  test('no model can be loaded, and the sidecar knows why', async () => {
    await start({ modelFolder: path.join(ROOT, 'models/mini') });
    const { ready, problem } = pool.state();
    expect([ready, problem?.code]).toEqual([false, 'MODEL_UNAVAILABLE']);
    expect(problem?.message).toMatch(/^The native libraries .* cannot be loaded .*koffi: invalid ELF header.*npm ci/);
    await expect(pool.run({ imagePath: CAT, options: {} })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  test('a model on another server captions all the same', async () => {
    const stub = await ModelServerStub.start();
    try {
      await start({ modelServer: { address: stub.address, model: 'big-model', key: null, timeoutMs: 5000 } });
      const { caption } = await pool.run({ imagePath: CAT, options: {} });
      expect(caption?.candidates[0].text).toBe('A red bus in front of a church.');
    } finally {
      await stub.close();
    }
  });
});
