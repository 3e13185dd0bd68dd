import path from 'node:path';
import { ROOT } from './source-tree';

interface Entry {
  readonly msgid: string;
  readonly msgid_plural?: string;
  readonly msgstr: readonly string[];
}
interface PoFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly translations: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}
interface SourceString {
  readonly text: string;
  readonly plural?: string;
  readonly context?: string;
}
interface Languages {
  formsOf(po: PoFile): number;
  locales(): string[];
  missing(po: PoFile, strings: readonly SourceString[]): string[];
  readPo(locale: string): PoFile;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- scripts of the plugin, in plain JavaScript
const languages: Languages = require(path.join(ROOT, 'plugin/bin/languages.js'));
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the same
const sources: { sourceStrings(plugin: string): SourceString[] } = require(
  path.join(ROOT, 'plugin/bin/source-strings.js'),
);

const strings = sources.sourceStrings(path.join(ROOT, 'plugin'));
const shipped = languages.locales().map((locale) => [locale, languages.readPo(locale)] as const);
const entries = (po: PoFile): Entry[] =>
  Object.values(po.translations)
    .flatMap((context) => Object.values(context))
    .filter(({ msgid }) => msgid !== '');

/** Placeholders and tags of a text. Sorted, because a translation may have them in another order. */
const placeholders = (text: string): string[] => (text.match(/%(\d+\$)?[sdf%]|<\/?\w+>/g) ?? []).sort();

/** The plural form of some numbers, by language. Every shipped language has a line here. */
const FORMS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  ar: { 0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 99: 4, 100: 5, 102: 5, 103: 3, 111: 4 },
  de_DE: { 0: 1, 1: 0, 2: 1 },
  es_ES: { 0: 1, 1: 0, 2: 1 },
  fr_FR: { 0: 0, 1: 0, 2: 1 },
  ja: { 0: 0, 1: 0, 2: 0 },
  nl_NL: { 0: 1, 1: 0, 2: 1 },
};

test('every language that is shipped has its plural forms checked', () => {
  expect(shipped.map(([locale]) => locale).sort()).toEqual(Object.keys(FORMS).sort());
});

test('every string is translated into every language that is shipped', () => {
  const lacking = shipped.flatMap(([locale, po]) => languages.missing(po, strings).map((text) => `${locale}: ${text}`));
  // On failure: `node plugin/bin/languages.js --update`, fill in what `--missing` lists (docs/CONTRIBUTING.md).
  expect(lacking).toEqual([]);
});

test('no file keeps a string that the plugin no longer says', () => {
  const said = new Set(strings.map(({ text }) => text));
  const left = shipped.flatMap(([locale, po]) =>
    entries(po)
      .filter(({ msgid }) => !said.has(msgid))
      .map(({ msgid }) => `${locale}: ${msgid}`),
  );
  expect(left).toEqual([]);
});

test('a translation fills in what its string fills in', () => {
  const wrong = shipped.flatMap(([locale, po]) =>
    entries(po)
      .filter(({ msgid, msgstr }) => msgstr.some((text) => placeholders(text).join() !== placeholders(msgid).join()))
      .map(({ msgid }) => `${locale}: ${msgid}`),
  );
  expect(wrong).toEqual([]);
});

test.each(shipped)('%s says which form of a plural stands for which number', (locale, po) => {
  const [, expression = ''] = /plural=(.*);/.exec(po.headers['plural-forms'] ?? '') ?? [];
  expect(expression).toMatch(/^[n\d\s()?:=!<>%&|]+$/);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- only the characters that were just matched
  const formOf = new Function('n', `return Number(${expression})`) as (count: number) => number;
  for (const [count, form] of Object.entries(FORMS[locale] ?? {})) {
    expect([count, formOf(Number(count))]).toEqual([count, form]);
    expect(form).toBeLessThan(languages.formsOf(po));
  }
});
