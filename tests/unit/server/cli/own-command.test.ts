import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asTypedHere, ownCommand } from '../../../../server/cli/own-command';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(path.join(os.tmpdir(), 'altsmith-own-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

/** Makes a program below the folder. */
function program(name: string): string {
  const file = path.join(cwd, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
}
const typed = (script: string, folders: readonly string[] = ['/usr/bin']) => ownCommand(script, { cwd, folders });

test.each([
  ['a checkout', 'server/cli/index.js', 'node server/cli/index.js'],
  ['the package', 'node_modules/.bin/altsmith', 'node_modules/.bin/altsmith'],
])('%s is called as its page says', (_, script, expected) => {
  expect(typed(program(script))).toBe(expected);
});

test('the prepared archive is called by its launcher', () => {
  program('altsmith');
  expect(typed(program('app/server/cli/index.js'))).toBe('./altsmith');
});

test('where a shell finds it, its name is enough', () => {
  program('bin/altsmith');
  expect(typed(program('app/server/cli/index.js'), ['', path.join(cwd, 'bin')])).toBe('altsmith');
});

test('from another folder the whole path is named', () => {
  const script = program('altsmith/server/cli/index.js');
  expect(ownCommand(script, { cwd: '/usr', folders: [] })).toBe(`node ${script}`);
});

test('every command of a sentence is written so, and nothing else', () => {
  expect(asTypedHere('Altsmith: chmod 600 altsmith.db, then altsmith keys rotate ID or "altsmith pair".', './a')).toBe(
    'Altsmith: chmod 600 altsmith.db, then ./a keys rotate ID or "./a pair".',
  );
});
