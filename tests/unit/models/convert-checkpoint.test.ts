import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { readFlorenceCases, readFlorenceReference, writeFlorence } from '../../support/models/florence-cases';

let folder: string;
let source: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-kinds-'));
  source = path.join(folder, 'checkpoint');
  writeFlorence(source, readFlorenceCases()[8]!, 'transformers', readFlorenceReference().rows.transformers);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const convert = (architecture: 'blip' | 'blip-2' | 'florence-2') =>
  convertCheckpoint({ source, target: path.join(folder, 'model'), precision: 'int8', architecture });

it.each(['blip', 'blip-2'] as const)(
  'another architecture under the name of a %s is refused, and nothing is left',
  async (due) => {
    await expect(convert(due)).rejects.toMatchObject({
      code: 'MODEL_FILE_DAMAGED',
      message: expect.stringContaining(`is of the architecture florence-2; ${due} is due`),
    });
    expect(readdirSync(folder)).toEqual(['checkpoint']);
  },
);

it('the one that is due is converted', async () => {
  expect((await convert('florence-2')).architecture).toBe('florence-2');
});

/** Stores weights anew: every second one in bfloat16, which is the upper half of a float32, and one as another type. */
function mix(odd?: { name: string; dtype: string }): void {
  const file = path.join(source, 'model.safetensors');
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__, ...tensors } = JSON.parse(bytes.toString('utf8', 8, start));
  const header: Record<string, unknown> = { __metadata__ };
  const parts: Buffer[] = [];
  let end = 0;
  Object.entries<{ shape: number[]; data_offsets: [number, number] }>(tensors).forEach(
    ([name, { shape, data_offsets: at }], index) => {
      const whole = bytes.subarray(start + at[0], start + at[1]);
      const isHalf = index % 2 === 1 && odd?.name !== name;
      const part = isHalf ? Buffer.from(whole.filter((_, place) => place % 4 > 1)) : whole;
      const dtype = odd?.name === name ? odd.dtype : isHalf ? 'BF16' : 'F32';
      header[name] = { dtype, shape, data_offsets: [end, (end += part.length)] };
      parts.push(part);
    },
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, ...parts]));
}

it('weights of mixed precisions are converted, each from its own', async () => {
  mix();
  expect((await convert('florence-2')).precision).toBe('int8');
});

it('a weight that is no number of a known kind is refused by its name, and nothing is left', async () => {
  mix({ name: 'model.language_model.shared.weight', dtype: 'I32' });
  await expect(convert('florence-2')).rejects.toThrow('model.language_model.shared.weight');
  expect(readdirSync(folder)).toEqual(['checkpoint']);
});
