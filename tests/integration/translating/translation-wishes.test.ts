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
