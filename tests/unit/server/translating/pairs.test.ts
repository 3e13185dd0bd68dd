import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { translationProblems } from '../../../../server/translating/checks';

// Good translations and such with a planted fault; who wrote which file is said in the folder's README.

interface Pair {
  readonly language: string;
  readonly english: string;
  readonly translation: string;
  /** null: a good one. */
  readonly fault: string | null;
}

const FOLDER = path.resolve(__dirname, '../../../fixtures/translation-pairs');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const pairsOf = (file: string): Pair[] => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
const codesOf = ({ english, translation, language }: Pair) =>
  translationProblems({ source: english, translation, language, other: null, isCut: false, hasUnknown: false }).map(
    ({ code }) => code,
  );

test('there is a file of our own', () => expect(FILES).toContain('own.json'));

describe.each(FILES)('%s', (file) => {
  const pairs = pairsOf(file);
  const planted = pairs.filter(({ fault }) => fault !== null);
  const good = pairs.filter(({ fault }) => fault === null);

  test('has a hundred of each', () => {
    expect(planted.length).toBeGreaterThanOrEqual(100);
    expect(good.length).toBeGreaterThanOrEqual(100);
  });

  test('nine of ten planted faults are found', () => {
    const missed = planted.filter((pair) => codesOf(pair).length === 0);
    expect({ missed: missed.length <= planted.length / 10 ? [] : missed }).toEqual({ missed: [] });
  });

  test('at most one of twenty good translations is doubted', () => {
    const doubted = good.filter((pair) => codesOf(pair).length > 0);
    expect({ doubted: doubted.length <= good.length / 20 ? [] : doubted }).toEqual({ doubted: [] });
  });
});
