import { tmpdir } from 'node:os';
import {
  checkRoom,
  diskProblem,
  memoryProblem,
  roomNeeded,
  type RoomWish,
} from '../../../../../server/cli/models/room';

const wish: RoomWish = {
  source: {
    repo: 'Org/name',
    commit: 'c'.repeat(40),
    files: [
      { name: 'config.json', bytes: null, sha256: null },
      { name: 'model.safetensors', bytes: 1000, sha256: null },
    ],
  },
  precision: 'int8',
  compare: true,
  download: 1000,
};

it.each<[string, Partial<RoomWish>, number]>([
  ['download, int8 and fp32 to compare with', {}, 2300],
  ['what is still to come of a download', { download: 400 }, 1700],
  ['nothing for a checkpoint that is here', { download: 0 }, 1300],
  ['no second model without a comparison', { compare: false }, 1300],
  ['fp32 only once', { precision: 'fp32' }, 2000],
  ['half for fp16', { precision: 'fp16', compare: false, download: 0 }, 500],
  ['weights that are stored in half as in fp32', { source: { ...wish.source, stored: 'fp16' } }, 3600],
])('a pull takes room for %s', (_, change, bytes) => {
  expect(roomNeeded({ ...wish, ...change })).toBe(bytes);
});

it('a pull takes room for what workers pack of a large model, which holds its weights twice', () => {
  const source = { ...wish.source, files: [{ name: 'model.safetensors', bytes: 10e9, sha256: null }] };
  expect(roomNeeded({ source, precision: 'int8', compare: false, download: 0 })).toBeCloseTo(3e9 + 2.1 * 3e9, -6);
  expect(roomNeeded({ source, precision: 'fp16', compare: false, download: 0 })).toBe(5e9);
});

it('is refused where that much is not free, with the sizes in the sentence', () => {
  expect(() => checkRoom('blip-base', tmpdir(), wish)).not.toThrow();
  const huge = { ...wish, download: 9e18 };
  expect(() => checkRoom('blip-base', tmpdir(), huge)).toThrow(/Pulling blip-base takes 9000000000.0 GB .* are free/);
  expect(() => checkRoom('blip-base', tmpdir(), huge)).toThrow(/--no-compare\.$/);
  expect(() => checkRoom('blip-base', tmpdir(), { ...huge, compare: false })).toThrow(/Free some space\.$/);
});

describe('the memory for a comparison', () => {
  it('is that of the exact model and what a worker holds beside it', () => {
    expect(memoryProblem(990e6, 1_240_000_000)).toBeNull();
    expect(memoryProblem(990e6, 1_239_999_999)).toContain('1.2 GB of memory, and 1.2 GB are free');
    expect(memoryProblem(990e6, 600e6)).toContain('and 0.6 GB are free');
  });

  it('says why the exact model is not made where the disk would be full', () => {
    expect(diskProblem(1, tmpdir())).toBeNull();
    expect(diskProblem(9e18, tmpdir())).toMatch(/Not compared with fp32: that takes 9000000001.0 GB in .* are free/);
  });
});
