import { readFileSync } from 'node:fs';
import path from 'node:path';
import { labelsOf, parseLabelGroups, secondOpinion } from '../../../../models/blip/second-opinion';

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
    expect(secondOpinion(sentence, coffee, GROUPS, 0.5)?.text).toBe(text);
  });

  it('keeps quiet when the classifier is not sure', () => {
    expect(secondOpinion('a dog', [{ name: 'coffee', probability: 0.49 }], GROUPS, 0.5)).toBeNull();
    expect(secondOpinion('a dog', [], GROUPS, 0.5)).toBeNull();
  });

  it('never replaces a sentence by something that is only seen beside the subject', () => {
    expect(secondOpinion('two men playing', [{ name: 'football', probability: 0.99 }], GROUPS, 0.5)).toBeNull();
  });
});

describe('the labels of mini', () => {
  const groups = parseLabelGroups(
    readFileSync(path.resolve(__dirname, '../../../../models/convert/mini/labels.json'), 'utf8'),
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
