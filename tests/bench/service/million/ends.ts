import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { makeAdminKey } from '../../../support/admin-key';
import { oldDataFolder } from '../../../support/old-data-folder';
import { waitFor } from '../../../support/wait-for';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { SidecarProcess } from '../../../support/sidecar-process';
import { figureOf, quantile, sample, type Figure, type Sample } from '../figures';
import type { MillionData } from './data';
import { asker, endWatch, loopProcessorMs, measureLoop, watch } from './watched';

/** How long pruning is measured; pruning everything takes hours at a million images. */
const PRUNING_MS = 60_000;
const LOOK_MS = 2000;
/** The history of these libraries is 200 days long. */
const KEEP_DAYS = 100;
const DAY_MS = 86_400_000;
const ERASED = 50;
const PRUNING = { ALTSMITH_KEEP_HISTORY_DAYS: String(KEEP_DAYS), ALTSMITH_KEEP_THUMBNAILS_DAYS: String(KEEP_DAYS) };

/** Pruning, and erasing of subjects and of the small site, in a data folder that is thrown away afterwards. */
export async function measureEnds(root: string, data: MillionData, dataDir: string): Promise<Figure[]> {
  // The sidecar would prune entries of the feed first, which are cheap and not what is measured.
  inDatabase(dataDir, ({ db }) => db.prepare('DELETE FROM changes WHERE at < ?').run(Date.now() - KEEP_DAYS * DAY_MS));
  return [...(await measurePruning(root, data, dataDir)), ...(await measureErasing(root, data, dataDir))];
}

async function measurePruning(root: string, data: MillionData, dataDir: string): Promise<Figure[]> {
  const count = () =>
    inDatabase(
      dataDir,
      ({ db }) =>
        db.prepare<[], number>("SELECT sum(n) FROM suggestion_counts WHERE run_id = '' AND flag = ''").pluck().get() ??
        0,
    );
  const watched = await watch(root, dataDir, PRUNING);
  try {
    const before = count();
    await waitFor('pruning to begin', () => count() < before, { timeoutMs: 120_000 });
    const [first, used, started] = [count(), loopProcessorMs(watched), performance.now()];
    let left = first;
    const loop = await measureLoop(watched, { name: 'pruning', metricsKey: data.metricsKey }, async () => {
      for (let last = Infinity; left < last && performance.now() - started < PRUNING_MS;) {
        await pause(LOOK_MS);
        [last, left] = [left, count()];
      }
    });
    const seconds = (performance.now() - started) / 1000;
    const processorMs = (loopProcessorMs(watched) - used) / (first - left);
    return [
      { name: 'suggestions pruned, with their jobs', value: (first - left) / seconds, unit: '1/s' },
      { name: 'processor time of the event loop for each', value: processorMs, unit: 'ms' },
      ...loop,
    ];
  } finally {
    await endWatch(watched);
  }
}

async function measureErasing(root: string, data: MillionData, dataDir: string): Promise<Figure[]> {
  const admin = makeAdminKey(dataDir);
  const watched = await watch(root, dataDir);
  const { sidecar } = watched;
  const clock = () => loopProcessorMs(watched);
  const erase = async (target: string, key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${sidecar.url}${target}`, { method: 'DELETE', headers });
    if (!answer.ok) throw new Error(`DELETE ${target}: ${answer.status}`);
  };
  try {
    const { items } = await asker(sidecar, data.large.key)(`/v1/suggestions?state=pending&limit=${ERASED}`);
    const { site } = await asker(sidecar, data.small.key)('/v1/status');
    const subjects: Sample[] = [];
    const sites: Sample[] = [];
    const loop = await measureLoop(watched, { name: 'erasing', metricsKey: data.metricsKey }, async () => {
      for (const { subject } of items) {
        const target = `/v1/subjects/${subject.type}/${subject.id}`;
        subjects.push(await sample(clock, () => erase(target, data.large.key)));
      }
      sites.push(await sample(clock, () => erase(`/v1/admin/sites/${site.id}`, admin)));
    });
    return [
      figureOf(`erasing ${ERASED} subjects, each`, subjects),
      figureOf(`erasing a site of ${data.small.images}`, sites),
      ...loop,
    ];
  } finally {
    await endWatch(watched);
  }
}

function inDatabase<Result>(dataDir: string, work: (storage: Storage) => Result): Result {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  try {
    return work(storage);
  } finally {
    storage.close();
  }
}

/** A data folder of 0.1.0 is updated: how long that takes, and how soon the sidecar says that it is not ready yet. */
export async function measureMigration(images: number): Promise<Figure[]> {
  const { dataDir } = oldDataFolder(images);
  const env = { ALTSMITH_DATA_DIR: dataDir, ALTSMITH_WORKERS: '0', ALTSMITH_LOG_LEVEL: 'error' };
  const sidecar = await SidecarProcess.create(env);
  try {
    sidecar.launch();
    const started = performance.now();
    const answers: number[] = [];
    await waitFor(
      'the port',
      () =>
        fetch(`${sidecar.url}/livez`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { everyMs: 20 },
    );
    for (let isReady = false; !isReady;) {
      await pause(20);
      const asked = performance.now();
      isReady = (await fetch(`${sidecar.url}/readyz`)).ok;
      answers.push(performance.now() - asked);
    }
    const seconds = (performance.now() - started) / 1000;
    return [
      { name: `updating ${images} images of 0.1.0, with the backup before it`, value: seconds, unit: 's' },
      {
        name: `${answers.length} answers of /readyz meanwhile, p99`,
        value: quantile(answers, 0.99),
        unit: 'ms',
        most: 50,
      },
    ];
  } finally {
    await sidecar.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
