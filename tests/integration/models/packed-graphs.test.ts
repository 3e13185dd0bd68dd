import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bytesOf, type WeightSpec } from '../../support/checkpoint/weights';
import { blip2Layout } from '../../support/checkpoint/blip-2-layout';
import { readBlip2Cases, writeBlip2 } from '../../support/models/blip-2-cases';

// A text half of 60 million weights: enough to see whose memory they are in.
const TINY = readBlip2Cases()[6]!;
const LARGE = {
  ...TINY,
  text: { ...TINY.text, d_model: 1024, d_ff: 4096, d_kv: 64, num_heads: 16, num_layers: 2, num_decoder_layers: 2 },
};
const NEVER = 'never';

let folder: string;
let model: string;
const run = promisify(execFile);
const script = (name: string) => path.resolve(__dirname, '../../support/models', name);

async function open(least: string): Promise<{ bytes: number; packed: string[]; logits: number[] }> {
  // Without this glibc keeps memory that was freed while loading, about as much as these small weights.
  const env = { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.mmap_threshold=131072' };
  const { stdout } = await run(process.execPath, [script('packed-graphs.cjs'), model, least], { env });
  return JSON.parse(stdout);
}

/** Weights of a repeating pattern: random ones are not needed here and take half a minute to make. */
function bytesFor(spec: WeightSpec): Uint8Array {
  const pattern = Float32Array.from({ length: 1009 }, (_, index) => ((index * 37) % 101) / 2000 - 0.025);
  const bytes = Buffer.alloc(bytesOf(spec), Buffer.from(pattern.buffer));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-packed-'));
  model = path.join(folder, 'model');
  const source = path.join(folder, 'checkpoint');
  writeBlip2(source, LARGE, 'one file', { specs: blip2Layout(LARGE), bytes: bytesFor });
  await run(process.execPath, [script('convert-peak.cjs'), source, model, 'int8']);
  rmSync(source, { recursive: true });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

it('weights that are packed ahead are not in a worker’s own memory, and say the same', async () => {
  const weights = ['encoder', 'decoder'].reduce(
    (sum, name) => sum + statSync(path.join(model, `${name}.data`)).size,
    0,
  );
  expect(weights).toBeGreaterThan(60e6);
  const alone = await open(NEVER);
  expect(alone.packed).toEqual([]);
  expect(alone.bytes).toBeGreaterThan(0.5 * weights);
  // Two at once: one packs, the other waits.
  const [first, second] = await Promise.all([open('0'), open('0')]);
  const third = await open('0');
  for (const shared of [first, second, third]) {
    expect(alone.bytes - shared.bytes).toBeGreaterThan(0.3 * weights);
    expect(shared.logits).toEqual(alone.logits);
    expect(shared.packed.filter((name) => name.startsWith('packed-'))).toHaveLength(1);
  }
  expect(third.packed).toHaveLength(1);
}, 120_000);

it('weights that were packed for another machine are noticed, and packed anew', async () => {
  const { packed } = await open('0');
  const place = path.join(model, packed[0]!);
  // Unpacked graphs in place of the packed ones: each worker would pack every weight into its own memory.
  for (const name of ['vision', 'encoder', 'decoder']) {
    rmSync(path.join(place, `${name}.onnx`));
    rmSync(path.join(place, `${name}.onnx.data`));
    cpSync(path.join(model, `${name}.onnx`), path.join(place, `${name}.onnx`));
    cpSync(path.join(model, `${name}.data`), path.join(place, `${name}.data`));
  }
  const again = await open('0');
  expect(again.packed).toEqual(packed);
  // The file holds the weights both unpacked and packed.
  const plain = statSync(path.join(model, 'decoder.data')).size;
  expect(statSync(path.join(place, 'decoder.onnx.data')).size).toBeGreaterThan(1.3 * plain);
}, 120_000);

it('what a killed worker left of packing is removed by the next that packs', async () => {
  const { packed } = await open('0');
  rmSync(path.join(model, packed[0]!), { recursive: true });
  const left = path.join(model, `${packed[0]!}-99999999.1-0123abcd`);
  writeFileSync(left, '');
  expect((await open('0')).packed).toEqual(packed);
}, 120_000);
