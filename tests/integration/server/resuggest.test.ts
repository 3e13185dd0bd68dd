import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Resuggester } from '../../../server/captioning/resuggester';
import { AppError } from '../../../server/errors';
import { SiteStore } from '../../../server/sites/site-store';
import { openDatabase } from '../../../server/storage/database';
import { FakeEngine } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const by = { id: '1', name: 'Ada' };
const PLUGIN = { 'altsmith-instance': 'the-plugin-of-the-site', 'altsmith-site': 'example.com' };

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start({ engine: engineOf('mini', true) })));
afterEach(() => sidecar.remove());

function engineOf(id: string, demonstration: boolean): FakeEngine {
  const engine = new FakeEngine();
  engine.model = { ...engine.model, id, demonstration };
  return engine;
}

const call = (method: string, route: string, body?: unknown) => sidecar.call(method, route, body, { headers: PLUGIN });

/** As the plugin: the bytes, then the wish. */
async function suggest(seed: number, id: string): Promise<any> {
  const image = samplePng(seed);
  await sidecar.putImage(image, { headers: PLUGIN });
  const wish = {
    image_sha256: image.sha256,
    source_sha256: 'c'.repeat(63) + String(seed),
    subject: { type: 'attachment', id },
  };
  const { body } = await call('POST', '/v1/jobs', wish);
  const { job } = (await call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body;
  return (await call('GET', `/v1/suggestions/${job.suggestion_id}`)).body.suggestion;
}

const pending = async () => (await call('GET', '/v1/suggestions?state=pending')).body.items;
const wanted = async () =>
  (await call('GET', '/v1/changes?limit=500')).body.items.filter((entry: any) => entry.type === 'picture_wanted');

/** The next start has another model; `sweep` does what retention does in the meantime. */
async function changeModel(env: Readonly<Record<string, string>> = {}, sweep = true): Promise<void> {
  await sidecar.stop();
  if (sweep) rmSync(path.join(sidecar.dataDir, 'images'), { recursive: true });
  expect(existsSync(path.join(sidecar.dataDir, 'images'))).toBe(!sweep);
  sidecar = await TestSidecar.start({ engine: engineOf('real', false), dataDir: sidecar.dataDir, env });
}

test('after retention has swept, a change of model asks for the pictures through the feed', async () => {
  const [open, decided] = [await suggest(1, '7'), await suggest(2, '8')];
  await call('POST', `/v1/suggestions/${decided.id}/decision`, { action: 'approve', by, version: 1 });
  await changeModel();
  const [entry, ...more] = await waitFor('the picture to be wanted', async () => {
    const found = await wanted();
    return found.length > 0 && found;
  });
  expect(more).toEqual([]);
  expect(entry.suggestion).toMatchObject({ id: open.id, subject: { type: 'attachment', id: '7' }, state: 'pending' });
  const again = await suggest(1, entry.suggestion.subject.id);
  expect(again).toMatchObject({ model: { id: 'real' }, state: 'pending' });
  expect((await pending()).map((one: any) => one.id)).toEqual([again.id]);
  expect((await call('GET', `/v1/suggestions/${decided.id}`)).body.suggestion.state).toBe('approved');
});

test('where the bytes are still here nobody is asked', async () => {
  const open = await suggest(1, '7');
  await changeModel({}, false);
  const [fresh] = await waitFor('the new text', async () => {
    const items = await pending();
    return items[0]?.model.id === 'real' && items;
  });
  expect(fresh).toMatchObject({ subject: open.subject, source_sha256: open.source_sha256, instance: open.instance });
  expect((await call('GET', `/v1/suggestions/${open.id}`)).body.suggestion.state).toBe('superseded');
  expect(await wanted()).toEqual([]);
});

test('each model asks once, across restarts; never means never', async () => {
  await suggest(1, '7');
  await changeModel({ ALTSMITH_RESUGGEST: 'never' });
  const { storage, asked, resuggester } = watched();
  await resuggester('never', 'real').run(new AbortController().signal);
  expect(asked).toEqual([]);
  await resuggester('demonstration', 'real').run(new AbortController().signal);
  expect(asked).toEqual(['7']);
  // As after a restart: what was asked is kept in the database.
  await resuggester('demonstration', 'real').run(new AbortController().signal);
  expect(asked).toEqual(['7']);
  await resuggester('demonstration', 'better').run(new AbortController().signal);
  expect(asked).toEqual(['7', '7']);
  storage.close();
  expect(await wanted()).toEqual([]);
});

test('what does not find room is asked later', async () => {
  await suggest(1, '7');
  const { storage, asked, resuggester } = watched();
  const full = resuggester('demonstration', 'real', () => new AppError('QUEUE_FULL'));
  await full.run(new AbortController().signal);
  await resuggester('demonstration', 'real').run(new AbortController().signal);
  expect(asked).toEqual(['7', '7']);
  storage.close();
});

test('what was asked before the queue was full is not asked again with the next look', async () => {
  for (const id of ['1', '2', '3']) await suggest(Number(id), id);
  const { storage, asked, wantedHere, resuggester } = watched();
  const looked = resuggester(
    'demonstration',
    'real',
    (id) => new AppError(id === '3' ? 'QUEUE_FULL' : 'IMAGE_UNKNOWN'),
  );
  for (let looks = 0; looks < 3; looks += 1) await looked.run(new AbortController().signal);
  expect([asked, wantedHere.length]).toEqual([['1', '2', '3', '3', '3'], 2]);
  storage.close();
});

test('a site whose queue is full keeps only itself waiting, and a row that cannot be read nobody', async () => {
  for (const id of ['1', '2', '3', '4']) await suggest(Number(id), id);
  const { storage, asked, resuggester } = watched();
  const other = new SiteStore(storage).create('other').id;
  storage.db.prepare("UPDATE suggestions SET site_id = ? WHERE subject_id = '3'").run(other);
  storage.db.exec(`UPDATE jobs SET request = '{"fields":5}' WHERE subject_id = '4'`);
  let isFull = true;
  const real = resuggester('demonstration', 'real', (id) => (isFull && id < '3' ? new AppError('QUEUE_FULL') : null));
  for (let looks = 0; looks < 2; looks += 1) await real.run(new AbortController().signal);
  expect(asked).toEqual(['1', '3', '1']);
  isFull = false;
  // After a restart as well: who stays behind is kept in the database.
  await resuggester('demonstration', 'real').run(new AbortController().signal);
  expect(asked.slice(3)).toEqual(['1', '2', '4']);
  await resuggester('demonstration', 'real').run(new AbortController().signal);
  expect(asked).toHaveLength(6);
  storage.close();
});

test('two models that caption in turn ask once each, and not for what the other wrote since', async () => {
  for (const id of ['1', '2', '3']) await suggest(Number(id), id);
  const { storage, asked, resuggester } = watched();
  const models = ['real', 'better'].map((id) => resuggester('any', id));
  for (let looks = 0; looks < 3; looks += 1) {
    for (const model of models) await model.run(new AbortController().signal);
  }
  expect(asked).toEqual(['1', '2', '3', '1', '2', '3']);
  const later = JSON.stringify({ id: 'better', precision: 'fp32', demonstration: false });
  storage.db.prepare('UPDATE suggestions SET seq = seq + 1000, model = ?').run(later);
  await resuggester('any', 'real').run(new AbortController().signal);
  expect(asked).toHaveLength(6);
  storage.close();
});

test('another checkpoint of the same id is another model, and what was asked for the id alone is not asked again', async () => {
  await suggest(1, '1');
  const { storage, asked, resuggester } = watched();
  const run = (fingerprint?: string) =>
    resuggester('any', 'real', () => null, fingerprint).run(new AbortController().signal);
  await run();
  await run('first');
  expect(asked).toEqual(['1']);
  const written = { id: 'real', precision: 'int8', demonstration: false, fingerprint: 'first' };
  storage.db.prepare('UPDATE suggestions SET model = ?').run(JSON.stringify(written));
  await run('second');
  expect(asked).toEqual(['1', '1']);
  for (const fingerprint of ['first', 'second']) await run(fingerprint);
  expect(asked).toHaveLength(2);
  storage.close();
});

/** The part that asks, on the data of the sidecar, with its questions written down. */
function watched() {
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  const asked: string[] = [];
  const wantedHere: unknown[] = [];
  const resuggester = (
    which: 'demonstration' | 'any' | 'never',
    id: string,
    refuse: (subject: string) => AppError | null = () => null,
    fingerprint?: string,
  ) =>
    new Resuggester({
      storage,
      which,
      model: () => ({ ...engineOf(id, false).model, ...(fingerprint === undefined ? {} : { fingerprint }) }),
      accept: (_site, _instance, request) => {
        asked.push(request.subject.id);
        const error = refuse(request.subject.id);
        return error === null ? Promise.resolve() : Promise.reject(error);
      },
      changes: { append: (_site, entry) => wantedHere.push(entry) },
    });
  return { storage, asked, wantedHere, resuggester };
}
