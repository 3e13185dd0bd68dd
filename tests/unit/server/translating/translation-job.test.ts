import type { Suggestion } from '../../../../server/contract/suggestion';
import type { ErrorCode } from '../../../../server/errors';
import { createLogger } from '../../../../server/logger';
import type { Claim } from '../../../../server/queue/queue';
import type { SuggestedTexts } from '../../../../server/translating/suggested-texts';
import { translationJob, type TranslationJobParts } from '../../../../server/translating/translation-job';

const claim = { jobId: 'job', siteId: 'site', language: 'de', work: { translate: { suggestion: 's' } } } as Claim;
const english = {
  state: 'pending',
  fields: { alt_text: 'a dog' },
  alternatives: [],
  flags: [],
  language: 'en',
  video: null,
};
const untranslated = (failure: ErrorCode) =>
  ({ source: 'a dog', translator: null, failure }) as unknown as SuggestedTexts;

const failedWith = async (failure: ErrorCode) => {
  const told: unknown[] = [];
  const parts = {
    storage: { unflushed: (work: () => unknown) => work() },
    queue: { leaseMs: 1e6, fail: (_claim: Claim, { code }: { code: ErrorCode }, by: unknown) => told.push([code, by]) },
    suggestionOf: () => english as unknown as Suggestion,
    inLanguage: () => Promise.resolve(untranslated(failure)),
    logger: createLogger('silent'),
  } as unknown as TranslationJobParts;
  return { outcome: await translationJob(parts, claim, new AbortController().signal), told };
};

test.each<ErrorCode>(['MODEL_UNAVAILABLE', 'MODEL_FILE_DAMAGED', 'MODEL_FILE_MISSING', 'MODEL_TOO_LARGE'])(
  'a translator that cannot be used (%s) costs no text an attempt',
  async (code) => {
    const { outcome, told } = await failedWith(code);
    expect(told).toEqual([[code, { machine: 'translator', blame: 'nobody' }]]);
    expect(outcome).toBe('given back');
  },
);

test.each<ErrorCode>(['TRANSLATOR_CRASHED', 'TRANSLATION_FAILED'])('%s counts', async (code) => {
  expect(await failedWith(code)).toEqual({ outcome: 'ended', told: [[code, undefined]] });
});
