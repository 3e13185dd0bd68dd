import { readFileSync } from 'node:fs';
import { LoopMeter } from '../../../support/loop-meter';
import { SERVE, SidecarProcess } from '../../../support/sidecar-process';
import { lookInside, type Figure } from '../figures';

/** No workers: the pictures of these libraries have rows and no bytes. Backups and pruning are off; they have measurements of their own. */
const QUIET = {
  ALTSMITH_LOG_LEVEL: 'info',
  ALTSMITH_SITE_RATE: '10000',
  ALTSMITH_WORKERS: '0',
  ALTSMITH_BACKUPS: 'off',
  ALTSMITH_KEEP_HISTORY_DAYS: '36500',
  ALTSMITH_KEEP_THUMBNAILS_DAYS: '36500',
};

/** Longest wait for a start: a database that another program wrote is read as a whole. */
const PREPARED_MS = 900_000;

/** A sidecar with a data folder, whose event loop is measured. */
export interface Watched {
  readonly sidecar: SidecarProcess;
  readonly meter: LoopMeter;
}

/** Starts one that is ready. `env` changes settings. */
export async function watch(root: string, dataDir: string, env: Record<string, string> = {}): Promise<Watched> {
  const meter = new LoopMeter();
  const settings = { ...QUIET, ...meter.env, ALTSMITH_DATA_DIR: dataDir, ...env };
  const sidecar = await SidecarProcess.create(settings, [...LoopMeter.preload(root), ...SERVE]);
  sidecar.launch();
  await sidecar.ready(PREPARED_MS);
  return { sidecar, meter };
}

/** Stops the sidecar and removes its meter. */
export async function endWatch({ sidecar, meter }: Watched): Promise<void> {
  await sidecar.stop();
  meter.remove();
}

/** Processor time of the thread that the event loop of a process runs in. */
export function loopProcessorMs({ sidecar }: Watched): number {
  const { pid } = sidecar;
  if (pid === null) throw new Error('the sidecar has ended');
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** How long the event loop was held while `work` went on. `metricsKey` may read /metrics. */
export async function measureLoop(
  watched: Watched,
  { name, metricsKey }: { readonly name: string; readonly metricsKey: string },
  work: () => Promise<unknown>,
): Promise<Figure[]> {
  const { sidecar, meter } = watched;
  // This call begins a new measurement.
  await lookInside(sidecar, metricsKey);
  await meter.begin(sidecar.pid);
  await work();
  const longest = meter.longestMs;
  const { loopDelayMs } = await lookInside(sidecar, metricsKey);
  return [
    { name: `event-loop delay during ${name}, p99`, value: loopDelayMs, unit: 'ms', most: 50 },
    { name: `longest turn during ${name}, by processor time`, value: longest, unit: 'ms' },
  ];
}

/** Resolves to the body of an answer. */
export type Ask = (query: string) => Promise<any>;

/** GET with the key of a site. Rejects unless it is answered. */
export function asker({ url }: { readonly url: string }, key: string): Ask {
  return async (query) => {
    const answer = await fetch(url + query, { headers: { authorization: `Bearer ${key}` } });
    const body: unknown = JSON.parse(await answer.text());
    if (!answer.ok) throw new Error(`${query}: ${answer.status} ${JSON.stringify(body)}`);
    return body;
  };
}
