import { getEventListeners } from 'node:events';
import { withAnySignal } from '../../../server/any-signal';

const stopped = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));

test('aborts with whichever source aborts first, and tells its reason', async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const told = withAnySignal([first.signal, second.signal], stopped);
  second.abort('second');
  first.abort('first');
  expect(await told).toBe('second');
});

test('is aborted from the beginning when a source is', async () => {
  const isAborted = withAnySignal([AbortSignal.abort(), new AbortController().signal], (signal) =>
    Promise.resolve(signal.aborted),
  );
  expect(await isAborted).toBe(true);
});

test('leaves nothing behind on a source that lives on, also when the work fails', async () => {
  const source = new AbortController().signal;
  await withAnySignal([source], () => Promise.resolve());
  await expect(withAnySignal([source], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(getEventListeners(source, 'abort')).toHaveLength(0);
});
