import { readFileSync } from 'node:fs';
import path from 'node:path';
import { resizeAsPillow } from '../../../../models/graph/pillow-resize';
import { hashes } from '../../../support/checkpoint/seeded';
import { FIXTURES } from '../../../support/models/blip-cases';
import { resizePictures } from '../../../support/models/resize-pictures';

// The reference holds sampled bytes of Pillow's own results (tests/oracle/make_resize_reference.py).

interface Resized {
  readonly width: number;
  readonly height: number;
  readonly side: number;
  readonly samples: string;
}
const SIZES: Resized[] = JSON.parse(readFileSync(path.join(FIXTURES, 'resize.json'), 'utf8')).results;

/** Places in [side, side, 3], as the reference has them, become those in [3, side, side]. */
const inPlanes = (place: number, side: number) => (place % 3) * side * side + Math.floor(place / 3);

describe('the resize of the vision graph', () => {
  let results: number[][];

  beforeAll(() => {
    const jobs = SIZES.map(({ width, height, side, samples }, seed) => {
      const count = Buffer.from(samples, 'base64').length;
      const places = hashes(`sample/${seed}`, count).map((hash) => inPlanes(hash % (side * side * 3), side));
      return { resize: resizeAsPillow, seed, width, height, side, places };
    });
    results = resizePictures(jobs);
  }, 60_000);

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
