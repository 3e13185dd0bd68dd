import { setTimeout as pause } from 'node:timers/promises';
import { samplePng } from '../../support/sample-image';
import { QUICK_SERVE, SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { isDrained } from '../../support/faults/storm';
import { lookInside, residentMegabytes, slopeOf, type Bench } from './figures';

const JOBS = 10_000;
/** Left out of the slope: the first thousand jobs fill caches and let the compiler settle. */
const WARM_UP = 1000;
const CLIENTS = 4;
const LOOK_MS = 250;

/** 10,000 jobs from picture to suggestion, as fast as the API process can, with worker processes that take 0 to 30 ms. */
export const longRun: Bench = async () => {
  const sidecar = await SidecarProcess.start({ ALTSMITH_LOG_LEVEL: 'warn', ALTSMITH_WORKERS: '4' }, QUICK_SERVE);
  let next = 0;
  let accepted = 0;
  const points: [jobs: number, megabytes: number][] = [];
  async function client(): Promise<void> {
    while (next < JOBS) {
      next += 1;
      const number = next;
      const image = samplePng(number);
      await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      const subject = { type: 'attachment', id: String(number) };
      const { status } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
      if (status !== 202) throw new Error(`not accepted: ${status}`);
      accepted += 1;
    }
  }
  let isRunning = true;
  async function watch(): Promise<void> {
    while (isRunning) {
      points.push([accepted, residentMegabytes(sidecar.pid)]);
      await pause(LOOK_MS);
    }
  }
  try {
    await lookInside(sidecar);
    const started = performance.now();
    const watching = watch();
    await Promise.all(Array.from({ length: CLIENTS }, client));
    await waitFor('every job to end', () => isDrained(sidecar), { timeoutMs: 300_000 });
    isRunning = false;
    await watching;
    const seconds = (performance.now() - started) / 1000;
    const steady = points.filter(([jobs]) => jobs >= WARM_UP && jobs < JOBS);
    return [
      { name: '10,000 jobs from picture to suggestion', value: seconds, unit: 's' },
      {
        name: 'API process, most',
        value: Math.max(...points.map(([, megabytes]) => megabytes)),
        unit: 'MB',
        most: 250,
      },
      { name: 'API process, slope', value: slopeOf(steady) * 100, unit: 'MB/100 jobs', most: 1 },
      { name: 'event-loop delay, p99', value: (await lookInside(sidecar)).loopDelayMs, unit: 'ms', most: 50 },
    ];
  } finally {
    isRunning = false;
    await sidecar.stop('SIGKILL');
    await sidecar.remove();
  }
};
