'use strict';
// A parent of worker processes that is meant to be killed: prints the workers' process ids, then keeps them busy for ever.
const path = require('node:path');
const root = path.resolve(__dirname, '../../..');
const { WorkerPool } = require(path.join(root, 'build/server/captioning/worker-pool.js'));

async function main() {
  const modelFolder = path.join(root, 'models/mini');
  const pool = new WorkerPool({ modelFolder, maxPixels: 50_000_000, workers: 2, threads: 1 });
  await pool.start();
  while (pool.workerPids().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  process.stdout.write(`${JSON.stringify(pool.workerPids())}\n`);
  const imagePath = path.join(root, 'tests/fixtures/images/cat.jpg');
  for (;;) await Promise.all([1, 2].map(() => pool.run({ imagePath, options: {} })));
}

main();
