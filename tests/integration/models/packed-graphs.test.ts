import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bytesOf, type WeightSpec } from '../../support/checkpoint/weights';
import { blip2Layout } from '../../support/checkpoint/blip-2-layout';
import { readBlip2Cases, writeBlip2 } from '../../support/models/blip-2-cases';
import { waitFor } from '../../support/wait-for';

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

interface Opened {
  readonly bytes: number;
  readonly packed: string[];
  readonly logits: number[];
  readonly told: string;
}

async function open(...words: string[]): Promise<Opened> {
  // Without this glibc keeps memory that was freed while loading, about as much as these small weights.
  const env = { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.mmap_threshold=131072' };
  const { stdout, stderr } = await run(process.execPath, [script('packed-graphs.cjs'), model, ...words], { env });
  return { ...JSON.parse(stdout), told: stderr };
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

it.each<[string, (file: string) => void]>([
  ['cut', (file) => truncateSync(file, statSync(file).size - 1)],
  ['filled with zeros', (file) => overwrite(file, Buffer.alloc(1 << 20))],
])(
  'a packed file that was %s is noticed, and made anew',
  async (_how, spoil) => {
    const before = await open('0');
    const file = path.join(model, before.packed[0]!, 'decoder.onnx.data');
    const { size } = statSync(file);
    spoil(file);
    const after = await open('0');
    expect(after).toMatchObject({ packed: before.packed, logits: before.logits, told: '' });
    expect(statSync(file).size).toBe(size);
  },
  120_000,
);

function overwrite(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, 1 << 20);
  closeSync(handle);
}

it('what was packed here for another kind of machine goes, and what another machine uses stays', async () => {
  const { packed } = await open('0');
  const [old, foreign] = ['packed-0123456789abcdef', 'packed-fedcba9876543210'];
  for (const [name, host] of [
    [old, hostname()],
    [foreign, 'another'],
  ] as const) {
    mkdirSync(path.join(model, name));
    writeFileSync(path.join(model, name, 'packed.json'), JSON.stringify({ host, helps: true, files: [] }));
  }
  expect((await open('0')).packed.sort()).toEqual([...packed, foreign].sort());
  rmSync(path.join(model, foreign), { recursive: true });
}, 120_000);

it('packed files that are of no use are made anew once, told, and not made again', async () => {
  const { packed, logits } = await open('0');
  const place = path.join(model, packed[0]!);
  for (let start = 0; start < 2; start += 1) {
    const opened = await open('0', '0');
    expect(opened.logits).toEqual(logits);
    expect(opened.told).toContain('of no use on this machine');
    expect(JSON.parse(readFileSync(path.join(place, 'packed.json'), 'utf8')).helps).toBe(false);
    expect(existsSync(path.join(place, 'decoder.onnx.data'))).toBe(false);
  }
  rmSync(place, { recursive: true });
}, 120_000);

it('packing ends when the process that wants it is killed', async () => {
  // Nobody writes to it: the program is held in a call of the operating system, as it is in onnxruntime while it packs.
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const program = path.resolve(__dirname, '../../../build/models/session/pack-graph.js');
  const words = JSON.stringify([program, pipe, path.join(folder, 'packed.onnx'), '{"threads":1}']);
  const start = `process.stdout.write(String(require('node:child_process').execFile(process.execPath, ${words}).pid))`;
  const parent = spawn(process.execPath, ['-e', start], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (data: Buffer) => resolve(String(data))),
  );
  await waitFor('the program to begin', () => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libonnxruntime'));
  parent.kill('SIGKILL');
  await waitFor('the program to end', () => !existsSync(`/proc/${pid}`));
}, 120_000);
