import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { resizeAsPillow } from '../../../models/graph/pillow-resize';
import { GraphBuilder } from '../../../models/onnx/graph';
import { seededPicture } from '../checkpoint/seeded';

export interface ResizeJob {
  readonly resize: typeof resizeAsPillow;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly side: number;
  /** Of the bytes [3, side, side]. */
  readonly places: readonly number[];
}

/** What onnxruntime makes of seeded pictures, at the places that are asked for. */
export function resizePictures(jobs: readonly ResizeJob[]): number[][] {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-resize-'));
  try {
    const runs = jobs.map(({ resize, seed, width, height, side, places }, index) => {
      const graph = new GraphBuilder('resize');
      const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
      graph.node('Identity', [resize(graph, pixels, side)], {}, { outputs: ['small'] });
      graph.output('small', 'uint8', [1, 3, side, side]);
      const file = path.join(folder, `${index}.onnx`);
      graph.write(file);
      const picture = path.join(folder, `${index}.rgb`);
      writeFileSync(picture, seededPicture(seed, width, height).data);
      return {
        graph: file,
        input: { name: 'pixels', file: picture, dims: [1, height, width, 3] },
        output: 'small',
        places,
      };
    });
    const list = path.join(folder, 'jobs.json');
    writeFileSync(list, JSON.stringify(runs));
    const lines = execFileSync(process.execPath, [path.join(__dirname, 'run-graph.cjs'), list], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
