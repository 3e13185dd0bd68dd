import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '../../support/wait-for';

const CHILDREN = path.resolve(__dirname, '../../runner/children.js');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the end of a run stops a grandchild that left its process group', async () => {
  const program = `
    const { run, stopAll, MARK } = require(${JSON.stringify(CHILDREN)});
    process.env[MARK] = 'children-test-' + process.pid;
    run('bash', ['-c', 'setsid sleep 1000 >/dev/null 2>&1 & echo $!'], { quiet: true }).then(({ output }) => {
      const stopped = stopAll();
      console.log(JSON.stringify({ pid: Number(output), stopped }));
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  const { pid, stopped } = JSON.parse(stdout);
  expect(stopped).toMatchObject([{ pid }]);
  expect(await waitFor('the process to be gone', () => !isAlive(pid))).toBe(true);
});

test('a command that takes too long is ended with everything it started', async () => {
  const program = `
    const { run } = require(${JSON.stringify(CHILDREN)});
    run('bash', ['-c', 'sleep 1000 & echo $!; wait'], { quiet: true, timeoutMs: 300 }).then((result) => {
      console.log(JSON.stringify(result));
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  const { code, output } = JSON.parse(stdout);
  expect(code).toBe(124);
  expect(await waitFor('the process to be gone', () => !isAlive(Number.parseInt(output, 10)))).toBe(true);
});
