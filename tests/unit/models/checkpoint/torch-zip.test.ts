import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFloats } from '../../../../models/checkpoint/float-tensor';
import { openCheckpoint } from '../../../../models/checkpoint/open';
import { openTorchZip } from '../../../../models/checkpoint/torch-zip';
import { sourceOf } from '../../../support/checkpoint/weights';
import {
  PickleWriter,
  stateDictPickle,
  writeTorchZip,
  writeZip,
  type TensorTwist,
} from '../../../support/checkpoint/write-torch-zip';

const SOURCE = sourceOf({
  'a.weight': { dims: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  'a.bias': { dims: [2], values: [-1, 0.5] },
  scalar: { dims: [], values: [7] },
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-torch-'));
  file = path.join(folder, 'pytorch_model.bin');
});
afterEach(() => rmSync(folder, { recursive: true }));

function floats(bytes: Uint8Array): number[] {
  return [...new Float32Array(Uint8Array.from(bytes).buffer)];
}

function openWith(pickle: Buffer) {
  writeTorchZip(file, SOURCE, pickle);
  return () => openTorchZip(file);
}

const twisted = (twist: TensorTwist) => openWith(stateDictPickle(SOURCE, { 'a.weight': twist }));

describe('a pytorch_model.bin', () => {
  it('gives every tensor with its shape and numbers', () => {
    writeTorchZip(file, SOURCE);
    const checkpoint = openTorchZip(file);
    expect([...checkpoint.tensors].map(([name, { type, dims }]) => [name, type, dims])).toEqual([
      ['a.weight', 'F32', [2, 3]],
      ['a.bias', 'F32', [2]],
      ['scalar', 'F32', []],
    ]);
    expect(floats(checkpoint.read('a.weight'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(floats(checkpoint.read('a.bias'))).toEqual([-1, 0.5]);
    checkpoint.close();
  });

  it('that torch itself wrote is understood: views, tied weights, int64 and one row that torch strides oddly', () => {
    const checkpoint = openTorchZip(path.join(__dirname, '../../../fixtures/blip-oracle/torch-save.bin'));
    expect(floats(checkpoint.read('weight'))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(floats(checkpoint.read('tied'))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(floats(checkpoint.read('second_row'))).toEqual([3, 4, 5]);
    expect(checkpoint.tensors.get('position_ids')).toMatchObject({ type: 'I64', dims: [1, 4] });
    expect([...new BigInt64Array(Uint8Array.from(checkpoint.read('position_ids')).buffer)]).toEqual([0n, 1n, 2n, 3n]);
    checkpoint.close();
  });

  it('that wants to run something is refused by the name of what it wants to run', () => {
    const evil = new PickleWriter().global('os', 'system').text('true').op(0x85, 0x52).finish();
    expect(openWith(evil)).toThrow('it wants to run "os.system"');
  });

  it('may not build its own kind of tensor, not even one of torch', () => {
    const evil = new PickleWriter().global('torch._utils', '_rebuild_sparse_tensor').finish();
    expect(openWith(evil)).toThrow('it wants to run "torch._utils._rebuild_sparse_tensor"');
  });

  it.each([
    ['HalfStorage', 'F16', Uint16Array.of(0x3c00, 0xbc00, 0x3800)],
    ['BFloat16Storage', 'BF16', Uint16Array.of(0x3f80, 0xbf80, 0x3f00)],
    ['DoubleStorage', 'F64', Float64Array.of(1, -1, 0.5)],
  ])('of %s is read', (storage, type, numbers) => {
    const specs = [{ name: 'w', dims: [3], type: 'F32' as const }];
    const source = { specs, bytes: () => new Uint8Array(numbers.buffer) };
    writeTorchZip(file, source, stateDictPickle(source, { w: { storage } }));
    const checkpoint = openTorchZip(file);
    expect(checkpoint.tensors.get('w')).toMatchObject({ type });
    expect([...readFloats(checkpoint, 'w', [3])]).toEqual([1, -1, 0.5]);
    checkpoint.close();
  });

  it.each(['IntStorage', 'BoolStorage'])('may hold %s beside its weights', (storage) => {
    const bytes = new Uint8Array(storage === 'IntStorage' ? 8 : 2);
    const specs = [{ name: 'mask', dims: [2], type: 'F32' as const }];
    const source = { specs, bytes: () => bytes };
    writeTorchZip(file, source, stateDictPickle(source, { mask: { storage } }));
    const checkpoint = openTorchZip(file);
    expect(() => readFloats(checkpoint, 'mask', [2])).toThrow('not floating-point numbers');
    checkpoint.close();
  });

  it('whose tensors are parameters is read like any other', () => {
    const checkpoint = twisted({ parameter: true })();
    expect(floats(checkpoint.read('a.weight'))).toEqual([1, 2, 3, 4, 5, 6]);
    checkpoint.close();
  });

  it('of another kind of number is refused without a word about trust', () => {
    const open = twisted({ storage: 'ComplexFloatStorage' });
    expect(open).toThrow('it holds "torch.ComplexFloatStorage", a kind of number that is not read. Save it in');
  });

  it('with a transposed tensor is refused', () => {
    expect(twisted({ strides: [1, 2] })).toThrow('"a.weight" is not stored row by row');
  });

  it('with a tensor that begins too late in its data is refused', () => {
    expect(twisted({ offset: 1 })).toThrow('"a.weight" reaches beyond its data');
  });

  it('whose storage is shorter than it claims is refused', () => {
    const bytes = (name: string, data: Uint8Array) => ({ name: `archive/${name}`, bytes: data });
    writeZip(file, [
      bytes('data.pkl', stateDictPickle(SOURCE)),
      ...SOURCE.specs.map((spec, key) => bytes(`data/${key}`, SOURCE.bytes(spec).subarray(4))),
    ]);
    expect(() => openTorchZip(file)).toThrow('the data of "a.weight" does not have the length it claims');
  });

  it.each([
    ['pops from an empty stack', new PickleWriter().op(0x85).finish(), 'takes more than it has'],
    ['reaches below its mark', new PickleWriter().op(0x4e, 0x28, 0x85).finish(), 'takes more than it has'],
    ['recalls what it never stored', new PickleWriter().op(0x68, 9).finish(), 'has not made'],
    ['uses an unknown instruction', new PickleWriter().op(0xff).finish(), 'unknown instruction 255'],
    ['ends in the middle', new PickleWriter().text('x').finish().subarray(0, 6), 'pickle is cut'],
    ['holds a list instead of a dictionary', new PickleWriter().op(0x5d).finish(), 'dictionary of tensors'],
    ['holds an entry that is no tensor', new PickleWriter().op(0x7d).text('x').op(0x4e, 0x73).finish(), '"x" is not'],
    ['claims a text of 4 GB', Buffer.from([0x80, 2, 0x58, 255, 255, 255, 255]), 'pickle is cut'],
  ])('whose pickle %s is refused', (_, pickle, message) => expect(openWith(pickle)).toThrow(message));

  it('that is cut anywhere is refused, and never read as something else', () => {
    writeTorchZip(file, SOURCE);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 7) {
      truncateSync(file, length);
      expect(() => openTorchZip(file)).toThrow('cannot be read');
      writeFileSync(file, whole);
    }
  });

  it('that is compressed is refused', () => {
    writeTorchZip(file, SOURCE);
    const bytes = readFileSync(file);
    bytes.writeUInt16LE(8, bytes.lastIndexOf('PK\x01\x02', 'latin1') + 10);
    writeFileSync(file, bytes);
    expect(() => openTorchZip(file)).toThrow('"archive/version" is compressed');
  });

  it('that is a ZIP of something else is refused', () => {
    writeZip(file, [{ name: 'word/document.xml', bytes: Buffer.from('<x/>') }]);
    expect(() => openTorchZip(file)).toThrow('not one that torch.save wrote');
  });

  it('that is a lone pickle is refused with the reason', () => {
    writeFileSync(file, stateDictPickle(SOURCE));
    expect(() => openCheckpoint(folder)).toThrow('in neither of the layouts that torch.save writes');
  });
});
