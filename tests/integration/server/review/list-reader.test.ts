import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { ListReader } from '../../../../server/review/list-reader';
import { SuggestionList, type SuggestionFilter } from '../../../../server/review/suggestion-list';
import type { Storage } from '../../../../server/storage/database';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';
import { waitFor } from '../../../support/wait-for';

const ALL: SuggestionFilter = { sort: 'oldest', limit: 50 };

let folder: string;
let storage: Storage;
let site: ReturnType<typeof siteOf>;
let reader: ListReader;
let lists: ReturnType<ListReader['ofSite']>;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-lists-'));
  storage = freshDatabase(path.join(folder, 'altsmith.db'));
  site = siteOf(storage);
  reader = new ListReader(path.join(folder, 'altsmith.db'));
  lists = reader.ofSite({ siteId: site.id, instance: null });
});

afterEach(async () => {
  await reader.stop();
  storage.close();
  rmSync(folder, { recursive: true });
});

test('a page and its total are those of the list, and other requests are served meanwhile', async () => {
  for (let number = 0; number < 70; number += 1) site.suggest({ altText: `A dog of ${number} years`, confidence: 0.4 });
  const list = new SuggestionList(storage, { siteId: site.id, instance: null });
  let turns = 0;
  setImmediate(() => (turns += 1));
  for (const filter of [ALL, { ...ALL, q: 'dog' }, { ...ALL, minConfidence: 0.3, sort: 'confidence' as const }]) {
    const [page, total] = await Promise.all([lists.page(filter), lists.total(filter)]);
    expect(page).toEqual(list.page(filter));
    expect(page.items).toHaveLength(50);
    expect(total).toEqual({ total: 70, capped: false });
  }
  expect(turns).toBe(1);
});

test('what was decided a moment ago is in the next page', async () => {
  const { id, version } = site.suggest({ altText: 'A dog' });
  expect((await lists.page({ ...ALL, state: 'pending' })).items).toHaveLength(1);
  site.suggestions.decide(id, { action: 'approve', by: { id: '1', name: 'An Editor' }, version });
  expect((await lists.page({ ...ALL, state: 'pending' })).items).toEqual([]);
  expect(await lists.total({ ...ALL, state: 'approved' })).toEqual({ total: 1, capped: false });
});

test('an error of the catalogue stays one', async () => {
  await expect(lists.page({ ...ALL, after: 'none' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    details: { after: 'is not a cursor of this list' },
  });
});

test('a database that cannot be opened is an error, and the next question is answered again', async () => {
  const elsewhere = new ListReader(path.join(folder, 'later.db'));
  const of = elsewhere.ofSite({ siteId: site.id, instance: null });
  await expect(of.page(ALL)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  freshDatabase(path.join(folder, 'later.db')).close();
  await expect(of.page(ALL)).resolves.toEqual({ items: [], next: null });
  await elsewhere.stop();
});

test('threads end when nobody reads, and start again', async () => {
  const brief = new ListReader(path.join(folder, 'altsmith.db'), 1);
  const of = brief.ofSite({ siteId: site.id, instance: null });
  for (let round = 0; round < 3; round += 1) {
    await expect(of.total({ ...ALL, q: 'dog' })).resolves.toEqual({ total: 0, capped: false });
    await waitFor('no thread to run', () => brief.threads === 0);
  }
});

test('a site that asks for more than is answered in time is refused, and another is answered', async () => {
  const other = siteOf(storage, 'other');
  other.suggest({ altText: 'A cat' });
  const handedOut = jest.spyOn(Worker.prototype, 'postMessage');
  const settled = Promise.allSettled(Array.from({ length: 150 }, () => lists.page(ALL)));
  const page = await reader.ofSite({ siteId: other.id, instance: null }).page(ALL);
  expect(page.items).toHaveLength(1);
  const answers = await settled;
  const sites = handedOut.mock.calls.map(([question]) => question.scope.siteId);
  handedOut.mockRestore();
  // Behind those that were being read when the other site asked, and one in turn.
  expect(sites.indexOf(other.id)).toBe(3);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(34);
  for (const answer of answers.filter(({ status }) => status === 'rejected'))
    expect(answer).toMatchObject({ reason: { code: 'RATE_LIMITED', details: { retry_after_seconds: 2 } } });
});

test('a question whose client has gone is not read', async () => {
  const gone = new AbortController();
  const asked = Array.from({ length: 6 }, () => lists.page(ALL, gone.signal));
  const answers = Promise.allSettled(asked);
  gone.abort();
  expect((await answers).filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  await expect(lists.page(ALL)).resolves.toMatchObject({ items: [] });
});

test('a stop refuses what waits and answers what is being read', async () => {
  const asked = Array.from({ length: 10 }, () => lists.page(ALL));
  const answers = Promise.allSettled(asked);
  await reader.stop();
  const told = (await answers).map((answer) => (answer.status === 'fulfilled' ? 'answered' : answer.reason.code));
  expect(told.slice(2)).toEqual(Array.from({ length: 8 }, () => 'SHUTTING_DOWN'));
  await expect(lists.page(ALL)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  expect(reader.threads).toBe(0);
});
