import type { PictureWords } from '../../../../../server/contract/worker';
import {
  doubtsAboutWords,
  offersOf,
  writtenKind,
  writtenText,
} from '../../../../../server/captioning/text/picture-words';

function words(text: string, patch: Partial<PictureWords> = {}): PictureWords {
  const lines =
    text === '' ? [] : text.split('\n').map((line) => ({ text: line, confidence: 95, height: 20, area: 0.05 }));
  return { lines, linesLeftOut: 0, upsideDown: false, unreadable: false, ...patch };
}

test('the words are kept one line each, and no more than a page of them', () => {
  expect(writtenText(words('Open daily\nfrom nine'))).toBe('Open daily\nfrom nine');
  expect(writtenText(words(''))).toBeNull();
  expect(writtenText(null)).toBeNull();
  const long = writtenText(words(Array.from({ length: 60 }, () => 'word '.repeat(10).trim()).join('\n'))) ?? '';
  expect(long.length).toBeLessThanOrEqual(2000);
  expect(long.endsWith('\n…')).toBe(true);
});

describe('words are offered', () => {
  test('alone, and as a part of the alt text in its language', () => {
    expect(offersOf(words('Geöffnet ab\nneun Uhr'), 'Ein Schild an einer Tür.', 'de-AT')).toEqual([
      'Geöffnet ab neun Uhr',
      'Ein Schild an einer Tür, mit den Worten „Geöffnet ab neun Uhr“',
    ]);
  });

  test('alone where nobody has said how to join them', () => {
    expect(offersOf(words('Open'), '문 위의 표지판', 'ko')).toEqual(['Open']);
  });

  test('not where they are a page, or stand upside down', () => {
    expect(offersOf(words('word '.repeat(40)), 'A page', 'en')).toEqual([]);
    expect(offersOf(words('Open', { upsideDown: true }), 'A sign', 'en')).toEqual([]);
  });
});

test('what speaks against the words is said', () => {
  expect(doubtsAboutWords(words('Open daily'))).toEqual([]);
  const doubtful = words('Open', { upsideDown: true, linesLeftOut: 3, unreadable: true });
  expect(doubtsAboutWords(doubtful).join(' ')).toMatch(/upside down.*first 60 lines.*3 more lines.*too unclear/);
  const tiny = words('Open');
  expect(doubtsAboutWords({ ...tiny, lines: tiny.lines.map((line) => ({ ...line, height: 7 })) })).toEqual([
    expect.stringContaining('very small'),
  ]);
});

test('sentences on a plain ground are a page, short labels a chart, and words in a photograph neither', () => {
  const page = words('This is the first sentence here\nHome\nAnd this is another long one\nContact');
  const chart = words('Visits\nMonday\nTuesday\nSunday');
  expect(writtenKind(page, 0.9)).toEqual({ page: true, labelled: false });
  expect(writtenKind(chart, 0.9)).toEqual({ page: false, labelled: true });
  expect(writtenKind(page, 0.2)).toEqual({ page: false, labelled: false });
});
