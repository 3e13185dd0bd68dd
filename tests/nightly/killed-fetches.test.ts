import { killFetches } from '../support/models/kill-fetches';

test('killed twenty times while it fetches a model it ends with that model, and downloads no byte twice', async () => {
  const fetching = await killFetches(20, Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31));
  try {
    expect(fetching.wrongStarts).toEqual([]);
  } finally {
    await fetching.remove();
  }
}, 900_000);
