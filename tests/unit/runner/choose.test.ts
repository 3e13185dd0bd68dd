interface Part {
  name: string;
  onlyByName?: boolean;
  sourcesOnly?: boolean;
  after?: string;
  needs?: string[];
}
interface Choice {
  choose: (stages: Part[][], words: string[]) => { stages: Part[][]; unknown: string[] };
}
const { choose } = jest.requireActual<Choice>('../../runner/choose.js');
const { STAGES } = jest.requireActual<{ STAGES: Part[][] }>('../../runner/parts.js');

const stages: Part[][] = [
  [
    { name: 'lint', sourcesOnly: true },
    { name: 'format', sourcesOnly: true },
  ],
  [{ name: 'build' }],
  [{ name: 'unit' }],
  [{ name: 'wordpress-6.5' }, { name: 'wordpress-6.8' }],
  [{ name: 'nightly-6.8', onlyByName: true }],
];
const names = (words: string[]) => choose(stages, words).stages.map((stage) => stage.map(({ name }) => name));

test('without words every part runs, in its stage', () => {
  expect(names([])).toEqual([['lint', 'format'], ['build'], ['unit'], ['wordpress-6.5', 'wordpress-6.8']]);
});

test('a word names one part, or all that begin with it', () => {
  expect(names(['format'])).toEqual([['format']]);
  expect(names(['wordpress'])).toEqual([['build'], ['wordpress-6.5', 'wordpress-6.8']]);
  expect(names(['wordpress-6.8', 'lint'])).toEqual([['lint'], ['build'], ['wordpress-6.8']]);
});

test('a part that runs only by name is in no run without words', () => {
  expect(names([]).flat()).not.toContain('nightly-6.8');
  expect(names(['nightly'])).toEqual([['build'], ['nightly-6.8']]);
});

test('what is no part is told, also when it is only the beginning of a name', () => {
  expect(choose(stages, ['unit', 'word', 'wordpress-6'])).toMatchObject({ unknown: ['word', 'wordpress-6'] });
});

test('no two parts have one name, and every version of WordPress is a part', () => {
  const all = STAGES.flat().map(({ name }) => name);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toEqual(
    expect.arrayContaining(['wordpress-6.5', 'wordpress-6.8', 'wordpress-7.1', 'nightly-6.8', 'nightly-7.1']),
  );
});

test('what runs at night brings along what starts a container, and none of it runs without being named', () => {
  const atNight = choose(STAGES, ['nightly']).stages.flat();
  expect(atNight.find(({ name }) => name === 'nightly-proofs')?.needs).toEqual(expect.arrayContaining(['containers']));
  const always = choose(STAGES, []).stages.flat();
  expect(atNight.filter((part) => part.name !== 'build' && always.includes(part))).toEqual([]);
});

test('a part that waits for another stands behind it in the same stage', () => {
  const wrong = STAGES.flatMap((stage) =>
    stage.filter(({ after }, at) => after !== undefined && !stage.slice(0, at).some(({ name }) => name === after)),
  );
  expect(wrong).toEqual([]);
  expect(STAGES.flat().filter(({ after }) => after !== undefined).length).toBeGreaterThan(3);
});
