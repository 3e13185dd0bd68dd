import { BeamSearch } from '../../../../models/search/beam';
import { GreedySearch } from '../../../../models/search/greedy';
import { runSearch, type SearchOptions } from '../../../../models/search/search';
import { tableStep, type Table } from './table-model';

// Words: 0 start, 1 end, 2 cat, 3 dog, 4 sat.
const START = 0;
const END = 1;
const OPTIONS: SearchOptions = {
  prompt: [START],
  end: END,
  beams: 2,
  maxLength: 6,
  minLength: 0,
  lengthPenalty: 1,
  repetitionPenalty: 1,
  unfinished: 'compete',
};

/** Greedy takes "dog" (0.5) and is left with bad words; "cat" (0.4) goes on well. */
const GARDEN_PATH: Table = {
  '0': [0, 0, 0.4, 0.5, 0.1],
  '0 3': [0, 0.3, 0.3, 0.2, 0.2],
  '0 2': [0, 0.05, 0, 0, 0.95],
  '0 2 4': [0, 1, 0, 0, 0],
  '*': [0, 0.4, 0.2, 0.2, 0.2],
};

async function beam(table: Table, options: Partial<SearchOptions> = {}) {
  const search = new BeamSearch({ ...OPTIONS, ...options });
  await runSearch(search, tableStep(table).step);
  return search.results();
}

async function greedy(table: Table, options: Partial<SearchOptions> = {}) {
  const search = new GreedySearch({ ...OPTIONS, beams: 1, ...options });
  await runSearch(search, tableStep(table).step);
  return search.results()[0]!;
}

describe('greedy search', () => {
  it('takes the likeliest word each time, and the end token is not part of the sentence', async () => {
    const table = { '0': [0, 0.1, 0.6, 0.2, 0.1], '0 2': [0, 0.1, 0.1, 0.1, 0.7], '0 2 4': [0, 0.9, 0, 0.1, 0] };
    const found = await greedy(table);
    expect(found.tokens).toEqual([2, 4]);
    expect(found.logProbs.map(Math.exp)).toEqual([0.6, 0.7, 0.9].map((p) => expect.closeTo(p, 5)));
  });

  it('stops at the longest length, prompt counted', async () => {
    const found = await greedy({ '*': [0, 0.1, 0.7, 0.1, 0.1] }, { maxLength: 4 });
    expect(found.tokens).toEqual([2, 2, 2]);
  });

  it('does not end before the least length', async () => {
    const found = await greedy({ '*': [0, 0.6, 0.3, 0.1, 0] }, { minLength: 4 });
    expect(found.tokens).toEqual([2, 2, 2]);
    expect(found.logProbs).toHaveLength(4);
  });

  it('a repetition penalty above 1 turns away from what was said', async () => {
    const table = { '*': [0.001, 0.05, 0.5, 0.4, 0.049] };
    expect((await greedy(table, { maxLength: 3 })).tokens).toEqual([2, 2]);
    expect((await greedy(table, { maxLength: 3, repetitionPenalty: 3 })).tokens).toEqual([2, 3]);
  });

  it('reports the model’s own log-probabilities even when a penalty changed the choice', async () => {
    const found = await greedy({ '*': [0.001, 0.05, 0.5, 0.4, 0.049] }, { maxLength: 3, repetitionPenalty: 3 });
    expect(Math.exp(found.logProbs[1]!)).toBeCloseTo(0.4, 5);
  });

  it('runs the whole prompt in one step, then one token at a time', async () => {
    const model = tableStep({ '*': [0, 0.9, 0.1, 0, 0], '0 2 3': [0, 0.1, 0.1, 0.1, 0.7] });
    const search = new GreedySearch({ ...OPTIONS, beams: 1, prompt: [START, 2, 3] });
    await runSearch(search, model.step);
    expect(model.calls.map((rows) => rows[0]!.tokens)).toEqual([[START, 2, 3], [4]]);
    expect(search.results()[0]!.tokens).toEqual([4]);
  });
});

describe('beam search', () => {
  it('finds the sentence that greedy search walks past', async () => {
    expect((await greedy(GARDEN_PATH)).tokens[0]).toBe(3);
    expect((await beam(GARDEN_PATH))[0]!.tokens).toEqual([2, 4]);
  });

  it('scores a sentence by the sum of its log-probabilities over its length, end token counted', async () => {
    const [best] = await beam(GARDEN_PATH);
    expect(best!.score).toBeCloseTo((Math.log(0.4) + Math.log(0.95)) / 3, 5);
    expect(best!.logProbs).toHaveLength(3);
  });

  it('gives the best candidates in order, at most as many as beams', async () => {
    const found = await beam(GARDEN_PATH, { beams: 3 });
    expect(found.length).toBe(3);
    const scores = found.map((one) => one.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('a length penalty above 1 prefers the longer sentence', async () => {
    const table = {
      '0': [0, 0, 0.55, 0.45, 0],
      '0 2': [0, 0.9, 0, 0, 0.1],
      '0 3': [0, 0, 0, 0, 1],
      '0 3 4': [0, 0.85, 0.15, 0, 0],
      '*': [0, 1, 0, 0, 0],
    };
    expect((await beam(table, { lengthPenalty: 0 }))[0]!.tokens).toEqual([2]);
    expect((await beam(table, { lengthPenalty: 2 }))[0]!.tokens).toEqual([3, 4]);
  });

  it('an end ranked behind the first `beams` continuations does not count', async () => {
    const table = { '0': [0, 0.1, 0.5, 0.4, 0], '*': [0, 1, 0, 0, 0] };
    const found = await beam(table);
    expect(found.map((one) => one.tokens)).toEqual([[2], [3]]);
  });

  it('at the longest length open sentences compete with finished ones, or not, as the model’s preset says', async () => {
    const table = { '0': [0, 0.02, 0.9, 0.08, 0], '0 2': [0, 0.01, 0.99, 0, 0], '*': [0, 0.01, 0.98, 0.01, 0] };
    const options = { maxLength: 3, beams: 2 };
    expect((await beam(table, { ...options, unfinished: 'compete' }))[0]!.tokens).toEqual([2, 2]);
    const [last] = await beam(table, { ...options, unfinished: 'last_resort' });
    expect(last!.tokens.length).toBeGreaterThan(0);
    const ended = { '0': [0, 0.4, 0.6, 0, 0], '*': [0, 0.001, 0.999, 0, 0] };
    expect((await beam(ended, { ...options, unfinished: 'last_resort' }))[0]!.tokens).toEqual([]);
    expect((await beam(ended, { ...options, unfinished: 'compete' }))[0]!.tokens).toEqual([2, 2]);
  });

  it('stops as soon as no open sentence can push out the worst kept one', async () => {
    const model = tableStep({ '0': [0, 0, 0.5, 0.5, 0], '*': [0, 0.98, 0.01, 0.005, 0.005] });
    await runSearch(new BeamSearch({ ...OPTIONS, maxLength: 20 }), model.step);
    expect(model.calls).toHaveLength(2);
  });

  it('begins with one row and goes on with one row a beam', async () => {
    const model = tableStep(GARDEN_PATH);
    await runSearch(new BeamSearch(OPTIONS), model.step);
    expect(model.calls[0]).toHaveLength(1);
    expect(model.calls[1]!.map((row) => row.parent)).toEqual([0, 0]);
  });
});

describe('an abandoned search', () => {
  it('stops between two steps', async () => {
    const controller = new AbortController();
    const model = tableStep({ '*': [0, 0, 1, 0, 0] });
    const running = runSearch(
      new GreedySearch({ ...OPTIONS, beams: 1, maxLength: 1000 }),
      (rows, request) => {
        if (model.calls.length === 3) controller.abort(new Error('enough'));
        return model.step(rows, request);
      },
      controller.signal,
    );
    await expect(running).rejects.toThrow('enough');
    expect(model.calls).toHaveLength(4);
  });
});

describe('the rules of BART', () => {
  // Words: 0 forced start, 1 end, 2 cat, 3 dog, 4 sat; the prompt is the end token, as in Florence-2.
  const RULES = { prompt: [END], forcedStart: START, forcedEnd: true } as const;
  const SAME = { '*': [0, 0.02, 0.6, 0.3, 0.08] };

  it('begins with the forced token without asking the model for it', async () => {
    const { step, calls } = tableStep(SAME);
    for (const search of [
      new GreedySearch({ ...OPTIONS, ...RULES, beams: 1 }),
      new BeamSearch({ ...OPTIONS, ...RULES }),
    ]) {
      calls.length = 0;
      await runSearch(search, step);
      expect(calls[0]).toEqual([{ tokens: [END, START], parent: 0 }]);
      expect(search.results()[0]!.tokens[0]).toBe(START);
      expect(search.results()[0]!.logProbs[0]).toBe(0);
    }
  });

  it('ends at the longest length with the end token, at no cost and without a step', async () => {
    const { step, calls } = tableStep(SAME);
    const search = new GreedySearch({ ...OPTIONS, ...RULES, beams: 1, maxLength: 5 });
    await runSearch(search, step);
    expect(calls).toHaveLength(2);
    const [found] = search.results();
    expect(found!.tokens).toEqual([START, 2, 2]);
    expect(found!.logProbs).toEqual([0, expect.closeTo(Math.log(0.6), 5), expect.closeTo(Math.log(0.6), 5), 0]);
    expect((await beam(SAME, { ...RULES, maxLength: 5 })).map(({ tokens }) => tokens)).toEqual([
      [START, 2, 2],
      [START, 2, 3],
    ]);
  });

  it('a limit of two or three tokens leaves nothing to ask', async () => {
    for (const maxLength of [2, 3]) {
      const { step, calls } = tableStep(SAME);
      for (const search of [
        new GreedySearch({ ...OPTIONS, ...RULES, beams: 1, maxLength }),
        new BeamSearch({ ...OPTIONS, ...RULES, maxLength }),
      ]) {
        await runSearch(search, step);
        expect(search.results()[0]!.tokens).toEqual([START]);
      }
      expect(calls).toHaveLength(0);
    }
  });

  it('says no three words twice, and asks for as many more as it must not say', async () => {
    const found = await greedy(SAME, { noRepeatNgramSize: 3, maxLength: 9, prompt: [START] });
    // After "2 2 2" a fourth 2 would say it again; after the second "2 2" both 2 and 3 would.
    expect(found.tokens).toEqual([2, 2, 2, 3, 2, 2, 4, 2]);
    const [best] = await beam(SAME, { noRepeatNgramSize: 1, beams: 1, maxLength: 4, prompt: [START] });
    expect(best!.tokens).toEqual([2, 3, 4]);
  });

  it('stops at the first finished sentences when told to stop early', async () => {
    const table = { '0': [0, 0.5, 0.45, 0.05, 0], '0 2': [0, 0.9, 0.05, 0.05, 0], '*': [0, 0.99, 0, 0.01, 0] };
    const { step, calls } = tableStep(table);
    await runSearch(new BeamSearch({ ...OPTIONS, earlyStopping: true }), step);
    const early = calls.length;
    calls.length = 0;
    await runSearch(new BeamSearch({ ...OPTIONS, earlyStopping: 'never', lengthPenalty: 2 }), step);
    expect(early).toBe(2);
    expect(calls.length).toBeGreaterThan(early);
  });
});
