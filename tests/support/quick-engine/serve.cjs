'use strict';
// node serve.cjs WORKER_FILE: the whole sidecar as `altsmith serve` runs it, but for the program of its worker processes.
const path = require('node:path');
const build = path.resolve(__dirname, '../../../build/server');
const { readConfig } = require(path.join(build, 'config.js'));
const { startSidecar } = require(path.join(build, 'main.js'));
const { WorkerPool } = require(path.join(build, 'captioning/worker-pool.js'));
const { startUnlessStopped, stopRequested } = require(path.join(build, 'cli/serve.js'));

async function main(workerFile) {
  const config = readConfig(process.env);
  const { workers, maxPixels } = config;
  const engine = new WorkerPool({ modelFolder: __dirname, workers: workers ?? 2, threads: 1, maxPixels, workerFile });
  const asked = stopRequested();
  const sidecar = await startUnlessStopped(asked, (signal) => startSidecar(config, { engine, signal }));
  if (sidecar === null) process.exit(0);
  await asked;
  await sidecar.close();
  process.exit(0);
}

main(path.resolve(process.argv[2]));
