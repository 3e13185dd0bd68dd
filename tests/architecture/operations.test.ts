import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { proofsIn, unproven, type Proof } from './rules/proofs';
import { ROOT } from './source-tree';

const page = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');

function isThere({ file, title }: Proof): boolean {
  const place = path.join(ROOT, file);
  return existsSync(place) && readFileSync(place, 'utf8').includes(title);
}

test('every line of “what happens if” names a test', () => {
  expect(unproven(page)).toEqual([]);
  expect(proofsIn(page).length).toBeGreaterThan(40);
});

test('every test that is named exists under that name', () => {
  expect(proofsIn(page).filter((proof) => !isThere(proof))).toEqual([]);
});

test('a line without a proof, and a proof that is gone, are found', () => {
  const text = [
    '## What happens if …',
    '| if … | then | proven by |',
    '| --- | --- | --- |',
    '| a | b | `tests/x.test.ts` › one · two |',
    '| c | d | nobody knows |',
    '## Next',
  ].join('\n');
  expect(unproven(text)).toEqual(['| c | d | nobody knows |']);
  expect(proofsIn(text)).toEqual([
    { file: 'tests/x.test.ts', title: 'one' },
    { file: 'tests/x.test.ts', title: 'two' },
  ]);
  expect(isThere({ file: 'tests/x.test.ts', title: 'one' })).toBe(false);
  expect(isThere({ file: 'tests/architecture/operations.test.ts', title: ['no such', 'title'].join(' ') })).toBe(false);
});
