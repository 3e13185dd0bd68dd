import path from 'node:path';
import { captionFiles, readReference, type Said } from '../../../support/mini-golden';
import { readManifest } from '../../../../models/model-folder/manifest';

// The shipped files of mini say, token for token, what Python's onnxruntime and a search written apart from ours say
// (tests/oracle/make_mini_reference.py). The pictures are stored without loss: no two JPEG decoders can differ.

const ROOT = path.resolve(__dirname, '../../../..');
const MINI = path.join(ROOT, 'models/mini');
const PICTURES = path.join(ROOT, 'tests/fixtures/mini/pictures');
const { files, cases } = readReference();

const said = new Map<string, Said>();
beforeAll(() => {
  const pictures = cases.map(({ file }) => path.join(PICTURES, file));
  for (const one of captionFiles(MINI, pictures, [1, 3])) said.set(`${one.file} ${one.beams}`, one);
}, 120_000);

const worst = (found: readonly number[], due: readonly number[]) =>
  Math.max(...due.map((value, index) => Math.abs(value - (found[index] ?? NaN))));

test('the reference was made from the files that ship; else make it anew', async () => {
  const shipped = (await readManifest(MINI)).files.map(({ name, sha256 }) => [name, sha256]);
  expect(files).toEqual(Object.fromEntries(shipped));
});

test.each(cases.flatMap((one) => [1 as const, 3 as const].map((beams) => ({ ...one, beams }))))(
  'mini says what the reference says of $file with $beams beams',
  ({ file, beams, ...one }) => {
    const due = one[`beams${beams}`];
    const found = said.get(`${file} ${beams}`);
    expect([found?.tokens, found?.text]).toEqual([due.tokens, due.text]);
    expect(found?.logProbs).toHaveLength(due.log_probs.length);
    // Two versions of onnxruntime add in another order.
    expect(worst(found?.logProbs ?? [], due.log_probs)).toBeLessThan(1e-3);
  },
);

test.each(cases)('mini sees in $file what the reference sees', ({ file, keys, class_logits: logits }) => {
  const found = said.get(`${file} 1`);
  expect(worst(found?.keys ?? [], keys)).toBeLessThan(1e-3);
  const places = Object.keys(logits).map((place) => found?.classLogits[Number(place)] ?? NaN);
  expect(worst(places, Object.values(logits))).toBeLessThan(1e-2);
});
