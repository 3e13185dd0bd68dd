import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expandGlob, isGlob } from '../../../server/cli/caption/glob';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-glob-'));
  for (const inside of ['a/b', '.git', 'c']) mkdirSync(path.join(folder, inside), { recursive: true });
  const files = ['1.jpg', '2.png', '12.jpg', 'x[1].jpg', 'a/3.jpg', 'a/b/4.JPG', '.git/5.jpg', 'c/6.jpeg', '.7.jpg'];
  for (const file of files) writeFileSync(path.join(folder, file), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['*.jpg', ['1.jpg', '12.jpg', 'x[1].jpg']],
  ['?.jpg', ['1.jpg']],
  ['*.{jpg,png}', ['1.jpg', '12.jpg', '2.png', 'x[1].jpg']],
  ['[12].*', ['1.jpg', '2.png']],
  ['[!1].*', ['2.png']],
  ['**/*.jpg', ['1.jpg', '12.jpg', 'a/3.jpg', 'x[1].jpg']],
  ['*/*.jp*g', ['a/3.jpg', 'c/6.jpeg']],
  ['a/**', ['a/3.jpg', 'a/b/4.JPG']],
  ['.git/*', ['.git/5.jpg']],
  ['nothing/*.jpg', []],
  ['[z-a].jpg', []],
  ['a.b(c)|+/*.jpg', []],
])('%s finds %j', async (pattern, expected) => {
  const found = await expandGlob(path.join(folder, pattern));
  expect(found.map((file) => path.relative(folder, file))).toEqual(expected);
});

test('a plain name is no pattern', () => {
  expect(['photo.jpg', 'a b/c-d_e.jpg', '-'].map(isGlob)).toEqual([false, false, false]);
  expect(['*.jpg', 'a?', '[ab]', '{a,b}'].map(isGlob)).toEqual([true, true, true, true]);
});
