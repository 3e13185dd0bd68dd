import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/packed';

// webpack builds twice.
jest.setTimeout(900_000);

/** On the checkout's disk, where its packages can be linked instead of copied. */
const folder = path.join(ROOT, 'build/zip-sources');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Name and bytes of every file that webpack writes. */
const built = (place: string) =>
  Object.fromEntries(readdirSync(place).map((name) => [name, readFileSync(path.join(place, name), 'latin1')]));

test('whoever has the zip makes the same scripts from its sources', () => {
  const said = execFileSync(process.execPath, ['plugin/bin/zip.js'], { cwd: ROOT, encoding: 'utf8' });
  execFileSync('python3', ['-m', 'zipfile', '-e', path.join(ROOT, said.split(':')[0] ?? ''), folder]);
  const place = path.join(folder, 'altsmith');
  renameSync(path.join(place, 'build'), path.join(folder, 'shipped'));
  execFileSync('cp', ['-al', path.join(ROOT, 'node_modules'), path.join(place, 'node_modules')]);
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: place, stdio: ['ignore', 'ignore', 'inherit'], env });
  const [shipped, again] = [path.join(folder, 'shipped'), path.join(place, 'build')].map(built);
  expect(Object.keys(shipped ?? {})).toContain('review.js');
  expect(Object.keys(again ?? {})).toEqual(Object.keys(shipped ?? {}));
  expect(Object.keys(again ?? {}).filter((name) => again?.[name] !== shipped?.[name])).toEqual([]);
});
