import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GraphWeights } from '../../../../models/graph/weights';
import { openCheckpoint } from '../../../../models/checkpoint/open';
import { GraphBuilder } from '../../../../models/onnx/graph';
import { sourceOf } from '../../../support/checkpoint/weights';
import { writeWeights, type WeightFormat } from '../../../support/models/blip-cases';

/** More than two pieces of a megabyte, and no whole number of them. */
const COUNT = 600_001;
const table = (index: number, by: number) => {
  const values = Array.from({ length: COUNT }, (_, at) => at % 97);
  values[index] = values[index]! + by;
  return { dims: [COUNT], values };
};

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'altsmith-weights-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it.each<WeightFormat>(['model.safetensors', 'pytorch_model.bin'])(
  'two weights of a %s are compared to the last number',
  (format) => {
    const other = { dims: [3], values: [0, 1, 2] };
    const entries = {
      words: table(0, 0),
      same: table(0, 0),
      last: table(COUNT - 1, 1),
      middle: table(300_000, 1),
      other,
    };
    const place = mkdtempSync(path.join(folder, 'x'));
    writeWeights(place, format, sourceOf(entries));
    const checkpoint = openCheckpoint(place);
    const weights = new GraphWeights(checkpoint, new GraphBuilder('x'), 'fp32');
    expect(['same', 'last', 'middle', 'other'].map((name) => weights.areEqual('words', name))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    checkpoint.close();
  },
);

it('a weight beyond the range of float16 is refused in that precision, and taken in others', () => {
  const place = mkdtempSync(path.join(folder, 'x'));
  const entries = { 'w.weight': { dims: [1, 2], values: [1, 70_000] }, 'w.bias': { dims: [1], values: [0] } };
  writeWeights(place, 'model.safetensors', sourceOf(entries));
  const checkpoint = openCheckpoint(place);
  const multiply = (precision: 'fp16' | 'fp32' | 'int8') => {
    const graph = new GraphBuilder('x');
    const x = graph.input('x', 'float32', ['rows', 2]);
    return new GraphWeights(checkpoint, graph, precision).linear(x, 'w', [1, 2]);
  };
  expect(() => multiply('fp16')).toThrow('reaches 70000, beyond what fp16 holds; convert to int8 or fp32');
  expect([multiply('fp32'), multiply('int8')]).toHaveLength(2);
  checkpoint.close();
});
