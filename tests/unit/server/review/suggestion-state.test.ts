import type { DecisionRequest } from '../../../../server/contract/decision';
import type { Fields } from '../../../../server/contract/fields';
import { SUGGESTION_STATES, type SuggestionState } from '../../../../server/contract/suggestion';
import { answersWish, decide, writeBack, type Standing } from '../../../../server/review/suggestion-state';

const by = { id: '7', name: 'Ada' };
const fields: Fields = {
  alt_text: 'A dog on a beach',
  title: 'Dog on a beach',
  caption: null,
  description: null,
  keywords: ['dog'],
  file_name: 'dog.jpg',
};
const standing = (state: SuggestionState): Standing => ({
  version: 3,
  state,
  values: null,
  reason: null,
  decidedBy: null,
  decidedAt: null,
});
const decision = (action: DecisionRequest['action'], more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  action,
  by,
  version: 3,
  ...more,
});
const decideIn = (state: SuggestionState, action: DecisionRequest['action']) => {
  try {
    return decide(standing(state), fields, decision(action), 1000).state;
  } catch (error) {
    return error instanceof Error ? error.message.split(':')[0] : 'thrown';
  }
};

test.each([
  ['approve', ['approved', '-', '-', '-', '-', 'approved', '-']],
  ['reject', ['rejected', '-', '-', '-', '-', 'rejected', '-']],
  ['decorative', ['decorative', '-', '-', '-', '-', 'decorative', '-']],
  ['reopen', ['-', 'pending', 'pending', 'pending', '-', 'pending', '-']],
] as const)('%s is possible in exactly these states', (action, expected) => {
  const outcomes = SUGGESTION_STATES.map((state) => decideIn(state, action));
  expect(outcomes).toEqual(expected.map((state) => (state === '-' ? 'DECISION_NOT_POSSIBLE' : state)));
});

test('a decision moves the version on and remembers who and when', () => {
  const next = decide(standing('pending'), fields, decision('reject', { reason: 'wrong animal' }), 1000);
  expect(next).toEqual({
    version: 4,
    state: 'rejected',
    values: null,
    reason: 'wrong animal',
    decidedBy: by,
    decidedAt: 1000,
  });
});

test('a decision about a version that is no longer there is refused, with the one that is', () => {
  expect(() => decide(standing('pending'), fields, decision('approve', { version: 2 }), 0)).toThrow(
    expect.objectContaining({ code: 'SUGGESTION_CHANGED', details: { version: 3, state: 'pending' } }),
  );
});

test('approving as it stands approves every text there is, but for the file name', () => {
  expect(decide(standing('pending'), fields, decision('approve'), 0).values).toEqual({
    alt_text: 'A dog on a beach',
    title: 'Dog on a beach',
    keywords: ['dog'],
  });
});

test('approving with values approves these values and nothing that the person did not see', () => {
  const values = { alt_text: 'Rex on the beach' };
  expect(decide(standing('pending'), fields, decision('approve', { values }), 0).values).toEqual(values);
});

test('decorative means an empty alt text', () => {
  expect(decide(standing('pending'), fields, decision('decorative'), 0).values).toEqual({ alt_text: '' });
});

test('reopening forgets the decision', () => {
  const approved = decide(standing('pending'), fields, decision('approve'), 5);
  expect(decide(approved, fields, decision('reopen', { version: 4 }), 6)).toEqual({
    ...standing('pending'),
    version: 5,
  });
});

const writeBackIn = (state: SuggestionState, outcome: Parameters<typeof writeBack>[1]) => {
  try {
    return writeBack(standing(state), outcome).state;
  } catch (error) {
    return error instanceof Error ? error.message.split(':')[0] : 'thrown';
  }
};

test.each([
  ['applied', ['-', 'applied', '-', 'applied', 'applied', 'applied', '-']],
  ['conflict', ['-', 'conflict', '-', 'conflict', '-', 'conflict', '-']],
  ['undone', ['pending', '-', '-', '-', 'pending', '-', '-']],
  ['gone', Array.from({ length: 7 }, () => 'superseded')],
] as const)('the report "%s" is possible in exactly these states', (outcome, expected) => {
  const outcomes = SUGGESTION_STATES.map((state) => writeBackIn(state, outcome));
  expect(outcomes).toEqual(expected.map((state) => (state === '-' ? 'WRITE_BACK_NOT_POSSIBLE' : state)));
});

test.each([
  ['applied', 'applied'],
  ['conflict', 'conflict'],
  ['gone', 'superseded'],
  ['undone', 'pending'],
] as const)('hearing "%s" again changes nothing, not even the version', (outcome, state) => {
  const now = standing(state);
  expect(writeBack(now, outcome)).toBe(now);
});

test.each([
  ['machine', ['same', 'same', 'same', 'same', 'same', 'same', 'new']],
  ['run_with_decided', ['same', 'same', 'new', 'new', 'same', 'same', 'new']],
  ['person', ['same', 'same', 'new', 'new', 'new', 'same', 'new']],
] as const)('an earlier suggestion answers a %s who asks again in exactly these states', (asker, expected) => {
  const answers = SUGGESTION_STATES.map((state) => answersWish(standing(state), asker));
  expect(answers.map((same) => (same ? 'same' : 'new'))).toEqual(expected);
});

test('an image called decorative stays decided against after its empty text is written', () => {
  const written = { state: 'applied', values: { alt_text: '' } } as const;
  expect(answersWish(written, 'machine')).toBe(true);
  expect(answersWish(written, 'run_with_decided')).toBe(false);
});
