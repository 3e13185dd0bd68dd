import { statSync } from 'node:fs';
import path from 'node:path';
import { JobStore } from '../../../server/queue/job-store';
import { LeaseStore } from '../../../server/queue/lease-store';
import { ChangeFeed } from '../../../server/review/change-feed';
import { ChangeSignal } from '../../../server/review/change-signal';
import { SuggestionStore } from '../../../server/review/suggestion-store';
import { InstanceStore } from '../../../server/sites/instance-store';
import { SiteStore } from '../../../server/sites/site-store';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { QUICK_SERVE, SidecarProcess } from '../../support/sidecar-process';
import { quantile, type Bench, type Figure } from './figures';

const WAITING = 100_000;
const SUGGESTIONS = 20_000;
const A_TRANSACTION = 1000;
const CLAIMS = 300;
const PAGES = 20;

const NO_ENDS = { failed: () => undefined, cancelled: () => undefined };
const hashOf = (number: number) => number.toString(16).padStart(64, '0');

/** A library of 100,000 pictures waits, and 20,000 suggestions are there to be reviewed. */
export const backlog: Bench = async () => {
  const sidecar = await SidecarProcess.start({ ALTSMITH_LOG_LEVEL: 'warn' }, QUICK_SERVE);
  try {
    await sidecar.stop();
    const file = path.join(sidecar.dataDir, 'altsmith.db');
    const storage = openDatabase(file);
    const siteId = new SiteStore(storage).list()[0]?.id ?? '';
    fill(storage, siteId);
    const claims = measureClaims(storage);
    storage.db.pragma('wal_checkpoint(TRUNCATE)');
    storage.close();
    const megabytes = statSync(file).size / 1e6;
    const started = performance.now();
    await sidecar.start();
    const readyMs = performance.now() - started;
    return [
      { name: 'claim with 100,000 jobs waiting, p99', value: quantile(claims, 0.99), unit: 'ms', most: 20 },
      { name: 'file with 100,000 jobs waiting and 20,000 suggestions', value: megabytes, unit: 'MB', most: 150 },
      { name: 'start to ready', value: readyMs / 1000, unit: 's', most: 10 },
      ...(await measurePages(sidecar)),
    ];
  } finally {
    await sidecar.stop('SIGKILL');
    await sidecar.remove();
  }
};

function fill(storage: Storage, siteId: string): void {
  const jobs = new JobStore(storage, siteId, { ends: NO_ENDS, now: Date.now, seen: null });
  const suggestions = new SuggestionStore(storage, siteId, new ChangeFeed(storage, new ChangeSignal()), null);
  const finish = storage.db.prepare(
    "UPDATE jobs SET state = 'done', suggestion_id = ?, finished_at = updated_at WHERE id = ?",
  );
  const image = storage.db.prepare(
    "INSERT INTO images (site_id, sha256, bytes, width, height, media_type, received_at) VALUES (?, ?, 200000, 1024, 768, 'image/jpeg', 1)",
  );
  // The bench asks without the name of an installation.
  const instance = new InstanceStore(storage, siteId).numberOf({ id: null, address: null });
  const add = (number: number) => {
    const imageSha256 = hashOf(number);
    const subject = { type: 'attachment', id: String(number) };
    image.run(siteId, imageSha256);
    const job = jobs.add({
      instance,
      subject,
      imageSha256,
      sourceSha256: imageSha256,
      language: 'en',
      modelId: 'mini',
      runId: null,
      priority: 'backfill',
      work: { fields: null, context: { file_name: `IMG_${number}.jpg` }, locale: 'en', current: null },
    });
    return { jobId: job.id, jobSeq: number, instance, subject, imageSha256 };
  };
  const suggest = (number: number) => {
    const made = add(number);
    const text = `A dog beside sign ${number % 1000}`;
    const { id } = suggestions.create({
      ...made,
      fields: {
        alt_text: text,
        title: text,
        caption: null,
        description: null,
        keywords: ['dog', 'sign'],
        file_name: null,
      },
      alternatives: [`${text} outside`],
      confidence: (number % 100) / 100,
      flags: number % 10 === 0 ? [{ code: 'low_confidence', message: 'The model is unsure about this text.' }] : [],
      model: { id: 'mini', precision: 'int8', demonstration: true, calibrated: true },
      source: null,
      translator: null,
      awaitsTranslation: false,
      current: {},
    });
    finish.run(id, made.jobId);
  };
  for (let first = 0; first < SUGGESTIONS + WAITING; first += A_TRANSACTION) {
    storage.transaction(() => {
      for (let number = first; number < first + A_TRANSACTION; number += 1) {
        if (number < SUGGESTIONS) suggest(number);
        else add(number);
      }
    });
  }
}

function measureClaims(storage: Storage): number[] {
  const leases = new LeaseStore(storage, { ends: NO_ENDS, leaseMs: 60_000, now: Date.now });
  const times: number[] = [];
  for (let turn = 0; turn < CLAIMS; turn += 1) {
    const started = performance.now();
    const claim = leases.claimNext({ worker: 'bench' });
    times.push(performance.now() - started);
    if (claim !== null) leases.release(claim);
  }
  return times;
}

/** A search reads every text, and is not meant to be as fast. */
const SEARCH = '?q=sign%20777';
const FIRST_PAGES = ['', '?state=pending', '?sort=newest', '?sort=-confidence', '?flag=low_confidence', SEARCH];

/** As a person sees it: over HTTP, the slower half of the tries included. */
async function measurePages(sidecar: SidecarProcess): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const query of FIRST_PAGES) {
    const times: number[] = [];
    for (let turn = 0; turn < PAGES; turn += 1) {
      const started = performance.now();
      const { body } = await sidecar.call('GET', `/v1/suggestions${query}`);
      times.push(performance.now() - started);
      if (body.items.length === 0) throw new Error('an empty page');
    }
    const aim = query === SEARCH ? {} : { most: 50 };
    figures.push({ name: `first page of suggestions ${query}, p95`, value: quantile(times, 0.95), unit: 'ms', ...aim });
  }
  return figures;
}
