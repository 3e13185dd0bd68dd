import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const NATIVE = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'altsmith-installed-'));
  mkdirSync(path.join(root, 'bin'));
  mkdirSync(path.dirname(path.join(root, NATIVE)), { recursive: true });
  for (const list of ['package-lock.json', 'node_modules/.package-lock.json'])
    writeFileSync(path.join(root, list), '{ "packages": {} }');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What the door does first, in a process of its own, with an npm that notes its words and then does `work`. */
function ensureInstalled(
  work: string,
  mode = 'auto',
  paths = `${path.join(root, 'bin')}:${String(process.env['PATH'])}`,
) {
  const npm = path.join(root, 'bin/npm');
  writeFileSync(npm, `#!/bin/sh\necho "$@" >> ${path.join(root, 'npm-words')}\n${work}\n`);
  chmodSync(npm, 0o755);
  const script = 'require(process.argv[1]).ensureInstalled(process.argv[2])';
  const words = ['-e', script, path.join(ROOT, 'server/cli/install.js'), root];
  const { status, stderr } = spawnSync(process.execPath, words, {
    env: { ...process.env, ALTSMITH_INSTALL: mode, PATH: paths },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stderr };
}

const native = () => path.join(root, NATIVE);

test('a native module that this Node loads is left as it is', () => {
  copyFileSync(path.join(ROOT, NATIVE), native());
  expect(ensureInstalled('exit 1')).toEqual({ status: 0, stderr: '' });
  expect(() => statSync(path.join(root, 'npm-words'))).toThrow();
});

test('a native module of another Node is made again, and only that', () => {
  writeFileSync(native(), 'for another Node');
  const { status, stderr } = ensureInstalled(`cp ${path.join(ROOT, NATIVE)} ${native()}`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('another version of Node') });
  expect(readFileSync(path.join(root, 'npm-words'), 'utf8')).toBe('rebuild better-sqlite3 --loglevel=error\n');
});

test('where it cannot be made again, one sentence names the command, and the old one stays', () => {
  writeFileSync(native(), 'for another Node');
  const { status, stderr } = ensureInstalled(`rm -r ${path.dirname(native())}; exit 1`);
  expect(status).toBe(1);
  expect(stderr).toContain(`run "npm rebuild better-sqlite3" in ${root}`);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(readFileSync(native(), 'utf8')).toBe('for another Node');
});

test('with ALTSMITH_INSTALL=never npm is not called, and the sentence says what to run', () => {
  copyFileSync(path.join(ROOT, NATIVE), native());
  writeFileSync(path.join(root, 'package-lock.json'), '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }');
  expect(ensureInstalled('exit 0', 'never')).toEqual({ status: 1, stderr: expect.stringContaining('run "npm ci"') });
  expect(() => statSync(path.join(root, 'npm-words'))).toThrow();
});

test('with ALTSMITH_INSTALL=never a native module of another Node stays, and the sentence says what to run', () => {
  writeFileSync(native(), 'for another Node');
  const { status, stderr } = ensureInstalled(`rm -r ${path.dirname(native())}`, 'never');
  expect([status, stderr]).toEqual([1, expect.stringContaining(`run "npm rebuild better-sqlite3" in ${root}.`)]);
  expect(readFileSync(native(), 'utf8')).toBe('for another Node');
});

test('without a compiler one sentence says what to install', () => {
  const { status, stderr } = ensureInstalled('exit 1', 'auto', path.join(root, 'bin'));
  expect(status).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toBe(
    'better-sqlite3 has no prebuilt binary here and needs a C++ compiler: install g++ and make, then run this again.',
  );
  expect(stderr).not.toMatch(/^ +at /m);
});

test('npm may link the door as a program', () => {
  expect(statSync(path.join(ROOT, 'server/cli/index.js')).mode & 0o111).toBe(0o111);
});

test('headers that a Node brought along are used, and those of another version are not', () => {
  const { headersBeside } = createRequire(__filename)('../../../server/cli/install') as {
    headersBeside: (node: string, version: string) => string | null;
  };
  const node = path.join(root, 'bin/node');
  expect(headersBeside(node, '20.19.1')).toBeNull();
  mkdirSync(path.join(root, 'include/node'), { recursive: true });
  const numbers = { MAJOR: 20, MINOR: 19, PATCH: 1 };
  writeFileSync(
    path.join(root, 'include/node/node_version.h'),
    Object.entries(numbers)
      .map(([part, number]) => `#define NODE_${part}_VERSION ${number}\n`)
      .join(''),
  );
  expect(headersBeside(node, '20.19.1')).toBe(root);
  expect(headersBeside(node, '20.19.2')).toBeNull();
});
