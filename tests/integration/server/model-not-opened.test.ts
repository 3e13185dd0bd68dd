import path from 'node:path';
import { WorkerPool } from '../../../server/captioning/worker-pool';

test('that the model cannot be opened says nothing final about a picture', async () => {
  const workerFile = path.resolve(__dirname, '../../support/quick-engine/worker-unreadable.cjs');
  const pool = new WorkerPool({ modelFolder: __dirname, threads: 1, maxPixels: 1000, workerFile });
  try {
    await pool.start();
    expect(pool.state().problem).toMatchObject({ code: 'FILE_UNREADABLE' });
    const error = { code: 'MODEL_UNAVAILABLE', retryable: true };
    await expect(pool.run({ imagePath: __filename, options: {} })).rejects.toMatchObject(error);
  } finally {
    await pool.stop();
  }
}, 30_000);
