import { isSuggestion, pageOf } from '../../../../server/console/connection/replies';
import { isNumber, isText, listOf, oneOf, orAbsent, orNull, shape } from '../../../../server/console/connection/shape';

const isThing = shape<{ name: string; size?: number | undefined; tags: string[] | null; kind: 'a' | 'b' }>({
  name: isText,
  size: orAbsent(isNumber),
  tags: orNull(listOf(isText)),
  kind: oneOf<'a' | 'b'>({ a: true, b: true }),
});

test('an object with its members, and more, is let through', () => {
  expect(isThing({ name: 'x', tags: null, kind: 'a' })).toBe(true);
  expect(isThing({ name: 'x', size: 1, tags: ['y'], kind: 'b', later: true })).toBe(true);
});

test.each([
  [null],
  [[]],
  ['x'],
  [{ name: 1, tags: null, kind: 'a' }],
  [{ name: 'x', tags: [1], kind: 'a' }],
  [{ name: 'x', tags: null, kind: 'c' }],
  [{ name: 'x', tags: null, kind: 'toString' }],
  [{ name: 'x', size: '1', tags: null, kind: 'a' }],
])('%j is not let through', (value) => {
  expect(isThing(value)).toBe(false);
});

test('a page of suggestions with one that is no suggestion is refused whole', () => {
  expect(pageOf(isSuggestion)({ items: [], next: null })).toBe(true);
  expect(pageOf(isSuggestion)({ items: [{ id: 'sug_1' }], next: null })).toBe(false);
});
