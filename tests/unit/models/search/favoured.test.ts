import { BeamSearch } from '../../../../models/search/beam';
import { gainsAfter } from '../../../../models/search/favoured';
import { GreedySearch } from '../../../../models/search/greedy';
import { runSearch, type SearchOptions } from '../../../../models/search/search';
import { tableStep, type Table } from './table-model';

const sayable = (words: number[][], bonus = 1) => ({ words, bonus });

describe('what a token gains', () => {
  test('one that begins a word, and one that goes on', () => {
    const favoured = sayable([[2, 3, 4], [5]]);
    expect(gainsAfter([0], favoured)).toEqual({ of: new Map([[2, 1], [5, 1]]), others: -0 }); // prettier-ignore
    expect(gainsAfter([0, 2], favoured)).toEqual({ of: new Map([[3, 1], [2, 0], [5, 0]]), others: -1 }); // prettier-ignore
    expect(gainsAfter([0, 2, 3], favoured)).toEqual({ of: new Map([[4, 1], [2, -1], [5, -1]]), others: -2 }); // prettier-ignore
  });

  test('nothing once the word is said, and nothing without words', () => {
    expect(gainsAfter([0, 2, 3], sayable([[2, 3]]))).toEqual({ of: new Map(), others: 0 });
    expect(gainsAfter([0], null)).toEqual({ of: new Map(), others: 0 });
    expect(gainsAfter([0], sayable([[]]))).toEqual({ of: new Map(), others: 0 });
  });

  test('a word that begins again in its own middle', () => {
    expect(gainsAfter([2, 2], sayable([[2, 2, 3]])).of).toEqual(new Map([[3, 1], [2, -1]])); // prettier-ignore
  });

  test('what a whole sentence gains is the bonus of its finished words', () => {
    const favoured = sayable(
      [
        [2, 3],
        [4, 5, 6],
      ],
      0.5,
    );
    const totalOf = (sentence: number[]) =>
      sentence.reduce((sum, token, at) => {
        const { of, others } = gainsAfter(sentence.slice(0, at), favoured);
        return sum + (of.get(token) ?? others);
      }, 0);
    expect(totalOf([7, 2, 3, 7])).toBeCloseTo(1);
    expect(totalOf([7, 2, 7, 7])).toBeCloseTo(0);
    expect(totalOf([4, 5, 2, 3, 4, 5, 6, 9])).toBeCloseTo(2.5);
    expect(totalOf([4, 5, 9])).toBeCloseTo(0);
  });
});

describe('a search', () => {
  // Words: 0 start, 1 end, 2 cat, 3 dog, 4 sat.
  const TABLE: Table = {
    '0': [0, 0, 0.3, 0.6, 0.1],
    '0 2': [0, 0.1, 0.1, 0.1, 0.7],
    '0 3': [0, 0.1, 0.1, 0.1, 0.7],
    '0 2 4': [0, 0.9, 0.05, 0.05, 0],
    '0 3 4': [0, 0.9, 0.05, 0.05, 0],
    '*': [0, 0.97, 0.01, 0.01, 0.01],
  };
  const options: SearchOptions = {
    prompt: [0],
    end: 1,
    beams: 2,
    maxLength: 6,
    minLength: 0,
    lengthPenalty: 1,
    repetitionPenalty: 1,
    unfinished: 'compete',
  };
  const said = async (more: Partial<SearchOptions>) => {
    const all = { ...options, ...more };
    const search = all.beams === 1 ? new GreedySearch(all) : new BeamSearch(all);
    await runSearch(search, tableStep(TABLE).step);
    return search.results();
  };

  test.each([1, 2])('with %d beams takes the word that is favoured where it is nearly as likely', async (beams) => {
    expect((await said({ beams }))[0]!.tokens).toEqual([3, 4]);
    expect((await said({ beams, favoured: sayable([[2, 4]], 1) }))[0]!.tokens).toEqual([2, 4]);
    // A little is not enough.
    expect((await said({ beams, favoured: sayable([[2, 4]], 0.1) }))[0]!.tokens).toEqual([3, 4]);
  });

  test('the log-probabilities stay the model’s own', async () => {
    const [best] = await said({ favoured: sayable([[2, 4]], 1) });
    expect(best!.logProbs.map(Math.exp)).toEqual([0.3, 0.7, 0.9].map((p) => expect.closeTo(p, 5)));
  });

  test('the beginning of a word that does not go on wins nothing', async () => {
    expect((await said({ favoured: sayable([[2, 3]], 1) }))[0]!.tokens).toEqual([3, 4]);
  });
});
