import { readFileSync } from 'node:fs';
import path from 'node:path';
import { resizeAsPillow, resizeAsTorchvision } from '../../../../models/graph/pillow-resize';
import { hashes } from '../../../support/checkpoint/seeded';
import { resizePictures } from '../../../support/models/resize-pictures';

// The reference holds sampled bytes of what transformers' classes make of each picture (tests/oracle/make_preprocessing_reference.py).

interface Prepared {
  readonly architecture: 'blip' | 'blip-2' | 'florence-2';
  readonly side: number;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly torchvision: string;
  readonly pillow: string;
}
const FILE = path.resolve(__dirname, '../../../fixtures/preprocessing/reference.json');
const CASES: Prepared[] = JSON.parse(readFileSync(FILE, 'utf8')).results;
const RESIZE = { blip: resizeAsPillow, 'blip-2': resizeAsPillow, 'florence-2': resizeAsTorchvision };

let results: number[][];
beforeAll(() => {
  const jobs = CASES.map((one, index) => {
    const count = Buffer.from(one.pillow, 'base64').length;
    const inPlane = 3 * one.side * one.side;
    const places = hashes(`sample/${one.architecture}/${index % 12}`, count).map((hash) => hash % inPlane);
    return { ...one, resize: RESIZE[one.architecture], places };
  });
  results = resizePictures(jobs);
}, 120_000);

const apart = (index: number, reference: string) =>
  [...Buffer.from(reference, 'base64')].map((due, place) => Math.abs(due - results[index]![place]!));
const mean = (distances: readonly number[]) => distances.reduce((sum, one) => sum + one, 0) / distances.length;

/** Pillow 13 takes the height of such a picture first, transformers' other class the width: the two differ from each other. */
const isTall = ({ width, height, side }: Prepared) => height > side && height > 2 * width - side;

test('each architecture has its twelve sizes', () => {
  for (const architecture of Object.keys(RESIZE)) {
    expect(CASES.filter((one) => one.architecture === architecture).length).toBe(12);
  }
});

const named = CASES.map((one, index) => [one.architecture, `${one.width}x${one.height}`, index] as const);

it.each(named)('%s, %s: as transformers’ classes', (architecture, _size, index) => {
  const one = CASES[index]!;
  const [torchvision, pillow] = [apart(index, one.torchvision), apart(index, one.pillow)];
  // Of the two orders, Florence-2 has torchvision's, as its users have it; BLIP and BLIP-2 have Pillow's, which their authors used.
  if (!isTall(one) || architecture === 'florence-2') {
    expect(Math.max(...torchvision)).toBeLessThanOrEqual(2);
    expect(mean(torchvision)).toBeLessThanOrEqual(0.02);
  }
  if (!isTall(one) || architecture !== 'florence-2') expect(Math.max(...pillow)).toBeLessThanOrEqual(1);
});
