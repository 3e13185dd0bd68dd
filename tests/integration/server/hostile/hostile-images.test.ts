import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeCorpus, type Corpus } from '../../../support/hostile-images/corpus';
import type { ManifestEntry } from '../../../support/hostile-images/specimen';
import { sha256Of } from '../../../support/sample-image';
import { SidecarProcess } from '../../../support/sidecar-process';

const PHOTOS = path.resolve(__dirname, '../../../fixtures/images');
/** A good picture goes in after so many hostile ones. */
const NEIGHBOUR_EVERY = 20;
const AT_ONCE = 8;

interface Outcome {
  readonly file: string;
  readonly ending: 'captioned' | 'refused';
  /** Status of the upload, or code of the job's failure. */
  readonly reason: string;
  readonly altText: string | null;
}

let corpus: Corpus;
let sidecar: SidecarProcess;
let pid: number | null;
let subjects = 0;

beforeAll(async () => {
  corpus = makeCorpus();
  sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '2', ALTSMITH_THREADS: '1', ALTSMITH_LOG_LEVEL: 'warn' });
  pid = sidecar.pid;
}, 120_000);
afterAll(async () => {
  await sidecar.remove();
  corpus.remove();
});

/** The whole way of one file: stored, captioned or refused. Throws when it ends in neither. */
async function send(file: string, bytes: Buffer, mediaType: string): Promise<Outcome> {
  const sha256 = sha256Of(bytes);
  const put = await fetch(`${sidecar.url}/v1/images/${sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${sidecar.key}`, 'content-type': mediaType },
    body: new Uint8Array(bytes),
  });
  const stored: any = await put.json();
  if (!put.ok) {
    if (put.status >= 500 || typeof stored.error.code !== 'string') throw new Error(`${file}: ${put.status}`);
    return { file, ending: 'refused', reason: `${String(put.status)} ${String(stored.error.code)}`, altText: null };
  }
  subjects += 1;
  const subject = { type: 'attachment', id: String(subjects) };
  const { body: accepted } = await sidecar.call('POST', '/v1/jobs', { image_sha256: sha256, subject });
  for (;;) {
    const { job } = (await sidecar.call('GET', `/v1/jobs/${String(accepted.job.id)}?wait=25`)).body;
    if (job.state === 'failed') return { file, ending: 'refused', reason: String(job.error.code), altText: null };
    if (job.state !== 'done') continue;
    const { suggestion } = (await sidecar.call('GET', `/v1/suggestions/${String(job.suggestion_id)}`)).body;
    return { file, ending: 'captioned', reason: '', altText: suggestion.fields.alt_text };
  }
}

/** A photograph as another file: a comment that no decoder looks at, so that no cached answer is given. */
function photograph(name: string, salt: number): Buffer {
  const bytes = readFileSync(path.join(PHOTOS, name));
  const text = Buffer.from(`copy ${String(salt)}`);
  return Buffer.concat([bytes.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, text.length + 2]), text, bytes.subarray(2)]);
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [at, item] of left) results[at] = await work(item);
    }),
  );
  return results;
}

test('the corpus holds at least 400 files of fourteen kinds', () => {
  expect(corpus.entries.length).toBeGreaterThanOrEqual(400);
  expect(new Set(corpus.entries.map(({ kind }) => kind)).size).toBe(14);
});

test('every hostile file ends in an answer, and the pictures beside it are captioned as ever', async () => {
  const photos = readdirSync(PHOTOS)
    .filter((name) => name.endsWith('.jpg'))
    .slice(0, 4);
  const alone = new Map<string, string | null>();
  for (const name of photos) alone.set(name, (await send(name, photograph(name, 0), 'image/jpeg')).altText);
  expect([...alone.values()]).not.toContain(null);

  type Task = { readonly entry: ManifestEntry } | { readonly photo: string; readonly salt: number };
  const tasks = corpus.entries.flatMap((entry, at): Task[] => {
    const photo = photos[(at / NEIGHBOUR_EVERY) % photos.length];
    return at % NEIGHBOUR_EVERY === 0 && photo !== undefined ? [{ entry }, { photo, salt: at + 1 }] : [{ entry }];
  });
  const surprises = await inParallel(tasks, async (task) => {
    if ('photo' in task) {
      const { altText } = await send(task.photo, photograph(task.photo, task.salt), 'image/jpeg');
      return altText === alone.get(task.photo) ? null : `${task.photo} became ${String(altText)}`;
    }
    const { file, ending, mediaType } = task.entry;
    const outcome = await send(file, corpus.read(task.entry), mediaType);
    if (['INTERNAL', 'DECODE_CRASHED', 'CAPTION_TIMEOUT'].includes(outcome.reason)) return `${file}: ${outcome.reason}`;
    return ending === 'any' || ending === outcome.ending ? null : `${file} was ${outcome.ending} (${outcome.reason})`;
  });
  expect(surprises.filter((surprise) => surprise !== null)).toEqual([]);
}, 180_000);

test('the process that answers is still the one that was started', async () => {
  expect(sidecar.pid).toBe(pid);
  expect((await fetch(`${sidecar.url}/readyz`)).status).toBe(200);
});

test('no temporary file is left', () => {
  expect(readdirSync(path.join(sidecar.dataDir, 'tmp'))).toEqual([]);
});
