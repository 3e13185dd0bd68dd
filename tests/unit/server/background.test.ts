import { backgroundFailures, callAll, guarded, inBackground } from '../../../server/background';
import { ChangeSignal } from '../../../server/review/change-signal';

const broken = (message: string) => () => {
  throw new Error(message);
};

test('what fails without a caller is counted, each error once', async () => {
  const before = backgroundFailures();
  const told: string[] = [];
  const failed = (error: unknown) => void told.push((error as Error).message);
  guarded(broken('timer'), failed)();
  inBackground(() => Promise.reject(new Error('promise')), failed);
  await new Promise(setImmediate);
  inBackground(() => callAll([broken('first'), broken('second')]), failed);
  await new Promise(setImmediate);
  expect(told).toEqual(['timer', 'promise', 'first']);
  expect(backgroundFailures() - before).toBe(4);
});

test('a listener of changes that fails keeps no other from being told, nor anybody who waits', async () => {
  const before = backgroundFailures();
  const signal = new ChangeSignal();
  const heard = jest.fn();
  signal.listen(broken('listener'));
  signal.listen(heard);
  const waiting = signal.next('site', 60_000, new AbortController().signal);
  expect(() => signal.notify('site')).toThrow('listener');
  await waiting;
  expect(heard).toHaveBeenCalledTimes(1);
  expect(backgroundFailures() - before).toBe(1);
});
