'use strict';
// node remote.cjs WORKER_FILE: `altsmith worker` but for the program of its worker processes. NAME and PORT come by environment.
const path = require('node:path');
const build = path.resolve(__dirname, '../../../build/server');
const { readConfig } = require(path.join(build, 'config.js'));
const { createLogger } = require(path.join(build, 'logger.js'));
const { WorkerPool } = require(path.join(build, 'captioning/worker-pool.js'));
const { startRemoteWorker } = require(path.join(build, 'composition/remote-worker.js'));
const { stopRequested } = require(path.join(build, 'cli/serve.js'));

async function main(workerFile) {
  const config = readConfig(process.env);
  const { workers, maxPixels, pictureSeconds } = config;
  const engine = new WorkerPool({
    modelFolder: __dirname,
    workers: workers ?? 1,
    threads: 1,
    maxPixels,
    workerFile,
    deadlineMs: pictureSeconds * 1000,
  });
  const port = process.env.PORT === undefined ? null : Number(process.env.PORT);
  const options = { api: config.workerApi, key: config.workerKey, name: process.env.NAME, port, engine };
  const stop = await startRemoteWorker(config, options, createLogger(config.logLevel));
  await stopRequested();
  await stop();
  process.exit(0);
}

main(path.resolve(process.argv[2]));
