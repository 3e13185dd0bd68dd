import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start()));
afterAll(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };

test('of many decisions each gets its own answer, and one that is refused stops no other', async () => {
  const suggestions = [];
  for (let index = 1; index <= 3; index += 1)
    suggestions.push(await sidecar.suggest(samplePng(index), `bulk ${index}`));
  const [first, second, third] = suggestions;
  const answer = await sidecar.call('POST', '/v1/decisions', {
    decisions: [
      { suggestion_id: first.id, action: 'approve', by, version: 1 },
      { suggestion_id: second.id, action: 'approve', by, version: 9 },
      { suggestion_id: 'sug_nothing', action: 'reject', by, version: 1 },
      { suggestion_id: third.id, action: 'reject', reason: 'no', by, version: 1 },
      { suggestion_id: third.id, action: 'approve', by, version: 1 },
    ],
  });
  expect(answer.status).toBe(200);
  expect(answer.body.items.map((item: any) => item.suggestion?.state ?? item.error.code)).toEqual([
    'approved',
    'SUGGESTION_CHANGED',
    'NOT_FOUND',
    'rejected',
    'SUGGESTION_CHANGED',
  ]);
  const ids = answer.body.items.map((item: any) => item.suggestion_id);
  expect(ids).toEqual([first.id, second.id, 'sug_nothing', third.id, third.id]);
});

test('500 decisions are taken at once, 501 are not', async () => {
  const decision = { suggestion_id: 'sug_nothing', action: 'reject', by, version: 1 };
  const send = (count: number) =>
    sidecar.call('POST', '/v1/decisions', { decisions: Array.from({ length: count }, () => decision) });
  expect((await send(500)).body.items).toHaveLength(500);
  expect(await send(501)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
});

test('of two people who decide at once, the second is told', async () => {
  const { id } = await sidecar.suggest(samplePng(10), 'race');
  const decide = (action: string) => sidecar.call('POST', `/v1/suggestions/${id}/decision`, { action, by, version: 1 });
  const answers = await Promise.all(['approve', 'reject', 'decorative'].map(decide));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
  const refused = answers.find((answer) => answer.status === 409);
  expect(refused?.body.error).toMatchObject({ code: 'SUGGESTION_CHANGED', details: { version: 2 } });
});

describe('the list', () => {
  let list: TestSidecar;
  beforeAll(async () => {
    list = await TestSidecar.start();
    for (let index = 1; index <= 12; index += 1) {
      list.engine.confidence = ((index * 7) % 12) / 12;
      await list.suggest(samplePng(200 + index), String(index), index % 4 === 0 ? { context: { linked: true } } : {});
    }
  });
  afterAll(() => list.remove());
  const get = async (query: string) => (await list.call('GET', `/v1/suggestions?${query}`)).body;
  const pages = async (query: string) => {
    const ids: string[] = [];
    let after = '';
    for (;;) {
      const { items, next } = await get(`${query}&limit=5${after}`);
      ids.push(...items.map((item: any) => item.subject.id));
      if (next === null) return ids;
      after = `&after=${next}`;
    }
  };

  test.each(['oldest', 'newest', 'confidence', '-confidence'])(
    'sorted by %s, pages hold every row once',
    async (sort) => {
      const whole = (await get(`sort=${sort}&limit=200`)).items;
      expect(await pages(`sort=${sort}`)).toEqual(whole.map((item: any) => item.subject.id));
      expect(whole).toHaveLength(12);
      const key = sort.endsWith('confidence') ? (item: any) => item.confidence : (item: any) => Number(item.subject.id);
      const sign = sort === 'newest' || sort === '-confidence' ? -1 : 1;
      const keys = whole.map((item: any) => sign * key(item));
      expect(keys).toEqual([...keys].sort((one, other) => one - other));
    },
  );

  test('filters by state, flag, confidence and words', async () => {
    expect((await get('flag=linked')).items.map((item: any) => item.subject.id)).toEqual(['4', '8', '12']);
    expect((await get('state=approved')).items).toEqual([]);
    const sure = (await get('min_confidence=0.5')).items;
    expect(sure.length).toBeGreaterThan(0);
    expect(sure.every((item: any) => item.confidence >= 0.5)).toBe(true);
    const [one] = (await get('limit=1')).items;
    const words = one.fields.alt_text.slice(2, 12);
    const found = (await get(`q=${encodeURIComponent(words.toUpperCase())}`)).items;
    expect(found.map((item: any) => item.id)).toContain(one.id);
    expect((await get('q=%25')).items).toEqual([]);
    expect((await get('q=%5C%22_')).items).toEqual([]);
  });

  test('a cursor of another order is refused', async () => {
    const { next } = await get('sort=confidence&limit=2');
    expect((await get(`sort=newest&after=${next}`)).error.code).toBe('BAD_REQUEST');
  });
});

describe('a site whose owner lets sure suggestions through', () => {
  test('a human text, a flag, a demonstration model or one nobody measured still waits for a person', async () => {
    const owner = await TestSidecar.start();
    try {
      const { SiteStore } = await import('../../../../server/sites/site-store');
      const { openDatabase } = await import('../../../../server/storage/database');
      const storage = openDatabase(`${owner.dataDir}/altsmith.db`);
      const sites = new SiteStore(storage);
      sites.update(sites.list()[0]?.id ?? '', { auto_approve_from: 0.5 });
      storage.close();
      expect(await owner.suggest(samplePng(1), '1')).toMatchObject({
        state: 'approved',
        decided_by: { id: 'auto' },
        values: { alt_text: expect.any(String) },
      });
      const human = await owner.suggest(samplePng(2), '2', { current: { alt_text: 'Rex' } });
      expect(human.state).toBe('pending');
      expect(human.flags.map((flag: any) => flag.code)).toContain('existing_human_text');
      expect((await owner.suggest(samplePng(3), '3', { context: { linked: true } })).state).toBe('pending');
      owner.engine.confidence = 0.1;
      expect((await owner.suggest(samplePng(4), '4')).state).toBe('pending');
      owner.engine.confidence = 0.9;
      owner.engine.model = { ...owner.engine.model, demonstration: true };
      expect((await owner.suggest(samplePng(5), '5')).state).toBe('pending');
      owner.engine.model = { ...owner.engine.model, demonstration: false, calibrated: false };
      expect(await owner.suggest(samplePng(6), '6')).toMatchObject({ state: 'pending', model: { calibrated: false } });
    } finally {
      await owner.remove();
    }
  });
});

/** Another picture that is given the words of this one. */
async function sameWordsAs(seed: number): Promise<number> {
  const { fakeCaption } = await import('../../../support/fake-engine');
  const words = fakeCaption(samplePng(seed).bytes);
  let other = seed + 1;
  while (fakeCaption(samplePng(other).bytes) !== words) other += 1;
  return other;
}

test('the same words for two renditions of one source are no duplicate', async () => {
  const source = { source_sha256: 'ab'.repeat(32) };
  await sidecar.suggest(samplePng(2600), 'rendition 1', source);
  const other = await sidecar.suggest(samplePng(await sameWordsAs(2600)), 'rendition 2', source);
  expect(other.flags.map((flag: any) => flag.code)).not.toContain('duplicate_text');
});

test('the same words for two different images are flagged', async () => {
  const one = await sidecar.suggest(samplePng(400), 'twin 1');
  expect(one.flags.map((flag: any) => flag.code)).not.toContain('duplicate_text');
  const twin = await sidecar.suggest(samplePng(await sameWordsAs(400)), 'twin 2');
  expect(twin.flags.map((flag: any) => flag.code)).toContain('duplicate_text');
});

test('a newer suggestion for the same subject replaces an open one, and never a decided one', async () => {
  const first = await sidecar.suggest(samplePng(500), 'moved');
  const second = await sidecar.suggest(samplePng(501), 'moved');
  const stateOf = async ({ id }: any) => (await sidecar.call('GET', `/v1/suggestions/${id}`)).body.suggestion.state;
  expect([await stateOf(first), await stateOf(second)]).toEqual(['superseded', 'pending']);
  await sidecar.call('POST', `/v1/suggestions/${second.id}/decision`, { action: 'approve', by, version: 1 });
  const third = await sidecar.suggest(samplePng(502), 'moved');
  expect([await stateOf(second), await stateOf(third)]).toEqual(['approved', 'pending']);
});
