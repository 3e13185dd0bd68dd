import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MarianBinary, startsLikeMarianBinary } from '../../../../models/checkpoint/marian-binary';
import { STUDENTS } from '../../../support/models/student-cases';

const TAUGHT = path.join(STUDENTS, 'taught/model.ende.bin.gz');
const EIGHT = path.join(STUDENTS, 'eight/model.ende.intgemm8.bin.gz');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-binary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = (bytes: Buffer) => {
  const file = path.join(folder, 'model.ende.bin');
  writeFileSync(file, bytes);
  return file;
};
/** Some u64 in a row. */
const numbers = (...values: (number | bigint)[]) => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, at) => bytes.writeBigUInt64LE(BigInt(value), 8 * at));
  return bytes;
};

test('weights come out as they were trained, and turned as PyTorch has them', () => {
  const model = new MarianBinary(TAUGHT);
  expect(model.settings).toMatch(/^dim-emb: 64\n/);
  expect(model.dimsOf('decoder_l1_ffn_W1')).toEqual([64, 128]);
  expect(model.dimsOf('nothing')).toBeNull();
  const [plain, turned] = [model.read('decoder_l1_ffn_W1'), model.readTurned('decoder_l1_ffn_W1')];
  expect(plain).toHaveLength(64 * 128);
  expect([turned[0], turned[1], turned[64]]).toEqual([plain[0], plain[128], plain[1]]);
});

test('8-bit weights are those of before, but for a half step', () => {
  const [exact, rounded] = [new MarianBinary(TAUGHT), new MarianBinary(EIGHT)];
  for (const name of ['Wemb', 'decoder_l1_ffn_W1', 'encoder_l2_self_Wq', 'decoder_l2_rnn_Wf']) {
    const due = exact.read(name);
    const step = due.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    const worst = rounded.read(name).reduce((most, value, at) => Math.max(most, Math.abs(value - due[at]!)), 0);
    expect({ name, isNear: worst <= 0.51 * step }).toEqual({ name, isNear: true });
  }
});

test('a file is read packed or not, and known by its beginning', () => {
  const file = written(gunzipSync(readFileSync(TAUGHT)));
  expect(startsLikeMarianBinary(file)).toBe(true);
  expect(startsLikeMarianBinary(TAUGHT)).toBe(true);
  expect(new MarianBinary(file).read('Wemb')).toEqual(new MarianBinary(TAUGHT).read('Wemb'));
  expect(startsLikeMarianBinary(written(Buffer.from('PK\x03\x04 a zip archive')))).toBe(false);
  expect(startsLikeMarianBinary(written(Buffer.alloc(3)))).toBe(false);
});

describe('a file that is not sound is refused with a sentence', () => {
  const whole = gunzipSync(readFileSync(TAUGHT));
  test.each([
    ['empty', Buffer.alloc(0), 'it is cut'],
    ['of another format', numbers(2, 0), 'binary format 1'],
    ['with too many weights', numbers(1, 1n << 60n), 'too many weights'],
    ['with more weights than it has bytes', numbers(1, 9_000), 'too many weights'],
    ['with a name beyond its end', numbers(1, 1, 1n << 62n, 0x404, 1, 4, 0, 0, 0, 0), 'it is cut'],
    ['with a hundred axes', numbers(1, 1, 2, 0x404, 100, 4, 0, 0, 0), 'too many axes'],
    ['cut in its header', whole.subarray(0, 4000), 'it is cut'],
    ['cut in its weights', whole.subarray(0, whole.length - 1000), 'it is cut'],
    ['packed and cut', gzipSync(whole).subarray(0, 2000), 'cannot be unpacked'],
  ])('%s', (_, bytes, reason) => {
    expect(() => new MarianBinary(written(bytes))).toThrow(
      expect.objectContaining({ code: 'MODEL_FILE_DAMAGED', message: expect.stringContaining(reason) }),
    );
  });

  test('a weight whose sizes claim more than its bytes', () => {
    const name = Buffer.from('W\0');
    const shape = Buffer.alloc(8);
    shape.writeInt32LE(1_000_000, 0);
    shape.writeInt32LE(1_000_000, 4);
    const file = written(Buffer.concat([numbers(1, 1, 2, 0x404, 2, 256), name, shape, numbers(0), Buffer.alloc(256)]));
    expect(() => new MarianBinary(file)).toThrow('the weight "W" is cut');
  });

  test('weights that are packed for one kind of CPU', () => {
    const shape = Buffer.alloc(4);
    shape.writeInt32LE(4, 0);
    const file = written(
      Buffer.concat([numbers(1, 1, 2, 0x5101, 1, 256), Buffer.from('W\0'), shape, numbers(0), Buffer.alloc(256)]),
    );
    expect(() => new MarianBinary(file).read('W')).toThrow('not packed for one kind of CPU');
  });
});
