import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFloats } from '../../../../models/checkpoint/float-tensor';
import { openCheckpoint } from '../../../../models/checkpoint/open';
import { sourceOf } from '../../../support/checkpoint/weights';
import { writeSafetensors } from '../../../support/checkpoint/write-safetensors';
import { writeTorchZip } from '../../../support/checkpoint/write-torch-zip';

const ONE = sourceOf({ a: { dims: [2], values: [1, 2] }, b: { dims: [1], values: [3] } });
const TWO = sourceOf({ c: { dims: [2], values: [4, 5] } });

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'altsmith-shards-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const writeIndex = (name: string, weight_map: unknown) =>
  writeFileSync(path.join(folder, name), JSON.stringify({ metadata: { total_size: 20 }, weight_map }));

const FORMATS = [
  ['model', 'safetensors', writeSafetensors],
  ['pytorch_model', 'bin', writeTorchZip],
] as const;

describe.each(FORMATS)('a checkpoint in parts: %s.%s.index.json', (stem, ending, write) => {
  const part = (number: number) => `${stem}-0000${number}-of-00002.${ending}`;
  const index = `${stem}.${ending}.index.json`;

  beforeEach(() => {
    write(path.join(folder, part(1)), ONE);
    write(path.join(folder, part(2)), TWO);
    writeIndex(index, { a: part(1), b: part(1), c: part(2) });
  });

  it('is read like one file', () => {
    const checkpoint = openCheckpoint(folder);
    expect([...checkpoint.tensors.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect([...readFloats(checkpoint, 'a', [2]), ...readFloats(checkpoint, 'c', [2])]).toEqual([1, 2, 4, 5]);
    expect([...new Float32Array(checkpoint.read('c', { begin: 4, bytes: 4 }).slice().buffer)]).toEqual([5]);
    checkpoint.close();
  });

  it.each<[string, () => void, string]>([
    [
      'a missing part',
      () => rmSync(path.join(folder, part(2))),
      `Of the 2 parts that ${index} names, ${part(2)} is not in`,
    ],
    [
      'an index that puts a weight into another part',
      () => writeIndex(index, { a: part(1), b: part(2), c: part(2) }),
      `it says that ${part(2)} holds "b", which it does not`,
    ],
    ['an index that names a file elsewhere', () => writeIndex(index, { a: '../a.bin' }), 'that is no file beside it'],
    ['an index of nothing', () => writeIndex(index, {}), 'it names no parts'],
    [
      'an index that is none',
      () => writeFileSync(path.join(folder, index), '[]'),
      'is not that of a checkpoint in parts',
    ],
  ])('with %s is refused', (_, spoil, message) => {
    spoil();
    expect(() => openCheckpoint(folder)).toThrow(message);
  });

  it('gives way to a whole file beside it', () => {
    write(path.join(folder, `${stem}.${ending}`), TWO);
    const checkpoint = openCheckpoint(folder);
    expect([...checkpoint.tensors.keys()]).toEqual(['c']);
    checkpoint.close();
  });
});
