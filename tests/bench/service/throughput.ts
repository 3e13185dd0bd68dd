import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { SUGGESTION_SETTINGS } from '../../../server/captioning/settings';
import type { SampleImage } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { median, residentMegabytes, type Bench } from './figures';
import { photographs, variant } from './pictures';

const ROUNDS = 5;
/** `mini`, or a folder with another model, from BENCH_MODEL. */
const MODEL = process.env['BENCH_MODEL'] ?? 'mini';
/** A turn: some seconds with either. */
const PICTURES = MODEL === 'mini' ? 80 : 20;
/** Between two looks at whether the run has ended. */
const LOOK_MS = 2000;
const WORKERS = 2;

/** Captions a second: the worker pool alone against the whole service with the same workers, taking turns. */
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
    return [
      { name: 'captions, the workers alone', value: median(bare), unit: '1/s' },
      { name: 'captions, through queue and review', value: median(queued), unit: '1/s' },
      {
        name: 'with the queue, of the workers alone',
        value: (100 * median(queued)) / median(bare),
        unit: '%',
        least: 97,
      },
      { name: 'API process', value: residentMegabytes(sidecar.pid), unit: 'MB', most: 150 },
    ];
  } finally {
    await pool.stop();
    await sidecar.stop('SIGKILL');
    await sidecar.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The same requests that jobs make, thumbnails included. Captions a second. */
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
  return (1000 * images.length) / (performance.now() - started);
}

/** All jobs wait in a paused run; from when it goes on until its last job has ended. Captions a second. */
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
      return (1000 * images.length) / (Math.max(...ends.map((end) => Date.parse(end))) - started);
    }
  }
}
