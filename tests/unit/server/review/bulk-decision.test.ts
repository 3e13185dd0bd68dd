import { decideAll } from '../../../../server/review/bulk-decision';
import type { Storage } from '../../../../server/storage/database';

const decision = (id: number) => ({
  suggestion_id: `sug_${id}`,
  action: 'reject' as const,
  by: { id: '1', name: 'Ada' },
  version: 1,
});
/** How many decisions each transaction had. */
async function slicesOf(count: number, msEach: number): Promise<number[]> {
  const slices: number[] = [];
  const storage = {
    transaction: (work: () => unknown[]) => {
      const items = work();
      slices.push(items.length);
      return items;
    },
  } as unknown as Storage;
  const decide = () => {
    const until = performance.now() + msEach;
    while (performance.now() < until);
    return {} as never;
  };
  const decisions = Array.from({ length: count }, (_, id) => decision(id));
  const { items } = await decideAll(storage, { decide }, { decisions });
  expect(items.map((item) => item.suggestion_id)).toEqual(decisions.map((one) => one.suggestion_id));
  return slices;
}

test('decisions that take long are committed one by one, so that others get their turn', async () => {
  expect(await slicesOf(3, 15)).toEqual([1, 1, 1]);
});

test('no transaction has more than fifty', async () => {
  expect(Math.max(...(await slicesOf(120, 0)))).toBeLessThanOrEqual(50);
});
