import { TranslationWishes } from '../../../server/translating/translation-wishes';
import { freshDatabase, siteOf } from '../../support/suggestion-rows';

test('a run that translates reads its own suggestions alone, however many another site has', async () => {
  const storage = freshDatabase();
  const [large, small] = [siteOf(storage, 'large'), siteOf(storage, 'small')];
  storage.transaction(() => {
    for (let n = 0; n < 450; n += 1) large.suggest({ altText: `picture ${n}` });
    small.suggest({ altText: 'a dog' });
    for (let n = 0; n < 450; n += 1) large.suggest({ altText: `picture ${n}` });
    small.suggest({ altText: 'a cat' });
  });
  const run = small.runs.create(
    { name: 'all', include_decided: false, translate: { languages: ['de'], which: 'all' } },
    0,
  );
  let pieces = 0;
  const wishes = new TranslationWishes({
    storage,
    suggestionsOf: () => small.suggestions,
    jobsOf: () => small.jobs,
    isReady: () => true,
    ring: () => (pieces += 1),
  });
  const before = storage.flushedCommits;
  await wishes.run(new AbortController().signal);
  expect([pieces, storage.flushedCommits - before]).toEqual([1, 1]);
  const jobs = storage.prepare("SELECT count(*) FROM jobs WHERE run_id = ? AND needs = 'translate'").pluck();
  expect(jobs.get(run.id)).toBe(2);
  expect(small.runs.get(run.id)).toMatchObject({ expected: 2 });
  storage.close();
});

test('what waits for something else keeps no text from being translated', async () => {
  const storage = freshDatabase();
  const site = siteOf(storage);
  const suggestion = site.suggest({ altText: 'a dog' });
  storage.db.prepare("UPDATE suggestions SET awaits_translation = 1, language = 'de' WHERE id = ?").run(suggestion.id);
  const wait = storage.db.prepare(
    `INSERT INTO jobs (id, site_id, instance, subject_type, subject_id, image_sha256, language, priority, request, needs, state,
       available_at, created_at, updated_at)
     VALUES (?, ?, 0, 'attachment', ?, ?, ?, 0, '{}', ?, 'waiting', 0, 0, 0)`,
  );
  const fill = (needs: string, language: string) => {
    for (let n = 0; n < 2000; n += 1) {
      const id = `${needs}${language}${n}`;
      wait.run(id, site.id, id, n.toString(16).padStart(64, 'f'), language, needs);
    }
  };
  const wishes = new TranslationWishes({
    storage,
    suggestionsOf: () => site.suggestions,
    jobsOf: () => site.jobs,
    isReady: () => true,
    ring: () => undefined,
  });
  const awaited = storage.prepare('SELECT sum(awaits_translation) FROM suggestions').pluck();
  storage.transaction(() => fill('translate', 'de'));
  await wishes.run(new AbortController().signal);
  expect(awaited.get()).toBe(1);
  storage.db.prepare('DELETE FROM jobs WHERE needs = ?').run('translate');
  storage.transaction(() => {
    fill('video', 'de');
    fill('translate', 'fr');
  });
  await wishes.run(new AbortController().signal);
  expect(awaited.get()).toBe(0);
  storage.close();
});

test('a site has twenty runs that translate under way at most, and a run that is cancelled meanwhile asks for nothing', async () => {
  const storage = freshDatabase();
  const site = siteOf(storage);
  site.suggest({ altText: 'a dog' });
  const create = () =>
    site.runs.create({ name: 'all', include_decided: false, translate: { languages: ['de'], which: 'all' } }, 0);
  const runs = Array.from({ length: 20 }, create);
  expect(create).toThrow(expect.objectContaining({ code: 'TOO_MANY_TRANSLATION_RUNS' }));
  expect(() => site.runs.create({ name: 'pictures', include_decided: false }, 0)).not.toThrow();
  const wishes = new TranslationWishes({
    storage,
    suggestionsOf: () => site.suggestions,
    jobsOf: () => site.jobs,
    isReady: () => true,
    ring: () => undefined,
  });
  const working = wishes.run(new AbortController().signal);
  // The first has had its turn.
  site.runs.act(runs[1]!.id, 'cancel');
  await working;
  expect(storage.prepare('SELECT count(*) FROM runs WHERE translated_to IS NOT NULL').pluck().get()).toBe(1);
  expect(create).not.toThrow();
  storage.close();
});
