import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFloats } from '../../../../models/checkpoint/float-tensor';
import { openCheckpoint } from '../../../../models/checkpoint/open';
import { openSafetensors } from '../../../../models/checkpoint/safetensors';
import { sourceOf } from '../../../support/checkpoint/weights';
import { writeSafetensors } from '../../../support/checkpoint/write-safetensors';

const SOURCE = sourceOf({
  'a.weight': { dims: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  'a.bias': { dims: [2], values: [-1, 0.5] },
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-safetensors-'));
  file = path.join(folder, 'model.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true }));

function withHeader(header: unknown, data = Buffer.alloc(16)) {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, data]));
  return () => openSafetensors(file);
}

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

describe('a .safetensors file', () => {
  it('gives every tensor with its shape and numbers', () => {
    writeSafetensors(file, SOURCE);
    const checkpoint = openCheckpoint(folder);
    expect([...readFloats(checkpoint, 'a.weight', [2, 3])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...readFloats(checkpoint, 'a.bias', [2])]).toEqual([-1, 0.5]);
    checkpoint.close();
  });

  it.each([NaN, Infinity, -Infinity])('with a weight that is %s is refused', (value) => {
    writeSafetensors(file, sourceOf({ w: { dims: [3], values: [1, value, 2] } }));
    expect(() => readFloats(openSafetensors(file), 'w', [3])).toThrow(`The weight "w" holds ${value} at place 1`);
  });

  it('without the weight that is asked for says which one', () => {
    writeSafetensors(file, SOURCE);
    expect(() => readFloats(openSafetensors(file), 'b.weight', [1])).toThrow('no weight called "b.weight"');
  });

  it('with a weight of another shape says both shapes', () => {
    writeSafetensors(file, SOURCE);
    expect(() => readFloats(openSafetensors(file), 'a.weight', [3, 2])).toThrow('is 2x3 where 3x2 is due');
  });

  it.each([
    ['overlapping offsets', { a: f32([2], 0, 8), b: f32([2], 4, 12) }, '"b" overlaps another'],
    ['two names for the same bytes', { a: f32([2], 0, 8), b: f32([2], 0, 8) }, '"b" overlaps another'],
    ['offsets beyond the file', { a: f32([2], 12, 20) }, '"a" is cut'],
    ['offsets the wrong way round', { a: f32([2], 8, 0) }, '"a" is cut'],
    ['a shape that does not fit its bytes', { a: f32([3], 0, 8) }, '"a" is cut'],
    ['a negative size', { a: f32([-2], 0, 8) }, '"a" of its header is not understood'],
    ['an unknown element type', { a: { dtype: 'F8', shape: [1], data_offsets: [0, 1] } }, 'is not understood'],
    ['a list instead of an object', [1], 'not a safetensors file'],
    ['no JSON', '{"a": ', 'not a safetensors file'],
  ])('with %s is refused', (_, header, message) => expect(withHeader(header)).toThrow(message));

  it.each([
    ['2^63 bytes', 2n ** 63n],
    ['more bytes than the file has', 1_000n],
    ['26 MB', 26_000_000n],
  ])('that claims a header of %s is refused without reading it', (_, length) => {
    const bytes = Buffer.alloc(64);
    bytes.writeBigUInt64LE(length);
    writeFileSync(file, bytes);
    expect(() => openSafetensors(file)).toThrow('not a safetensors file');
  });

  it('that is cut anywhere is refused', () => {
    writeSafetensors(file, SOURCE);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length++) {
      truncateSync(file, length);
      expect(() => openSafetensors(file)).toThrow('cannot be read');
      writeFileSync(file, whole);
    }
  });

  it('is asked for in a plain sentence where there is none', () => {
    expect(() => openCheckpoint(folder)).toThrow('neither model.safetensors nor pytorch_model.bin');
  });
});
