import { setTimeout as pause } from 'node:timers/promises';
import { SidecarProcess } from '../../support/sidecar-process';
import { lookInside, quantile, residentMegabytes, type Bench } from './figures';
import { photographs, variant } from './pictures';

const BYTES = 200_000;
const PER_SECOND = 50;
const SECONDS = 40;
/** Jobs that wait before the clock starts, so that both workers caption all the time. */
const AHEAD = 60;

/** How long a client waits for a picture and its job to be stored, while both cores caption. */
export const accept: Bench = async (root) => {
  const base = await photographs(root, BYTES);
  const sidecar = await SidecarProcess.start({
    ALTSMITH_WORKERS: '2',
    ALTSMITH_THREADS: '1',
    ALTSMITH_LOG_LEVEL: 'warn',
  });
  const puts: number[] = [];
  const posts: number[] = [];
  const both: number[] = [];
  async function submit(number: number, measured: boolean): Promise<void> {
    const image = variant(base[number % base.length] ?? Buffer.alloc(0), number, BYTES);
    const started = performance.now();
    const put = await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
    const stored = performance.now();
    const subject = { type: 'attachment', id: String(number) };
    const post = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    if (put.status !== 201 || post.status !== 202) throw new Error(`not accepted: ${put.status} ${post.status}`);
    if (!measured) return;
    const ended = performance.now();
    puts.push(stored - started);
    posts.push(ended - stored);
    both.push(ended - started);
  }
  try {
    for (let number = 0; number < AHEAD; number += 1) await submit(number, false);
    const before = await lookInside(sidecar);
    const begin = performance.now();
    const open: Promise<void>[] = [];
    // By the clock and not one after the other: a slow answer does not make the next client come later.
    for (let turn = 0; turn < PER_SECOND * SECONDS; turn += 1) {
      await pause(Math.max(0, begin + (turn * 1000) / PER_SECOND - performance.now()));
      open.push(submit(AHEAD + turn, true));
    }
    await Promise.all(open);
    const seconds = (performance.now() - begin) / 1000;
    const after = await lookInside(sidecar);
    const captions = after.jobsDone - before.jobsDone;
    return [
      { name: `PUT + POST, 200 kB, ${PER_SECOND} a second, median`, value: quantile(both, 0.5), unit: 'ms' },
      { name: `PUT + POST, 200 kB, ${PER_SECOND} a second, p99`, value: quantile(both, 0.99), unit: 'ms', most: 60 },
      { name: 'of it PUT, p99', value: quantile(puts, 0.99), unit: 'ms' },
      { name: 'of it POST, p99', value: quantile(posts, 0.99), unit: 'ms' },
      { name: 'accepted a second', value: both.length / seconds, unit: '1/s' },
      { name: 'captions meanwhile', value: captions / seconds, unit: '1/s' },
      { name: 'event-loop delay meanwhile, p99', value: after.loopDelayMs, unit: 'ms', most: 50 },
      { name: 'API process meanwhile', value: residentMegabytes(sidecar.pid), unit: 'MB', most: 150 },
    ];
  } finally {
    await sidecar.stop('SIGKILL');
    await sidecar.remove();
  }
};
