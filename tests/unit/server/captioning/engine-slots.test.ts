import { EngineSlots } from '../../../../server/captioning/engine-slots';

test('somebody who waits at a screen goes before jobs that waited longer', async () => {
  const slots = new EngineSlots(() => 1);
  const order: string[] = [];
  const release = await slots.take('job');
  const use = (user: 'person' | 'job', name: string) =>
    slots.take(user).then((giveBack) => {
      order.push(name);
      giveBack();
    });
  const all = [use('job', 'job 1'), use('job', 'job 2'), use('person', 'person 1'), use('person', 'person 2')];
  release();
  await Promise.all(all);
  expect(order).toEqual(['person 1', 'person 2', 'job 1', 'job 2']);
});

test('no more run at a time than there are workers', async () => {
  const slots = new EngineSlots(() => 2);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const giveBack = await slots.take('job');
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      giveBack();
    }),
  );
  expect(most).toBe(2);
});

test('giving a slot back twice frees one', async () => {
  const slots = new EngineSlots(() => 1);
  const giveBack = await slots.take('job');
  giveBack();
  giveBack();
  const again = await slots.take('job');
  const third = slots.take('job');
  expect(await Promise.race([third, Promise.resolve('waits')])).toBe('waits');
  again();
  (await third)();
});

test('a queue of people longer than anybody would stay is refused', async () => {
  const slots = new EngineSlots(() => 1);
  await slots.take('job');
  for (let index = 0; index < 16; index += 1) void slots.take('person');
  expect(() => slots.take('person')).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }));
});
