import { seededRandom } from '../seeded-random';
import { randomBytes, type Specimen } from './specimen';

const FEW_BYTES = [1, 2, 4, 8, 16, 32, 64];
const SHARES = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/** Files that end too early. */
export function truncated(sound: readonly Specimen[]): Specimen[] {
  return sound.flatMap(({ name, bytes }) => [
    ...FEW_BYTES.map((length): Specimen => ({
      name: `${String(length)}-bytes-of-${name}`,
      ending: 'refused',
      bytes: bytes.subarray(0, length),
    })),
    ...SHARES.map((share): Specimen => ({
      name: `${String(share * 100)}-percent-of-${name}`,
      ending: 'any',
      bytes: bytes.subarray(0, Math.floor(bytes.length * share)),
    })),
  ]);
}

/** Ten files of each kind, every one with up to eight bits turned over. */
export function bitFlipped(sound: readonly Specimen[], seed: number): Specimen[] {
  const random = seededRandom(seed);
  return sound.flatMap(({ name, bytes }) =>
    Array.from({ length: 10 }, (_, index): Specimen => {
      const copy = Buffer.from(bytes);
      for (let flips = 1 + Math.floor(random() * 8); flips > 0; flips -= 1) {
        const at = Math.floor(random() * copy.length);
        copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      return { name: `flip-${String(index)}-${name}`, ending: 'any', bytes: copy };
    }),
  );
}

/** Blocks of 128 bytes overwritten: with noise, zeros, ones, and the file's own beginning. */
export function smashed(sound: readonly Specimen[], seed: number): Specimen[] {
  const random = seededRandom(seed);
  return sound.flatMap(({ name, bytes }) => {
    const blocks = [randomBytes(random, 128), Buffer.alloc(128), Buffer.alloc(128, 255), bytes.subarray(0, 128)];
    return blocks.map((block, index): Specimen => {
      const copy = Buffer.from(bytes);
      block.copy(copy, Math.floor(random() * Math.max(1, copy.length - 128)));
      return { name: `smash-${String(index)}-${name}`, ending: 'any', bytes: copy };
    });
  });
}

/** Bytes before, after, and the whole file twice. */
export function surrounded(sound: readonly Specimen[], seed: number): Specimen[] {
  const random = seededRandom(seed);
  return sound.flatMap(({ name, bytes }): Specimen[] => [
    { name: `noise-after-${name}`, ending: 'any', bytes: Buffer.concat([bytes, randomBytes(random, 512)]) },
    { name: `zeros-after-${name}`, ending: 'any', bytes: Buffer.concat([bytes, Buffer.alloc(4096)]) },
    { name: `twice-${name}`, ending: 'any', bytes: Buffer.concat([bytes, bytes]) },
    { name: `noise-before-${name}`, ending: 'refused', bytes: Buffer.concat([Buffer.from('noise\n'), bytes]) },
  ]);
}

/** Sound pictures that claim to be something else. */
export function mislabelled(sound: readonly Specimen[]): Specimen[] {
  const claims = ['image/svg+xml', 'text/html', 'image/heic'];
  return sound.flatMap(({ name, bytes }) =>
    claims.map((mediaType): Specimen => ({
      name: `${mediaType.replace(/\W/g, '-')}-is-${name}`,
      ending: 'captioned',
      bytes,
      mediaType,
    })),
  );
}
