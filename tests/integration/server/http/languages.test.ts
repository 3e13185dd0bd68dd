import { KeyStore } from '../../../../server/sites/key-store';
import { openDatabase } from '../../../../server/storage/database';
import { readCaption } from '../../../../server/captioning/text/reading';
import { altsmith } from '../../../support/altsmith-command';
import { FakeEngine } from '../../../support/fake-engine';
import { ToyTranslator } from '../../../support/models/toy-translator';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { waitFor } from '../../../support/wait-for';

// The translator is a real process of the build, with the tiny model that was taught its few sentences.

const ENGLISH = 'A man sitting on a wooden table';
const GERMAN = 'Ein Mann sitzt auf einem Holztisch';
const by = { id: '1', name: 'Ada' };

let toy: ToyTranslator;
let sidecar: TestSidecar;
let seed = 0;
beforeAll(async () => (toy = await ToyTranslator.make()));
afterAll(() => toy.remove());
beforeEach(async () => {
  sidecar = await TestSidecar.start();
  sidecar.engine.says = () => 'a man sitting on a wooden table';
});
afterEach(() => sidecar.remove());

const suggest = (id: string, more: object = {}, image = samplePng((seed += 1))) => sidecar.suggest(image, id, more);
const suggestions = async (query = '') =>
  (await sidecar.call('GET', `/v1/suggestions?limit=200${query}`)).body.items as any[];
const decide = async (suggestion: any, decision: object) =>
  (
    await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, {
      by,
      version: suggestion.version,
      ...decision,
    })
  ).body.suggestion;
const codes = (suggestion: any) => suggestion.flags.map((flag: any) => flag.code);

describe('a job in another language', () => {
  test('gets the polished English translated, with both, the other ways to say it, and what translated it', async () => {
    toy.pullInto(sidecar.dataDir);
    const found = await suggest('1', { language: 'de', context: { page_title: 'Camp', site_name: 'Site' } });
    expect(found).toMatchObject({
      language: 'de',
      source: ENGLISH,
      approved_source: null,
      fields: { alt_text: GERMAN, title: GERMAN, description: `${GERMAN}. “Camp”, Site.`, keywords: null },
      translator: { id: 'toy-de', precision: 'fp32', version: expect.stringMatching(/^[0-9a-f]{12}$/) },
      model: { id: 'fake' },
    });
    expect(found.alternatives.length).toBeGreaterThan(0);
    expect(found.alternatives).not.toContain(GERMAN);
    // The English is found too.
    expect((await suggestions('&q=wooden')).map(({ id }) => id)).toEqual([found.id]);
  });

  test('stays English, and says so, until a translator is here; then it is translated by itself', async () => {
    const first = await suggest('1', { language: 'fr' });
    expect(first).toMatchObject({ language: 'fr', source: ENGLISH, translator: null, fields: { alt_text: ENGLISH } });
    expect(codes(first)).toContain('not_translated');
    expect(first.flags.at(-1).message).toContain('altsmith languages pull fr');
    const decided = await decide(await suggest('2', { language: 'fr' }), { action: 'approve' });
    toy.pullInto(sidecar.dataDir, 'fr');
    const next = await waitFor('the translation', async () =>
      (await suggestions('&state=pending')).find((one) => one.id !== first.id),
    );
    expect(next).toMatchObject({ language: 'fr', source: ENGLISH, subject: { id: '1' }, fields: { alt_text: GERMAN } });
    expect(codes(next)).not.toContain('not_translated');
    expect((await suggestions('&state=superseded')).map(({ id }) => id)).toEqual([first.id]);
    // What a person approved stays as it is.
    expect((await suggestions('&state=approved')).map(({ id }) => id)).toEqual([decided.id]);
    expect(sidecar.engine.requests).toHaveLength(2);
  });

  test('is the same job by whichever name of the language, and by WordPress’s locale; a region in a tag is a wish', async () => {
    const image = samplePng((seed += 1));
    const jobs: any[] = [];
    for (const name of ['de', 'de_DE', 'de_DE_formal', 'de-ch'])
      jobs.push((await sidecar.submit(image, '1', { language: name })).body.job);
    jobs.push((await sidecar.submit(image, '1', { locale: 'de_AT' })).body.job);
    expect(jobs.map(({ language }) => language)).toEqual(['de', 'de', 'de', 'de-CH', 'de']);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(2);
  });

  test('that says what it shows in that language already is left as it is', async () => {
    toy.pullInto(sidecar.dataDir);
    sidecar.engine.says = () => 'ein Hund steht auf einer Bank';
    expect(await suggest('1', { language: 'de' })).toMatchObject({
      source: null,
      translator: null,
      fields: { alt_text: 'Ein Hund steht auf einer Bank' },
    });
  });

  test.each([
    [{ locale: 'de_DE_formal' }, 'de'],
    [{ locale: 'en_GB' }, 'en'],
    [{ locale: 'zh_TW' }, 'zh-Hant'],
    [{ locale: 'de_DE', language: 'pt-br' }, 'pt-BR'],
    [{}, 'en'],
  ])('%j is in %s', async (more, language) => {
    expect((await suggest('1', more)).language).toBe(language);
  });

  test.each(['und', 'xx', 'mul', 'qaa'])('%s is no language, and nothing is stored', async (language) => {
    const { status, body } = await sidecar.submit(samplePng(1), '1', { language });
    expect([status, body.error.code]).toEqual([422, 'LANGUAGE_UNKNOWN']);
    expect((await sidecar.call('GET', '/v1/jobs')).body.items).toEqual([]);
  });

  test('is never approved without a person', async () => {
    toy.pullInto(sidecar.dataDir);
    const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
    storage.prepare("UPDATE sites SET settings = json_set(settings, '$.auto_approve_from', 0.1)").run();
    storage.close();
    expect((await suggest('1', { language: 'de' })).state).toBe('pending');
    expect((await suggest('2', { language: 'en' })).state).toBe('approved');
  });
});

describe('several languages', () => {
  test('of a site are each a suggestion of their own, of one look at the picture', async () => {
    toy.pullInto(sidecar.dataDir);
    const { status, body } = await sidecar.call('PUT', '/v1/site', { languages: ['de_DE_formal', 'en', 'pt_BR'] });
    expect(status).toBe(200);
    expect(body.site).toMatchObject({
      languages: ['de', 'en', 'pt-BR'],
      translators: [
        { language: 'de', translator: 'toy-de' },
        { language: 'en', translator: null },
        { language: 'pt-BR', translator: null },
      ],
    });
    const first = await suggest('1');
    expect(first).toMatchObject({ language: 'de', fields: { alt_text: GERMAN } });
    const all = await waitFor('all three', async () => {
      const found = await suggestions();
      return found.length === 3 && found;
    });
    expect(all.map(({ language, source }) => [language, source]).sort()).toEqual([
      ['de', ENGLISH],
      ['en', null],
      ['pt-BR', ENGLISH],
    ]);
    expect(sidecar.engine.requests).toHaveLength(1);
    // The same job in each of them.
    expect((await sidecar.submit(samplePng(seed), '1')).status).toBe(200);
    expect((await sidecar.call('PUT', '/v1/site', { languages: ['xx'] })).body.error.code).toBe('LANGUAGE_UNKNOWN');
  });

  test('of one picture wait for the look that is under way, with as many workers as there are', async () => {
    await sidecar.remove();
    sidecar = await TestSidecar.start({ engine: new FakeEngine(3) });
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    sidecar.engine.before = () => gate;
    const image = samplePng((seed += 1));
    // Language versions: other subjects, the same file.
    for (const [id, language] of [['1', 'en'], ['2', 'de'], ['3', 'fr']] as const) await sidecar.submit(image, id, { language }); // prettier-ignore
    await waitFor('all to be claimed', async () => (await sidecar.call('GET', '/v1/status')).body.queue.running === 3);
    go();
    await waitFor('all three', async () => (await suggestions()).length === 3);
    expect(sidecar.engine.requests).toHaveLength(1);
  });
});

describe('the review', () => {
  test('remembers the English that was approved beside the translation, and translates that for other languages', async () => {
    toy.pullInto(sidecar.dataDir);
    const image = samplePng((seed += 1));
    const found = await suggest('1', { language: 'de' }, image);
    const better = 'Two dogs standing next to a bench';
    const approved = await decide(found, { action: 'approve', values: { alt_text: 'Zwei Hunde' }, source: better });
    expect(approved).toMatchObject({
      state: 'approved',
      source: ENGLISH,
      approved_source: better,
      values: { alt_text: 'Zwei Hunde' },
    });
    expect(await suggest('2', { language: 'de-AT' }, image)).toMatchObject({
      source: better,
      fields: { alt_text: 'Zwei Hunde steht neben einer Bank' },
    });
    expect(await decide(approved, { action: 'reopen' })).toMatchObject({ state: 'pending', approved_source: null });
  });

  test('translates one text now', async () => {
    const ask = (text: string, to: string) => sidecar.call('POST', '/v1/translations', { text, to });
    expect((await ask(ENGLISH, 'de')).body.error).toMatchObject({
      code: 'LANGUAGE_NOT_PULLED',
      details: { what_to_do: expect.stringContaining('languages pull de') },
    });
    toy.pullInto(sidecar.dataDir);
    const answered = await waitFor('the translator to be found', async () => {
      const { status, body } = await ask(ENGLISH, 'de');
      return status === 200 && body;
    });
    expect(answered).toMatchObject({ language: 'de', source: ENGLISH, text: GERMAN, translator: { id: 'toy-de' } });
    expect((await ask(ENGLISH, 'und')).body.error.code).toBe('LANGUAGE_UNKNOWN');
    expect((await ask(ENGLISH, 'en')).body.error.code).toBe('LANGUAGE_NOT_POSSIBLE');
    expect((await ask(' ', 'de')).status).toBe(400);
  });
});

describe('a run that translates', () => {
  const begin = async (translate: object) =>
    (await sidecar.call('POST', '/v1/runs', { name: 'into German', translate })).body;
  const look = async (id: string) => (await sidecar.call('GET', `/v1/runs/${id}`)).body.run;
  const ended = (id: string) =>
    waitFor('the run to end', async () => {
      const run = await look(id);
      return run.expected !== null && run.jobs.waiting === 0 && run.jobs.running === 0 && run;
    });

  test('goes through what is there, takes what a person approved, and leaves what they decided against', async () => {
    const [open, approved, rejected] = [await suggest('1'), await suggest('2'), await suggest('3')];
    await decide(approved, { action: 'approve', values: { alt_text: 'Two dogs standing next to a bench' } });
    await decide(rejected, { action: 'reject' });
    expect((await begin({ languages: ['de'] })).error.code).toBe('LANGUAGE_NOT_PULLED');
    toy.pullInto(sidecar.dataDir);
    toy.pullInto(sidecar.dataDir, 'fr');
    await waitFor('both to be found', async () => (await begin({ languages: ['de', 'fr'] })).run);
    const [{ id }] = (await sidecar.call('GET', '/v1/runs')).body.items;
    expect(await ended(id)).toMatchObject({ expected: 4, jobs: { done: 4 }, translates: { which: 'all' } });
    const found = await suggestions(`&run_id=${id}`);
    expect(
      found.map(({ subject, language, source, fields }) => [subject.id, language, source, fields.alt_text]).sort(),
    ).toEqual([
      ['1', 'de', ENGLISH, GERMAN],
      ['1', 'fr', ENGLISH, GERMAN],
      ['2', 'de', 'Two dogs standing next to a bench', 'Zwei Hunde steht neben einer Bank'],
      ['2', 'fr', 'Two dogs standing next to a bench', 'Zwei Hunde steht neben einer Bank'],
    ]);
    // The English ones are as they were, no picture was looked at again, and a second run has nothing to do.
    expect((await sidecar.call('GET', `/v1/suggestions/${open.id}`)).body.suggestion).toEqual(open);
    expect(sidecar.engine.requests).toHaveLength(3);
    expect(await ended((await begin({ languages: ['de', 'fr'] })).run.id)).toMatchObject({ expected: 0 });
    await sidecar.call('POST', `/v1/runs/${id}/undo`, {});
    await waitFor('them to be withdrawn', async () => (await look(id)).suggestions.superseded === 4);
  });

  test('takes only what was approved where that is asked for, pauses, and goes on', async () => {
    toy.pullInto(sidecar.dataDir);
    const approved = await suggest('1');
    await suggest('2');
    await decide(approved, { action: 'approve' });
    const { run } = await begin({ languages: ['de'], which: 'approved' });
    await sidecar.call('POST', `/v1/runs/${run.id}/pause`, {});
    await sidecar.call('POST', `/v1/runs/${run.id}/resume`, {});
    expect(await ended(run.id)).toMatchObject({ expected: 1, jobs: { done: 1 } });
    expect((await suggestions(`&run_id=${run.id}`)).map(({ subject }) => subject.id)).toEqual(['1']);
  });

  test('is begun on the command line as well', async () => {
    toy.pullInto(sidecar.dataDir);
    await suggest('1');
    const { code, json } = await altsmith(sidecar.dataDir, ['languages', 'translate', 'de', '--json']);
    expect([code, json.runs.length]).toEqual([0, 1]);
    expect(await ended(json.runs[0].id)).toMatchObject({ expected: 1, jobs: { done: 1 } });
    expect((await altsmith(sidecar.dataDir, ['languages', 'translate', 'fr', '--json'])).json.error.message).toContain(
      'pull fr',
    );
  });
});

test('what a worker elsewhere saw is translated here', async () => {
  toy.pullInto(sidecar.dataDir);
  sidecar.engine.ready = false;
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const key = new KeyStore(storage).create({ scope: 'worker', siteId: null, name: 'test' }).text;
  storage.close();
  const model = { id: 'elsewhere', precision: 'fp32', demonstration: false, canAnswer: false };
  const text = 'a man sitting on a wooden table';
  const caption = {
    candidates: [{ text, tokens: [1], logProbs: [-0.1], score: -0.1 }] as const,
    confidence: 0.8,
    labels: [],
    timingsMs: { vision: 1, text: 1 },
  };
  const result = {
    model,
    image: { width: 16, height: 12, format: 'png', hasAlpha: false, contrast: 60, flatness: 0.2 },
    caption,
    readings: readCaption(caption),
    timingsMs: { decode: 1, vision: 1, text: 1, total: 3 },
  };
  const call = (route: string, body: unknown) => sidecar.call('POST', `/v1/worker/${route}`, body, { key });
  const { body } = await sidecar.submit(samplePng((seed += 1)), '1', { language: 'de' });
  const { claim } = (await call('claim', { worker: 'w', model, wait: 5 })).body;
  expect((await call(`jobs/${claim.job_id}/finish`, { token: claim.token, result })).body).toEqual({ state: 'done' });
  const [found] = await suggestions();
  expect(found).toMatchObject({ job_id: body.job.id, language: 'de', source: ENGLISH, fields: { alt_text: GERMAN } });
  // The words are kept: another language needs no second look.
  await sidecar.submit(samplePng(seed), '2', { language: 'de-CH' });
  expect((await call('claim', { worker: 'w', model, wait: 1 })).body.claim).toBeNull();
  expect(await suggestions()).toHaveLength(2);
});
