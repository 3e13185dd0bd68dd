import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../..');

test('a hundred decisions by keyboard and a hundred by touch, with a site that takes 200 ms', async () => {
  const words = ['node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', '--runInBand', 'plugin-focus-mode'];
  const env = { ...process.env, ALTSMITH_FOCUS_DECISIONS: '100' };
  // Rejects with what jest has printed when a test of that file fails.
  const { stderr } = await promisify(execFile)('node', words, { cwd: ROOT, env, maxBuffer: 16e6 });
  expect(stderr).toMatch(/Tests: +\d+ passed/);
}, 2_400_000);
