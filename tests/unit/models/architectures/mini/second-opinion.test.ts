import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Caption } from '../../../../../models/captioner';
import {
  contradiction,
  labelsOf,
  lookAgain,
  parseLabelGroups,
} from '../../../../../models/architectures/mini/second-opinion';

const GROUPS = parseLabelGroups(
  JSON.stringify([
    { noun: 'cat', phrase: 'a cat', classes: '1-3', also: 'kitten animal', subject: true },
    { noun: 'coffee', phrase: 'a cup of coffee', classes: '0 5', also: 'cup', subject: true },
    { noun: 'football', phrase: 'a football', classes: '4', also: 'ball', subject: false },
  ]),
);

/** Logits of probabilities. */
const logits = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);

describe('labels', () => {
  it('sum the classes of a plain noun, best first', () => {
    const labels = labelsOf(logits(0.1, 0.2, 0.2, 0.1, 0.15, 0.25), GROUPS, 0.1);
    expect(labels.map(({ name, probability }) => [name, Number(probability.toFixed(3))])).toEqual([
      ['cat', 0.5],
      ['coffee', 0.35],
      ['football', 0.15],
    ]);
  });

  it('leave out what is hardly likely', () => {
    expect(labelsOf(logits(0.02, 0.9, 0.02, 0.02, 0.02, 0.02), GROUPS, 0.1).map(({ name }) => name)).toEqual(['cat']);
  });

  it('bring the words of their kin when pictures are about such things', () => {
    const labels = labelsOf(logits(0.1, 0.1, 0.1, 0.1, 0.4, 0.2), GROUPS, 0.1);
    expect(labels.map(({ name, kin }) => [name, kin])).toEqual([
      ['football', undefined],
      ['cat', ['kitten', 'animal']],
      ['coffee', ['cup']],
    ]);
  });
});

describe('the second opinion', () => {
  const coffee = [{ name: 'coffee', probability: 0.68 }];
  it.each([
    ['a brown dog is sitting on a table', 'a cup of coffee'],
    ['a cup on a table', undefined],
    ['three cups', undefined],
    ['two coffees', undefined],
    ['a cupboard in a kitchen', 'a cup of coffee'],
  ])('about "%s": %s', (sentence, text) => {
    expect(contradiction(sentence, coffee, GROUPS, 0.5)?.text).toBe(text);
  });

  it('keeps quiet when the classifier is not sure', () => {
    expect(contradiction('a dog', [{ name: 'coffee', probability: 0.49 }], GROUPS, 0.5)).toBeNull();
    expect(contradiction('a dog', [], GROUPS, 0.5)).toBeNull();
  });

  it('never replaces a sentence by something that is only seen beside the subject', () => {
    expect(contradiction('two men playing', [{ name: 'football', probability: 0.99 }], GROUPS, 0.5)).toBeNull();
  });
});

describe('a caption looked at again', () => {
  const thresholds = { labels: 'labels.json', label: 0.2, doubt: 0.4, say: 0.5 };
  const caption = (text: string): Caption => ({
    candidates: [{ text, tokens: [], logProbs: [], score: 0 }],
    confidence: 0.6,
    labels: [],
    timingsMs: { vision: 1, text: 1 },
  });
  /** Coffee at this probability, the rest among things without a noun. */
  const look = (text: string, coffee: number) =>
    lookAgain(caption(text), logits(coffee, 0.01, 0.01, 0.01, 0.01, 0, 0.96 - coffee), GROUPS, thresholds);

  it.each([
    ['a brown dog', 0.7, 'a cup of coffee', 0.18],
    ['a brown dog', 0.45, undefined, 0.33],
    ['a brown dog', 0.35, undefined, 0.6],
    ['a cup on a table', 0.7, undefined, 0.6],
  ])('"%s" with coffee at %d: offered %s, confidence %d', (text, coffee, offered, confidence) => {
    const seen = look(text, coffee);
    expect(seen.secondOpinion?.text).toBe(offered);
    expect(seen.confidence).toBeCloseTo(confidence, 5);
    expect(seen.labels.map(({ name }) => name)).toEqual(['coffee']);
    expect(seen.candidates[0].text).toBe(text);
  });
});

describe('the labels of mini', () => {
  const groups = parseLabelGroups(
    readFileSync(path.resolve(__dirname, '../../../../../models/mini/labels.json'), 'utf8'),
  );

  it('put each of the thousand classes under at most one noun', () => {
    const classes = groups.flatMap((group) => group.classes);
    expect(new Set(classes).size).toBe(classes.length);
    expect(classes.every((index) => index >= 0 && index < 1000)).toBe(true);
    expect(classes.length).toBeGreaterThan(700);
  });

  it('have a phrase that names the noun’s thing', () => {
    expect(new Set(groups.map(({ noun }) => noun)).size).toBe(groups.length);
    expect(groups.filter(({ phrase }) => phrase.trim() === '' || /[.A-Z]/.test(phrase))).toEqual([]);
  });

  it.each([
    ['tabby', 281, 'cat'],
    ['Pembroke corgi', 263, 'dog'],
    ['espresso', 967, 'coffee'],
    ['minibus', 654, 'bus'],
    ['stove', 827, 'stove'],
    ['warplane', 895, 'aeroplane'],
  ])('%s is class %i and means %s', (_, index, noun) => {
    expect(groups.find(({ classes }) => classes.includes(index))?.noun).toBe(noun);
  });
});

it('a labels file that is none is refused', () => {
  expect(() => parseLabelGroups('{}')).toThrow('pull it again');
});
