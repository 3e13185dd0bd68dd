import { firstOfAll } from '../../../../server/storage/merged-lists';

/** Lists of numbers that note how often they were read. */
function listsOf(...lists: readonly number[][]) {
  const reads: number[] = lists.map(() => 0);
  const made = lists.map((numbers, index) => ({
    head: numbers[0] ?? 0,
    read: (limit: number) => {
      reads[index] = (reads[index] ?? 0) + 1;
      return numbers.slice(0, limit);
    },
  }));
  return { made, reads };
}

test('the first numbers of all lists, in order', () => {
  const { made } = listsOf([5, 6, 9], [1, 7], [2, 3, 4, 8]);
  expect(firstOfAll(made, 4)).toEqual([1, 2, 3, 4]);
  expect(firstOfAll(made, 20)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const { made: down } = listsOf([9, 6], [8, 7, 1], [3]);
  expect(firstOfAll(down, 3, true)).toEqual([9, 8, 7]);
  expect(firstOfAll([], 3)).toEqual([]);
});

test('lists that begin behind the page are not read', () => {
  const { made, reads } = listsOf([1, 2, 3], ...Array.from({ length: 1000 }, (_, index) => [10 + index]));
  expect(firstOfAll(made, 3)).toEqual([1, 2, 3]);
  expect(reads.reduce((sum, one) => sum + one, 0)).toBe(1);
});
