import { ListReader } from '../../../../server/review/list-reader';

test('where no thread can be started, lists are refused, and nothing waits for ever', async () => {
  // What cannot be handed to a thread keeps it from starting, as a limit of the system does.
  const reader = new ListReader((() => undefined) as unknown as string);
  const lists = reader.ofSite({ siteId: 'site', instance: 1 });
  const filter = { limit: 10, sort: 'newest' } as Parameters<typeof lists.page>[0];
  const asked = [lists.page(filter), lists.total(filter), lists.page(filter)];
  for (const one of await Promise.allSettled(asked))
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'SIDECAR_BUSY' } });
  expect(reader.threads).toBe(0);
  await reader.stop();
});
