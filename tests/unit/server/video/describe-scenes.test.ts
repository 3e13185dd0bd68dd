import { describeScenes, type Scene } from '../../../../server/video/describe-scenes';
import { clock, textAlternative } from '../../../../server/video/text-alternative';
import { isoDuration, videoObject } from '../../../../server/video/video-object';

const scene = (from: number, caption: string, nouns: string[], confidence = 0.5): Scene => ({
  ...{ from, to: from + 2, at: from + 1, caption, nouns, confidence, title: caption.replace(/^A /, '') },
});
const cat = (from: number, confidence?: number) => scene(from, `A cat at ${from}`, ['cat', 'bed'], confidence);
const cup = (from: number, confidence?: number) => scene(from, 'A cup of coffee', ['coffee'], confidence);

test('a thing in most of the video gives its most certain sentence', () => {
  const { summary, title, confidence, posterAt } = describeScenes([cat(0, 0.4), cup(2, 0.9), cat(4, 0.7), cat(6, 0.6)]);
  expect({ summary, title, confidence, posterAt }).toEqual({
    ...{ summary: 'A cat at 4', title: 'cat at 4', confidence: 0.7, posterAt: 5 },
  });
});

test('else the scenes are named in their order, each once, as sure as the least sure of them', () => {
  const { summary, title, keywords, confidence } = describeScenes([
    ...([cat(0, 0.8), cup(2, 0.3), cup(4, 0.4), scene(6, 'A rocket', ['rocket'], 0.9)] as const),
  ]);
  expect(summary).toBe('A cat at 0; a cup of coffee; a rocket');
  expect(title).toBe('Cat, coffee, rocket');
  expect(keywords).toEqual(['coffee', 'cat', 'bed', 'rocket']);
  expect(confidence).toBe(0.4);
});

test('more than four are cut, and the sentence shows it', () => {
  const many = 'ABCDEF'.split('').map((letter, at) => scene(at * 2, `One ${letter}x`, [letter]));
  expect(describeScenes([cup(20), ...many]).summary.split('; ')).toHaveLength(5);
  expect(describeScenes([cup(20), ...many]).summary.endsWith('; …')).toBe(true);
});

test('how a thing is shown is nothing that two scenes have in common', () => {
  const close = (at: number, thing: string) => scene(at, `A close up of a ${thing}`, ['close', thing]);
  const { summary, keywords } = describeScenes([close(0, 'cat'), close(2, 'clock')]);
  expect(summary).toBe('A close up of a cat; a close up of a clock');
  expect(keywords).toEqual(['cat', 'clock']);
});

test('words after the first begin small, abbreviations stay', () => {
  expect(describeScenes([cup(0), scene(2, 'TV on a table', ['TV'])]).summary).toBe('A cup of coffee; TV on a table');
});

test('the text alternative lists what is seen with its times, and says what it is not', () => {
  const scenes = [cup(0), cup(2), cat(64)];
  const silent = textAlternative(scenes, { hasSound: false, isWhole: true });
  expect(silent.text).toBe('0:00 A cup of coffee.\n1:04 A cat at 64.');
  expect(silent.note).toContain('3 still pictures');
  expect(silent.helps).toEqual(['1.2.1']);
  const loud = textAlternative(scenes, { hasSound: true, isWhole: false });
  expect(loud.note).toContain('The sound was not heard.');
  expect(loud.note).toContain('only its beginning was seen');
  expect(loud).toMatchObject({ helps: [], open: ['1.2.2', '1.2.3', '1.2.5'] });
});

test.each([
  [0, '0:00', 'PT1S'],
  [75.6, '1:15', 'PT1M16S'],
  [3600, '1:00:00', 'PT1H'],
  [3675, '1:01:15', 'PT1H1M15S'],
])('%d seconds are %s and %s', (seconds, shown, iso) => {
  expect([clock(seconds), isoDuration(seconds)]).toEqual([shown, iso]);
});

test('JSON-LD holds what is known and nothing else', () => {
  const known = { name: 'Cat', description: 'A cat', duration: 5, thumbnailUrl: 'https://example.org/a.jpg' };
  expect(videoObject(known)).toEqual({
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    ...{ name: 'Cat', description: 'A cat', duration: 'PT5S', thumbnailUrl: 'https://example.org/a.jpg' },
  });
});
