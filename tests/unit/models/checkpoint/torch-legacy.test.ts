import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFloats } from '../../../../models/checkpoint/float-tensor';
import { openCheckpoint } from '../../../../models/checkpoint/open';
import { startsLikeLegacy } from '../../../../models/checkpoint/torch-legacy';

// Files that torch itself wrote in its layout before 1.6, of the checkpoint that lies beside them as safetensors.

const FIXTURE = path.resolve(__dirname, '../../../fixtures/marian-oracle/shared');
const fileOf = (layout: string) => path.join(FIXTURE, layout, 'pytorch_model.bin');

describe.each([
  ['legacy', 'F32'],
  ['legacy-half', 'F16'],
])('a file of torch before 1.6: %s', (layout, type) => {
  it('holds every weight, number for number', () => {
    const [exact, found] = [openCheckpoint(FIXTURE), openCheckpoint(path.dirname(fileOf(layout)))];
    expect(exact.tensors.size).toBeGreaterThan(80);
    for (const [name, { dims }] of exact.tensors) {
      expect(found.tensors.get(name)).toMatchObject({ type, dims });
      expect(readFloats(found, name, dims)).toEqual(readFloats(exact, name, dims));
    }
    exact.close();
    found.close();
  });

  it('gives rows of a weight', () => {
    const found = openCheckpoint(path.dirname(fileOf(layout)));
    const name = 'model.shared.weight';
    const dims = found.tensors.get(name)!.dims;
    const whole = readFloats(found, name, dims);
    expect(readFloats(found, name, dims, { begin: 3, end: 5 })).toEqual(whole.slice(3 * dims[1]!, 5 * dims[1]!));
    found.close();
  });

  it('is refused where it is cut, anywhere', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-legacy-'));
    const file = path.join(folder, 'pytorch_model.bin');
    const { length } = readFileSync(fileOf(layout));
    for (const bytes of [16, 40, 200, 5_000, Math.floor(length / 2), length - 1]) {
      cpSync(fileOf(layout), file);
      truncateSync(file, bytes);
      expect(() => openCheckpoint(folder)).toThrow(expect.objectContaining({ code: 'MODEL_FILE_DAMAGED' }));
    }
    rmSync(folder, { recursive: true });
  });
});

it('is told by its first bytes', () => {
  expect(startsLikeLegacy(fileOf('legacy'))).toBe(true);
  expect(startsLikeLegacy(fileOf('zip-half'))).toBe(false);
});

it('is refused where it wants to run something', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-legacy-'));
  const bytes = readFileSync(fileOf('legacy'));
  const name = Buffer.from('torch._utils\n_rebuild_tensor_v2\n');
  const at = bytes.indexOf(name);
  expect(at).toBeGreaterThan(0);
  const evil = Buffer.concat([bytes.subarray(0, at), Buffer.from('posix\nsystem\n'), bytes.subarray(at + name.length)]);
  writeFileSync(path.join(folder, 'pytorch_model.bin'), evil);
  expect(() => openCheckpoint(folder)).toThrow('it wants to run "posix.system"');
  rmSync(folder, { recursive: true });
});
