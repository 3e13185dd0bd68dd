import type { Suggestion } from '../../../../server/contract/suggestion';
import { isEdited, valuesOf, type Entry } from '../../../../server/console/review/entry';
import { changeList, NOTHING, type List } from '../../../../server/console/review/list-change';

function aSuggestion(patch: Partial<Suggestion> = {}): Suggestion {
  return {
    id: 'sug_1',
    kind: 'image',
    video: null,
    version: 1,
    state: 'pending',
    instance: null,
    subject: { type: 'attachment', id: '7' },
    image_sha256: 'a'.repeat(64),
    source_sha256: 'a'.repeat(64),
    language: 'en',
    source: null,
    translator: null,
    text_in_picture: null,
    fields: {
      alt_text: 'A dog',
      title: 'Dog',
      caption: null,
      description: null,
      keywords: ['dog', 'beach'],
      file_name: 'dog',
    },
    alternatives: [],
    confidence: 0.5,
    flags: [],
    model: { id: 'mini', precision: 'int8', demonstration: true, calibrated: true },
    current: {},
    values: null,
    approved_source: null,
    reason: null,
    decided_by: null,
    decided_at: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    job_id: 'job_1',
    run_id: null,
    ...patch,
  };
}

const ids = (list: List) => list.entries.map((entry) => entry.suggestion.id);
const loaded = changeList(NOTHING, {
  kind: 'page',
  items: [aSuggestion(), aSuggestion({ id: 'sug_2' }), aSuggestion({ id: 'sug_3' })],
  next: null,
});
const first = (list: List): Entry => list.entries[0]!;

test('a suggestion that is on the page is not shown twice when a later page repeats it', () => {
  const more = changeList(loaded, { kind: 'page', items: [aSuggestion(), aSuggestion({ id: 'sug_4' })], next: null });
  expect(ids(more)).toEqual(['sug_1', 'sug_2', 'sug_3', 'sug_4']);
});

test('what was decided by somebody else shows as it is now, and keeps what was typed here', () => {
  const typed = changeList(loaded, { kind: 'edit', id: 'sug_1', draft: { alt_text: 'My dog' } });
  const now = aSuggestion({ version: 2, state: 'approved', values: { alt_text: 'Their dog' } });
  const entry = first(changeList(typed, { kind: 'overtaken', suggestion: now, notice: 'Changed.' }));
  expect(entry.suggestion.version).toBe(2);
  expect(entry.draft.alt_text).toBe('My dog');
  expect(entry.notice).toBe('Changed.');
});

test('a decision that is taken back stands where it stood', () => {
  const without = changeList(loaded, { kind: 'remove', ids: ['sug_2'] });
  expect(ids(without)).toEqual(['sug_1', 'sug_3']);
  expect(ids(changeList(without, { kind: 'put-back', at: 1, suggestion: aSuggestion({ id: 'sug_2' }) }))).toEqual([
    'sug_1',
    'sug_2',
    'sug_3',
  ]);
});

test('approving stores every suggested field as edited, and none that was neither suggested nor filled', () => {
  expect(isEdited(first(loaded))).toBe(false);
  const edited = first(
    changeList(loaded, { kind: 'edit', id: 'sug_1', draft: { alt_text: ' My dog ', keywords: 'dog, , sea' } }),
  );
  expect(isEdited(edited)).toBe(true);
  expect(valuesOf(edited)).toEqual({ alt_text: 'My dog', title: 'Dog', keywords: ['dog', 'sea'] });
});
