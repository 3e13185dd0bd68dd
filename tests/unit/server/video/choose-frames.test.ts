import { chooseFrames } from '../../../../server/video/choose-frames';
import { sampleOf } from '../../../../server/video/thumbnail';
import { THUMBNAIL_BYTES, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../../../server/video/thumbnail';

const RATE = 2;
const choose = (pictures: Uint8Array[], mostFrames = 100) =>
  chooseFrames(pictures.map(sampleOf), { rate: RATE, mostFrames });

/** A picture with coarse texture of its own: blocks of colour that `seed` decides, moved to the right by `shift` pixels. */
function picture(seed: number, { shift = 0, soft = false } = {}): Uint8Array {
  const bytes = new Uint8Array(THUMBNAIL_BYTES);
  for (let row = 0; row < THUMBNAIL_HEIGHT; row += 1) {
    for (let column = 0; column < THUMBNAIL_WIDTH; column += 1) {
      const [x, y] = [Math.floor((column + shift) / 8), Math.floor(row / 9)];
      for (let colour = 0; colour < 3; colour += 1) {
        const block = (x * 7919 + y * 104_729 + colour * 1299 + seed * 15_485) % 251;
        bytes[(row * THUMBNAIL_WIDTH + column) * 3 + colour] = soft ? 12 + block * 0.9 : block;
      }
    }
  }
  return bytes;
}
const times = (count: number, of: (index: number) => Uint8Array) => Array.from({ length: count }, (_, at) => of(at));
const still = (seed: number, count: number) => times(count, () => picture(seed));
const plain = (grey: number, count: number) => times(count, () => new Uint8Array(THUMBNAIL_BYTES).fill(grey));

test('each scene of two seconds has a frame, which is not at its edge', () => {
  const frames = choose([...still(1, 4), ...still(2, 5), ...still(3, 4)]);
  expect(frames.map(({ first, last }) => [first, last])).toEqual([
    [0, 3],
    [4, 8],
    [9, 12],
  ]);
  for (const { sample, first, last } of frames) expect(sample > first && sample < last).toBe(true);
});

test('black and plain stretches have none, however long', () => {
  const frames = choose([...plain(0, 6), ...still(1, 4), ...plain(200, 8), ...still(2, 4), ...plain(3, 3)]);
  expect(frames.map(({ first, last }) => [first, last])).toEqual([
    [6, 9],
    [18, 21],
  ]);
  expect(choose(plain(0, 20))).toEqual([]);
  expect(choose([])).toEqual([]);
});

test('of a scene the sharpest sample is taken', () => {
  const blurred = () => picture(1, { soft: true });
  const pictures = [...times(3, blurred), picture(1), ...times(3, blurred)];
  expect(choose(pictures).map(({ sample }) => sample)).toContain(3);
});

test('a flash between two scenes has none, a run of quick cuts has one', () => {
  expect(choose([...still(1, 4), picture(9), ...still(2, 4)])).toHaveLength(2);
  // Each in two colours only, and not in those of its neighbours.
  const quick = times(6, (index) => picture(20 + index).map((byte, at) => (at % 3 === index % 3 ? 0 : byte)));
  const frames = choose([...still(1, 4), ...quick, ...still(2, 4)]);
  expect(frames.map(({ first, last }) => [first, last])).toEqual([
    [0, 3],
    [4, 9],
    [10, 13],
  ]);
});

test('nothing but flashes still has a frame', () => {
  expect(choose([picture(1)])).toHaveLength(1);
  expect(choose([picture(1), picture(2)]).length).toBeGreaterThan(0);
});

test('a moving camera is one scene until it has gone on for long', () => {
  const moving = times(12, (index) => picture(5, { shift: index * 3 }));
  expect(choose(moving)).toHaveLength(1);
  expect(choose(times(60, (index) => picture(5, { shift: index * 3 }))).length).toBeGreaterThan(2);
});

test('a still of a minute has one frame', () => {
  expect(choose(still(4, 120))).toHaveLength(1);
});

test('where there are too many, the shortest scenes go without, and the order stays', () => {
  const frames = choose([...still(1, 4), ...still(2, 9), ...still(3, 3), ...still(4, 7)], 2);
  expect(frames.map(({ first }) => first)).toEqual([4, 16]);
});
