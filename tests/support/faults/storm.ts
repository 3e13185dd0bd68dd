import { setTimeout as pause } from 'node:timers/promises';
import { makeKey } from '../admin-key';
import { childrenOf, isAlive } from '../process-life';
import { seededRandom } from '../seeded-random';
import { QUICK_SERVE, SidecarProcess } from '../sidecar-process';
import { waitFor } from '../wait-for';
import { quickWorker, WorkerProcess } from '../worker-process';
import { audit, type Audit } from './audit';
import { Clients, type ClientOptions } from './clients';

/** `quick`: worker processes with a stand-in for the model. `mini`: the real ones. */
export type Engine = 'quick' | 'mini';

export interface Storm {
  readonly seed: number;
  readonly kills: number;
  readonly engine: Engine;
  /** Kills go on until there are as many jobs. */
  readonly leastJobs?: number;
  /** Settings beside the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Workers beside the sidecar, which then has none of its own: how many, and their settings. */
  readonly elsewhere?: { readonly count: number; readonly env: Readonly<Record<string, string>> };
}

/** The figures of a storm, as `npm run test:faults` prints them. */
export interface StormReport extends Audit {
  readonly storm: string;
  readonly engine: Engine;
  readonly seed: number;
  readonly kills: number;
  /** Requests without an answer that were sent again. */
  readonly repeats: number;
  /** Longest wait for the answer to a new job, milliseconds. */
  readonly slowest_ms: number;
  readonly orphans: number;
  readonly seconds: number;
}

/** What is blown about: a running sidecar, its clients, and the dice. */
export interface Scene {
  readonly sidecar: SidecarProcess;
  readonly clients: Clients;
  /** The workers beside the sidecar. */
  readonly workers: readonly WorkerProcess[];
  readonly random: () => number;
  /** Kills a process and counts it. */
  readonly kill: (pid: number) => void;
  readonly killed: () => number;
}

const LOAD: Readonly<Record<Engine, ClientOptions>> = {
  quick: { count: 6, pauseMs: 60, size: { width: 64, height: 48 } },
  mini: { count: 2, pauseMs: 150, size: { width: 320, height: 240 } },
};

/**
 * Runs `blow` against a sidecar under load, lets the dust settle, stops the sidecar as an operator does, and audits
 * what is left.
 */
export async function runStorm(
  storm: Storm & { readonly name: string },
  blow: (scene: Scene) => Promise<void>,
): Promise<StormReport> {
  const { name, seed, engine } = storm;
  const started = performance.now();
  const { elsewhere } = storm;
  const env = {
    ALTSMITH_LOG_LEVEL: 'error',
    ALTSMITH_WORKERS: elsewhere === undefined ? '2' : '0',
    ALTSMITH_THREADS: '1',
    ...storm.env,
  };
  const sidecar = await SidecarProcess.start(env, ...(engine === 'quick' ? [QUICK_SERVE] : []));
  const workers: WorkerProcess[] = [];
  const pids = new Set<number>();
  const watch = setInterval(() => childrenOf(sidecar.pid).forEach((pid) => pids.add(pid)), 20);
  let killed = 0;
  const kill = (pid: number) => {
    process.kill(pid, 'SIGKILL');
    killed += 1;
  };
  try {
    for (let made = 0; made < (elsewhere?.count ?? 0); made += 1)
      workers.push(await startElsewhere(sidecar, `elsewhere-${made}`, elsewhere?.env ?? {}));
    const clients = new Clients(sidecar, LOAD[engine]);
    await blow({ sidecar, clients, workers, random: seededRandom(seed), kill, killed: () => killed });
    const ledger = await clients.stop();
    await waitFor('every job to end', () => isDrained(sidecar), { timeoutMs: 300_000 });
    clearInterval(watch);
    for (const worker of workers) {
      const code = await worker.stop();
      if (code !== 0)
        ledger.broken.push(`a worker elsewhere ended with ${String(code)}: ${worker.output.slice(-1500)}`);
    }
    await sidecar.stop();
    const orphans = [...pids].filter(isAlive).length;
    const seconds = Math.round((performance.now() - started) / 1000);
    const { repeats } = ledger;
    const slowest_ms = Math.round(ledger.slowestMs);
    const found = audit(sidecar.dataDir, ledger);
    return { storm: name, engine, seed, kills: killed, repeats, slowest_ms, orphans, seconds, ...found };
  } finally {
    clearInterval(watch);
    for (const worker of workers) await worker.remove();
    await sidecar.remove();
  }
}

async function startElsewhere(
  sidecar: SidecarProcess,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<WorkerProcess> {
  const key = makeKey(sidecar.dataDir, 'worker');
  const settings = { ALTSMITH_WORKERS: '2', ...env };
  return WorkerProcess.start(name, { url: sidecar.url, key, env: settings, program: quickWorker('worker-30ms') });
}

/** True once no job waits or runs. */
export async function isDrained(sidecar: SidecarProcess): Promise<boolean> {
  const { queue } = (await sidecar.call('GET', '/v1/status')).body;
  return queue.waiting === 0 && queue.running === 0;
}

/** Share of the kills of the API that meet it while it starts, and how long a start takes at most. */
const DURING_START = 0.2;
const START_MS = 800;
/** From the first answer to the kill, at most. */
const LATEST_KILL_MS = 600;

/**
 * `kill -9` of the process that serves HTTP, in the middle of requests, of jobs, and of its own start. Every second kill
 * waits for a job that was acknowledged since the one before, so that a slow machine has jobs to lose as well.
 */
export function killApi(storm: Storm): Promise<StormReport> {
  // The real model takes a moment to load, and is to be met at work.
  const door = storm.engine === 'mini' ? 'readyz' : 'livez';
  return runStorm({ ...storm, name: 'api' }, async ({ sidecar, clients, random, kill, killed }) => {
    let acknowledged = 0;
    while (killed() < storm.kills) {
      if (random() < DURING_START) await pause(random() * START_MS);
      else {
        await waitFor('an answer', async () => (await fetch(`${sidecar.url}/${door}`)).ok, {
          everyMs: 10,
          timeoutMs: 60_000,
        });
        if (killed() % 2 === 1)
          await waitFor('a new job', () => clients.ledger.acknowledged.size > acknowledged, { timeoutMs: 60_000 });
        acknowledged = clients.ledger.acknowledged.size;
        await pause(random() * LATEST_KILL_MS);
      }
      if (sidecar.pid !== null) kill(sidecar.pid);
      await sidecar.stop('SIGKILL');
      sidecar.launch();
    }
    await sidecar.ready();
  });
}

/** What an operator's stop may take. */
const STOP_MS = 20_000;

/** `stops` times SIGTERM in the middle of requests and jobs, and a new start: nothing is killed, so nothing may be interrupted. */
export function stopApi({ stops, ...storm }: Omit<Storm, 'kills'> & { readonly stops: number }): Promise<StormReport> {
  return runStorm({ ...storm, kills: 0, name: 'stop' }, async ({ sidecar, clients, random }) => {
    for (let stop = 1; stop <= stops; stop += 1) {
      await pause(random() * LATEST_KILL_MS);
      const begin = performance.now();
      const code = await sidecar.stop();
      const ms = Math.round(performance.now() - begin);
      if (code !== 0 || ms > STOP_MS) clients.ledger.broken.push(`stop ${stop}: exit code ${code} after ${ms} ms`);
      await sidecar.start();
    }
  });
}

/** From one suggestion to the next kill, at most. */
const AFTER_SUGGESTION_MS = 100;

/** Resolves with the end of the feed once the site has heard something new. */
async function news(sidecar: SidecarProcess, after: string): Promise<string> {
  const { body } = await sidecar.call('GET', `/v1/changes?limit=500&wait=25&after=${after}`);
  return body.next ?? after;
}

/**
 * `kill -9` of worker processes while they hold pictures, or load; the process that serves HTTP goes on. Each kill
 * waits for a suggestion after the one before, so that a slow machine sees as many kills in the middle of work.
 */
export function killWorkers(storm: Storm): Promise<StormReport> {
  return runStorm({ ...storm, name: 'workers' }, async ({ sidecar, clients, random, kill, killed }) => {
    const api = sidecar.pid;
    let heard = '';
    while (killed() < storm.kills || clients.ledger.acknowledged.size < (storm.leastJobs ?? 0)) {
      heard = await news(sidecar, heard);
      await pause(random() * AFTER_SUGGESTION_MS);
      const workers = childrenOf(sidecar.pid).filter(isAlive);
      const victim = workers[Math.floor(random() * workers.length)];
      if (victim !== undefined) kill(victim);
      if (sidecar.pid !== api) throw new Error(`the sidecar ended with its worker:\n${sidecar.output}`);
    }
  });
}
