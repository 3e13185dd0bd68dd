import type { Fields } from '../../../../server/contract/fields';
import { AppError } from '../../../../server/errors';
import { isWrittenIn } from '../../../../server/translating/function-words';
import {
  forWaiting,
  inLanguage,
  within,
  type Texts,
  type Translate,
} from '../../../../server/translating/suggested-texts';
import { ModelError } from '../../../../models/model-error';

const ENGLISH = 'A man is sitting on a bench';
const texts = (fields: Partial<Fields> = {}): Texts => ({
  fields: {
    alt_text: ENGLISH,
    title: 'Man sitting on a bench',
    caption: null,
    description: `${ENGLISH}. From “Camp” on Site.`,
    keywords: ['man', 'bench'],
    file_name: 'man-on-bench',
    ...fields,
  },
  alternatives: ['A person on a bench'],
  flags: [{ code: 'low_confidence', message: 'unsure' }],
  confidence: 0.4,
});

/** Says what it was asked, so that a test sees what was. */
const asked: string[] = [];
const translate: Translate = (text, language) => {
  asked.push(text);
  return Promise.resolve({
    language,
    source: text,
    text: `[${text}]`,
    alternatives: [`{${text}}`],
    problems: [{ code: 'gender', message: 'woman or man' }],
    translation: { language, candidates: [], confidence: 1, isCut: false, hasUnknown: false, timingMs: 1 } as never,
    model: { id: 'm', precision: 'fp32' },
    version: 'v',
  });
};
beforeEach(() => asked.splice(0));

test('the alt text is translated once, and what is made from it follows', async () => {
  const found = await inLanguage(texts(), 'de', translate);
  expect(asked).toEqual([ENGLISH]);
  expect(found).toEqual({
    fields: {
      alt_text: `[${ENGLISH}]`,
      title: `[${ENGLISH}]`,
      caption: null,
      description: `[${ENGLISH}] “Camp”, Site.`,
      keywords: null,
      file_name: 'man-on-bench',
    },
    alternatives: [`{${ENGLISH}}`],
    flags: [
      { code: 'low_confidence', message: 'unsure' },
      { code: 'gender', message: 'woman or man' },
    ],
    confidence: 0.4,
    source: ENGLISH,
    translator: { id: 'm', precision: 'fp32', version: 'v' },
    awaitsTranslation: false,
  });
});

test('a title and a description that a person wrote are sentences of their own', async () => {
  const { fields } = await inLanguage(texts({ title: 'Our camp', description: 'Taken in May.' }), 'de', translate);
  expect(fields).toMatchObject({ title: '[Our camp]', description: '[Taken in May.]' });
});

test('a long title is cut between words', async () => {
  const long = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');
  const { fields } = await inLanguage(texts({ alt_text: long, title: 'word0 word1' }), 'de', translate);
  expect(fields.title!.length).toBeLessThanOrEqual(60);
  expect(`[${long}]`.startsWith(`${fields.title!} `)).toBe(true);
});

test.each(['en', 'en-GB'])('nothing is done for %s', async (language) => {
  expect(await inLanguage(texts(), language, translate)).toEqual({
    ...texts(),
    source: null,
    translator: null,
    awaitsTranslation: false,
  });
  expect(asked).toEqual([]);
});

test('English stays where no translator is here, and where it cannot be translated at all', async () => {
  const missing = () =>
    Promise.reject(new AppError('MODEL_FILE_MISSING', {}, { cause: new ModelError('MODEL_FILE_MISSING', 'Pull it.') }));
  const later = await inLanguage(texts(), 'de', missing);
  expect(later).toMatchObject({ fields: texts().fields, source: ENGLISH, translator: null, awaitsTranslation: true });
  expect(later.flags.at(-1)).toEqual({ code: 'not_translated', message: expect.stringContaining('Pull it.') });
  const never = await inLanguage(texts(), 'de', () => Promise.reject(new AppError('BAD_REQUEST')));
  expect(never).toMatchObject({ source: ENGLISH, awaitsTranslation: false });
  await expect(inLanguage(texts(), 'de', () => Promise.reject(new Error('a fault of ours')))).rejects.toThrow('ours');
});

test.each([
  ['Ein Mann sitzt auf einer Bank', 'de'],
  ['Un homme assis sur un banc', 'fr'],
  ['Een man zit op een bank', 'nl-BE'],
  ['رجل يجلس على مقعد', 'ar'],
  ['ベンチに座っている男性', 'ja'],
  ['Мужчина сидит на скамейке', 'ru'],
])('“%s” is in %s already', (text, language) => {
  expect(isWrittenIn(text, language)).toBe(true);
});

test.each([
  ENGLISH,
  'A cat on a bed on a boat',
  'Two dogs in a field',
  'A bus in Den Haag next to the van de Berg shop',
  'El Niño cafe sign',
  '12:30',
  '',
])('“%s” is in none of them', (text) => {
  const languages = [
    'ar',
    'cs',
    'da',
    'de',
    'es',
    'fi',
    'fr',
    'hu',
    'it',
    'ja',
    'nb',
    'nl',
    'pl',
    'pt',
    'ro',
    'sv',
    'tr',
  ];
  expect(languages.filter((language) => isWrittenIn(text, language))).toEqual([]);
});

test('what a translator does not say in time stays English for now, and is translated later', async () => {
  let said = 0;
  const slow: Translate = (...asked) => ((said += 1) === 1 ? translate(...asked) : new Promise(() => undefined));
  const found = await inLanguage(texts({ caption: 'At the camp' }), 'de', within(20, slow));
  expect(found).toMatchObject({
    source: ENGLISH,
    translator: null,
    awaitsTranslation: true,
    failure: 'MODEL_UNAVAILABLE',
  });
  expect(found.fields.alt_text).toBe(ENGLISH);
});

test('an error that comes in time is the error', async () => {
  const failing: Translate = () => Promise.reject(new AppError('TRANSLATOR_CRASHED'));
  expect(await inLanguage(texts(), 'de', within(60_000, failing))).toMatchObject({ failure: 'TRANSLATOR_CRASHED' });
});

test('where more wait than the translator does, the later ones get English at once, and are translated later', async () => {
  let done = (): void => undefined;
  const held = new Promise<void>((resolve) => (done = resolve));
  const begun: string[] = [];
  const slow: Translate = async (text, language) => {
    begun.push(text);
    await held;
    return translate(text, language);
  };
  const whileTheyWait = forWaiting(slow, 2);
  const ask = () => whileTheyWait(texts(), 'de', 60_000);
  const patient = [ask(), ask()];
  expect(await ask()).toMatchObject({ translator: null, awaitsTranslation: true, fields: { alt_text: ENGLISH } });
  expect(begun).toHaveLength(2);
  done();
  for (const one of await Promise.all(patient)) expect(one.translator).not.toBeNull();
  expect((await ask()).translator).not.toBeNull();
});
