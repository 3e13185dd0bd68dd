import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseManifest, type Manifest } from '../../../../models/model-folder/manifest';
import { ExternalData } from '../../../../models/onnx/external-data';
import { GraphBuilder, MICROSOFT } from '../../../../models/onnx/graph';
import { readGraph } from '../../../../models/onnx/read-graph';
import { tensor } from '../../../../models/onnx/tensor';
import { SevenBitCopy } from '../../../../models/session/seven-bit-copy';

const MINI = path.resolve(__dirname, '../../../../models/mini/altsmith-model.json');
const MANIFEST: Manifest = {
  ...parseManifest(readFileSync(MINI, 'utf8'), MINI),
  architecture: 'blip',
  session: { disable_quant_qdq: false, eight_bit_weights: true },
};
const [INPUTS, OUTPUTS] = [64, 32];
const VALUES = Int8Array.from({ length: INPUTS * OUTPUTS }, (_, index) => ((index * 37) % 255) - 127);
const SCALES = Float32Array.from({ length: OUTPUTS }, (_, index) => (index + 1) / 1000);
const LARGE_SCALES = Float32Array.from({ length: 512 }, (_, index) => (index + 1) / 1000);
const TABLE = Int8Array.from({ length: 2048 }, (_, index) => (index % 255) - 127);

let folder: string;
let place: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-seven-'));
  place = path.join(folder, 'tmp');
  mkdirSync(place);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (other: Partial<Manifest> = {}) => SevenBitCopy.make(folder, { ...MANIFEST, ...other }, ['a.onnx'], place);

/** A product whose scales lie in the graph's own file, one whose scales lie beside it, and a table that is only looked up. */
function writeGraph(product = 'MatMulIntegerToFloat'): void {
  const external = new ExternalData(path.join(folder, 'a.data'));
  const graph = new GraphBuilder('a', external);
  const x = graph.input('x', 'uint8', [1, INPUTS]);
  const step = graph.input('step', 'float32', []);
  const ids = graph.input('ids', 'int64', [1]);
  const weight = graph.constant(tensor(VALUES, [INPUTS, OUTPUTS]), 'weight');
  const scale = graph.constant(tensor(SCALES), 'scale');
  const wide = graph.constant(tensor(new Int8Array(INPUTS * 512).fill(127), [INPUTS, 512]), 'wide');
  const wideScale = graph.constant(tensor(LARGE_SCALES), 'wide scale');
  graph.node(product, [x, weight, step, scale], {}, { domain: MICROSOFT });
  graph.node('MatMulIntegerToFloat', [x, wide, step, wideScale], {}, { domain: MICROSOFT });
  graph.node('Gather', [graph.constant(tensor(TABLE, [64, 32]), 'table'), ids]);
  graph.write(path.join(folder, 'a.onnx'));
  external.close();
}

function weightOf(from: string, name: string): Buffer {
  const bytes = readFileSync(path.join(from, 'a.onnx'));
  const { file, offset, length } = readGraph(bytes).weights.get(name)!.place;
  return (file === '' ? bytes : readFileSync(path.join(from, file))).subarray(offset, offset + length);
}
const floatsOf = (bytes: Buffer) => Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(4 * at));

test('weights become 7-bit, their scales grow by as much, and tables stay', () => {
  writeGraph();
  const copy = make()!;
  const rounded = Array.from(VALUES, (value) => Math.round((value * 63) / 127));
  expect(Array.from(new Int8Array(weightOf(copy.folder, 'weight')))).toEqual(rounded.map((value) => value + 0));
  expect(new Set(weightOf(copy.folder, 'wide'))).toEqual(new Set([63]));
  for (const [name, scales] of [
    ['scale', SCALES],
    ['wide scale', LARGE_SCALES],
  ] as const) {
    floatsOf(weightOf(copy.folder, name)).forEach((value, at) =>
      expect(value).toBeCloseTo((scales[at]! * 127) / 63, 5),
    );
  }
  expect(weightOf(copy.folder, 'table')).toEqual(Buffer.from(TABLE.buffer));
  copy.remove();
  expect(readdirSync(place)).toEqual([]);
});

test('the model itself is not touched', () => {
  writeGraph();
  const read = () => ['a.onnx', 'a.data'].map((name) => readFileSync(path.join(folder, name)).toString('base64'));
  const files = read();
  make()!.remove();
  expect(read()).toEqual(files);
});

test('what a process left that was killed while it loaded is removed', () => {
  writeGraph();
  const left = path.join(place, 'altsmith-seven-bits-999999.1-00000000');
  mkdirSync(left);
  make()!.remove();
  expect(readdirSync(place)).toEqual([]);
});

describe('there is no copy, and a sentence where one was due,', () => {
  let told: jest.SpyInstance;
  beforeEach(() => (told = jest.spyOn(process.stderr, 'write').mockReturnValue(true)));
  afterEach(() => told.mockRestore());

  test('of products that are not ours', () => {
    writeGraph('MatMulInteger');
    expect(make()).toBeNull();
    expect(told).toHaveBeenCalledWith(expect.stringContaining('its MatMulInteger is not known'));
    expect(readdirSync(place)).toEqual([]);
  });

  test('without a place to write to', () => {
    writeGraph();
    writeFileSync(path.join(folder, 'file'), '');
    place = path.join(folder, 'file');
    expect(make()).toBeNull();
    expect(told).toHaveBeenCalledTimes(1);
  });

  test('of an architecture that is packed ahead, and of 7-bit weights', () => {
    writeGraph();
    const session = { disable_quant_qdq: false, eight_bit_weights: false };
    expect(make({ architecture: 'blip-2' })).toBeNull();
    expect(make({ session })).toBeNull();
    expect(told).not.toHaveBeenCalled();
  });
});
