import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { SUGGESTION_SETTINGS } from '../../../server/captioning/settings';
import { readConfig } from '../../../server/config';
import { startSidecar } from '../../../server/main';
import type { SampleImage } from '../../support/sample-image';
import { waitFor } from '../../support/wait-for';
import { standardError, sum, type Bench } from './figures';
import { photographs, variant } from './pictures';

/** `mini`, or a folder with another model, from BENCH_MODEL. */
const MODEL = process.env['BENCH_MODEL'] ?? 'mini';
/** Turns of each side. One alone says little: on a machine that others use they lie 10 % apart. */
const ROUNDS = 16;
/** A turn: 4 to 10 seconds, so that what else goes on falls on both sides alike. */
const PICTURES = MODEL === 'mini' ? 60 : 12;
/** Between two looks at whether the run has ended. */
const LOOK_MS = 2000;
const WORKERS = 2;

/**
 * Captions a second, all turns together: the worker pool asked directly against the whole service, taking turns. The service runs
 * in this process, so that both have the very same workers: two processes with one model differ by some per cent for good.
 */
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
  const dataDir = path.join(folder, 'data');
  const config = readConfig({ ALTSMITH_PORT: '0', ALTSMITH_DATA_DIR: dataDir });
  const sidecar = await startSidecar(config, { engine: pool, logger: pino({ level: 'warn' }) });
  const key = readFileSync(path.join(dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1);
  const call = caller(sidecar.url, key ?? '');
  let number = 0;
  const fresh = () =>
    Array.from({ length: PICTURES }, () => variant(base[number % base.length] ?? Buffer.alloc(0), (number += 1)));
  /** Seconds of the turns. */
  const bare: number[] = [];
  const queued: number[] = [];
  try {
    await waitFor('both workers', () => pool.workerPids().length === WORKERS, { timeoutMs: 60_000 });
    await alone(pool, folder, fresh());
    await throughQueue(call, fresh());
    for (let round = 0; round < ROUNDS; round += 1) {
      const turns = [
        async () => bare.push(await alone(pool, folder, fresh())),
        async () => queued.push(await throughQueue(call, fresh())),
      ];
      // Each goes first every other time: what one leaves to be written to the disk falls on the other.
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    const share = (100 * sum(bare)) / sum(queued);
    return [
      { name: 'captions, the workers alone', value: (ROUNDS * PICTURES) / sum(bare), unit: '1/s' },
      { name: 'captions, through queue and review', value: (ROUNDS * PICTURES) / sum(queued), unit: '1/s' },
      { name: 'with the queue, of the workers alone', value: share, unit: '%', least: 97 },
      {
        name: 'standard error of that',
        value: standardError(bare.map((seconds, round) => (100 * seconds) / (queued[round] ?? NaN))),
        unit: '%',
      },
    ];
  } finally {
    await sidecar.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

type Call = (method: string, route: string, body?: object) => Promise<any>;

/** Asks the service over HTTP, as a site does; an object is sent as JSON, bytes as they are. */
function caller(url: string, key: string): Call {
  return async (method, route, body) => {
    const isBytes = body instanceof Uint8Array;
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': `application/${isBytes ? 'octet-stream' : 'json'}`,
    };
    const sent = body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) };
    const answer = await fetch(url + route, { method, headers, ...sent });
    if (!answer.ok) throw new Error(`${method} ${route}: ${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  };
}

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
async function throughQueue(call: Call, images: readonly SampleImage[]): Promise<number> {
  const { run } = await call('POST', '/v1/runs', { name: 'bench' });
  await call('POST', `/v1/runs/${run.id}/pause`);
  for (const { sha256, bytes } of images) {
    await call('PUT', `/v1/images/${sha256}`, bytes);
    await call('POST', '/v1/jobs', {
      image_sha256: sha256,
      subject: { type: 'attachment', id: sha256.slice(0, 20) },
      priority: 'backfill',
      run_id: run.id,
    });
  }
  await call('POST', `/v1/runs/${run.id}/resume`);
  const started = Date.now();
  for (;;) {
    // Seldom, because whoever looks takes a part of the two cores that the workers have to themselves in the other half.
    await pause(LOOK_MS);
    const { items } = await call('GET', `/v1/jobs?run_id=${run.id}&limit=200`);
    const ends = (items as { finished_at: string | null }[]).map(({ finished_at }) => finished_at);
    if (ends.every((end) => end !== null)) {
      return (Math.max(...ends.map((end) => Date.parse(end))) - started) / 1000;
    }
  }
}
