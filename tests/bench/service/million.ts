import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { SUGGESTION_SORTS } from '../../../server/review/suggestion-list';
import { LeaseStore } from '../../../server/queue/lease-store';
import { KeyStore } from '../../../server/sites/key-store';
import { SiteStore } from '../../../server/sites/site-store';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { SidecarProcess } from '../../support/sidecar-process';
import { lookInside, quantile, type Bench, type Figure } from './figures';
import { fillLibrary } from './million/library';

/** BENCH_IMAGES gives another size, for the slope. */
const IMAGES = Number(process.env['BENCH_IMAGES'] ?? 1_000_000);
const BESIDE = 1000;
const CLAIMS = 200;
const LOOKS = 20;
const NO_ENDS = { failed: () => undefined, cancelled: () => undefined };
const run = promisify(execFile);

interface Library {
  readonly key: string;
  readonly runIds: readonly string[];
}

/** A site of a million images beside one of a thousand: size, start, commands, metrics, claims, and every kind of list. */
export const million: Bench = async (root) => {
  // Nobody captions: the pictures of this library have rows and no bytes.
  const env = { ALTSMITH_LOG_LEVEL: 'error', ALTSMITH_SITE_RATE: '100000', ALTSMITH_WORKERS: '0' };
  const sidecar = await SidecarProcess.start(env);
  try {
    await sidecar.stop();
    const file = path.join(sidecar.dataDir, 'altsmith.db');
    const storage = openDatabase(file);
    const filled = performance.now();
    const small = fill(storage, BESIDE);
    const large = fill(storage, IMAGES);
    const fillSeconds = (performance.now() - filled) / 1000;
    const claims = measureClaims(storage);
    storage.db.pragma('wal_checkpoint(TRUNCATE)');
    storage.close();
    const started = performance.now();
    await sidecar.start();
    const readySeconds = (performance.now() - started) / 1000;
    const commands = await times(5, () => sites(root, sidecar.dataDir));
    await lookInside(sidecar);
    const metrics = await times(LOOKS, () => lookInside(sidecar));
    return [
      { name: `generating ${IMAGES} images`, value: fillSeconds, unit: 's' },
      {
        name: 'database an image, search index included',
        value: statSync(file).size / (IMAGES + BESIDE),
        unit: 'bytes',
        most: 4000,
      },
      { name: 'start to ready', value: readySeconds, unit: 's', most: 5 },
      {
        name: 'one command (`altsmith sites list`), median',
        value: quantile(commands, 0.5) / 1000,
        unit: 's',
        most: 1,
      },
      { name: '/metrics, p95', value: quantile(metrics, 0.95), unit: 'ms', most: 50 },
      { name: 'claim, p99', value: quantile(claims, 0.99), unit: 'ms', most: 20 },
      ...(await measureLists(sidecar, large, `site of ${IMAGES}`)),
      ...(await measureLists(sidecar, small, `site of ${BESIDE}`)),
    ];
  } finally {
    await sidecar.stop('SIGKILL');
    await sidecar.remove();
  }
};

function fill(storage: Storage, images: number): Library {
  const site = new SiteStore(storage).create(`site of ${images}`);
  // The rows belong to the clients that name no instance.
  storage.db.prepare('INSERT INTO instances (site_id, number, created_at) VALUES (?, 0, 1)').run(site.id);
  const { text: key } = new KeyStore(storage).create({ scope: 'site', siteId: site.id, name: 'bench' });
  const { runIds } = fillLibrary(storage, site.id, { images, waiting: Math.ceil(images / 50) });
  return { key, runIds };
}

function measureClaims(storage: Storage): number[] {
  const leases = new LeaseStore(storage, { ends: NO_ENDS, leaseMs: 60_000, now: Date.now });
  return Array.from({ length: CLAIMS }, () => {
    const started = performance.now();
    const claim = leases.claimNext({ worker: 'bench' });
    const ms = performance.now() - started;
    if (claim !== null) leases.release(claim);
    return ms;
  });
}

async function times(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const started = performance.now();
    await work();
    found.push(performance.now() - started);
  }
  return found;
}

const sites = (root: string, dataDir: string) =>
  run(process.execPath, [path.join(root, 'server/cli/index.js'), 'sites', 'list', '--json'], {
    env: { ...process.env, ALTSMITH_DATA_DIR: dataDir },
  });

/** No, few and many hits of each filter; every one with every other. */
const STATES = ['', '&state=pending', '&state=conflict'];
const FLAGS = ['', '&flag=low_confidence', '&flag=tiny'];
const CONFIDENCES = ['', '&min_confidence=0.333'];
const SEARCHES = ['', '&q=standing', '&q=a%20dog%20is%20sitting%20in%20front', '&q=img_777', '&q=zebra'];

async function measureLists(sidecar: SidecarProcess, { key, runIds }: Library, name: string): Promise<Figure[]> {
  const pages: number[] = [];
  const searches: number[] = [];
  const totals: number[] = [];
  const ask = async (query: string): Promise<{ ms: number; next: string | null }> => {
    const started = performance.now();
    const answer = await fetch(`${sidecar.url}${query}`, { headers: { authorization: `Bearer ${key}` } });
    const { next }: { next: string | null } = JSON.parse(await answer.text());
    if (!answer.ok) throw new Error(`${query}: ${answer.status}`);
    return { ms: performance.now() - started, next };
  };
  const runs = ['', `&run_id=${runIds[2] ?? ''}`, '&run_id=run_nobody'];
  const filters = crossed(crossed(crossed(crossed(STATES, FLAGS), runs), CONFIDENCES), SEARCHES);
  for (const filter of filters) {
    for (const sort of SUGGESTION_SORTS) {
      const list = `/v1/suggestions?sort=${sort}${filter}`;
      const first = await ask(list);
      const found = filter.includes('&q=') ? searches : pages;
      found.push(first.ms);
      if (first.next !== null) found.push((await ask(`${list}&after=${first.next}`)).ms);
    }
    const alone = await ask(`/v1/suggestions?limit=1${filter}`);
    const counted = await ask(`/v1/suggestions?limit=1&total=1${filter}`);
    totals.push(Math.max(0, counted.ms - alone.ms));
  }
  if ((await ask('/v1/suggestions')).next === null) throw new Error('the site shows none of its suggestions');
  const jobs: number[] = [];
  for (const query of crossed(crossed(['', '&state=done', '&state=failed'], runs), ['&sort=newest', '&sort=oldest'])) {
    const first = await ask(`/v1/jobs?total=1${query}`);
    jobs.push(first.ms);
    if (first.next !== null) jobs.push((await ask(`/v1/jobs?${query.slice(1)}&after=${first.next}`)).ms);
  }
  const lists = await times(LOOKS, () => ask('/v1/runs'));
  const { loopDelayMs } = await lookInside(sidecar);
  return [
    { name: `${name}: ${pages.length} pages of suggestions, p99`, value: quantile(pages, 0.99), unit: 'ms', most: 50 },
    {
      name: `${name}: ${searches.length} pages of searches, p99`,
      value: quantile(searches, 0.99),
      unit: 'ms',
      most: 100,
    },
    {
      name: `${name}: ${totals.length} totals beside their page, p99`,
      value: quantile(totals, 0.99),
      unit: 'ms',
      most: 20,
    },
    {
      name: `${name}: ${jobs.length} pages of jobs with totals, p99`,
      value: quantile(jobs, 0.99),
      unit: 'ms',
      most: 50,
    },
    { name: `${name}: runs with progress, p95`, value: quantile(lists, 0.95), unit: 'ms', most: 20 },
    { name: `${name}: event-loop delay meanwhile, p99`, value: loopDelayMs, unit: 'ms', most: 50 },
  ];
}

const crossed = (ones: readonly string[], others: readonly string[]) =>
  ones.flatMap((one) => others.map((other) => one + other));
