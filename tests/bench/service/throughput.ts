import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { SUGGESTION_SETTINGS } from '../../../server/captioning/settings';
import type { SampleImage } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { residentMegabytes, standardError, sum, type Bench } from './figures';
import { photographs, variant } from './pictures';

/** `mini`, or a folder with another model, from BENCH_MODEL. */
const MODEL = process.env['BENCH_MODEL'] ?? 'mini';
/** Turns of each side. One alone says little: on a machine that others use they lie 10 % apart. */
const ROUNDS = MODEL === 'mini' ? 12 : 8;
/** A turn: 5 to 15 seconds. */
const PICTURES = MODEL === 'mini' ? 80 : 20;
/** Between two looks at whether the run has ended. */
const LOOK_MS = 2000;
const WORKERS = 2;

/** Captions a second, all turns together: the worker pool alone against the whole service with the same workers, taking turns. */
export const throughput: Bench = async (root) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-bench-'));
  const base = await photographs(root, 60_000);
  const pool = new WorkerPool({
    modelFolder: MODEL === 'mini' ? path.join(root, 'models/mini') : MODEL,
    workers: WORKERS,
    threads: 1,
    maxPixels: 5e7,
    workerFile: path.join(root, 'build/server/captioning/worker-process.js'),
  });
  const sidecar = await SidecarProcess.start({
    ALTSMITH_MODEL: MODEL,
    ALTSMITH_WORKERS: String(WORKERS),
    ALTSMITH_THREADS: '1',
    ALTSMITH_LOG_LEVEL: 'warn',
  });
  let number = 0;
  const fresh = () =>
    Array.from({ length: PICTURES }, () => variant(base[number % base.length] ?? Buffer.alloc(0), (number += 1)));
  /** Seconds of the turns. */
  const bare: number[] = [];
  const queued: number[] = [];
  try {
    await pool.start();
    await waitFor('both workers', () => pool.workerPids().length === WORKERS);
    await alone(pool, folder, fresh());
    await throughQueue(sidecar, fresh());
    for (let round = 0; round < ROUNDS; round += 1) {
      const turns = [
        async () => bare.push(await alone(pool, folder, fresh())),
        async () => queued.push(await throughQueue(sidecar, fresh())),
      ];
      // Each goes first every other time: what one leaves to be written to the disk falls on the other.
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    const share = (100 * sum(bare)) / sum(queued);
    return [
      { name: 'captions, the workers alone', value: (ROUNDS * PICTURES) / sum(bare), unit: '1/s' },
      { name: 'captions, through queue and review', value: (ROUNDS * PICTURES) / sum(queued), unit: '1/s' },
      { name: 'with the queue, of the workers alone', value: share, unit: '%', least: 97 },
      { name: 'standard error of that', value: standardError(bare.map((s, n) => (100 * s) / queued[n]!)), unit: '%' },
      { name: 'API process', value: residentMegabytes(sidecar.pid), unit: 'MB', most: 150 },
    ];
  } finally {
    await pool.stop();
    await sidecar.stop('SIGKILL');
    await sidecar.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The same requests that jobs make, thumbnails included. Seconds that they take. */
async function alone(pool: WorkerPool, folder: string, images: readonly SampleImage[]): Promise<number> {
  const files = images.map(({ sha256, bytes }) => {
    const file = path.join(folder, sha256);
    writeFileSync(file, bytes);
    return file;
  });
  const started = performance.now();
  const left = [...files];
  const worker = async () => {
    for (let imagePath = left.shift(); imagePath !== undefined; imagePath = left.shift()) {
      await pool.run({ imagePath, options: SUGGESTION_SETTINGS, thumbnailPath: `${imagePath}.webp` });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return (performance.now() - started) / 1000;
}

/** All jobs wait in a paused run; from when it goes on until its last job has ended. Seconds. */
async function throughQueue(sidecar: SidecarProcess, images: readonly SampleImage[]): Promise<number> {
  const { run } = (await sidecar.call('POST', '/v1/runs', { name: 'bench' })).body;
  await sidecar.call('POST', `/v1/runs/${run.id}/pause`);
  for (const { sha256, bytes } of images) {
    await sidecar.call('PUT', `/v1/images/${sha256}`, bytes);
    await sidecar.call('POST', '/v1/jobs', {
      image_sha256: sha256,
      subject: { type: 'attachment', id: sha256.slice(0, 20) },
      priority: 'backfill',
      run_id: run.id,
    });
  }
  await sidecar.call('POST', `/v1/runs/${run.id}/resume`);
  const started = Date.now();
  for (;;) {
    // Seldom, because whoever looks takes a part of the two cores that the workers have to themselves in the other half.
    await pause(LOOK_MS);
    const { items } = (await sidecar.call('GET', `/v1/jobs?run_id=${run.id}&limit=200`)).body;
    const ends = (items as { finished_at: string | null }[]).map(({ finished_at }) => finished_at);
    if (ends.every((end) => end !== null)) {
      return (Math.max(...ends.map((end) => Date.parse(end))) - started) / 1000;
    }
  }
}
