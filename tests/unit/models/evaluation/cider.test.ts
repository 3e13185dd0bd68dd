import { readFileSync } from 'node:fs';
import path from 'node:path';
import { captionWords } from '../../../../models/evaluation/caption-words';
import { ciderScores } from '../../../../models/evaluation/cider';

interface Entry {
  readonly said: string;
  readonly due: readonly string[];
  readonly said_words: string;
  readonly due_words: readonly string[];
  readonly score: number;
}

/** What pycocoevalcap says: tests/oracle/make_cider_reference.py. */
const FILE = path.resolve(__dirname, '../../../fixtures/cider-oracle/reference.json');
const { mean, pictures } = JSON.parse(readFileSync(FILE, 'utf8')) as { mean: number; pictures: Entry[] };
const split = (words: string) => words.split(' ').filter((word) => word !== '');
const meanOf = (scores: readonly number[]) => scores.reduce((sum, score) => sum + score, 0) / scores.length;

describe('CIDEr-D', () => {
  it('is that of pycocoevalcap on the same words, picture by picture', () => {
    const scores = ciderScores(
      pictures.map(({ said_words: said, due_words: due }) => ({ said: split(said), due: due.map(split) })),
    );
    for (const [index, score] of scores.entries()) expect(Math.abs(score - pictures[index]!.score)).toBeLessThan(1e-6);
    expect(Math.abs(meanOf(scores) - mean)).toBeLessThan(1e-6);
  });

  it('puts a model that says the same of everything last, and one that repeats what people say first', () => {
    const due = pictures.map((picture) => picture.due.map(captionWords));
    const scoreOf = (say: (index: number) => readonly string[]) =>
      meanOf(ciderScores(due.map((texts, index) => ({ said: say(index), due: texts }))));
    const [parrot, model, cat] = [
      scoreOf((index) => due[index]![0]!),
      scoreOf((index) => captionWords(pictures[index]!.said)),
      scoreOf(() => ['a', 'cat']),
    ];
    expect(parrot).toBeGreaterThan(model + 1);
    expect(model).toBeGreaterThan(cat + 1);
  });

  it('is 0 where nothing is said or due', () => {
    expect(ciderScores([{ said: [], due: [['a', 'cat']] }])).toEqual([0]);
    expect(ciderScores([{ said: ['a', 'cat'], due: [] }])).toEqual([0]);
  });
});

it.each(
  pictures
    .flatMap(({ said, due, said_words, due_words }) => [
      [said, said_words] as const,
      ...due.map((text, at) => [text, due_words[at]!] as const),
    ])
    .filter(([text], at, all) => all.findIndex(([other]) => other === text) === at),
)('the words of "%s" are those of its tokenizer', (text, words) => expect(captionWords(text).join(' ')).toBe(words));
