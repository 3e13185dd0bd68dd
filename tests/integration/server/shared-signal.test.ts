import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Twelve jobs at a time listen to the signal that ends them all. Returns what Node.js says on standard error. */
function warningsOf(controller: string): string {
  const script = `
    const { sharedAbortController, withAnySignal } = require('./build/server/any-signal.js');
    const { signal } = ${controller};
    for (let job = 0; job < 12; job += 1) withAnySignal([signal], () => new Promise(() => undefined));`;
  const { stderr, status } = spawnSync(process.execPath, ['-e', script], {
    cwd: path.resolve(__dirname, '../../..'),
    encoding: 'utf8',
  });
  return status === 0 ? stderr : `ended with ${status}: ${stderr}`;
}

test('a signal that all jobs listen to is not taken for a leak', () => {
  expect(warningsOf('new AbortController()')).toContain('MaxListenersExceededWarning');
  expect(warningsOf('sharedAbortController()')).toBe('');
});
