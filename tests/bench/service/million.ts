import { statSync } from 'node:fs';
import path from 'node:path';
import { LeaseStore } from '../../../server/queue/lease-store';
import { openDatabase } from '../../../server/storage/database';
import { figureOf, lookInside, samples, table, type Bench, type Figure, type Sample } from './figures';
import { measureCommands } from './million/commands';
import { measureCopies } from './million/copies';
import { millionData, type MillionData } from './million/data';
import { measureEnds, measureMigration } from './million/ends';
import { measureLists } from './million/lists';
import { endWatch, loopProcessorMs, watch } from './million/watched';

/** BENCH_IMAGES gives another size, for the slope. */
const IMAGES = Number(process.env['BENCH_IMAGES'] ?? 1_000_000);
const CLAIMS = 200;
const LOOKS = 20;
const STARTS = 3;
const NO_ENDS = { failed: () => undefined, cancelled: () => undefined };

/**
 * A site of a million images beside one of a thousand: size, start, commands, metrics, claims, every kind of list, backups and
 * their restoring, pruning, erasing, and the update of a tenth of them from 0.1.0. About half an hour.
 */
export const million: Bench = async (root) => {
  const data = millionData(IMAGES);
  const figures: Figure[] = [];
  const add = (...found: Figure[]) => {
    process.stderr.write(table(found));
    figures.push(...found);
  };
  try {
    add(...size(data), figureOf('claim', claims(data), 20), ...(await starts(root, data)));
    const watched = await watch(root, data.dataDir);
    try {
      add(...(await measureCommands(root, data.dataDir)));
      const scrape = () => lookInside(watched.sidecar, data.metricsKey);
      add(figureOf('/metrics', await samples(LOOKS, () => loopProcessorMs(watched), scrape), 50));
      for (const site of [data.large, data.small]) add(...(await measureLists(watched, site, data.metricsKey)));
    } finally {
      await endWatch(watched);
    }
    const restored = await measureCopies(root, data);
    try {
      add(...restored.figures);
      add(...(await measureEnds(root, data, restored.dataDir)));
    } finally {
      restored.remove();
    }
    add(...(await measureMigration(Math.ceil(IMAGES / 10))));
    return figures;
  } finally {
    data.remove();
  }
};

function size({ dataDir, large, small, fillSeconds }: MillionData): Figure[] {
  const bytes = statSync(path.join(dataDir, 'altsmith.db')).size / (large.images + small.images);
  return [
    ...(fillSeconds === null ? [] : [{ name: `generating ${large.images} images`, value: fillSeconds, unit: 's' }]),
    { name: 'database an image, search index included', value: bytes, unit: 'bytes', most: 4000 },
  ];
}

/** No sidecar has the database open. */
function claims({ dataDir }: MillionData): Sample[] {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  const leases = new LeaseStore(storage, { ends: NO_ENDS, leaseMs: 60_000, now: Date.now });
  const found = Array.from({ length: CLAIMS }, () => {
    const before = process.cpuUsage();
    const started = performance.now();
    const claim = leases.claimNext({ worker: 'bench' });
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    if (claim === null) throw new Error('no job waits');
    leases.release(claim);
    return { ms, processorMs: (user + system) / 1000 };
  });
  storage.close();
  return found;
}

/** Each after a clean stop. */
async function starts(root: string, { dataDir }: MillionData): Promise<Figure[]> {
  // The first start after another program wrote the database checks it, which takes longer.
  await endWatch(await watch(root, dataDir));
  const found: Sample[] = [];
  for (let turn = 0; turn < STARTS; turn += 1) {
    const started = performance.now();
    const watched = await watch(root, dataDir);
    found.push({ ms: performance.now() - started, processorMs: loopProcessorMs(watched) });
    await endWatch(watched);
  }
  return [figureOf('start to ready', found, 5000)];
}
