'use strict';
// npm run build && node tests/bench/worker-memory.cjs [pictures] [model folder]
// Resident memory of a worker over 500 different pictures, the time each took, and that of loading.
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, readdirSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const ROOT = path.resolve(__dirname, '../..');
const { WorkerPool } = require(path.join(ROOT, 'build/server/captioning/worker-pool.js'));

const count = Number(process.argv[2] ?? 500);
const modelFolder = path.resolve(process.argv[3] ?? path.join(ROOT, 'models/mini'));

/** `VmRSS` now, `VmHWM` at most so far. */
function megabytesOf(pid, name) {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function slopeOf(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const rise = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  return rise / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
}

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-memory-'));
  execFileSync(process.execPath, [
    path.join(ROOT, 'tests/support/captioning/crop-pictures.cjs'),
    folder,
    String(count),
  ]);
  const pool = new WorkerPool({ modelFolder, maxPixels: 5e7 });
  try {
    const started = performance.now();
    await pool.start();
    const load = performance.now() - started;
    const memory = [];
    const times = [];
    for (const name of readdirSync(folder)) {
      const begin = performance.now();
      await pool.run({ imagePath: path.join(folder, name), options: {} });
      times.push(performance.now() - begin);
      memory.push(megabytesOf(pool.workerPids()[0], 'VmRSS'));
    }
    const steady = memory.slice(Math.floor(count / 5));
    const result = {
      cpu: os.cpus()[0].model,
      cores: os.availableParallelism(),
      model: pool.state().model,
      pictures: count,
      slope_mb_per_caption: Number(slopeOf(steady).toFixed(4)),
      first_mb: Math.round(steady[0]),
      last_mb: Math.round(steady.at(-1)),
      peak_mb: Math.round(megabytesOf(pool.workerPids()[0], 'VmHWM')),
      load_ms: Math.round(load),
      api_process_mb: Math.round(process.memoryUsage().rss / 2 ** 20),
      median_ms: Math.round([...times].sort((a, b) => a - b)[count >> 1]),
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await pool.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
