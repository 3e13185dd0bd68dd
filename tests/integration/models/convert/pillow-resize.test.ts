import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GraphBuilder } from '../../../../models/onnx/graph';
import { resizeAsPillow } from '../../../../models/graph/pillow-resize';
import { hashes, seededPicture } from '../../../support/checkpoint/seeded';
import { FIXTURES } from '../../../support/models/blip-cases';

// The reference holds sampled bytes of Pillow's own results (tests/oracle/make_resize_reference.py).

interface Resized {
  readonly width: number;
  readonly height: number;
  readonly side: number;
  readonly samples: string;
}
const SIZES: Resized[] = JSON.parse(readFileSync(path.join(FIXTURES, 'resize.json'), 'utf8')).results;

describe('the resize of the vision graph', () => {
  let folder: string;
  let results: number[][];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-resize-'));
    const jobs = SIZES.map(({ width, height, side, samples }, index) => {
      const graph = new GraphBuilder('resize');
      const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
      const planes = resizeAsPillow(graph, pixels, side);
      graph.node('Transpose', [planes], { perm: [0, 2, 3, 1] }, { outputs: ['small'] });
      graph.output('small', 'uint8', [1, side, side, 3]);
      const file = path.join(folder, `${index}.onnx`);
      graph.write(file);
      const picture = path.join(folder, `${index}.rgb`);
      writeFileSync(picture, seededPicture(index, width, height).data);
      const count = Buffer.from(samples, 'base64').length;
      const places = hashes(`sample/${index}`, count).map((hash) => hash % (side * side * 3));
      return {
        graph: file,
        input: { name: 'pixels', file: picture, dims: [1, height, width, 3] },
        output: 'small',
        places,
      };
    });
    const list = path.join(folder, 'jobs.json');
    writeFileSync(list, JSON.stringify(jobs));
    const script = path.resolve(__dirname, '../../../support/models/run-graph.cjs');
    results = execFileSync(process.execPath, [script, list], { encoding: 'utf8', maxBuffer: 1 << 26 })
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(SIZES.map(({ width, height, side }, index) => [`${width}x${height} to ${side}`, index] as const))(
    'is Pillow’s bicubic within 1/255: %s',
    (_, index) => {
      const due = [...Buffer.from(SIZES[index]!.samples, 'base64')];
      const distances = due.map((value, place) => Math.abs(value - results[index]![place]!));
      expect(distances.length).toBe(600);
      expect(Math.max(...distances)).toBeLessThanOrEqual(1);
      // Off by one now and then is rounding; off by one often would be another filter.
      expect(distances.filter((distance) => distance > 0).length).toBeLessThan(12);
    },
  );
});
