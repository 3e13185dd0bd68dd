import { unguarded, unguardedPriorities } from './rules/background';
import { readSourceTree, sampleTree } from './source-tree';

test('nothing that runs by itself can end the process', () => {
  const tree = readSourceTree((file) => /^server\/(?!console\/|background\.ts).*\.ts$/.test(file));
  expect(tree.size).toBeGreaterThan(100);
  expect(unguarded(tree)).toEqual([]);
});

test.each([
  ['setInterval(() => { this.leases.sweep(); }, 1000);'],
  ['setInterval(() => void this.reconcile(), 2000);'],
  ['setTimeout(() => this.wake(), 10).unref();'],
  ['setImmediate(work);'],
  ['const end = setTimeout(done, 10);'],
  ['void this.pull();'],
  ['setTimeout(() => { signal.abort(); store.write(); }, 5);'],
])('the rule finds %s', (text) => {
  expect(unguarded(sampleTree({ 'server/a.ts': text }))).not.toEqual([]);
});

test.each([
  ['setInterval(guarded(() => this.sweep(), failed), 1000);'],
  ['const timer = setTimeout(() => this.#abandon.abort(), 5);'],
  ['setTimeout(() => process.exit(1), 5).unref();'],
  ['const p = new Promise((resolve) => { const timer = setTimeout(done, 5); });'],
  ['const p = new Promise((resolve) => { const timer = setTimeout(() => { resolve(null); }, 5); });'],
  ["import { setTimeout as pause } from 'node:timers/promises'; await pause(5);"],
])('and leaves %s alone', (text) => {
  expect(unguarded(sampleTree({ 'server/a.ts': text }))).toEqual([]);
});

test('no process ends because it may not lower its priority', () => {
  const tree = readSourceTree((file) => /^(server|models)\/.*\.ts$/.test(file));
  expect(unguardedPriorities(tree)).toEqual([]);
  expect(unguardedPriorities(sampleTree({ 'server/a.ts': 'setPriority(10);' }))).toEqual(['server/a.ts']);
});

test('nothing counts processors that a container may not use', () => {
  const tree = readSourceTree((file) => /^(server|models)\/.*\.ts$/.test(file));
  const counting = [...tree].filter(([, text]) => text.includes('availableParallelism'));
  expect(counting.map(([file]) => file)).toEqual(['server/captioning/cpu-quota.ts']);
});
