import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { WorkerPool } from '../../../server/captioning/worker-pool';
import { openStores } from '../../../server/composition/stores';
import { buildWork } from '../../../server/composition/work';
import { readConfig } from '../../../server/config';
import { DataFolder } from '../../../server/storage/data-folder';
import { samplePng } from '../../support/sample-image';
import { NO_TRACING } from '../../../server/tracing/tracing';
import { waitFor } from '../../support/wait-for';
import { median, quantile, type Bench } from './figures';

const JOBS = 1500;
/** Left out: the compiler is still at work. */
const WARM_UP = 300;

/** What a job costs beside the model: claim, message to a real worker process that takes no time, texts, commit. */
export const overhead: Bench = async (root) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-bench-'));
  const config = readConfig({ ALTSMITH_DATA_DIR: folder });
  const data = new DataFolder(folder);
  data.prepare();
  const stores = openStores(data, config);
  const engine = new WorkerPool({
    modelFolder: folder,
    workers: 1,
    threads: 1,
    maxPixels: 5e7,
    workerFile: path.join(root, 'tests/support/quick-engine/worker-at-once.cjs'),
  });
  const ends: number[] = [];
  const processor: number[] = [];
  const inHand: number[] = [];
  const jobEnded = (outcome: string, seconds: number) => {
    if (outcome !== 'done') throw new Error(`a job ended as ${outcome}`);
    ends.push(performance.now());
    const { user, system } = process.cpuUsage();
    processor.push((user + system) / 1000);
    inHand.push(seconds * 1000);
  };
  const work = buildWork({
    engine,
    logger: pino({ level: 'silent' }),
    stores,
    config,
    temporary: folder,
    metrics: { jobEnded },
    tracing: NO_TRACING,
    caused: () => undefined,
  });
  try {
    await addJobs(stores, data);
    await engine.start();
    await work.queue.start();
    work.runner.start(1);
    await waitFor('every job to end', () => ends.length === JOBS, { timeoutMs: 120_000 });
    // One at a time and never idle, so from one end to the next is a whole job, its claim included.
    const whole = ends.map((end, index) => end - (ends[index - 1] ?? NaN)).slice(WARM_UP);
    const steady = JOBS - 1 - WARM_UP;
    const perJob = ((processor[JOBS - 1] ?? NaN) - (processor[WARM_UP] ?? NaN)) / steady;
    const commits = bareCommits(stores);
    return [
      { name: 'claim to finish with a worker that takes no time, median', value: median(whole), unit: 'ms', most: 3 },
      { name: 'the same, p99', value: quantile(whole, 0.99), unit: 'ms' },
      {
        name: 'of it from claim to finish without the claim, median',
        value: median(inHand.slice(WARM_UP)),
        unit: 'ms',
      },
      { name: 'processor time of the API process, a job', value: perJob, unit: 'ms' },
      { name: 'one commit of this disk, two in each job, median', value: median(commits), unit: 'ms' },
    ];
  } finally {
    await work.runner.stop(0);
    await work.queue.stop();
    await engine.stop();
    stores.storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

type Stores = ReturnType<typeof openStores>;

async function addJobs(stores: Stores, data: DataFolder): Promise<void> {
  const [site] = stores.sites.list();
  if (site === undefined) throw new Error('the first start made no site');
  const images = stores.imagesOf(site.id);
  const { spoolImage } = await import('../../../server/intake/spool');
  for (let number = 0; number < JOBS; number += 1) {
    const image = samplePng(number);
    const body = (async function* () {
      await Promise.resolve();
      yield image.bytes;
    })();
    await images.put(await spoolImage(body, data.temporary, { maxBytes: 1e6, maxPixels: 1e6 }));
    stores.jobsOf(site.id).add({
      instance: 0,
      subject: { type: 'attachment', id: String(number) },
      imageSha256: image.sha256,
      sourceSha256: image.sha256,
      language: 'en',
      modelId: 'quick',
      runId: null,
      priority: 'upload',
      work: { fields: null, context: null, locale: null, current: null },
    });
  }
}

function bareCommits({ storage }: Stores): number[] {
  const write = storage.db.prepare(
    "INSERT INTO facts (name, value) VALUES ('bench', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  return Array.from({ length: 500 }, (_, index) => {
    const started = performance.now();
    write.run(String(index).padStart(2000));
    return performance.now() - started;
  });
}
