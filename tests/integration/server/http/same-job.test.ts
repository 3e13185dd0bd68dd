import { rmSync } from 'node:fs';
import path from 'node:path';
import { samplePng, sha256Of } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { openDatabase } from '../../../../server/storage/database';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };
const SOURCE = sha256Of(Buffer.from('the original file'));
const OTHER_SOURCE = sha256Of(Buffer.from('another original file'));

async function ask(seed: number, more: object = {}) {
  const { status, body } = await sidecar.submit(samplePng(seed), '7', more);
  if (status > 202) throw new Error(JSON.stringify(body));
  return { isNew: status === 202, job: body.job };
}
const stateOf = async (id: string) => (await sidecar.call('GET', `/v1/suggestions/${id}`)).body.suggestion.state;

test('another rendition of the same source is the same job; another source is not', async () => {
  const first = await sidecar.suggest(samplePng(1), '7', { source_sha256: SOURCE });
  expect(first).toMatchObject({ source_sha256: SOURCE, image_sha256: samplePng(1).sha256, language: 'en' });
  expect(await ask(2, { source_sha256: SOURCE })).toMatchObject({ isNew: false, job: { id: first.job_id } });
  expect(await stateOf(first.id)).toBe('pending');
  const second = await sidecar.suggest(samplePng(2), '7', { source_sha256: OTHER_SOURCE });
  expect(await stateOf(first.id)).toBe('superseded');
  expect(second).toMatchObject({ state: 'pending', source_sha256: OTHER_SOURCE });
});

test('without a source the bytes are the source, also for one who names it later', async () => {
  const first = await sidecar.suggest(samplePng(1), '7');
  expect(first.source_sha256).toBe(samplePng(1).sha256);
  expect(await ask(1)).toMatchObject({ isNew: false });
  expect(await ask(1, { source_sha256: samplePng(1).sha256 })).toMatchObject({ isNew: false });
  expect(await ask(1, { source_sha256: SOURCE })).toMatchObject({ isNew: false, job: { id: first.job_id } });
  expect(await ask(2, { source_sha256: SOURCE })).toMatchObject({ isNew: true });
});

test('each language has a suggestion of its own', async () => {
  const english = await sidecar.suggest(samplePng(1), '7');
  const german = await sidecar.suggest(samplePng(1), '7', { language: 'de-DE' });
  expect(german).toMatchObject({ language: 'de-DE', state: 'pending' });
  expect(await stateOf(english.id)).toBe('pending');
  expect(await ask(1, { language: 'DE-de' })).toMatchObject({ isNew: false, job: { id: german.job_id } });
  const newer = await sidecar.suggest(samplePng(2), '7', { language: 'de-DE' });
  expect([await stateOf(english.id), await stateOf(german.id), newer.state]).toEqual([
    'pending',
    'superseded',
    'pending',
  ]);
});

test.each([
  ['pt_PT_ao90', 'pt-PT'],
  ['zh_hant_tw', 'zh-Hant-TW'],
  ['de_DE_formal', 'de'],
  ['EN', 'en'],
])('the language %s is %s', async (language, canonical) => {
  expect((await sidecar.suggest(samplePng(1), '7', { language })).language).toBe(canonical);
});

test('other fields are another job; the order in which they are named is not', async () => {
  const { job } = await ask(1, { fields: ['alt_text', 'title'] });
  expect(await ask(1, { fields: ['title', 'alt_text'] })).toMatchObject({ isNew: false, job: { id: job.id } });
  expect(await ask(1, { fields: ['alt_text'] })).toMatchObject({ isNew: true });
  const all = await ask(1);
  expect(all.isNew).toBe(true);
  const every = ['alt_text', 'title', 'caption', 'description', 'keywords', 'file_name'];
  expect(await ask(1, { fields: every })).toMatchObject({ isNew: false, job: { id: all.job.id } });
});

test('what a person rejected is left out by a backfill with another rendition too', async () => {
  const first = await sidecar.suggest(samplePng(1), '7', { source_sha256: SOURCE });
  await sidecar.call('POST', `/v1/suggestions/${first.id}/decision`, { action: 'reject', by, version: 1 });
  const again = await ask(2, { source_sha256: SOURCE, priority: 'backfill' });
  expect(again).toMatchObject({ isNew: false, job: { id: first.job_id } });
});

test('a waiting job whose bytes are gone is done with those that come now', async () => {
  sidecar.engine.ready = false;
  const { job } = await ask(1, { source_sha256: SOURCE });
  rmSync(path.join(sidecar.dataDir, 'images'), { recursive: true });
  const again = await ask(2, { source_sha256: SOURCE });
  expect(again).toMatchObject({ isNew: false, job: { id: job.id, image_sha256: samplePng(2).sha256 } });
  sidecar.engine.ready = true;
  const done = (await sidecar.call('GET', `/v1/jobs/${job.id}?wait=20`)).body.job;
  expect(done).toMatchObject({ state: 'done', source_sha256: SOURCE });
});

test('a decision keeps how it came about', async () => {
  const one = await sidecar.suggest(samplePng(1), '1');
  const many = await sidecar.suggest(samplePng(2), '2');
  const answer = await sidecar.call('POST', `/v1/suggestions/${one.id}/decision`, {
    ...{ action: 'approve', by, version: 1 },
    ...{ mode: 'one', displayed: true, open_ms: 4200 },
  });
  expect(answer.status).toBe(200);
  const bulk = { suggestion_id: many.id, action: 'approve', by, version: 1, mode: 'bulk', displayed: false };
  expect((await sidecar.call('POST', '/v1/decisions', { decisions: [bulk] })).status).toBe(200);
  const wrong = { action: 'reopen', by, version: 2, mode: 'by magic' };
  expect((await sidecar.call('POST', `/v1/suggestions/${one.id}/decision`, wrong)).status).toBe(400);
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  const rows = storage.db
    .prepare<[]>('SELECT decision_mode, displayed, open_ms FROM suggestions ORDER BY seq')
    .raw()
    .all();
  storage.close();
  expect(rows).toEqual([
    [null, 1, 4200],
    ['bulk', 0, null],
  ]);
});
